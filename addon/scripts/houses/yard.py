"""What stands around a house: ground, path, trees, hills, and the things of village life."""

from __future__ import annotations

import math
from random import Random

from .shapes import Point, Surfaces

Vector = tuple[float, float, float]


def lay(surfaces: Surfaces, rng: Random, style: str, symbols: int) -> None:
    """Fill the yard of a house of that style; `symbols` = how many drums and jars at most."""
    _ground(surfaces, rng)
    _hills(surfaces, rng)
    for _ in range(rng.randint(2, 5)):
        side = rng.choice((-1, 1))
        place = (side * rng.uniform(5.2, 10.5), rng.uniform(-1.0, 9.0), 0.0)
        (_bamboo if rng.random() < (0.45 if style in ("stilt", "white wall") else 0.1) else _tree)(surfaces, rng, place)
    if style != "yurt":
        _lanterns(surfaces, rng, style)
    things = [_drum, _jars, _basket, _firewood, _table]
    rng.shuffle(things)
    for k, thing in enumerate(things[: rng.randint(1, symbols)]):
        side = -1 if k % 2 else 1
        thing(surfaces, rng, (side * rng.uniform(1.7, 3.6), rng.uniform(-2.8, -1.2), 0.0))
    if style not in ("yurt", "flat") and rng.random() < 0.6:
        _corn(surfaces, rng)
    if rng.random() < 0.35:
        _fence(surfaces, rng)


def _ground(surfaces: Surfaces, rng: Random) -> None:
    rows = [[(x, y, 0.0) for x in (-60, -20, 0, 20, 60)] for y in (-30, -8, 0, 20, 90)]
    surfaces.grid(rows, "ground", "ground", smooth=False)
    if rng.random() < 0.7:
        surfaces.box((-1.3, -12, -0.1), (1.3, 0, 0.015), "paving", "ground")
    for _ in range(90):  # tufts of grass
        x, y = rng.uniform(-9, 9), rng.uniform(-7, 3)
        if abs(x) > 1.4:
            for _ in range(3):
                dx, tall = rng.uniform(-0.06, 0.06), rng.uniform(0.06, 0.16)
                surfaces.quad(((x + dx - 0.02, y, 0), (x + dx + 0.02, y, 0), (x + 2 * dx, y, tall)), "leaves", "plant")


def _hills(surfaces: Surfaces, rng: Random) -> None:
    for distance, base, stuff in ((80, 16, "far hill"), (42, 6.5, "near hill")):
        phases = [rng.uniform(0, 6.28) for _ in range(4)]
        low, high = [], []
        for k in range(91):
            x = -75 + 150 * k / 90
            rise = 1 + 0.5 * math.sin(0.07 * x + phases[0]) + 0.25 * math.sin(0.19 * x + phases[1])
            rise += 0.1 * math.sin(0.5 * x + phases[2]) + 0.04 * math.sin(1.7 * x + phases[3])
            low.append((x, distance, -1.0))
            high.append((x, distance + 3, base * max(rise, 0.1) * 0.75))
        surfaces.grid([low, high], stuff, "hill")


def _tree(surfaces: Surfaces, rng: Random, place: Point) -> None:
    """A trunk that forks, and leaves as many small blades in clumps."""
    tall = rng.uniform(3.2, 6.5)
    x, y, _ = place
    lean = rng.uniform(-0.5, 0.5)
    path = [(x + lean * t * t, y, tall * t) for t in (0, 0.25, 0.5, 0.75, 1)]
    surfaces.tube(path, [0.2, 0.16, 0.13, 0.08, 0.03], "trunk", "plant", spokes=7)
    flowering = rng.random() < 0.25
    for _ in range(rng.randint(7, 11)):
        t = rng.uniform(0.5, 1.0)
        a, reach = rng.uniform(0, 6.28), rng.uniform(0.3, 1.5) * (1.3 - 0.6 * t)
        centre = (x + lean * t * t + reach * math.cos(a), y + reach * math.sin(a), tall * t + rng.uniform(-0.2, 0.7))
        surfaces.tube([(x + lean * t * t * 0.8, y, tall * t * 0.85), centre], [0.05, 0.02], "trunk", "plant", spokes=4)
        _clump(surfaces, rng, centre, rng.uniform(0.5, 0.95), 90, "blossom" if flowering else "leaves", 0.14)


