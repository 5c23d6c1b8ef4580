"""What the dancer wears on the head; one function per kind."""

from __future__ import annotations

import math
from collections.abc import Callable

from mathutils import Vector

from .figure import SIDES, Figure
from .loft import Cloth, around, mix, profile, smoothstep, steps


def make_headdress(figure: Figure, cloth: Cloth) -> None:
    """The headdress that the costume names."""
    _KINDS[figure.costume.headdress](figure, cloth)
    if not figure.male:
        _earrings(figure, cloth)


def _earrings(figure: Figure, cloth: Cloth) -> None:
    for _, sign in SIDES:
        lobe = figure.head_middle + Vector((sign * 0.081, 0.002, -0.052))
        cloth.ball(lobe, (0.007, 0.007, 0.014), figure.skull, "silver", rings=6, spokes=8)


def _band(
    figure: Figure, cloth: Cloth, low: float, high: float, grow: float, stuff: str,
    *, tilt: float = 0.0, rise: float = 0.0, repeat: float = 1.0, bulge: float = 0.0,
) -> None:  # fmt: skip
    """A closed band around the head between two heights [cm]; `tilt` lowers its back, `rise` raises its front."""
    rows = []
    for t in steps(0, 1, 6):
        row = []
        for a in around(44):
            front = 0.5 + 0.5 * math.cos(a)
            height = mix(low, high, t) + tilt * (front - 1) + rise * t * front**3
            row.append(figure.head_point(a, min(height, 11.0), grow + bulge * math.sin(math.pi * t))
                       + Vector((0, 0, max(0.0, height - 11.0) * 0.01)))  # fmt: skip
        rows.append(row)
    cloth.grid(rows, figure.skull, stuff, repeat=repeat)


def _flower(figure: Figure, cloth: Cloth, centre: Vector, out: Vector, size: float, stuff: str, heart: str) -> None:
    """A blossom of six petals that looks along `out`."""
    across = out.cross(Vector((0.2, 0.3, 0.93))).normalized()
    third = out.cross(across)
    for k in range(6):
        a = k * math.pi / 3
        petal = centre + (across * math.cos(a) + third * math.sin(a)) * size * 0.62
        cloth.ball(petal, [size * 0.5] * 3, figure.skull, stuff, rings=5, spokes=7)
    cloth.ball(centre + out * size * 0.35, [size * 0.36] * 3, figure.skull, heart, rings=5, spokes=7)


def _peacock_crown(figure: Figure, cloth: Cloth) -> None:
    """A golden circlet and a fan of peacock feathers."""
    _band(figure, cloth, 4.6, 6.6, 1.6, "gold", tilt=2.0, rise=3.4)
    _flower(figure, cloth, figure.head_point(0, 8.2, 1.9), Vector((0, -1, 0.15)), 0.013, "gold", "blossom")
    root = figure.head_middle + Vector((0, 0.018, 0.105))
    for k in range(-3, 4):
        lean = k * 0.27
        length = 0.27 - 0.017 * abs(k)
        half = 0.034
        rows = []
        for t in steps(0, 1, 12):
            width = half * profile(((0, 0.18), (0.35, 0.5), (0.72, 1.0), (0.9, 0.8), (1.0, 0.12)), t)[0]
            reach, back = length * t, 0.05 + 0.06 * t - 0.045 * t * t
            middle = root + Vector((math.sin(lean) * reach, back + 0.004 * abs(k), math.cos(lean) * reach))
            side = Vector((math.cos(lean), 0, -math.sin(lean)))
            rows.append(
                [middle + side * (w * width) + Vector((0, -0.006 * (1 - abs(w)), 0)) for w in (-1, -0.5, 0, 0.5, 1)]
            )
        cloth.grid(rows, figure.skull, "feather", closed=False)


def _turban(figure: Figure, cloth: Cloth) -> None:
    """Three wound coils and a loose end over the left temple."""
    for coil, (height, grow, thick) in enumerate(((5.4, 1.2, 2.3), (8.2, 0.7, 2.3), (10.4, -1.2, 2.2))):
        path = []
        for a in around(40):
            wind = height + 1.3 * math.sin(a + coil * 2.1) - 0.9 * (0.5 - 0.5 * math.cos(a))
            path.append(figure.head_point(a, min(wind, 11.0), grow + 0.9))
        _ring(figure, cloth, path, thick * 0.01, "headdress")
    cloth.ball(
        figure.head_middle + Vector((0, 0.005, 0.088)),
        (0.068, 0.078, 0.05),
        figure.skull,
        "headdress",
        rings=9,
        spokes=20,
    )
    start = figure.head_point(0.75, 6.5, 3.0)
    for lean in (0.2, 0.75):
        tip = start + Vector((0.05 + 0.03 * lean, -0.015, 0.075 * (1 - lean)))
        path = [start, start.lerp(tip, 0.5) + Vector((0.008, 0, 0.01)), tip]
        cloth.tube(path, [0.013, 0.017, 0.007], figure.skull, "trim", flat=0.4, spokes=10)


