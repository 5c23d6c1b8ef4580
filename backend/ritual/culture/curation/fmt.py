"""Put Turtle files into the house's layout, and prove that they say the same as before."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from ritual.culture.curation.layout import laid_out
from ritual.culture.curation.paths import turtle_files
from ritual.culture.curation.statements import blocks
from ritual.culture.curation.tokens import tokens
from ritual.culture.reading import read_text
from ritual.culture.turtle import statements
from ritual.errors import BadGraph
from ritual.files import write_bytes


@dataclass(frozen=True)
class Layout:
    """A file before and after; line ends are plain in both, and written as the file has them."""

    path: Path
    before: str
    after: str
    windows: bool

    @property
    def changed(self) -> bool:
        return self.before != self.after

    @property
    def diff(self) -> str:
        """As `diff -u` shows it."""
        name = self.path.as_posix()
        lines = difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), name, name, lineterm="")
        return "\n".join(lines)

    def write(self) -> None:
        """Raises: BadInput: the file cannot be written."""
        write_bytes(self.path, (self.after.replace("\n", "\r\n") if self.windows else self.after).encode())


def layouts(paths: Sequence[Path]) -> tuple[list[Layout], list[BadGraph]]:
    """Every file of the paths in the house's layout, and what kept others from it. Nothing is written.

    Args:
        paths: Turtle files, or folders of them.

    Raises:
        BadInput: a path that does not exist.
    """
    found, failed = [], []
    for path in turtle_files(paths):
        try:
            before = read_text(path, path.as_posix())
            windows = b"\r\n" in path.read_bytes()
            found.append(Layout(path, before, formatted(before, path.as_posix()), windows))
        except BadGraph as error:
            failed.append(error)
    return found, failed


def formatted(text: str, name: str) -> str:
    """The text in the house's layout: the same statements, every comment kept.

    Raises:
        BadGraph: a syntax error, or statements that would not survive; names the file.
    """
    before = _meaning(text, name)
    words = list(tokens(text))
    after = laid_out(blocks(words))
    comments = sorted(word.text for word in words if word.kind == "comment")
    if before != _meaning(after, name) or comments != sorted(w.text for w in tokens(after) if w.kind == "comment"):
        raise BadGraph(f"{name} cannot be put in order without changing what it says; it was left as it is.")
    return after


def _meaning(text: str, name: str) -> ox.Dataset:
    """The statements with the same names for blank nodes in all graphs that are isomorphic (RDFC-1.0)."""
    dataset = ox.Dataset(statements(name, text))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset
