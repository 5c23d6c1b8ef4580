"""The dancer's head: face, ears, hair, neck."""

from __future__ import annotations

import math

from mathutils import Vector

from .figure import SIDES, Figure
from .loft import Cloth, around, mix, profile, section, smoothstep, steps


def make_head(figure: Figure, cloth: Cloth) -> None:
    """Face and skull with nose, brow, lips and sockets hinted; ears."""
    rows = []
    heights = [*steps(-11.4, -9.2, 4), *steps(-8.4, 5.0, 22), *steps(5.8, 11.5, 8)]
    for height in heights:
        row = []
        for azimuth in around(44):
            p = figure.head_point(azimuth, height)
            if math.cos(azimuth) > 0:
                p = p + Vector((0, -0.01 * _relief((p.x - figure.head_middle.x) * 100, height), 0))
            row.append(p)
        rows.append(row)
    corner, face = len(cloth.uvs), len(cloth.faces)
    cloth.grid(rows, figure.skull, "face", cap_first=True, cap_last=True)
    _project_face(figure, cloth, corner, face)
    for _, sign in SIDES:
        centre = figure.head_middle + Vector((sign * 0.073, 0.012, -0.012))
        cloth.ball(centre, (0.011, 0.017, 0.031), figure.skull, "skin", rings=6, spokes=8)


def _relief(x: float, z: float) -> float:
    """How far the face stands out before the smooth head [cm] at (x, z) [cm]."""

    def bump(at_x: float, at_z: float, wide: float, high: float) -> float:
        return math.exp(-(((abs(x) - at_x) / wide) ** 2) - ((z - at_z) / high) ** 2)

    bridge = smoothstep(z, -5.0, -3.6) * (1 - smoothstep(z, -3.0, 3.2))
    nose = math.exp(-((x / mix(1.15, 0.7, smoothstep(z, -3.5, 0.5))) ** 2)) * bridge * 2.0
    return (
        0.9 * nose
        + 0.4 * bump(1.0, -3.7, 0.55, 0.55)  # wings of the nose
        - 0.45 * bump(3.1, 0.7, 1.7, 1.0)  # sockets
        + 0.15 * bump(3.0, 3.0, 2.6, 0.9)  # brow
        + 0.45 * bump(4.0, -2.4, 2.2, 1.7)  # cheeks
        + 0.5 * bump(0, -5.9, 1.5, 0.45)  # lips
        + 0.55 * bump(0, -6.9, 1.2, 0.5)
        - 0.25 * bump(0, -7.9, 1.6, 0.5)
        + 0.4 * bump(0, -9.8, 1.5, 1.1)  # chin
    )


def _project_face(figure: Figure, cloth: Cloth, position: int, first: int) -> None:
    """Lay the painted face on from the front; behind the ears it shows plain skin."""
    for corners in cloth.faces[first:]:
        for corner in corners:
            p = cloth.points[corner] - figure.head_middle
            front = p.y < 0.02
            cloth.uvs[position] = (0.5 + p.x / 0.18, 0.5 + p.z / 0.24) if front else (0.02, 0.35)
            position += 1


def make_hair(figure: Figure, cloth: Cloth) -> None:
    """A cap of hair with a parting; a woman's ends in a bun."""
    nape = -8.5 if figure.male else -7.5

    def hairline(azimuth: float) -> float:
        turn = abs((azimuth + math.pi) % (2 * math.pi) - math.pi) / math.pi  # 0 front, 1 back
        return profile(((0, 6.6), (0.18, 6.3), (0.32, 3.4), (0.42, -2.6), (0.52, -3.0), (0.66, nape), (1, nape)), turn)[
            0
        ]

    rows = []
    for t in steps(0.0, 1.0, 15):
        row = []
        for azimuth in around(40):
            height = mix(11.5, hairline(azimuth), t)
            thick = 1.25 * (1 - smoothstep(t, 0.75, 1.0)) + 0.12
            strand = 0.08 * math.cos(azimuth * 20) * smoothstep(t, 0.2, 0.5)
            row.append(figure.head_point(azimuth, height, thick + strand) + Vector((0, 0, 0.006 * (1 - t))))
        rows.append(row)
    cloth.grid(rows, figure.skull, "hair", cap_first=True)
    if not figure.male and figure.costume.headdress not in ("turban", "fur-hat", "headscarf"):
        make_bun(figure, cloth)


def make_bun(figure: Figure, cloth: Cloth) -> None:
    def coil(p: Vector) -> Vector:
        return p * (1 + 0.05 * math.cos(9 * math.atan2(p.y, p.x) + 40 * p.z))

    centre = figure.head_middle + Vector((0, 0.062, 0.118))
    cloth.ball(centre, (0.058, 0.052, 0.044), figure.skull, "hair", rings=11, spokes=24, shape=coil)


def make_neck(figure: Figure, cloth: Cloth) -> None:
    thick = 1.14 if figure.male else 1.0
    base, top = figure.at["neck"].z - 0.045, figure.at["head"].z + 0.02
    table = ((0, 6.4, 0.0), (0.3, 5.3, 0.0), (0.65, 4.9, 0.0), (1, 5.2, 0.0))
    rows = []
    for t in steps(0, 1, 9):
        radius = profile(table, t)[0] * thick * 0.01
        centre = Vector((0, mix(0.012, 0.004, t), mix(base, top, t)))
        rows.append([centre + Vector((*section(a, radius, radius, radius * 1.05), 0)) for a in around(20)])
    cloth.grid(rows, figure.throat, "skin")