def _clump(surfaces: Surfaces, rng: Random, centre: Point, radius: float, count: int, stuff: str, leaf: float) -> None:
    for _ in range(count):
        z, a = rng.uniform(-1, 1), rng.uniform(0, 6.28)
        r = radius * rng.random() ** 0.4
        s = math.sqrt(1 - z * z)
        x, y, h = centre[0] + r * s * math.cos(a), centre[1] + r * s * math.sin(a), centre[2] + 0.75 * r * z
        _blade(surfaces, rng, (x, y, h), leaf * rng.uniform(0.6, 1.3), stuff)


def _blade(surfaces: Surfaces, rng: Random, place: Point, size: float, stuff: str) -> None:
    a, b = rng.uniform(0, 6.28), rng.uniform(-0.9, 0.9)
    ux, uy, uz = size * math.cos(a), size * math.sin(a), size * 0.4 * math.sin(b)
    vx, vy, vz = (
        -size * 0.5 * math.sin(a) * math.sin(b),
        size * 0.5 * math.cos(a) * math.sin(b),
        size * 0.5 * math.cos(b),
    )
    x, y, z = place
    surfaces.quad(
        ((x - ux, y - uy, z - uz), (x + vx, y + vy, z + vz), (x + ux, y + uy, z + uz), (x - vx, y - vy, z - vz)),
        stuff,
        "plant",
    )


def _bamboo(surfaces: Surfaces, rng: Random, place: Point) -> None:
    for _ in range(rng.randint(6, 11)):
        x, y = place[0] + rng.uniform(-0.9, 0.9), place[1] + rng.uniform(-0.6, 0.6)
        tall, lean = rng.uniform(4.0, 6.5), rng.uniform(-0.8, 0.8)
        path = [(x + lean * t**3, y, tall * t) for t in (0, 0.3, 0.6, 0.85, 1)]
        surfaces.tube(path, [0.05, 0.045, 0.04, 0.025, 0.01], "stalk", "plant", spokes=6)
        for _ in range(34):
            t = rng.uniform(0.45, 1.0)
            spot = (x + lean * t**3 + rng.gauss(0, 0.3), y + rng.gauss(0, 0.3), tall * t + rng.uniform(-0.3, 0.1))
            _blade(surfaces, rng, spot, rng.uniform(0.1, 0.2), "leaves")


def _lanterns(surfaces: Surfaces, rng: Random, style: str) -> None:
    high = {"stilt": 3.4, "flat": 2.9}.get(style, 2.75)
    for x in rng.choice(((-1.55, 1.55), (-1.5, 1.5), (-3.0, 3.0), ())):
        lantern(
            surfaces, (x, -0.55 if style != "stilt" else -1.0, high - rng.uniform(0.2, 0.4)), rng.uniform(0.19, 0.28)
        )


def lantern(surfaces: Surfaces, middle: Point, radius: float) -> None:
    """A red round lantern with golden caps and a tassel."""
    x, y, z = middle
    profile = [
        (radius * math.cos(a) * 1.0, 0.82 * radius * math.sin(a)) for a in (-1.3 + 2.6 * k / 8 for k in range(9))
    ]
    surfaces.turned(middle, profile, "lantern", "lantern", spokes=12)
    for h in (-0.82, 0.78):
        surfaces.turned(
            (x, y, z + h * radius), ((0.3 * radius, -0.03), (0.32 * radius, 0.04)), "gold", "lantern", spokes=10
        )
    surfaces.tube([(x, y, z + 0.8 * radius), (x, y, z + 2.2 * radius)], [0.012, 0.012], "ink", "lantern", spokes=4)
    surfaces.tube([(x, y, z - 0.8 * radius), (x, y, z - 1.9 * radius)], [0.02, 0.045], "gold", "lantern", spokes=6)


def _drum(surfaces: Surfaces, rng: Random, place: Point) -> None:
    """A barrel drum on a stand, its skin towards the yard or upwards."""
    x, y, _ = place
    r, tall = rng.uniform(0.32, 0.5), rng.uniform(0.6, 0.85)
    profile = [(r * (0.86 + 0.14 * math.sin(math.pi * t)), tall * t) for t in (k / 8 for k in range(9))]
    surfaces.turned((x, y, 0.35), profile, "drum", "prop", spokes=22)
    surfaces.turned((x, y, 0.35 + tall), ((0.86 * r, 0), (0.86 * r, 0.01), (0.01, 0.015)), "hide", "prop", spokes=22)
    for h in (0.05, tall - 0.05):
        surfaces.turned((x, y, 0.35 + h), ((0.93 * r, -0.03), (0.93 * r, 0.03)), "gold", "prop", spokes=22)
    for a in (0.6, 2.2, 3.9, 5.4):
        surfaces.tube(
            [
                (x + r * math.cos(a), y + r * math.sin(a), 0),
                (x + 0.6 * r * math.cos(a), y + 0.6 * r * math.sin(a), 0.5),
            ],
            [0.035, 0.035],
            "trunk",
            "prop",
            spokes=5,
        )


