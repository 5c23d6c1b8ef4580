"""Where the motion capture lies that a graph points to.

A graph comes from others and is read by programs, so what it says of a file only ever leads into one of two folders:
its own, or the one that the user names. It cannot make a reader open anything else of the machine, let alone a network.
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER_VARIABLE = "RITUAL_MOTIONS"


def located(file: str, folder: Path | None) -> Path | None:
    """The file itself; None where it is not there, or where a link leads out of the folder.

    Args:
        file: as rm:file gives it, with "/" between its parts.
        folder: the graph's; the one that `RITUAL_MOTIONS` names goes before it.
    """
    named = os.environ.get(FOLDER_VARIABLE)
    for root in (Path(named) if named else None, folder):
        if root is not None and (path := _inside(root, file)) is not None:
            return path
    return None


def _inside(root: Path, file: str) -> Path | None:
    try:
        root = root.resolve()
        path = (root / file).resolve()
        return path if path.is_relative_to(root) and path.is_file() else None
    except (OSError, ValueError):  # a name that the system does not take
        return None
