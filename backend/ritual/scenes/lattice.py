"""Carved windows: a lattice as joiners lay it, with a symbol of the graph carved in its middle.

A lattice is a picture, white where wood is. Those of bars are drawn here: the stepped frames (bu bu jin), the square
grid, crossed diagonals, cracked ice and the swastika fret's open cousin, the key fret.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage
from scipy.spatial import Voronoi

from ritual.culture.patterns import Pattern
from ritual.pictures.ornament.drawing import CLEAR, GROUND
from ritual.pictures.ornament.motif import drawn
from ritual.pictures.ornament.style import Style, manner_of

KINDS = ("steps", "grid", "diagonals", "ice", "fret")
SIDE = 192


_BARE = Style(np.zeros((5, 3), np.uint8), "carving", "single", "none")


def lattice(kind: str, pattern: Pattern | None, rng: np.random.Generator) -> np.ndarray:
    """(SIDE, SIDE) bool, True where wood is: bars of a kind, with a symbol in the middle.

    Args:
        kind: one of `KINDS`.
        pattern: the symbol; None = bars alone.
    """
    bars = _drawn_bars(kind, rng)
    if pattern is not None:
        radius = SIDE * rng.uniform(0.24, 0.33)
        y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2 + 0.5
        distance = np.hypot(x, y)
        figure = carved(pattern, round(2 * radius * 0.92), rng)
        inside = np.zeros_like(bars)
        top = (SIDE - len(figure)) // 2
        inside[top : top + len(figure), top : top + len(figure)] = figure
        bars = np.where(distance < radius, inside, bars) | (np.abs(distance - radius) < SIDE * 0.018)
    edge = round(SIDE * 0.04)
    bars[:edge] = bars[-edge:] = bars[:, :edge] = bars[:, -edge:] = True
    return bars


def carved(pattern: Pattern, size: int, rng: np.random.Generator) -> np.ndarray:
    """(size, size) bool: one drawing of a symbol, as a carver leaves it standing: the figure without its filling."""
    motif = drawn(str(rng.choice(pattern.forms)), manner_of(pattern, rng), _BARE, rng)
    parts = motif.drawing.parts(2 * size)
    solid = (parts != CLEAR) & (parts != GROUND)
    joints = ndimage.morphological_gradient(parts, size=3) > 0  # where two parts meet the carver cuts a line
    solid &= ~(joints & ndimage.binary_erosion(solid, iterations=2))
    return solid.reshape(size, 2, size, 2).mean((1, 3)) > 0.5


def _drawn_bars(kind: str, rng: np.random.Generator) -> np.ndarray:
    image = Image.new("L", (SIDE, SIDE), 0)
    _BARS[kind](ImageDraw.Draw(image), rng)
    return np.asarray(image) > 127


def _steps(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """Frames within frames, tied by short bars."""
    count, wide = int(rng.integers(3, 5)), 7
    gap = SIDE / 2 / (count + 0.6)
    for k in range(count):
        a = gap * (k + 0.5)
        draw.rectangle((a, a, SIDE - a, SIDE - a), outline=255, width=wide)
        for share in (0.3, 0.5, 0.7) if k % 2 else (0.4, 0.6):
            p = a + (SIDE - 2 * a) * share
            for line in (
                ((p, a - gap), (p, a)),
                ((p, SIDE - a), (p, SIDE - a + gap)),
                ((a - gap, p), (a, p)),
                ((SIDE - a, p), (SIDE - a + gap, p)),
            ):
                draw.line(line, fill=255, width=wide)


def _grid(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    count = int(rng.integers(5, 9))
    for k in range(1, count):
        p = SIDE * k / count
        draw.line(((p, 0), (p, SIDE)), fill=255, width=6)
        draw.line(((0, p), (SIDE, p)), fill=255, width=6)


def _diagonals(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    step = SIDE / int(rng.integers(4, 7))
    p = -SIDE
    while p < 2 * SIDE:
        draw.line(((p, 0), (p + SIDE, SIDE)), fill=255, width=6)
        draw.line(((p, SIDE), (p + SIDE, 0)), fill=255, width=6)
        p += step


def _ice(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """Cracked ice: the borders between cells of points strewn evenly."""
    points = (
        (np.stack(np.meshgrid(*[np.arange(-1, 7)] * 2), -1).reshape(-1, 2) + rng.uniform(0.15, 0.85, (64, 2)))
        * SIDE
        / 5
    )
    cells = Voronoi(points)
    for a, b in cells.ridge_vertices:
        if a >= 0 and b >= 0:
            draw.line((*cells.vertices[a], *cells.vertices[b]), fill=255, width=6)


def _fret(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """Square spirals side by side, every second one turned."""
    count = int(rng.integers(3, 5))
    cell = SIDE / count
    spiral = np.array([(0, 0), (1, 0), (1, 1), (0.22, 1), (0.22, 0.36), (0.64, 0.36), (0.64, 0.68)])
    for i in range(count):
        for k in range(count):
            turned = spiral if (i + k) % 2 == 0 else 1 - spiral
            draw.line(
                [tuple(p) for p in ((turned + np.array((i, k))) * cell).tolist()], fill=255, width=6, joint="curve"
            )


_BARS = {"steps": _steps, "grid": _grid, "diagonals": _diagonals, "ice": _ice, "fret": _fret}
