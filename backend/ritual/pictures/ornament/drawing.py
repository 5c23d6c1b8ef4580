"""A motif as a list of filled and stroked outlines in unit coordinates; it becomes SVG or a map of paint.

The colours are left open: an outline names the part that its paint plays (`MAIN`, `ACCENT` ...), and whoever paints it
brings the palette. So one drawing serves every people's colours and every craft.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

GROUND, MAIN, SECOND, ACCENT, LINE = range(5)
"""The parts that a paint plays: the cloth, the figure, what fills it, what stands out, the outline."""
CLEAR = 255
"""In a map of paint: nothing is drawn here."""


@dataclass(frozen=True)
class Outline:
    """One shape.

    Attributes:
        points: (N, 2) in -1..1, x to the right, y down.
        part: the part that its paint plays.
        width: of the stroke, in the same unit; 0 = the outline is filled.
        closed: whether a stroke returns to its first point.
    """

    points: np.ndarray
    part: int
    width: float = 0.0
    closed: bool = False


@dataclass(frozen=True)
class Drawing:
    """Outlines in the order in which they are painted."""

    outlines: tuple[Outline, ...]

    def paths(self, indent: str = "") -> str:
        """The SVG elements of the drawing; a part is a class (`p0` to `p4`) that a style sheet colours."""
        return "\n".join(indent + _path(outline) for outline in self.outlines)

    def parts(self, size: int) -> np.ndarray:
        """(size, size) uint8: the part at each pixel, `CLEAR` where nothing is drawn; hard edges."""
        canvas = Image.new("L", (size, size), CLEAR)
        draw = ImageDraw.Draw(canvas)
        for outline in self.outlines:
            _paint(draw, outline, size)
        return np.asarray(canvas)


def svg(drawings: Sequence[str], palette: Sequence[tuple[int, int, int]], size: int) -> str:
    """A whole SVG file of groups of elements in -1..1, the ground behind them."""
    rules = []
    for part, colour in enumerate(palette):
        hexed = "#{:02x}{:02x}{:02x}".format(*colour)
        rules.append(f".p{part}{{fill:{hexed};stroke:none}} .s{part}{{fill:none;stroke:{hexed};stroke-linejoin:round}}")
    body = "\n".join(drawings)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="-1 -1 2 2">\n'
        f"<style>{' '.join(rules)}</style>\n"
        f'<rect class="p{GROUND}" x="-1" y="-1" width="2" height="2"/>\n{body}\n</svg>\n'
    )


def _path(outline: Outline) -> str:
    steps = " L".join(f"{x:.4g} {y:.4g}" for x, y in outline.points)
    if not outline.width:
        return f'<path class="p{outline.part}" d="M{steps} Z"/>'
    end = " Z" if outline.closed else ""
    return f'<path class="s{outline.part}" stroke-width="{outline.width:.3g}" d="M{steps}{end}"/>'


def _paint(draw: ImageDraw.ImageDraw, outline: Outline, size: int) -> None:
    points = (outline.points + 1) * (size / 2)
    if not outline.width:
        if len(points) > 2:
            draw.polygon(points.ravel().tolist(), fill=outline.part)
        return
    width = max(1, round(outline.width * size / 2))
    if outline.closed:
        points = np.concatenate([points, points[:1]])
    draw.line(points.ravel().tolist(), fill=outline.part, width=width)
    if width > 2:
        _round_corners(draw, points, outline.part, width / 2 - 0.5)


def _round_corners(draw: ImageDraw.ImageDraw, points: np.ndarray, part: int, radius: float) -> None:
    """Pillow leaves a notch where a wide line turns: a disc on each sharp corner closes it."""
    step = np.diff(points, axis=0)
    heading = np.arctan2(step[:, 1], step[:, 0])
    bend = np.abs((np.diff(heading) + np.pi) % (2 * np.pi) - np.pi)
    for x, y in points[1:-1][bend > 0.35]:
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=part)
