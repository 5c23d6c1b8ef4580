"""What a collection says of one of its files, before the file is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


class Part(NamedTuple):
    """A stretch of a clip [s] and all that is said of it; `end` 0 = to the clip's end."""

    captions: tuple[str, ...]
    start: float = 0.0
    end: float = 0.0


@dataclass(frozen=True)
class Item:
    """A motion file of a collection.

    Attributes:
        path: the file; name: its path inside the data folder.
        split: `train`, `validation` or `test`.
        parts: what takes are made of it.
        refused: why it is left out; empty if it is not.
    """

    path: Path
    name: str
    split: str
    parts: tuple[Part, ...]
    refused: str = ""
