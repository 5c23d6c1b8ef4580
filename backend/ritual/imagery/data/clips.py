"""A short clip as frames: upright and at an even rate from any recording, or from a folder of pictures."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image

from ritual.errors import BadInput
from ritual.imagery.preparation.media import facts, pictures
from ritual.pictures.folder import SUFFIXES
from ritual.pictures.reading import read_picture

LONGEST = 1800
"""Frames of a clip that are read; the rest of a longer one is left aside."""
SECONDS = 2.0
"""A window lasts so long where the clip does [s]: R's windows are of 2 to 3 seconds."""
_FPS = 25.0  # of a folder of frames


def read_clip(path: Path, side: int) -> tuple[np.ndarray, float]:
    """All frames of a clip, made small.

    Args:
        side: of the shorter side [px].

    Returns:
        (T, H, W, 3) uint8, and frames per second.

    Raises:
        BadInput: it cannot be read, or has no frame. NoVideoLibrary: PyAV is not installed.
    """
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES)[:LONGEST]
        frames = [_small(Image.fromarray((read_picture(p).on() * 255).round().astype(np.uint8)), side) for p in files]
        if len({frame.shape for frame in frames}) > 1:
            raise BadInput(f"The frames in '{path}' are of several sizes.", hint="Make them all of one size.")
        return np.stack(frames), _FPS
    return _decoded(path, side)


def _decoded(path: Path, side: int) -> tuple[np.ndarray, float]:
    rate = facts(path).fps or _FPS
    shown = islice(pictures(path, rate), LONGEST)
    return np.stack([_small(Image.fromarray(picture), side) for picture in shown]), rate


def window(count: int, fps: float, frames: int, rng: np.random.Generator | None) -> np.ndarray:
    """(frames,) indices into a clip of `count` frames: evenly spread over `SECONDS`, or over all of a shorter clip.

    Args:
        rng: where the window lies; None = in the middle.
    """
    stride = max(1, min(round(fps * SECONDS / frames), count // frames))
    room = max(0, count - stride * (frames - 1) - 1)
    begin = room // 2 if rng is None else int(rng.integers(room + 1))
    return np.minimum(begin + stride * np.arange(frames), count - 1)  # a clip that is too short stands still at its end


def _small(image: Image.Image, side: int) -> np.ndarray:
    scale = side / min(image.size)
    shape = tuple(max(side, round(length * scale)) for length in image.size)
    return np.asarray(image.convert("RGB").resize(shape, Image.Resampling.BICUBIC, reducing_gap=3.0))