def _jars(surfaces: Surfaces, rng: Random, place: Point) -> None:
    for _ in range(rng.randint(2, 4)):
        x, y, s = place[0] + rng.uniform(-0.7, 0.7), place[1] + rng.uniform(-0.5, 0.5), rng.uniform(0.6, 1.1)
        profile = ((0.16, 0), (0.27, 0.2), (0.32, 0.42), (0.24, 0.62), (0.15, 0.7), (0.18, 0.76))
        surfaces.turned((x, y, 0), [(r * s, h * s) for r, h in profile], "clay", "prop", spokes=14)


def _basket(surfaces: Surfaces, rng: Random, place: Point) -> None:
    for k in range(rng.randint(1, 3)):
        x, y = place[0] + 0.8 * k, place[1] + rng.uniform(-0.3, 0.3)
        surfaces.turned((x, y, 0), ((0.28, 0), (0.36, 0.3)), "bamboo", "prop", spokes=14)
        stuff = rng.choice(("corn", "red paper", "leaves"))
        surfaces.turned((x, y, 0.26), ((0.34, 0), (0.2, 0.12), (0.01, 0.16)), stuff, "prop", spokes=12)


def _firewood(surfaces: Surfaces, rng: Random, place: Point) -> None:
    x, y, _ = place
    for row in range(5):
        for k in range(8 - row):
            cx, cz = x + 0.14 * (k + row / 2) - 0.55, 0.07 + 0.12 * row
            ring = [
                (cx + 0.062 * math.cos(a), y + 1.2, cz + 0.062 * math.sin(a)) for a in (6.283 * i / 7 for i in range(7))
            ]
            surfaces.quad(ring, "hide", "prop", [(0, 0)] * 7)
            surfaces.tube([(cx, y + 1.2, cz), (cx, y + 2.0, cz)], [0.062, 0.062], "trunk", "prop", spokes=7)


def _table(surfaces: Surfaces, rng: Random, place: Point) -> None:
    x, y, _ = place
    surfaces.box((x - 0.45, y - 0.45, 0.68), (x + 0.45, y + 0.45, 0.75), "door panel", "prop")
    for dx in (-0.4, 0.34):
        for dy in (-0.4, 0.34):
            surfaces.box((x + dx, y + dy, 0), (x + dx + 0.06, y + dy + 0.06, 0.68), "door panel", "prop")
    surfaces.turned((x, y, 0.75), ((0.08, 0), (0.1, 0.08), (0.05, 0.16), (0.03, 0.24)), "plaster", "prop", spokes=10)
    for dx, dy in ((-0.25, 0.15), (0.25, -0.1), (0.2, 0.25)):
        surfaces.turned((x + dx, y + dy, 0.75), ((0.03, 0), (0.06, 0.05)), "plaster", "prop", spokes=8)


def _corn(surfaces: Surfaces, rng: Random) -> None:
    """Strings of maize and chillies that dry on the wall."""
    for side in (-1, 1):
        for k in range(rng.randint(1, 3)):
            x, z = side * (1.28 + 0.16 * k), rng.uniform(2.2, 2.4)
            stuff = rng.choice(("corn", "corn", "red paper"))
            for i in range(9):
                dx = 0.04 if i % 2 else -0.04
                surfaces.turned(
                    (x + dx, -0.16, z - 0.1 * i),
                    ((0.012, -0.09), (0.045, -0.02), (0.03, 0.08)),
                    stuff,
                    "prop",
                    spokes=6,
                )


def _fence(surfaces: Surfaces, rng: Random) -> None:
    y, stuff = rng.uniform(-1.6, -0.4), rng.choice(("bamboo", "trunk"))
    for side in (-1, 1):
        x0 = side * rng.uniform(4.6, 5.4)
        for k in range(14):
            x, tall = x0 + side * 0.28 * k, rng.uniform(0.8, 1.0)
            surfaces.tube([(x, y, 0), (x, y, tall)], [0.035, 0.03], stuff, "prop", spokes=5)
        for z in (0.3, 0.65):
            surfaces.tube([(x0, y, z), (x0 + side * 3.7, y, z)], [0.025, 0.025], stuff, "prop", spokes=5)
