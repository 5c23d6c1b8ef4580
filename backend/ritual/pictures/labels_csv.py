"""Labels in a table: one row a picture, the columns named in its first row."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from ritual.errors import BadInput
from ritual.pictures.annotation import Claim

COLUMNS = ("file", "title", "type", "tags", "form", "symbol", "group", "concept", "occasion", "worn_on", "taboos",
           "latitude", "longitude", "sha256")  # fmt: skip
"""What is read; `file` must be there. Several concepts, taboos or tags are parted by blanks or semicolons."""


def claims_of_csv(path: Path) -> tuple[list[Claim], list[str]]:
    """(claims, one sentence for each row that is none) of a table.

    Raises:
        BadInput: the file cannot be read as UTF-8 text, or has no column `file`.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not UTF-8 text.", hint="Save the table as UTF-8.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror or error}.") from None
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""))
        if "file" not in (reader.fieldnames or ()):
            raise BadInput(f"{path} has no column 'file'.", hint=f"Columns: {', '.join(COLUMNS)}.")
        return _claims(path, reader)
    except csv.Error as error:
        raise BadInput(f"{path} is no table: {error}.", hint="Save it as comma-separated values.") from None


def _claims(path: Path, reader: csv.DictReader) -> tuple[list[Claim], list[str]]:
    claims, bad = [], []
    for row in reader:
        where = f"{path.name}:{reader.line_num}"
        words = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if not words["file"]:
            bad.append(f"{where}: names no file.")
            continue
        several = {name: tuple(words.pop(name).replace(";", " ").split()) for name in ("concept", "taboos", "tags")}
        claims.append(Claim(where, words.pop("file"), words, several["concept"], several["taboos"], several["tags"]))
    return claims, bad
