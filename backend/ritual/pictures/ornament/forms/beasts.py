"""Beasts of water and land: fish, dragon, frog in two manners, quadruped; the human figure; bare bones."""

from __future__ import annotations

import math

import numpy as np

from ritual.pictures.ornament.curves import (
    arc,
    bezier,
    ellipse,
    petal,
    polygon,
    polyline,
    shift,
    smooth,
    spiral,
    star,
    tapered,
    turned,
)
from ritual.pictures.ornament.sketch import ACCENT, GROUND, LINE, MAIN, SECOND, Sketch


def fish(s: Sketch) -> None:
    """A fish with scales, or several that share one head."""
    if s.chance(0.3):
        many = int(s.rng.integers(3, 5))
        for k in range(many):
            for shape, part in _fish_parts(s, 0.9):
                s.fill(turned(shape + shift(-0.75, 0), math.pi / 2 + 2 * math.pi * k / many), part)
        s.dot(0, 0, 0.2, ACCENT)
        s.dot(0, 0, 0.09, LINE)
        return
    bend = s.between(-0.25, 0.25)
    for shape, part in _fish_parts(s, 1.0):
        s.fill(shape + np.stack([0 * shape[:, 0], bend * (shape[:, 0] + 0.2) ** 2], axis=1), part)
    for column in range(s.count(2, 5)):
        for y in (-0.16, 0.0, 0.16):
            x = -0.15 - 0.2 * column + (0.1 if y == 0 else 0)
            s.line(arc(x, y + bend * (x + 0.2) ** 2, 0.1, -1.3, 1.3, 6), 0.032, LINE)
    s.dot(0.55, -0.07 + bend * 0.5, 0.09, GROUND)
    s.dot(0.56, -0.07 + bend * 0.5, 0.045, LINE)
    s.line(arc(0.35, bend * 0.3, 0.3, -1.1, 1.1, 8), 0.045, LINE)


def _fish_parts(s: Sketch, size: float) -> list[tuple[np.ndarray, int]]:
    deep = s.between(0.32, 0.46)
    body = np.concatenate(
        [
            bezier((0.85, 0), (0.5, -deep * 1.3), (-0.3, -deep), (-0.75, 0), 12),
            bezier((-0.75, 0), (-0.3, deep), (0.5, deep * 1.3), (0.85, 0), 12)[1:-1],
        ]
    )
    tail = polyline((-0.65, 0), (-1.25, -0.42), (-1.02, 0), (-1.25, 0.42))
    return [
        (tail * size, SECOND),
        (polyline((0.15, -deep * 0.75), (-0.1, -deep * 1.6), (-0.4, -deep * 0.6)) * size, SECOND),
        (polyline((0.1, deep * 0.75), (-0.1, deep * 1.4), (-0.3, deep * 0.65)) * size, SECOND),
        (body * size, MAIN),
        (smooth(polyline((0.85, 0), (0.55, -deep * 0.55), (0.4, 0), (0.55, deep * 0.55)) * size, closed=True), ACCENT),
    ]


