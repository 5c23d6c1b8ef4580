"""Roofs: tiled gables with lifted eaves, hips of tile or thatch, cones of felt."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .shapes import Point, Surfaces

_TILE = 0.3  # from one row of tiles to the next [m]


@dataclass(frozen=True)
class Roof:
    """Measures of a roof [m].

    Attributes:
        width, depth: of the walls that it covers.
        eave, rise: height of the eaves, and of the ridge above them.
        over: how far it reaches beyond the walls.
        lift: how far its corners bend up.
        sag: how hollow its slope is, 0 = straight.
        stuff: `tiles`, `thatch`, `bamboo` ...
    """

    width: float
    depth: float
    eave: float
    rise: float
    over: float = 0.8
    lift: float = 0.0
    sag: float = 0.25
    stuff: str = "tiles"

    def height(self, x: float, t: float) -> float:
        """Height at x, a share t of the way from the ridge down to the eave."""
        fall = t + self.sag * t * (1 - t)
        end = min(1.0, abs(x) / (self.width / 2 + self.over))
        return self.eave + self.rise * (1 - fall) + self.lift * end**5 * t * t


def gable(surfaces: Surfaces, roof: Roof) -> list[tuple[str, Point]]:
    """Two slopes that meet in a ridge along x; returns the ends of ridge and eaves."""
    half, middle = roof.width / 2 + roof.over * 0.6, roof.depth / 2
    run = middle + roof.over
    waves = roof.stuff == "tiles"
    columns = round(2 * half / _TILE) * 4 if waves else 24
    for sign in (-1, 1):
        rows = []
        for i in range(11):
            t = i / 10
            row = []
            for k in range(columns + 1):
                x = sign * -half + sign * 2 * half * k / columns
                swell = 0.05 * abs(math.cos(math.pi * k / 4)) if waves else 0.0
                row.append((x, middle + sign * run * t, roof.height(x, t) + swell + 0.03))
            rows.append(row)
        surfaces.grid(rows[::-1], roof.stuff, "roof", smooth=not waves, size=(2 * half, run * 1.2))
        rows_below = [[(x, y, z - 0.14) for x, y, z in row[:: max(1, columns // 12)]] for row in rows]
        surfaces.grid(rows_below, "wood", "roof", size=(2 * half, run))
        if waves:
            _eave_caps(surfaces, roof, half, middle + sign * run, columns)
    _ridge(surfaces, roof, half, middle)
    for x in (-roof.width / 2, roof.width / 2):
        _gable_wall(surfaces, roof, x, middle)
    front = middle - run
    return [
        ("ridge left", (-half, middle, roof.height(half, 0) + 0.2)),
        ("ridge right", (half, middle, roof.height(half, 0) + 0.2)),
        ("eave left", (-half, front, roof.height(half, 1))),
        ("eave right", (half, front, roof.height(half, 1))),
    ]


def hip(surfaces: Surfaces, roof: Roof, ridge: float) -> list[tuple[str, Point]]:
    """Four slopes below a ridge of that length [m]; returns the ends of ridge and eaves."""
    a, b = roof.width / 2 + roof.over, roof.depth / 2 + roof.over
    middle, r = roof.depth / 2, ridge / 2

    def slope(corner_a: tuple[float, float], corner_b: tuple[float, float], top_a: float, top_b: float) -> None:
        rows = []
        for i in range(9):
            t = i / 8
            row = []
            for k in range(25):
                s = k / 24
                x = (corner_a[0] + (corner_b[0] - corner_a[0]) * s) * t + (top_a + (top_b - top_a) * s) * (1 - t)
                y = (corner_a[1] + (corner_b[1] - corner_a[1]) * s) * t
                fall = t + roof.sag * t * (1 - t)
                lift = roof.lift * abs(2 * s - 1) ** 5 * t * t
                row.append((x, middle + y, roof.eave + roof.rise * (1 - fall) + lift))
            rows.append(row)
        surfaces.grid(rows[::-1], roof.stuff, "roof", smooth=True, size=(math.dist(corner_a, corner_b), 1.4 * b))
        below = [[(x, y, z - 0.12) for x, y, z in row] for row in rows[-3:]]
        surfaces.grid([rows[-1], below[-1]], roof.stuff, "roof", size=(math.dist(corner_a, corner_b), 0.2))
        surfaces.grid(below, "wood", "roof")

    slope((-a, -b), (a, -b), -r, r)
    slope((a, -b), (a, b), r, r)
    slope((a, b), (-a, b), r, -r)
    slope((-a, b), (-a, -b), -r, -r)
    top = roof.eave + roof.rise
    surfaces.box((-r - 0.15, middle - 0.12, top - 0.08), (r + 0.15, middle + 0.12, top + 0.16), roof.stuff, "roof")
    return [
        ("ridge left", (-r, middle, top + 0.1)),
        ("ridge right", (r, middle, top + 0.1)),
        ("eave left", (-a, middle - b, roof.eave + roof.lift)),
        ("eave right", (a, middle - b, roof.eave + roof.lift)),
    ]


def _eave_caps(surfaces: Surfaces, roof: Roof, half: float, y: float, columns: int) -> None:
    """Round end tiles along the eave."""
    for k in range(0, columns + 1, 4):
        x = -half + 2 * half * k / columns
        z = roof.height(x, 1) + 0.03
        side = -0.02 if y < 0 else 0.02
        corners = [
            (x + 0.075 * math.cos(a), y + side, z + 0.075 * math.sin(a)) for a in (0.785 + 1.571 * i for i in range(4))
        ]
        surfaces.quad(corners, "tile ends", "roof")


def _ridge(surfaces: Surfaces, roof: Roof, half: float, middle: float) -> None:
    """A ridge beam of tiles, bent up at its ends."""
    path = [-half + 2 * half * k / 16 for k in range(17)]
    tall = 0.22 if roof.stuff == "tiles" else 0.12
    for y, stuff in ((middle - 0.1, roof.stuff), (middle + 0.1, roof.stuff)):
        low = [(x, y, roof.height(x, 0) - 0.02) for x in path]
        high = [(x, y, roof.height(x, 0) + tall + 1.3 * roof.lift * (abs(x) / half) ** 6) for x in path]
        surfaces.grid([low, high], stuff, "roof", size=(2 * half, 0.3))
    top = [
        [(x, y, roof.height(x, 0) + tall + 1.3 * roof.lift * (abs(x) / half) ** 6) for x in path]
        for y in (middle - 0.13, middle + 0.13)
    ]
    surfaces.grid(top, roof.stuff, "roof", size=(2 * half, 0.3))


def _gable_wall(surfaces: Surfaces, roof: Roof, x: float, middle: float) -> None:
    for sign in (-1, 1):
        edge = [(x, middle + sign * (middle + roof.over) * i / 10, roof.height(x, i / 10) - 0.1) for i in range(11)]
        edge = [p for p in edge if abs(p[1] - middle) <= middle + 0.01]
        floor = [(px, py, roof.eave - 0.3) for px, py, _ in edge]
        surfaces.grid([floor, edge], "gable", "wall", smooth=False, size=(middle, roof.rise))
