"""A folder of motion files of any kind, with a `MANIFEST.csv` or without.

Columns of the manifest: `file`, the path inside the folder; `caption`; and, if given, `subject`, who dances: clips of
one subject fall into one split. Without a manifest a file's name is its caption and each clip stands for itself.
"""

from __future__ import annotations

import re
from pathlib import Path

from ritual.motion.data.item import Item, Part
from ritual.motion.data.lists import rows_of
from ritual.motion.data.splits import split_of, split_of_group

MANIFEST = "MANIFEST.csv"
_REBUILT = re.compile(r"\s*\(rebuilt[^)]*\)")
_UNRELIABLE = "cmu_indian_15fps"  # rebuilt from positions: its bone twist is invented, and angles are what we learn


def manifest(folder: Path) -> dict[str, dict[str, str]]:
    """File -> its row of the manifest; empty without one."""
    return {row["file"]: row for row in rows_of(folder / MANIFEST, ("file",))}


def item(path: Path, name: str, row: dict[str, str]) -> Item:
    """A file that belongs to no collection that we know."""
    caption = _REBUILT.sub("", row.get("caption") or path.stem.replace("_", " "))
    subject = row.get("subject")
    split = split_of_group(f"{name.rpartition('/')[0]}/{subject}") if subject else split_of(name)
    refused = "Its bone twist is not reliable." if name.startswith(_UNRELIABLE) else ""
    return Item(path, name, split, (Part((caption,)),), refused)
