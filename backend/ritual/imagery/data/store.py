"""Decoded pictures, kept in memory as long as they fit; what cannot be read is told once and passed over."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from ritual.errors import BadInput
from ritual.imagery.data.clips import read_clip
from ritual.imagery.data.listing import Source
from ritual.pictures.reading import read_picture

BUDGET = 2 << 30
"""Bytes of decoded pictures kept in memory, unless said."""
Warn = Callable[[str], None]


class Store:
    """Sources as uint8 arrays at the size that training crops from.

    Attributes:
        bad: file -> one sentence, of those that could not be read.
    """

    def __init__(self, side: int | None, budget: int = BUDGET, warn: Warn = lambda _: None, video: bool = False):
        """
        Args:
            side: shorter side of what is kept [px]; None = the picture's own. budget: bytes kept in memory; what goes
                beyond is read anew each time. warn: told of a bad file, once.
        """
        self._side, self._left, self._warn, self._video = side, budget, warn, video
        self._kept: dict[Source, np.ndarray] = {}
        self._rates: dict[Source, float] = {}
        self._lock = threading.Lock()
        self.bad: dict[Path, str] = {}

    def get(self, source: Source) -> np.ndarray:
        """(H, W, 3), or (T, H, W, 3) of a clip, uint8, transparent pictures laid on white.

        Raises:
            BadInput: it cannot be read.
        """
        if source.path in self.bad:
            raise BadInput(self.bad[source.path])
        kept = self._kept.get(source)
        if kept is not None:
            return kept
        try:
            pixels = self._clip(source) if self._video else _picture(source, self._side)
        except BadInput as error:
            self._tell(source.path, str(error))
            raise
        with self._lock:
            if source not in self._kept and pixels.nbytes <= self._left:
                self._kept[source] = pixels
                self._left -= pixels.nbytes
        return pixels

    def first_readable(self, rows: Iterable[tuple[Source, ...]]) -> tuple[list[np.ndarray], tuple[Source, ...]]:
        """The first row of which all sources can be read, and which it is.

        Raises:
            BadInput: none can.
        """
        for row in rows:
            try:
                return [self.get(source) for source in row], row
            except BadInput:
                continue
        raise BadInput("None of the files to learn from can be read.", hint="\n".join(list(self.bad.values())[:3]))

    def rate(self, source: Source) -> float:
        """Frames per second of a clip that has been read."""
        return self._rates[source]

    def _clip(self, source: Source) -> np.ndarray:
        frames, self._rates[source] = read_clip(source.path, self._side or 64)
        return frames

    def _tell(self, path: Path, sentence: str) -> None:
        with self._lock:
            if path in self.bad:
                return
            self.bad[path] = sentence
        self._warn(f"{sentence} Another is taken in its place.")


def _picture(source: Source, side: int | None) -> np.ndarray:
    image = Image.fromarray((read_picture(source.path).on() * 255).round().astype(np.uint8))
    if source.half:
        width, height = image.size
        if width < 2 * 8 or width % 2:
            raise BadInput(f"{source.path} is {width} px wide: it holds no two pictures side by side.")
        begin = 0 if source.half == "left" else width // 2
        image = image.crop((begin, 0, begin + width // 2, height))
    return np.asarray(image if side is None else shorter_side(image, side))


def shorter_side(image: Image.Image, side: int) -> Image.Image:
    """A picture whose shorter side is `side` [px]."""
    scale = side / min(image.size)
    shape = tuple(max(side, round(length * scale)) for length in image.size)
    return image if shape == image.size else image.resize(shape, Image.Resampling.BICUBIC, reducing_gap=3.0)
