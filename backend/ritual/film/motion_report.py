"""The evaluation's page with its films: real and generated motion side by side, drawn and linked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from ritual.brief import CancelCheck, Progress, ProgressCallback
from ritual.clip.clip import MotionClip
from ritual.errors import BadInput
from ritual.film.encode import check_ffmpeg
from ritual.film.render import FilmFailed
from ritual.film.show import write_sheet, write_turntable
from ritual.motion.report_page import Media, write_page


@dataclass(frozen=True, eq=False)
class Pair:
    """Two clips to be looked at side by side, by custom real on the left and generated on the right."""

    title: str
    caption: str
    left: MotionClip
    right: MotionClip
    left_label: str = "real"
    right_label: str = "generated"


def write_report(
    result: Mapping,
    pairs: Sequence[Pair],
    path: Path,
    progress: ProgressCallback | None = None,
    cancelled: CancelCheck | None = None,
) -> Path:
    """Write the page, and beside it a folder `NAME-media` with a film and a contact sheet of each pair.

    Where ffmpeg is missing the films are left out and the page says so.

    Args:
        result: as for `report_page.page`.
        path: the page (.html); its folder must be there.

    Raises:
        BadInput: the result has another form, or something cannot be written.
        FilmFailed: there is an ffmpeg, but it failed.
        Cancelled: `cancelled()` became true.
    """
    folder = path.with_name(f"{path.stem}-media")
    note = "No films: ffmpeg is not on the PATH. The contact sheets stand for them." if pairs and not _films() else ""
    write_page(result, path, note=note)  # what is wrong with the result is said before anything is drawn
    if not pairs:
        return path
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise BadInput(f"Cannot make the folder {folder}: {error.strerror or error}.") from None
    media = []
    for n, pair in enumerate(pairs):
        tell = progress and _part(progress, pair.title, n, len(pairs))
        media.append(_draw(pair, folder, f"{n + 1:02d}-{_slug(pair.title)}", not note, tell, cancelled))
    return write_page(result, path, media, note)


def _draw(
    pair: Pair, folder: Path, name: str, film: bool, progress: ProgressCallback | None, cancelled: CancelCheck | None
) -> Media:
    clips, labels = (pair.left, pair.right), (pair.left_label, pair.right_label)
    sheet = write_sheet(clips, labels, folder / f"{name}.png")
    with Image.open(sheet) as image:
        size = image.size
    there = f"{folder.name}/{name}"
    if not film:
        return Media(pair.title, pair.caption, *labels, f"{there}.png", None, None, size)
    poster = folder / f"{name}-poster.png"
    write_turntable(clips, labels, folder / f"{name}.mp4", progress, cancelled, poster)
    return Media(pair.title, pair.caption, *labels, f"{there}.png", f"{there}.mp4", f"{there}-poster.png", size)


def _films() -> bool:
    try:
        check_ffmpeg()
    except FilmFailed:
        return False
    return True


def _part(progress: ProgressCallback, title: str, done: int, total: int) -> ProgressCallback:
    """The progress of one film as a part of all of them; the time left is of this film alone, so it is not told."""
    return lambda step: progress(Progress(title, done * step.total + step.step, total * step.total))


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40] or "pair"
