"""Six ways to build a house, by region; which people builds how is for the caller to say."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from .fronts import Marks, couplets, front, opening
from .roofs import Roof, gable, hip
from .shapes import Surfaces


def build(style: str, surfaces: Surfaces, rng: Random) -> Marks:
    """Build a house of a style (`STYLES`); returns the marks of its structure.

    Raises:
        ValueError: there is no such style.
    """
    if style not in STYLES:
        raise ValueError(f"There is no house of the style '{style}'; there are {', '.join(STYLES)}.")
    marks = Marks()
    STYLES[style](surfaces, marks, rng)
    return marks


def _covered(marks: Marks, ends: list) -> None:
    marks.line(ends[0], ends[1])
    marks.line(ends[2], ends[3])


def _courtyard(surfaces: Surfaces, marks: Marks, rng: Random) -> None:
    """Grey brick and red timber under grey tiles, on a stone terrace."""
    bays = rng.choice((3, 3, 5))
    width, depth = bays * rng.uniform(2.5, 3.0), rng.uniform(4.5, 6)
    floor, top = rng.uniform(0.25, 0.5), 0
    top = floor + rng.uniform(2.8, 3.2)
    porch = rng.choice((0.0, 1.2, 1.4))
    _terrace(surfaces, rng, width, depth, floor, 0.9 + porch)
    surfaces.box((-width / 2, 0, floor), (width / 2, depth, top), "wall", "wall")
    front(surfaces, marks, rng, width=width, bays=bays, y=0, floor=floor, top=top, wooden=rng.random() < 0.75)
    if porch:
        for k in range(bays + 1):
            x = -width / 2 + k * width / bays
            surfaces.tube([(x, -porch, floor), (x, -porch, top - 0.1)], [0.13, 0.12], "wood", "wood", spokes=10)
        surfaces.box(
            (-width / 2 - 0.2, -porch - 0.1, top - 0.32),
            (width / 2 + 0.2, -porch + 0.1, top - 0.04),
            "painted beam",
            "wood",
        )
    else:
        couplets(surfaces, 0, -0.13, floor, min(width / bays - 0.3, 2.6) / 2 - 0.2)
    roof = Roof(width, depth, top - 0.1, rng.uniform(1.5, 2.2), over=0.8 + porch, lift=rng.uniform(0.1, 0.5), sag=0.3)
    _covered(marks, gable(surfaces, roof))


def _white_wall(surfaces: Surfaces, marks: Marks, rng: Random) -> None:
    """White plaster, black tiles, and gables that rise in steps above the roof."""
    bays = 3
    width, depth = bays * rng.uniform(2.4, 2.9), rng.uniform(4.5, 6)
    floor = rng.uniform(0.15, 0.35)
    top = floor + rng.uniform(2.9, 3.4)
    _terrace(surfaces, rng, width, depth, floor, 0.8)
    surfaces.box((-width / 2, 0, floor), (width / 2, depth, top), "wall", "wall")
    surfaces.box((-width / 2 - 0.02, -0.02, floor), (width / 2 + 0.02, depth, floor + 0.5), "plinth", "plinth")
    front(surfaces, marks, rng, width=width, bays=bays, y=-0.02, floor=floor, top=top, wooden=rng.random() < 0.4)
    roof = Roof(width, depth, top - 0.05, rng.uniform(1.3, 1.8), over=0.6, lift=0.0, sag=0.2)
    _covered(marks, gable(surfaces, roof))
    if rng.random() < 0.75:
        for x in (-width / 2 - 0.18, width / 2 + 0.18):
            for inset, rise in ((-0.75, 0.5), (depth * 0.16, 1.25), (depth * 0.34, 2.0)):
                z = top + rise * roof.rise / 1.6
                surfaces.box((x - 0.16, inset, 0), (x + 0.16, depth - inset, z), "wall", "wall")
                surfaces.box((x - 0.3, inset - 0.22, z), (x + 0.3, depth - inset + 0.22, z + 0.12), "tiles", "roof")
                surfaces.box((x - 0.2, inset - 0.3, z + 0.1), (x + 0.2, inset + 0.15, z + 0.24), "tiles", "roof")
    couplets(surfaces, 0, -0.16, floor, 0.75)


def _stilt(surfaces: Surfaces, marks: Marks, rng: Random) -> None:
    """Timber on posts: a living floor with a railed gallery above an open or planked ground floor."""
    bays = rng.choice((3, 3, 4))
    width, depth = bays * rng.uniform(2.3, 2.8), rng.uniform(4.2, 5.5)
    floor = rng.uniform(1.5, 2.1)
    top = floor + rng.uniform(2.3, 2.7)
    gallery = rng.uniform(0.8, 1.2)
    if rng.random() < 0.5:
        surfaces.box((-width / 2, 0.4, 0), (width / 2, depth, floor), "wall", "wall")
    else:
        surfaces.box((-width / 2, depth - 0.6, 0), (width / 2, depth, floor), "wall", "wall")
    surfaces.box((-width / 2, 0, floor), (width / 2, depth, top), "wall", "wall")
    surfaces.box((-width / 2 - 0.2, -gallery, floor - 0.2), (width / 2 + 0.2, 0, floor - 0.02), "wood", "wood")
    front(surfaces, marks, rng, width=width, bays=bays, y=0, floor=floor, top=top, wooden=True)
    for k in range(bays + 1):
        x = -width / 2 + k * width / bays
        surfaces.tube([(x, -gallery + 0.08, 0), (x, -gallery + 0.08, top)], [0.13, 0.11], "wood", "wood")
        surfaces.tube([(x, 0.3, 0), (x, 0.3, floor)], [0.13, 0.13], "wood", "wood")
    for z in (floor + 0.75, floor + 0.12):
        surfaces.box((-width / 2, -gallery + 0.04, z), (width / 2, -gallery + 0.12, z + 0.08), "wood", "wood")
    step = rng.choice((0.16, 0.22))
    for k in range(int(width / step)):
        x = -width / 2 + k * step
        surfaces.box((x, -gallery + 0.06, floor), (x + 0.05, -gallery + 0.1, floor + 0.75), "wood", "wood")
    roof = Roof(
        width,
        depth,
        top - 0.05,
        rng.uniform(1.7, 2.6),
        over=0.5 + gallery,
        lift=rng.uniform(0.1, 0.6),
        sag=0.25,
        stuff="roofing",
    )
    ends = gable(surfaces, roof) if rng.random() < 0.6 else hip(surfaces, roof, width * rng.uniform(0.3, 0.6))
    _covered(marks, ends)
    for i in range(8):  # a stair to the gallery
        z = floor * (i + 1) / 8
        y = -gallery - 1.9 + 1.9 * i / 8
        x = -width / 2 + 0.4
        surfaces.box((x, y, z - 0.12), (x + 1.0, y + 0.3, z - 0.04), "wood", "wood")


def _earth(surfaces: Surfaces, marks: Marks, rng: Random) -> None:
    """Rammed earth or rubble with small windows, under thatch or tile."""
    bays = 3
    width, depth = bays * rng.uniform(2.2, 2.6), rng.uniform(4.2, 5.5)
    floor = rng.uniform(0.1, 0.3)
    top = floor + rng.uniform(2.5, 3.0)
    _terrace(surfaces, rng, width, depth, floor, 0.6)
    surfaces.box((-width / 2, 0, floor), (width / 2, depth, top), "wall", "wall")
    surfaces.box((-width / 2 - 0.05, -0.05, floor), (width / 2 + 0.05, depth, floor + 0.45), "stone", "plinth")
    front(surfaces, marks, rng, width=width, bays=bays, y=-0.03, floor=floor, top=top, wooden=False)
    thatched = rng.random() < 0.55
    roof = Roof(
        width,
        depth,
        top - 0.1,
        rng.uniform(2.0, 3.0) if thatched else rng.uniform(1.3, 1.9),
        over=0.7,
        sag=0.05 if thatched else 0.2,
        stuff="thatch" if thatched else "tiles",
    )
    _covered(marks, hip(surfaces, roof, width * rng.uniform(0.15, 0.5)) if thatched else gable(surfaces, roof))


def _flat(surfaces: Surfaces, marks: Marks, rng: Random) -> None:
    """Stone with leaning walls and a flat roof; black frames widen downwards around painted windows."""
    width, depth = rng.uniform(7, 9), rng.uniform(5, 6)
    top = rng.uniform(4.6, 5.6)
    lean = 0.25
    low = [(-width / 2, 0, 0), (width / 2, 0, 0), (width / 2, depth, 0), (-width / 2, depth, 0), (-width / 2, 0, 0)]
    high = [(x * (1 - 2 * lean / width), y + (lean if y == 0 else -lean) * 0.3, top) for x, y, _ in low]
    for k in range(4):
        surfaces.grid([[low[k], low[k + 1]], [high[k], high[k + 1]]], "wall", "wall", smooth=False, size=(width, top))
    surfaces.box(
        (-width / 2 + lean - 0.12, -0.1, top - 0.75), (width / 2 - lean + 0.12, depth, top - 0.12), "band", "wall"
    )
    surfaces.box(
        (-width / 2 + lean - 0.2, -0.18, top - 0.12), (width / 2 - lean + 0.2, depth, top + 0.06), "plaster", "roof"
    )
    marks.line(
        ("eave left", (-width / 2 + lean - 0.2, -0.18, top + 0.06)),
        ("eave right", (width / 2 - lean + 0.2, -0.18, top + 0.06)),
    )
    columns = 3
    for storey, z in enumerate((0.9, top / 2 + 0.35)):
        for k in range(columns):
            middle = (k - (columns - 1) / 2) * width / columns * 0.92
            if storey == 0 and k == 1:
                continue
            wide, tall = rng.uniform(1.0, 1.2), 1.15
            _black_frame(surfaces, middle, z, wide, tall)
            opening(surfaces, marks, "window", (middle - wide / 2, -0.03, z), wide, tall, "wood", 0.07)
            surfaces.box(
                (middle - wide / 2 - 0.25, -0.4, z + tall + 0.12),
                (middle + wide / 2 + 0.25, 0, z + tall + 0.2),
                "band",
                "wood",
            )
            for i in range(7):
                x = middle - wide / 2 - 0.25 + (wide + 0.42) * i / 6
                surfaces.box((x, -0.36, z + tall + 0.2), (x + 0.08, 0, z + tall + 0.28), f"flag {i % 5}", "wood")
    _black_frame(surfaces, 0, 0.1, 1.3, 2.0)
    opening(surfaces, marks, "door", (-0.65, -0.03, 0.1), 1.3, 2.0, "wood", 0.09)
    for line in range(2):
        x0, x1 = (-width / 2 - 1.5, width / 2 + 0.5) if line else (-width / 2 + 0.3, width / 2 + 2.5)
        _flags(surfaces, (x0, -2.2 if line else -1.2, 3.0 + line), (x1, -1.0, top + 0.4), 15)


def _black_frame(surfaces: Surfaces, middle: float, z: float, wide: float, tall: float) -> None:
    a, b = wide / 2 + 0.16, wide / 2 + 0.32
    surfaces.quad(
        (
            (middle - b, -0.02, z - 0.2),
            (middle + b, -0.02, z - 0.2),
            (middle + a, -0.02, z + tall + 0.15),
            (middle - a, -0.02, z + tall + 0.15),
        ),
        "frame",
        "wall",
    )


def _flags(surfaces: Surfaces, a: tuple, b: tuple, count: int) -> None:
    for k in range(count):
        t, s = k / count, (k + 0.75) / count
        (x0, y0, z0), (x1, y1, z1) = (
            tuple(a[c] + (b[c] - a[c]) * q - (1.6 * q * (1 - q) if c == 2 else 0) for c in range(3)) for q in (t, s)
        )
        surfaces.quad(((x0, y0, z0 - 0.3), (x1, y1, z1 - 0.3), (x1, y1, z1), (x0, y0, z0)), f"flag {k % 5}", "prop")


def _yurt(surfaces: Surfaces, marks: Marks, rng: Random) -> None:
    """Felt over a lattice: a round wall with painted bands, a low cone, a wooden door."""
    radius, wall, rise = rng.uniform(2.9, 3.6), rng.uniform(1.6, 1.9), rng.uniform(1.1, 1.5)
    y = radius
    surfaces.turned((0, y, 0), ((radius, 0), (radius * 1.01, wall / 2), (radius, wall)), "felt", "wall", spokes=48)
    surfaces.turned(
        (0, y, wall),
        ((radius * 1.04, -0.08), (radius * 0.55, rise * 0.62), (0.45, rise), (0.35, rise + 0.15), (0.02, rise + 0.2)),
        "felt",
        "roof",
        spokes=48,
    )
    for z, tall, stuff in ((wall - 0.3, 0.2, "door panel"), (0.02, 0.22, "door panel"), (wall * 0.45, 0.05, "hide")):
        surfaces.turned((0, y, z), ((radius * 1.025, 0), (radius * 1.025, tall)), stuff, "wall", spokes=48)
    for k in range(16):  # roof ropes
        a = 2 * math.pi * k / 16
        path = [
            (radius * 1.05 * math.cos(a), y + radius * 1.05 * math.sin(a), wall - 0.05),
            (0.45 * math.cos(a), y + 0.45 * math.sin(a), wall + rise + 0.03),
        ]
        surfaces.tube(path, [0.03, 0.03], "door panel", "roof", spokes=5)
    opening(surfaces, marks, "door", (-0.5, -0.06, 0.1), 1.0, wall - 0.15, "wood", 0.1)
    for side in (-1, 1):
        opening(surfaces, marks, "window", (side * 1.35 - 0.35, 0.22, 0.6), 0.7, 0.7, "wood", 0.06)
    marks.line(("eave left", (-radius, y, wall)), ("eave right", (radius, y, wall)))


def _terrace(surfaces: Surfaces, rng: Random, width: float, depth: float, floor: float, ahead: float) -> None:
    surfaces.box((-width / 2 - 0.6, -ahead, -0.1), (width / 2 + 0.6, depth + 0.4, floor), "plinth", "plinth")
    for i in range(max(1, round(floor / 0.16))):
        surfaces.box((-1.2, -ahead - 0.3 * (i + 1), -0.1), (1.2, -ahead, floor - 0.15 * (i + 1)), "plinth", "plinth")


STYLES: dict[str, Callable[[Surfaces, Marks, Random], None]] = {
    "courtyard": _courtyard,
    "white wall": _white_wall,
    "stilt": _stilt,
    "earth": _earth,
    "flat": _flat,
    "yurt": _yurt,
}
"""Styles by name."""
