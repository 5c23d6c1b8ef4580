"""Clips become something to look at: a contact sheet, and a turntable film of them side by side."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from ritual.brief import CancelCheck, Progress, ProgressCallback
from ritual.clip.clip import MotionClip
from ritual.clip.resample import resample
from ritual.errors import BadInput, Cancelled
from ritual.files import write_bytes
from ritual.film.contact_sheet import MOMENTS, contact_sheet
from ritual.film.encode import encode
from ritual.film.panel import panels
from ritual.film.turntable import Turntable
from ritual.pictures.png import png

FASTEST = 30.0  # frames per second of a film; motion at more is shown at this rate


@dataclass(frozen=True)
class Film:
    """A film that was made: its file, frames, frames per second, and how long drawing and encoding took [s]."""

    path: Path
    frames: int
    fps: float
    seconds: float


def write_sheet(clips: Sequence[MotionClip], labels: Sequence[str], path: Path, moments: int = MOMENTS) -> Path:
    """A contact sheet of clips (.png).

    Raises:
        BadInput: too many clips, or the file cannot be written.
        BadMotion: a report in a clip's meta is none.
    """
    if not 2 <= moments <= 60:
        raise BadInput(f"{moments} pictures of a clip are out of range; choose 2 to 60.")
    return write_bytes(path, png(np.asarray(contact_sheet(panels(clips, labels), moments))))


def write_turntable(
    clips: Sequence[MotionClip],
    labels: Sequence[str],
    path: Path,
    progress: ProgressCallback | None = None,
    cancelled: CancelCheck | None = None,
    poster: Path | None = None,
) -> Film:
    """A turntable film of clips side by side (.mp4), at the highest of their frame rates up to `FASTEST`.

    Args:
        poster: also write a picture from the beginning of the film here (.png).

    Raises:
        FilmFailed: there is no ffmpeg, or it failed.
        BadInput, BadMotion: as `write_sheet`.
        Cancelled: `cancelled()` became true; nothing is left behind.
    """
    begun = time.perf_counter()
    rate = min(max((clip.fps for clip in clips), default=FASTEST), FASTEST)
    table = Turntable(panels([resample(clip, rate) for clip in clips], labels))
    pictures = _told(table.frames(), table.count, progress, cancelled)
    encode((picture.tobytes() for picture in pictures), path, table.width, table.height, rate)
    if poster is not None:
        write_bytes(poster, png(np.asarray(table.picture(table.count // 12))))
    return Film(path, table.count, rate, time.perf_counter() - begun)


def _told(
    pictures: Iterator[Image.Image], count: int, progress: ProgressCallback | None, cancelled: CancelCheck | None
) -> Iterator[Image.Image]:
    begun = time.perf_counter()
    for n, picture in enumerate(pictures, 1):
        if cancelled is not None and cancelled():
            raise Cancelled("The film was cancelled.")
        yield picture
        if progress is not None:
            progress(Progress("drawing", n, count, (time.perf_counter() - begun) / n * (count - n)))


def labels_of(paths: Sequence[Path]) -> list[str]:
    """A name for each file: its stem, with its folder's name before it where two stems are alike."""
    stems = [path.stem for path in paths]
    return [f"{p.resolve().parent.name}/{p.stem}" if stems.count(p.stem) > 1 else p.stem for p in paths]


def stem_of(labels: Sequence[str]) -> str:
    """What the files of a picture of these clips are called."""
    first = labels[0].replace("/", "-")
    return first if len(labels) == 1 else f"{first}-and-{len(labels) - 1}-more"
