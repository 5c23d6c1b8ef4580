"""Which motions a data folder holds, whatever collections it is made of."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from ritual.clip.amass import is_amass
from ritual.clip.files import READERS
from ritual.motion.data import aist, amass, humanml, plain
from ritual.motion.data.item import Item

_UPSIDE_DOWN = re.compile(r"cartwheel", re.IGNORECASE)  # yaw and tilt are not told apart there


def items_of(folder: Path) -> list[Item]:
    """Every motion file under a folder, by name; collections of several kinds may lie beside each other."""
    roots, rows = humanml.roots(folder), plain.manifest(folder)
    out = [item for root in roots for item in humanml.items(root, folder)]
    for path in folder.rglob("*"):
        if path.suffix.lower() not in READERS or path.suffix.lower() == ".npy" or set(roots) & set(path.parents):
            continue
        name = path.relative_to(folder).as_posix()
        out.append(_item(path, name, folder, rows.get(name, {})))
    return [_fit(item) for item in sorted(out, key=lambda item: item.path)]


def _item(path: Path, name: str, folder: Path, row: dict[str, str]) -> Item:
    if path.suffix.lower() == ".pkl" and aist.is_named(path.stem):
        return aist.item(path, name, folder)
    if path.suffix.lower() == ".npz" and is_amass(path):
        return amass.item(path, name, row.get("caption", ""))
    return plain.item(path, name, row)


def _fit(item: Item) -> Item:
    """Refuse what no heading frame can tell."""
    upside_down = any(_UPSIDE_DOWN.search(caption) for part in item.parts for caption in part.captions)
    return replace(item, refused="Upside down for part of the clip.") if upside_down and not item.refused else item
