"""A contact sheet: evenly spaced moments of clips as stick figures that stand on a line, with the way of the hands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from ritual.film.camera import Camera
from ritual.film.lettering import write
from ritual.film.paint import BROKEN, DENSITY, INK, MENDED, PAPER, SOFT, Painting
from ritual.film.panel import Panel, canvas, heading_of

UNIT = 2  # pixels of the sheet to a point: sharp on dense screens
MOMENTS, COLUMNS = 12, 6
CELL = (190, 226)  # points
_FLOOR_AT = 190  # points from a cell's top to the floor
_TOP, _LABEL, _MARGIN = 62, 28, 16  # points
_TURNED = np.radians(24)  # off the front, so that limbs do not hide each other
_FAR = 60.0  # [m]: hardly any perspective, so that the floor is a line
_TRAIL = 1.2  # longest way of the hands that is drawn [s]
_LINE, _GROUND, _CARD = "#6b7280", "#e4e8ee", "#ffffff"


def contact_sheet(shown: Sequence[Panel], moments: int = MOMENTS) -> Image.Image:
    """Draw the sheet, `UNIT` pixels to a point; one block of rows to each dancer, all at one scale.

    Args:
        shown: the dancers.
        moments: pictures of each, evenly spaced from the first frame to the last.
    """
    picked = [np.unique(np.linspace(0, p.stick.frames - 1, moments).round().astype(int)) for p in shown]
    columns = min(COLUMNS, max(map(len, picked)))
    rows = [-(-len(frames) // columns) for frames in picked]
    width = max(2 * _MARGIN + columns * CELL[0], 560)
    height = _TOP + sum(_LABEL + count * CELL[1] for count in rows) + _MARGIN
    sheet, draw = canvas(UNIT * width, UNIT * height, PAPER)
    heading_of(shown, draw, UNIT * width, UNIT)
    lens = _scale(shown, picked) * _FAR
    top = _TOP
    for panel, frames, count in zip(shown, picked, rows, strict=True):
        _label(draw, panel, UNIT * (top + 19), UNIT * (width - _MARGIN))
        painting = Painting.of(panel.stick, _camera(panel, lens), panel.broken)
        top += _LABEL
        for n, frame in enumerate(frames):
            since = frames[n - 1] if n else frame
            corner = (_MARGIN + n % columns * CELL[0], top + n // columns * CELL[1])
            cell = _cell(panel, painting, int(frame), int(max(since, frame - _TRAIL * panel.stick.fps)))
            sheet.paste(cell, (UNIT * corner[0], UNIT * corner[1]))
        top += count * CELL[1]
    return sheet


def _label(draw: ImageDraw.ImageDraw, panel: Panel, y: float, right: float) -> None:
    """Name and length of a clip, and every span that breaks a rule: few of them fall on a moment that is drawn."""
    words = f"{panel.label}   {panel.seconds:.2f} s, {panel.stick.frames} frames at {panel.stick.fps:g} fps   "
    x = UNIT * _MARGIN
    x += write(draw, (x, y), words, UNIT * 14, INK, width=right - x)
    if spans := [f"{m.start:.2f} to {m.end:.2f} s" for m in panel.marks if m.broken]:
        write(draw, (x, y), f"breaks a rule: {', '.join(spans)}", UNIT * 14, BROKEN, width=right - x)


def _camera(panel: Panel, lens: float) -> Camera:
    """Level with the floor, so that it is a line and a foot that is not on it shows."""
    frames = panel.stick.frames
    focus = np.column_stack((panel.stick.pelvis[:, :2], np.zeros(frames)))
    return Camera(focus, np.full(frames, panel.front + _TURNED), 0.0, _FAR, lens)


def _scale(shown: Sequence[Panel], picked: Sequence[np.ndarray]) -> float:
    """Painted pixels to a metre at which every picture fits its cell."""
    room = []
    for panel, frames in zip(shown, picked, strict=True):
        flat, _ = _camera(panel, _FAR).at(frames).project(panel.stick.ends[frames])  # a lens of 1 pixel to 1 m
        side, above = np.abs(flat[..., 0]).max() + 0.14, -flat[..., 1].min() + 0.14
        room.append(min((CELL[0] / 2 - 6) / side, (_FLOOR_AT - 8) / above))
    return float(min(room)) * UNIT * DENSITY


def _cell(panel: Panel, painting: Painting, frame: int, since: int) -> Image.Image:
    wide, high = (UNIT * DENSITY * size for size in CELL)
    unit = UNIT * DENSITY
    image, draw = canvas(wide, high, PAPER)
    middle, floor = (wide / 2, unit * _FLOOR_AT), unit * _FLOOR_AT
    draw.rectangle((3 * unit, 3 * unit, wide - 3 * unit, high - 3 * unit), fill=_CARD)
    draw.rectangle((3 * unit, floor, wide - 3 * unit, high - 3 * unit), fill=_GROUND)
    draw.line((3 * unit, floor, wide - 3 * unit, floor), fill=_LINE, width=unit)
    painting.trail(draw, frame, since, middle)
    painting.body(draw, frame, middle)
    cell = image.reduce(DENSITY)
    draw = ImageDraw.Draw(cell)
    seconds = frame / panel.stick.fps
    words, colour = "", SOFT
    if marked := panel.marked_at(seconds):
        words, colour = (", breaks a rule", BROKEN) if marked[0].broken else (", put right", MENDED)
    under = (UNIT * CELL[0] / 2, UNIT * (CELL[1] - 13))
    write(draw, under, f"{seconds:.2f} s{words}", UNIT * 13, colour, "ms")
    return cell
