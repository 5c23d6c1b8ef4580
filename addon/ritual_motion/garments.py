"""What the dancer wears below the neck: top, sleeves, skirt or robe or trousers, sash, collar, borders."""

from __future__ import annotations

import math
from itertools import pairwise

from mathutils import Vector

from .figure import SIDES, Figure
from .loft import Cloth, Weights, around, mix, profile, section, smoothstep, steps

# The top in slices [cm]: height, half-width, front, back.
_WOMAN = (
    (86, 17.4, 11.6, 13.2),
    (92, 17.0, 11.2, 12.8),
    (98, 14.8, 10.2, 11.0),
    (105, 11.9, 9.2, 8.8),
    (112, 12.1, 9.4, 8.7),
    (119, 13.2, 11.2, 9.6),
    (125, 13.9, 12.4, 10.2),
    (131, 14.9, 10.8, 10.3),
    (135, 16.6, 8.6, 9.2),
    (138, 17.0, 7.2, 7.9),
    (140, 14.6, 6.4, 7.2),
    (141.6, 10.2, 5.9, 6.7),
    (142.8, 7.0, 5.5, 6.1),
    (143.6, 6.0, 5.2, 5.7),
)
_MAN = (
    (86, 16.6, 12.0, 12.6),
    (92, 16.4, 12.0, 12.4),
    (98, 15.4, 11.6, 11.4),
    (105, 14.4, 11.0, 10.4),
    (112, 14.8, 11.0, 10.2),
    (119, 15.8, 11.6, 10.8),
    (125, 16.8, 12.2, 11.2),
    (131, 17.6, 11.6, 11.4),
    (135, 18.4, 9.6, 10.2),
    (138, 18.4, 8.2, 9.0),
    (140, 16.2, 7.4, 8.2),
    (141.6, 11.4, 6.8, 7.6),
    (142.8, 7.8, 6.2, 6.8),
    (143.6, 6.8, 5.9, 6.4),
)
_REST_NECK = 1.42  # where the tables were measured


def make_top(figure: Figure, cloth: Cloth) -> None:
    """The upper garment from the hips to the neck."""
    rows = [[_torso(figure, a, h) for a in around(48)] for h in (*steps(90, 130, 21), *steps(131.5, 143.6, 10))]
    cloth.grid(rows, figure.chest, "robe")
    _collar(figure, cloth)
    _lapel(figure, cloth)


def _torso(figure: Figure, azimuth: float, height: float, grow: float = 0.0) -> Vector:
    """A point of the top; `height` [cm] in the tables' own body, `grow` outwards [cm]."""
    width, front, back = profile(_MAN if figure.male else _WOMAN, height)
    x, y = section(azimuth, width + grow, front + grow, back + grow, 2.35)
    if not figure.male:  # the bust: two soft rises
        rise = 1.1 * math.exp(-(((height - 125) / 4.5) ** 2))
        y -= rise * max(0.0, math.cos(azimuth)) * (math.exp(-(((abs(x) - 6.5) / 4.2) ** 2)) - 0.45)
    return Vector((x * 0.01, y * 0.01, height * 0.01 * figure.at["neck"].z / _REST_NECK))


def _collar(figure: Figure, cloth: Cloth) -> None:
    """A standing collar."""
    rows = []
    for t in steps(0, 1, 4):
        row = []
        for a in around(32):
            p = _torso(figure, a, mix(141.9, 143.3, t), 0.45)
            row.append(p + Vector((0, 0, 0.012 * t + 0.004 * math.cos(a) * -t)))
        rows.append(row)
    cloth.grid(rows, lambda p: {"spine3": 0.7, "neck": 0.3}, "trim", repeat=8)


def _lapel(figure: Figure, cloth: Cloth) -> None:
    """The border that runs from the throat to the right side and down: the robe closes on the right."""
    path = (
        (0.0, 143.0),
        (-0.12, 139),
        (-0.42, 134),
        (-0.82, 128),
        (-1.2, 122),
        (-1.42, 114),
        (-1.46, 104),
        (-1.46, 96),
    )
    fine = [
        [mix(a, b, t) for a, b in zip(here, there, strict=True)]
        for here, there in pairwise(path)
        for t in (0, 0.25, 0.5, 0.75)
    ]
    fine.append(list(path[-1]))
    left, right = [], []
    for i, (azimuth, height) in enumerate(fine):
        ahead, behind = fine[min(i + 1, len(fine) - 1)], fine[max(i - 1, 0)]
        step = ((ahead[0] - behind[0]) * 14, ahead[1] - behind[1])
        size = math.hypot(*step) or 1.0
        across = (-step[1] / size, step[0] / size)
        for edge, sign in ((left, -1.5), (right, 1.5)):
            edge.append(_torso(figure, azimuth + sign * across[0] / 14, min(height + sign * across[1], 143.6), 0.55))
    rows = [[a.lerp(b, t) for a, b in zip(left, right, strict=True)] for t in (0, 0.5, 1)]
    cloth.grid(rows, figure.chest, "trim", closed=False, repeat=16)