def _ring(figure: Figure, cloth: Cloth, path: list[Vector], radius: float, stuff: str) -> None:
    """A closed coil of cloth with a spiral fold."""
    rows = []
    middle = sum(path, Vector()) / len(path)
    for i, point in enumerate([*path, path[0]]):
        out = Vector((point.x - middle.x, point.y - middle.y, 0)).normalized()
        row = []
        for a in around(12):
            fold = radius * (1 + 0.10 * math.cos(3 * (a + i * 0.31)))
            row.append(point + out * (fold * math.cos(a)) + Vector((0, 0, fold * math.sin(a))))
        rows.append(row)
    cloth.grid(rows, figure.skull, stuff)


def _silver_crown(figure: Figure, cloth: Cloth) -> None:
    """A silver band with blossoms and pendants under a pair of great horns."""
    _band(figure, cloth, 4.4, 8.4, 1.7, "silver", tilt=1.0, rise=1.2)
    for k in range(-4, 5):
        a = k * 0.27
        out = Vector((math.sin(a), -math.cos(a), 0.1)).normalized()
        _flower(figure, cloth, figure.head_point(a, 8.6 - 0.1 * k * k * 0.3, 2.0), out, 0.0125, "silver", "silver")
        drop = figure.head_point(a, 4.4, 2.1)
        cloth.tube(
            [drop, drop - Vector((0, 0, 0.012)), drop - Vector((0, 0, 0.026))],
            [0.0025, 0.0022, 0.006],
            figure.skull,
            "silver",
            spokes=6,
        )
    base = figure.head_middle + Vector((0, -0.03, 0.1))
    for _, sign in SIDES:  # broad flat crescents, as beaten silver is
        rows = []
        for t in steps(0, 1, 22):
            a = mix(-1.5, 0.95, t)
            spine = base + Vector(
                (sign * (0.015 + 0.17 * math.cos(a) * (0.3 + 0.7 * t)), 0.015 * t, 0.17 + 0.165 * math.sin(a))
            )
            half = 0.033 * math.sin(math.pi * min(1.0, 0.28 + 0.72 * t)) ** 0.8 + 0.001
            out = Vector((sign * math.cos(a), 0, math.sin(a)))
            ridge = Vector((0, -0.007, 0))
            rows.append([spine - out * half, spine + ridge, spine + out * half, spine - ridge])
        cloth.grid(rows, figure.skull, "silver", cap_first=True, cap_last=True)
    cloth.ball(base + Vector((0, -0.01, 0.075)), (0.032, 0.008, 0.032), figure.skull, "silver", rings=7, spokes=14)
    _flower(figure, cloth, base + Vector((0, -0.02, 0.075)), Vector((0, -1, 0)), 0.016, "silver", "blossom")


def _fur_hat(figure: Figure, cloth: Cloth) -> None:
    """A brim of fur around a domed crown with a knob."""
    path = [figure.head_point(a, 6.2 - 1.6 * (0.5 - 0.5 * math.cos(a)), 1.9) for a in around(40)]
    rows = []
    middle = sum(path, Vector()) / len(path)
    for i, point in enumerate([*path, path[0]]):
        out = Vector((point.x - middle.x, point.y - middle.y, 0)).normalized()
        row = []
        for n, a in enumerate(around(14)):
            tuft = 1 + 0.09 * math.sin(i * 2.4 + n * 1.7) + 0.05 * math.sin(i * 5.1 - n * 3.3)
            row.append(point + out * (0.024 * tuft * math.cos(a)) + Vector((0, 0, 0.036 * tuft * math.sin(a))))
        rows.append(row)
    cloth.grid(rows, figure.skull, "fur")
    dome = figure.head_middle + Vector((0, 0.004, 0.075))
    cloth.ball(dome, (0.082, 0.095, 0.082), figure.skull, "headdress", rings=11, spokes=24)
    for k in range(4):
        a = math.pi / 4 + k * math.pi / 2
        seam = [
            dome + Vector((0.083 * math.sin(b) * math.sin(a), -0.096 * math.sin(b) * math.cos(a), 0.083 * math.cos(b)))
            for b in steps(0.08, 1.3, 9)
        ]
        cloth.tube(seam, [0.004] * 9, figure.skull, "piping", spokes=6)
    cloth.ball(dome + Vector((0, 0, 0.09)), (0.013, 0.013, 0.016), figure.skull, "blossom", rings=7, spokes=10)


