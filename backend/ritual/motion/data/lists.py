"""What data sets ship beside their motions: lists of names, tables, texts."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from ritual.errors import BadInput


def text_of(path: Path) -> str:
    """A text file's content.

    Raises:
        BadInput: it cannot be opened, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path} cannot be opened: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not text in UTF-8.") from None


def names_in(path: Path) -> frozenset[str]:
    """The names that a text file lists, one to a line; none if it is not there."""
    if not path.is_file():
        return frozenset()
    return frozenset(line.strip() for line in text_of(path).splitlines() if line.strip())


def rows_of(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of a CSV table in which none of `columns` is empty; none if it is not there.

    Raises:
        BadInput: it is no text, or lacks a column.
    """
    if not path.is_file():
        return []
    reader = csv.DictReader(text_of(path).splitlines())
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        raise BadInput(f"{path} lacks the column {' and '.join(missing)}.")
    return [row for row in reader if all(row[name] for name in columns)]


def around(path: Path, top: Path) -> Iterable[Path]:
    """The folders above a file, the nearest first, up to the data folder's own and no further."""
    for folder in path.parents:
        yield folder
        if folder == top:
            return