def make_sleeves(figure: Figure, cloth: Cloth, *, wide: bool) -> None:
    """Sleeves with a rounded head over the shoulder; a wide one opens like a bell. Both are bordered."""
    flare = (
        ((0.62, 4.7), (0.78, 6.2), (0.92, 9.6), (1.0, 12.4))
        if wide
        else ((0.62, 4.6), (0.8, 4.4), (0.93, 4.5), (1.0, 4.9))
    )
    bulk = 1.12 if figure.male else 1.0
    table = ((0, 5.0), (0.12, 5.2), (0.25, 5.0), (0.4, 4.7), (0.53, 4.6), *flare)
    border = 0.1 if wide else 0.13  # share of the length
    for side, sign in SIDES:
        shoulder, wrist = figure.at[f"{side}_shoulder"], figure.at[f"{side}_wrist"]
        length = (shoulder.z - wrist.z) * (0.97 if wide else 0.985)
        top = shoulder + Vector((-sign * 0.006, 0.006, -0.012))

        def hoop(t: float, shrink: float = 0.0, top: Vector = top, length: float = length) -> list[Vector]:
            radius = (profile(table, t)[0] * bulk - shrink) * 0.01
            return [top + Vector((*section(a, radius, radius, radius), -t * length)) for a in around(28)]

        head = []
        for lift in (1.5, 1.2, 0.9, 0.6, 0.3):  # the round head
            radius = profile(table, 0)[0] * bulk * 0.01
            rise = Vector((0, 0, radius * math.sin(lift)))
            head.append([top + rise + (p - top) * math.cos(lift) for p in hoop(0)])
        weigh = figure.arm(side)
        upper = [*head, *(hoop(t) for t in steps(0, 1 - border, 24))]
        cloth.grid(upper, weigh, "sleeve", cap_first=True, repeat=1)
        cloth.grid([hoop(t) for t in steps(1 - border, 1, 5)], weigh, "trim", repeat=7 if wide else 4)
        cloth.grid([hoop(1.0), *(hoop(t, 0.5) for t in (0.995, 0.95, 0.86))], weigh, "piping")


# --- below the waist ---------------------------------------------------------------------------------------


def make_skirt(figure: Figure, cloth: Cloth, *, hem: float, full: float, stuff: str, pleats: int) -> None:
    """A skirt from the waist to `hem` [m], pleated, bordered, `full` times as wide as the hips at the hem."""
    waist = figure.at["spine1"].z + 0.02
    male = figure.male
    rows, spots = [], steps(0, 1, 30)
    for t in spots:
        z = mix(waist, hem, t)
        fall = smoothstep(t, 0.0, 1.0) * 0.35 + 0.65 * t
        row = []
        for a in around(128):
            hip = _torso(figure, a, max(z * 100, 92) if z > 0.92 else 92, 1.0)
            flare = 1 + (full - 1) * max(0.0, (0.96 - z) / (0.96 - hem)) ** 0.9
            fold = 1 + 0.062 * smoothstep(t, 0.15, 0.9) * math.cos(a * pleats) * fall
            row.append(Vector((hip.x * flare * fold, hip.y * flare * fold * (1.08 if not male else 1.0), z)))
        rows.append(row)
    border = 0.11 / (waist - hem)

    def dress(i: int, k: int) -> str:
        depth = (i + 0.5) / (len(spots) - 1)
        return "trim" if 1 - border * 0.95 < depth else stuff

    start = len(cloth.uvs)
    cloth.grid(rows, lambda p: skirt_weights(figure, p), dress, repeat=1)
    _band_uv(cloth, start, 1 - border, repeat=30)


