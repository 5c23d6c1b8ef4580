"""Where motifs stand on the cloth: alone, in a band, in a roundel, all over; with their companions."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from ritual.pictures.ornament.curves import ellipse, petal, polygon, polyline, shift, star, turned
from ritual.pictures.ornament.drawing import ACCENT, CLEAR, GROUND, LINE, SECOND, Drawing, Outline
from ritual.pictures.ornament.style import Style

Placing = tuple[float, float, float, bool]
"""x, y of the motif's centre and its half width, in -1..1; whether it is mirrored."""


def placings(style: Style) -> list[Placing]:
    """Where the motifs of an arrangement stand."""
    if style.arrangement == "single":
        return [(0.0, 0.0, 0.88, False)]
    if style.arrangement == "roundel":
        return [(0.0, 0.0, 0.56, False)]
    n = style.repeats
    half = 0.98 / n
    columns = [(-1 + (2 * k + 1) / n, k % 2 == 1) for k in range(n)]
    if style.arrangement == "band":
        return [(x, 0.0, half, mirror) for x, mirror in columns]
    return [(x, -1 + (2 * row + 1) / n, half, mirror) for row in range(n) for x, mirror in columns]


def surroundings(style: Style) -> Drawing:
    """Stripes of a band, the ring of a roundel, and the companions, in the coordinates of the whole cloth."""
    outlines: list[Outline] = []
    if style.arrangement == "band":
        edge = 0.98 / style.repeats + 0.08
        for y, side in ((-edge, -1), (edge, 1)):
            outlines.append(Outline(polyline((-1, y), (1, y)), SECOND, 0.05))
            outlines += _row(style.companion, y + side * 0.13, 0.075)
    elif style.arrangement == "roundel":
        outlines.append(Outline(ellipse(0, 0, 0.66, count=48), SECOND, 0.05, closed=True))
        outlines += _ring(style.companion, 0.8, 0.085)
        outlines.append(Outline(ellipse(0, 0, 0.94, count=48), SECOND, 0.04, closed=True))
    elif style.arrangement == "single":
        for x in (-0.86, 0.86):
            for y in (-0.86, 0.86):
                outlines += _companion(style.companion, x, y, 0.13)
    else:
        n = style.repeats
        for row in range(n + 1):
            for column in range(n + 1):
                outlines += _companion(style.companion, -1 + 2 * column / n, -1 + 2 * row / n, 0.22 / n)
    return Drawing(tuple(outlines))


def parts_of(drawing: Drawing, style: Style, size: int) -> np.ndarray:
    """(size, size) uint8: the part (`drawing.GROUND` ...) that is seen at each pixel, edges hard."""
    canvas = surroundings(style).parts(size).copy()
    canvas[canvas == CLEAR] = GROUND
    tiles: dict[tuple[int, bool], np.ndarray] = {}
    for x, y, half, mirror in placings(style):
        side = max(2, round(half * size))
        if (side, mirror) not in tiles:
            tile = drawing.parts(side)
            tiles[side, mirror] = tile[:, ::-1] if mirror else tile
        left, top = round((x + 1) * size / 2 - side / 2), round((y + 1) * size / 2 - side / 2)
        _lay(canvas, tiles[side, mirror], top, left)
    return canvas


def groups_of(drawing: Drawing, style: Style) -> list[str]:
    """The same as SVG elements."""
    elements = [surroundings(style).paths()]
    body = drawing.paths("  ")
    for x, y, half, mirror in placings(style):
        across = -half if mirror else half
        elements.append(f'<g transform="translate({x:.4g} {y:.4g}) scale({across:.4g} {half:.4g})">\n{body}\n</g>')
    return elements


def _lay(canvas: np.ndarray, tile: np.ndarray, top: int, left: int) -> None:
    height, width = canvas.shape
    y0, x0 = max(top, 0), max(left, 0)
    y1, x1 = min(top + len(tile), height), min(left + len(tile), width)
    if y0 >= y1 or x0 >= x1:
        return
    here = tile[y0 - top : y1 - top, x0 - left : x1 - left]
    np.copyto(canvas[y0:y1, x0:x1], here, where=here != CLEAR)


def _row(companion: str, y: float, r: float) -> list[Outline]:
    return [outline for k in range(9) for outline in _companion(companion, -0.96 + 0.24 * k, y, r)]


def _ring(companion: str, radius: float, r: float) -> list[Outline]:
    angles = [2 * math.pi * k / 14 for k in range(14)]
    return [o for a in angles for o in _companion(companion, radius * math.cos(a), radius * math.sin(a), r)]


def _companion(companion: str, x: float, y: float, r: float) -> list[Outline]:
    """One small figure about (x, y)."""
    if companion == "dots":
        return [Outline(ellipse(x, y, r * 0.62, count=10), ACCENT)]
    if companion == "diamonds":
        return [Outline(polygon(x, y, r, 4), ACCENT), Outline(polygon(x, y, r * 0.45, 4), LINE)]
    if companion == "flowers":
        leaves = [turned(petal(r, r * 0.7, 0.6, 0.2), 2 * math.pi * k / 5) + shift(x, y) for k in range(5)]
        return [*(Outline(leaf, SECOND) for leaf in leaves), Outline(ellipse(x, y, r * 0.3, count=8), ACCENT)]
    if companion == "crosses":
        bars = polyline((x - r, y), (x + r, y)), polyline((x, y - r), (x, y + r))
        return [Outline(bar, ACCENT, r * 0.5) for bar in bars]
    if companion == "teeth":
        return [Outline(polyline((x - r, y + r * 0.8), (x + r, y + r * 0.8), (x, y - r)), SECOND)]
    if companion == "waves":
        t = np.linspace(-1.3, 1.3, 9)
        return [Outline(np.stack([x + r * t, y + 0.5 * r * np.sin(2.6 * t)], axis=1), ACCENT, r * 0.45)]
    if companion == "keys":
        hook = np.array([(-1, 1), (-1, -1), (1, -1), (1, 0.4), (-0.2, 0.4), (-0.2, -0.3)]) * r + (x, y)
        return [Outline(hook, SECOND, r * 0.34)]
    if companion == "stars":
        return [Outline(star(x, y, r, r * 0.4, 5), ACCENT)]
    return []


def flat(parts: np.ndarray, palette: np.ndarray, size: int) -> np.ndarray:
    """(size, size, 3) uint8 of a map of parts twice or more as large, its edges softened."""
    image = Image.fromarray(parts).convert("P")
    image.putpalette(palette.tobytes())
    return np.asarray(image.convert("RGB").reduce(len(parts) // size))
