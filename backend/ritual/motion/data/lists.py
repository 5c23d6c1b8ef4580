"""Lists of names, one to a line, as data sets ship them beside their motions."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def names_in(path: Path) -> frozenset[str]:
    """The names that a text file lists; none if it is not there."""
    if not path.is_file():
        return frozenset()
    return frozenset(line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip())


def around(path: Path, top: Path) -> Iterable[Path]:
    """The folders above a file, the nearest first, up to the data folder's own and no further."""
    for folder in path.parents:
        yield folder
        if folder == top:
            return
