"""A short clip as frames: from any file that PyAV opens, or from a folder of pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from ritual.errors import BadInput, RitualError
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
        BadInput: it cannot be read, or has no frame. RitualError: PyAV is not installed.
    """
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES)[:LONGEST]
        frames = [_small(Image.fromarray((read_picture(p).on() * 255).round().astype(np.uint8)), side) for p in files]
        if len({frame.shape for frame in frames}) > 1:
            raise BadInput(f"The frames in '{path}' are of several sizes.", hint="Make them all of one size.")
        return np.stack(frames), _FPS
    return _decoded(path, side)


def _decoded(path: Path, side: int) -> tuple[np.ndarray, float]:
    try:
        import av
    except ImportError as error:
        raise RitualError(
            "Clips are read with PyAV, which is not installed.",
            hint="Install the extra `video` (pip install 'ritual-motion[video]'), or give folders of frames.",
        ) from error
    frames: list[np.ndarray] = []
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise BadInput(f"'{path}' has no pictures in it.")
            stream = container.streams.video[0]
            rate = float(stream.average_rate or _FPS)
            for frame in container.decode(stream):
                frames.append(_small(frame.to_image(), side))
                if len(frames) == LONGEST:
                    break
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise BadInput(f"'{path}' is no video that can be read: {error}.", hint="Convert it to MP4.") from None
    if not frames:
        raise BadInput(f"'{path}' has no frame that can be read.")
    return np.stack(frames), rate


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