def dragon(s: Sketch) -> None:
    """A long body that winds, with a comb along its back, claws, whiskers and a pearl before it."""
    bends, swing, thick = s.between(1.3, 2.2), s.between(0.3, 0.45), s.between(0.2, 0.28)
    coiled = s.chance(0.4)
    if coiled:
        spine = spiral(0, 0, 0.22, 0.95, s.between(0, 6), 1.35)
    else:
        t = np.linspace(0, 1, 46)
        spine = np.stack([2.3 * t - 1.15, swing * np.sin(2 * math.pi * bends * t) * (0.6 + 0.5 * t)], axis=1)
    along = np.gradient(spine, axis=0)
    along /= np.hypot(*along.T)[:, None]
    normal = along[:, ::-1] * (-1, 1)
    for k in range(4, len(spine) - 4, 3):
        at, out, on = spine[k] - normal[k] * thick * 0.4, normal[k], along[k]
        s.fill(np.stack([at - on * 0.09, at + on * 0.09, at - out * 0.2 - on * 0.08]), ACCENT)
    s.fill(tapered(spine, 0.05, thick, belly=0.1), MAIN)
    for k in range(8, len(spine) - 6, 3):
        s.line(
            np.stack(
                [spine[k] + normal[k] * thick * 0.3, spine[k] + along[k] * 0.05, spine[k] - normal[k] * thick * 0.3]
            ),
            0.03,
            LINE,
        )
    for k in (len(spine) // 3, len(spine) * 2 // 3):
        root = spine[k] + normal[k] * thick * 0.4
        for claw in (-0.4, 0.0, 0.4):
            s.fill(tapered(np.stack([root, root + turned(normal[k : k + 1], claw)[0] * 0.28]), 0.09, 0.02), SECOND)
    lean = math.atan2(along[-1][1], along[-1][0])
    head = [
        (
            smooth(
                polyline(
                    (-0.15, -0.18),
                    (0.15, -0.22),
                    (0.5, -0.12),
                    (0.55, 0.02),
                    (0.2, 0.06),
                    (0.45, 0.2),
                    (0.05, 0.22),
                    (-0.2, 0.12),
                ),
                closed=True,
            ),
            SECOND,
        ),
        (tapered(bezier((0, -0.15), (-0.15, -0.4), (-0.4, -0.4), (-0.5, -0.55), 8), 0.09, 0.02), ACCENT),
        (tapered(bezier((0.1, -0.18), (0.0, -0.45), (-0.2, -0.5), (-0.25, -0.7), 8), 0.08, 0.02), ACCENT),
        (tapered(bezier((0.5, 0.0), (0.7, 0.1), (0.7, 0.35), (0.95, 0.3), 8), 0.04, 0.02), ACCENT),
        (ellipse(0.15, -0.1, 0.06, count=8), LINE),
    ]
    for shape, part in head:
        s.fill(turned(shape, lean) + spine[-1], part)
    if s.chance(0.5):
        s.dot(*(spine[-1] + turned(np.array([[0.85, -0.15]]), lean)[0]), 0.13, ACCENT)


def frog(s: Sketch) -> None:
    """A frog from above: a body, and four bent limbs with spread toes."""
    straight, wide = s.angular, s.between(0.32, 0.46)
    body = polygon(0, 0, wide, 4, ry=0.62) if straight else ellipse(0, 0, wide, 0.55)
    bent = polyline if straight else lambda *p: smooth(np.asarray(p))
    arm = bent((wide * 0.5, -0.25), (0.65, -0.35), (0.6, -0.75), (0.85, -0.95))
    thigh = bent((wide * 0.5, 0.3), (0.85, 0.2), (0.5, 0.7), (0.85, 0.95))
    for limb, part in ((arm, MAIN), (thigh, MAIN)):
        s.both(limb, part, s.between(0.13, 0.19))
        for lean in (-0.6, 0.0, 0.6):
            out = turned(np.array([[0.13, -0.13 if limb is arm else 0.13]]), lean)[0]
            s.both(np.stack([limb[-1], limb[-1] + out]), SECOND, 0.06)
    s.fill(body, MAIN)
    s.fill(body * (0.62, 0.7), SECOND)
    s.fill(polygon(0, 0, wide * 0.32, 4, ry=0.25) if straight else ellipse(0, 0, wide * 0.32, 0.2), ACCENT)
    s.fill((polygon(0, -0.62, 0.3, 6, ry=0.22) if straight else ellipse(0, -0.6, 0.3, 0.22)), MAIN)
    s.both(ellipse(0.17, -0.75, 0.09, count=10), ACCENT)
    s.both(ellipse(0.17, -0.75, 0.04, count=8), LINE)
    for k in range(s.count(0, 6)):
        s.dot(0, -0.35 + 0.14 * k, 0.04, LINE)


def concentric_frog(s: Sketch) -> None:
    """Circle within circle that radiates, with a frog's limbs at its sides."""
    rings = s.count(3, 5)
    for k in range(rings):
        s.fill(ellipse(0, 0, 0.72 * (1 - k / rings), count=32), (MAIN, SECOND, ACCENT, LINE)[k % 4])
    s.around(polyline((0, -0.74), (0, -0.95)), s.count(12, 26), MAIN, 0.045)
    width = s.between(0.1, 0.15)
    for up in (-1, 1):
        limb = polyline((0.5, 0.5 * up), (0.98, 0.62 * up), (0.85, 1.05 * up), (1.18, 1.12 * up))
        s.both(limb if s.angular else smooth(limb), SECOND, width)
        for lean in (-0.5, 0.5):
            s.both(np.stack([limb[-1], limb[-1] + turned(np.array([[0.18, 0.1 * up]]), lean)[0]]), SECOND, 0.06)
    s.both(ellipse(0.2, -0.88, 0.1, count=10), ACCENT)
    if s.manner.wealth > 0.5:
        s.around(ellipse(0, -0.55, 0.05, count=8), 12, GROUND)


def beast(s: Sketch) -> None:
    """A four-footed beast from the side, striped or spotted; now and then with tusk and trunk."""
    trunk, leg, rise = s.chance(0.45), s.between(0.45, 0.65), s.between(-0.1, 0.1)
    for k, x in enumerate((-0.62, -0.3, 0.3, 0.58)):
        step = s.between(-0.12, 0.12)
        s.fill(
            polyline((x - 0.12, 0.1), (x + 0.12, 0.1), (x + 0.09 + step, 0.2 + leg), (x - 0.13 + step, 0.2 + leg)),
            MAIN if k % 2 else SECOND,
        )
    body = smooth(
        polyline(
            (-0.8, 0.0), (-0.55, -0.4), (0.1, -0.35 + rise), (0.65, -0.4), (0.78, 0.05), (0.3, 0.28), (-0.4, 0.25)
        ),
        closed=True,
    )
    s.fill(body, MAIN)
    s.line(body, 0.035, LINE, closed=True)
    if s.chance(0.6):
        for k in range(s.count(4, 8)):
            x = -0.62 + 1.1 * k / 8
            s.fill(
                tapered(
                    bezier((x, -0.36), (x + 0.08, -0.2), (x - 0.06, -0.1), (x + 0.04, 0.08), 6), 0.02, 0.02, belly=0.08
                ),
                LINE,
            )
    else:
        for _ in range(s.count(4, 9)):
            s.fill(star(s.between(-0.55, 0.5), s.between(-0.22, 0.12), 0.08, 0.04, 5), ACCENT)
    s.fill(ellipse(0.88, -0.42, 0.3, 0.27), MAIN)
    s.line(ellipse(0.88, -0.42, 0.3, 0.27), 0.035, LINE, closed=True)
    for x in (0.72, 0.98):
        s.fill(
            polyline((x - 0.1, -0.62), (x, -0.84), (x + 0.1, -0.62))
            if not trunk
            else ellipse(x - 0.08, -0.45, 0.14, 0.2),
            SECOND,
        )
    s.dot(0.96, -0.46, 0.05, GROUND)
    s.dot(0.97, -0.46, 0.025, LINE)
    if trunk:
        s.fill(tapered(bezier((1.1, -0.4), (1.5, -0.2), (1.25, 0.3), (1.5, 0.35), 12), 0.2, 0.07), MAIN)
        s.fill(tapered(bezier((1.08, -0.25), (1.2, -0.1), (1.35, -0.1), (1.45, -0.2), 8), 0.08, 0.02), ACCENT)
    s.fill(tapered(bezier((-0.78, -0.1), (-1.15, -0.1), (-1.0, -0.7), (-1.25, -0.75), 10), 0.11, 0.05), SECOND)


def figure(s: Sketch) -> None:
    """A human figure with arms spread and legs apart, as weavers set it."""
    straight, width = s.angular, s.between(0.12, 0.17)
    s.fill(polygon(0, -0.85, 0.2, 4) if straight else ellipse(0, -0.85, 0.19), MAIN)
    s.fill(polyline((-0.3, -0.6), (0.3, -0.6), (0.18, 0.3), (-0.18, 0.3)), MAIN)
    raised = s.chance(0.6)
    arm = polyline((0.22, -0.5), (0.75, -0.5), (0.75, -1.05 if raised else 0.05))
    s.both(arm if straight else smooth(arm), MAIN, width)
    leg = polyline((0.1, 0.25), (0.55, 0.4), (0.4, 0.95), (0.72, 0.98))
    s.both(leg if straight else smooth(leg), MAIN, width)
    for k in range(s.count(1, 4)):
        s.line(
            polyline((-0.24 + 0.02 * k, -0.5 + 0.2 * k), (0, -0.38 + 0.2 * k), (0.24 - 0.02 * k, -0.5 + 0.2 * k)),
            0.06,
            (SECOND, ACCENT)[k % 2],
        )
    for x, y in ((0.75, -1.1 if raised else 0.1),):
        for lean in (-0.5, 0, 0.5):
            s.both(turned(petal(0.18, 0.07), lean + (0 if raised else math.pi)) + shift(x, y), SECOND)
    if s.chance(0.5):
        for k in range(5):
            s.fill(turned(petal(0.25, 0.09), -0.8 + 0.4 * k) + shift(0, -1.0), ACCENT)
    if s.manner.wealth > 0.5:
        s.both(polygon(1.1, 0.5, 0.14, 4), SECOND)
        s.both(polygon(1.1, -0.2, 0.14, 4), ACCENT)


def bone(s: Sketch) -> None:
    """Bare bones: a spine with its ribs, or two bones crossed."""
    if s.chance(0.4):
        for lean in (math.pi / 4, -math.pi / 4):
            s.line(turned(polyline((0, -0.8), (0, 0.8)), lean), 0.17, MAIN)
            for end in (-1, 1):
                for side in (-1, 1):
                    s.fill(turned(ellipse(side * 0.13, end * 0.86, 0.15), lean), MAIN)
        s.line(turned(polyline((0, -0.6), (0, 0.6)), math.pi / 4), 0.04, LINE)
        s.line(turned(polyline((0, -0.6), (0, 0.6)), -math.pi / 4), 0.04, LINE)
        return
    ribs = s.count(4, 7)
    s.line(polyline((0, -0.6), (0, 1.0)), 0.09, MAIN)
    for k in range(ribs):
        y, reach = -0.4 + 1.15 * k / ribs, 0.62 - 0.28 * abs(k / (ribs - 1) - 0.35)
        rib = bezier((0, y), (reach * 0.7, y - 0.12), (reach, y + 0.05), (reach * 0.8, y + 0.26), 9)
        s.both(tapered(rib, 0.1, 0.04), MAIN if k % 2 == 0 else SECOND)
        s.dot(0, y, 0.085, SECOND)
    skull = smooth(
        polyline((-0.3, -0.95), (0, -1.15), (0.3, -0.95), (0.2, -0.68), (0.1, -0.55), (-0.1, -0.55), (-0.2, -0.68)),
        closed=True,
    )
    s.fill(skull, MAIN)
    s.both(ellipse(0.12, -0.88, 0.08, count=9), LINE)
    s.line(polyline((-0.08, -0.62), (0.08, -0.62)), 0.04, LINE)
    s.both(tapered(polyline((0, 0.95), (0.2, 1.15), (0.4, 1.1)), 0.08, 0.04), ACCENT)