def _band_uv(cloth: Cloth, start: int, top: float, repeat: float) -> None:
    """Let the border's v run from 0 to 1 within the hem alone."""
    corner = start
    first = len(cloth.stuffs) - (len(cloth.uvs) - start) // 4
    for stuff in cloth.stuffs[first:]:
        for _ in range(4):
            if stuff == "trim":
                u, v = cloth.uvs[corner]
                cloth.uvs[corner] = (u * repeat, min(max((1 - v) / (1 - top), 0.0), 1.0))
            corner += 1


def skirt_weights(figure: Figure, p: Vector) -> Weights:
    """How a skirt hangs: from the pelvis at the hips, over the thighs below, past the knees half with the shins.

    What lies before one leg follows that leg wholly; the cloth changes sides in a strip between them, narrow at the
    hips and wider towards the hem, so that a step stretches all of it a little and no part of it much.
    """
    hip, knee = figure.at["left_hip"].z, figure.at["left_knee"].z
    legs = smoothstep(p.z, hip + 0.1, hip - 0.14)
    spread = mix(0.06, 0.17, smoothstep(p.z, hip, knee - 0.25))
    left = smoothstep(p.x, -spread, spread)
    back = smoothstep(p.y, -0.06, 0.1)
    shin = smoothstep(p.z, knee + 0.14, knee - 0.16) * mix(0.5, 0.72, back)
    weights = {"pelvis": 1 - legs}
    for side, share in (("left", left), ("right", 1 - left)):
        weights[f"{side}_hip"] = legs * share * (1 - shin)
        weights[f"{side}_knee"] = legs * share * shin
    return weights


def make_trousers(figure: Figure, cloth: Cloth, *, boot: float) -> None:
    """Wide trousers, gathered over the boots."""
    for side, sign in SIDES:
        hip, knee, ankle = (figure.at[f"{side}_{j}"] for j in ("hip", "knee", "ankle"))
        low = ankle.z + boot - 0.05
        table = ((0, 9.6), (0.2, 10.2), (0.5, 9.6), (0.8, 9.4), (0.93, 8.6), (1, 6.2))
        rows = []
        for t in steps(0, 1, 30):
            z = mix(hip.z + 0.05, low, t)
            share = (hip.z - z) / (hip.z - knee.z)
            x = mix(hip.x, knee.x, min(share, 1.0))
            radius = profile(table, t)[0] * 0.01
            row = []
            for a in around(32):
                fold = 1 + 0.03 * math.cos(a * 8 + sign) * smoothstep(t, 0.2, 0.8)
                dx, dy = section(a, *[radius * fold] * 3)
                row.append(Vector((x + dx, dy, z)))
            rows.append(row)
        cloth.grid(rows, _trouser_weights(figure, side), "legs", cap_first=True)


def _trouser_weights(figure: Figure, side: str):
    hip, flesh = figure.at[f"{side}_hip"].z, figure.leg(side, 0.08)

    def weigh(p: Vector) -> Weights:
        up = 0.5 * smoothstep(p.z, hip - 0.08, hip + 0.06)
        return {**{bone: w * (1 - up) for bone, w in flesh(p).items()}, "pelvis": up}

    return weigh


def make_sash(figure: Figure, cloth: Cloth, drape: Cloth) -> None:
    """A sash around the waist, knotted on the left, with two hanging ends."""
    middle = figure.at["spine1"].z * 100 + 2.5
    rows = [
        [_torso(figure, a, middle + h, 1.3 + 0.35 * math.cos(h * 0.55)) for a in around(48)]
        for h in steps(-3.6, 3.6, 7)
    ]
    cloth.grid(rows, figure.trunk, "sash", repeat=14)
    for azimuth, length, sway in ((0.62, 0.52, 0.0), (0.86, 0.43, 0.6)):
        top = _torso(figure, azimuth, middle - 2, 1.9)
        out = Vector((top.x, top.y, 0)).normalized()
        across = Vector((-out.y, out.x, 0))
        ends = []
        for t in steps(0, 1, 16):
            reach = out * (0.012 + 0.115 * t**0.8 + 0.01 * math.sin(6 * t + sway))
            ends.append(
                [top + reach + across * (w * mix(0.024, 0.042, t)) - Vector((0, 0, t * length)) for w in (-1, 0, 1)]
            )
        drape.grid(
            ends,
            lambda p: skirt_weights(figure, p),
            lambda i, k: "piping" if i >= 13 else "sash",
            closed=False,
            repeat=7,
            lengthwise=True,
        )
    knot = _torso(figure, 0.72, middle, 2.2)
    cloth.ball(knot, (0.036, 0.03, 0.03), figure.trunk, "sash", rings=7, spokes=12)
