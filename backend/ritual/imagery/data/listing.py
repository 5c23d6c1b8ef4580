"""Which files a data set has: by split, and by domain where it has two."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SPLITS = ("train", "val", "test")
ONE = ""
"""The domain of data that has only one: synthesis, enlargement, video."""


@dataclass(frozen=True, order=True)
class Source:
    """A picture, or a clip: a file of video, or a folder of frames.

    Attributes:
        path: of the file or folder. half: `left` or `right` of a picture that holds two side by side, else empty.
        pair: what the two domains' sources of one scene share: their name without its ending, unless a manifest says.
    """

    path: Path
    half: str = ""
    pair: str = ""

    @property
    def key(self) -> str:
        return self.pair or self.path.stem


@dataclass(frozen=True)
class Listing:
    """The sources of a data set.

    Attributes:
        splits: split -> domain (`a`, `b`, or `ONE`) -> sources in the order of their names.
        said: remarks on how it was read, each a sentence.
    """

    splits: dict[str, dict[str, tuple[Source, ...]]]
    said: tuple[str, ...] = ()

    def of(self, split: str, domain: str) -> tuple[Source, ...]:
        return self.splits.get(split, {}).get(domain, ())

    @property
    def domains(self) -> tuple[str, ...]:
        return tuple(sorted({domain for domains in self.splits.values() for domain in domains}))

    def pairs(self, split: str) -> list[tuple[Source, Source]]:
        """The scenes that both domains show, in the order of their names."""
        b = {source.key: source for source in self.of(split, "b")}
        return [(source, b[source.key]) for source in self.of(split, "a") if source.key in b]
