"""A manifest: a CSV file that says which file is in which split and domain, and what belongs together."""

from __future__ import annotations

import csv
from pathlib import Path

from ritual.errors import BadInput
from ritual.imagery.data.listing import ONE, SPLITS, Listing, Source

MANIFEST = "manifest.csv"
COLUMNS = ("split", "domain", "path")
_HINT = "Its columns are split (train, val, test), domain (A, B, or empty), path and, if wanted, pair."


def manifest_listing(path: Path) -> Listing:
    """The sources that a manifest names, paths relative to it.

    Raises:
        BadInput: no such file, no CSV, a column is missing, or a row names a split, domain or file that is not there;
            says which row.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The manifest '{path}' cannot be read: {error}.", hint=_HINT) from None
    rows = csv.DictReader(text.splitlines())
    missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
    if missing:
        raise BadInput(f"The manifest '{path}' has no column {' or '.join(missing)}.", hint=_HINT)
    splits: dict[str, dict[str, list[Source]]] = {}
    for number, row in enumerate(rows, start=2):
        split, domain, name = ((row[column] or "").strip() for column in COLUMNS)
        domain = domain.lower()
        if split not in SPLITS or domain not in ("a", "b", ONE):
            raise BadInput(f"Line {number} of '{path}' has split '{split}' and domain '{domain}'.", hint=_HINT)
        if not name or not (path.parent / name).exists():
            raise BadInput(f"Line {number} of '{path}' names '{name}', which is not there.", hint=_HINT)
        source = Source(path.parent / name, pair=(row.get("pair") or "").strip())
        splits.setdefault(split, {}).setdefault(domain, []).append(source)
    return Listing({s: {d: tuple(sorted(found)) for d, found in domains.items()} for s, domains in splits.items()})
