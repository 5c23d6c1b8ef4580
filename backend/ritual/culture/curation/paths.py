"""What a curator names on the command line: files and folders of Turtle."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ritual.errors import BadInput


def turtle_files(paths: Iterable[Path]) -> list[Path]:
    """Every file named, and every *.ttl under each folder named, each once and in this order.

    Raises:
        BadInput: a path that does not exist, or a folder without Turtle.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*.ttl") if file.is_file())
            if not inside:
                raise BadInput(f"The folder '{path}' holds no *.ttl file.", hint="Name a folder of Turtle files.")
            found |= dict.fromkeys(inside)
        elif path.exists():
            found[path] = None
        else:
            raise BadInput(f"There is no file or folder '{path}'.", hint="Name an existing one.")
    return list(found)