def _headscarf(figure: Figure, cloth: Cloth) -> None:
    """A cloth tied over the hair, knotted behind, with a border over the brow and two ends."""

    def edge(a: float) -> float:
        turn = abs((a + math.pi) % (2 * math.pi) - math.pi) / math.pi
        return profile(((0, 5.6), (0.25, 5.2), (0.42, 1.5), (0.6, -3.0), (1.0, -5.5)), turn)[0]

    rows = []
    for t in steps(0, 1, 18):
        row = []
        for a in around(48):
            crease = 0.16 * math.cos(a * 7 + 5 * t) * smoothstep(t, 0.15, 0.6)
            loft = 2.6 * (1 - t) * (1 + 0.25 * math.cos(a + 0.5))  # cloth wound over the hair stands off the crown
            height = mix(11.5, edge(a), t)
            row.append(figure.head_point(a, height, 1.75 + crease + 0.5 * loft * t) + Vector((0, 0, 0.012 * loft)))
        rows.append(row)
    cloth.grid(rows[:16], figure.skull, "headdress", cap_first=True)
    cloth.grid(rows[15:], figure.skull, "trim", repeat=12)
    for wind, (low, high, lean) in enumerate(((5.2, 8.0, 0.5), (6.6, 9.4, -0.6))):  # two turns of the cloth
        turn = []
        for t in steps(0, 1, 5):
            row = []
            for a in around(48):
                height = mix(low, high, t) + lean * math.sin(a) - 2.2 * (0.5 - 0.5 * math.cos(a))
                bulge = 2.3 + 0.7 * math.sin(math.pi * t) - 0.25 * wind
                row.append(figure.head_point(a, min(height, 11.0), bulge))
            turn.append(row)
        cloth.grid(turn, figure.skull, "headdress")
    knot = figure.head_point(math.pi, -2.5, 2.6)
    cloth.ball(knot, (0.028, 0.022, 0.022), figure.skull, "headdress", rings=7, spokes=12)
    for _, sign in SIDES:
        path = [knot, knot + Vector((sign * 0.03, 0.035, -0.03)), knot + Vector((sign * 0.05, 0.045, -0.11))]
        cloth.tube(path, [0.012, 0.024, 0.02], figure.skull, "headdress", flat=0.25, side=Vector((0, 1, 0)), spokes=10)


def _ribbon(figure: Figure, cloth: Cloth) -> None:
    """A ribbon around the hair with a bow and, for a woman, blossoms at the bun; for a man a brow band."""
    if figure.male:
        _band(figure, cloth, 4.6, 7.0, 1.5, "trim", tilt=1.6, repeat=9)
        tie = figure.head_point(math.pi, 4.0, 1.9)
    else:
        _band(figure, cloth, 7.2, 8.8, 1.75, "headdress", tilt=-1.0)
        tie = figure.head_middle + Vector((0, 0.11, 0.1))
        for a, size in ((0.9, 0.019), (1.25, 0.022), (1.6, 0.017)):
            out = Vector((math.sin(a), -math.cos(a), 0.5)).normalized()
            _flower(
                figure,
                cloth,
                figure.head_point(a, 7.6, 2.2),
                out,
                size,
                "blossom" if a == 1.25 else "headdress",
                "piping",
            )
    for _, sign in SIDES:
        loop = [
            tie,
            tie + Vector((sign * 0.04, 0.012, 0.02)),
            tie + Vector((sign * 0.065, 0.016, 0)),
            tie + Vector((sign * 0.035, 0.012, -0.014)),
            tie,
        ]
        cloth.tube(
            loop,
            [0.008, 0.017, 0.018, 0.015, 0.008],
            figure.skull,
            "headdress",
            flat=0.3,
            side=Vector((0, 1, 0)),
            spokes=10,
        )
        tail = [
            tie + Vector((sign * (0.01 + 0.05 * t), 0.02 + 0.025 * math.sin(2.5 * t), -0.26 * t))
            for t in steps(0, 1, 10)
        ]
        cloth.tube(tail, [0.014] * 9 + [0.009], figure.skull, "headdress", flat=0.12, side=Vector((0, 1, 0)), spokes=8)


def _none(figure: Figure, cloth: Cloth) -> None:
    """Bare-headed."""


_KINDS: dict[str, Callable[[Figure, Cloth], None]] = {
    "peacock-crown": _peacock_crown,
    "turban": _turban,
    "silver-crown": _silver_crown,
    "fur-hat": _fur_hat,
    "headscarf": _headscarf,
    "ribbon": _ribbon,
    "none": _none,
}
