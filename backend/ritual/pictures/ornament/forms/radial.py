"""Ornament about a centre: rosette, sun, drum's face, coin, peacock eye, ball, fan."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from ritual.pictures.ornament.curves import (
    arc,
    bezier,
    ellipse,
    petal,
    polygon,
    polyline,
    smooth,
    star,
    tapered,
    turned,
)
from ritual.pictures.ornament.sketch import ACCENT, GROUND, LINE, MAIN, SECOND, Sketch


def rosette(s: Sketch) -> None:
    """A flower seen from above: layer upon layer of petals."""
    petals, layers = int(s.rng.integers(5, 13)), s.count(1, 3)
    belly, point = s.between(0.45, 0.72), s.between(0, 1) if not s.angular else 1.0
    for k in range(layers):
        length = 1 - 0.28 * k
        leaf = petal(length, 2.3 * length * math.sin(math.pi / petals), belly, point)
        begin = math.pi / petals * k
        s.around(leaf, petals, (MAIN, SECOND, ACCENT)[k], begin=begin)
        s.around(np.concatenate([leaf, leaf[:1]]), petals, LINE, 0.025, begin=begin)
        if k == 0 and s.chance(0.5):
            s.around(polyline((0, -0.35), (0, -0.85)), petals, LINE, 0.025, begin=begin)
    heart = s.between(0.14, 0.24)
    s.dot(0, 0, heart, ACCENT if layers < 3 else LINE)
    for k in range(petals):
        s.dot(
            heart * 0.65 * math.cos(2 * math.pi * k / petals),
            heart * 0.65 * math.sin(2 * math.pi * k / petals),
            0.025,
            GROUND,
        )


def sun(s: Sketch) -> None:
    """A disc with rays, straight or flaming."""
    rays, disc = int(s.rng.integers(8, 20)), s.between(0.4, 0.55)
    if s.chance(0.5):
        s.fill(star(0, 0, 1, disc * 1.05, rays), MAIN)
    elif s.angular:
        width = 1.1 * disc * math.sin(math.pi / rays)
        s.around(polyline((-width, -disc * 0.9), (width, -disc * 0.9), (width * 0.3, -1), (-width * 0.3, -1)), rays)
    else:
        bent = tapered(bezier((0, -disc * 0.9), (0.12, -0.65), (-0.06, -0.8), (0.1, -1), 8), 0.16, 0.02)
        s.around(bent, rays)
    s.dot(0, 0, disc, SECOND)
    s.ring(0, 0, disc, 0.05, LINE)
    rings = s.count(1, 3)
    for k in range(rings):
        s.ring(0, 0, disc * (0.8 - 0.25 * k), 0.045, (ACCENT, LINE, MAIN)[k % 3])
    if s.chance(0.4):
        s.fill(star(0, 0, disc * 0.5, disc * 0.2, int(s.rng.integers(4, 9))), MAIN)
    else:
        s.dot(0, 0, disc * 0.24, MAIN)


def drum_rings(s: Sketch) -> None:
    """The face of a bronze drum: a star within ring after ring of teeth, dots, strokes and eyes."""
    s.dot(0, 0, 1, MAIN)
    s.fill(star(0, 0, 0.3, 0.11, int(s.rng.choice([8, 10, 12, 14]))), ACCENT)
    s.dot(0, 0, 0.1, SECOND)
    rings = s.count(3, 5)
    edges = np.linspace(0.36, 0.97, rings + 1)
    for inner, outer in pairwise(edges):
        s.ring(0, 0, outer, 0.03, LINE)
        middle, deep, kind = (inner + outer) / 2, (outer - inner) * 0.6, s.rng.integers(4)
        many = max(10, int(middle * 2 * math.pi / (deep * 1.5)))
        if kind == 0:
            s.around(
                polyline(
                    (-deep * 0.45, -middle + deep / 2), (deep * 0.45, -middle + deep / 2), (0, -middle - deep / 2)
                ),
                many,
                SECOND,
            )
        elif kind == 1:
            s.around(ellipse(0, -middle, deep * 0.36, count=9), many, ACCENT)
        elif kind == 2:
            s.around(polyline((0, -middle + deep / 2), (0, -middle - deep / 2)), many * 3 // 2, SECOND, 0.03)
        else:
            s.around(ellipse(0, -middle, deep * 0.45, count=10), many, SECOND, 0.028)


def coin(s: Sketch) -> None:
    """Round without, square within."""
    s.dot(0, 0, 1, MAIN)
    s.ring(0, 0, 0.93, 0.09, SECOND)
    hole = s.between(0.24, 0.34)
    tilt = 0 if s.chance(0.8) else math.pi / 4
    s.fill(polygon(0, 0, hole * 1.7, 4, math.pi / 4 + tilt), SECOND)
    s.fill(polygon(0, 0, hole * 1.35, 4, math.pi / 4 + tilt), GROUND)
    for k in range(4):
        for _ in range(s.count(2, 4)):
            y = -0.5 - s.between(0, 0.28)
            stroke = polyline((s.between(-0.2, 0), y), (s.between(0, 0.2), y + s.between(-0.12, 0.12)))
            s.line(turned(stroke, k * math.pi / 2 + tilt), 0.06, LINE)
    if s.chance(0.6):
        for side in (-1, 1):
            s.fill(
                tapered(bezier((0, 0.95), (side * 0.5, 1.2), (side * 0.1, 1.5), (side * 0.5, 1.9), 12), 0.14, 0.05),
                ACCENT,
            )


def peacock_eye(s: Sketch) -> None:
    """The eye of a peacock's feather, alone or spread in a fan."""
    feathers = int(s.rng.choice([1, 5, 7, 9]))
    spread = 0.0 if feathers == 1 else s.between(0.75, 1.3)
    if feathers == 1:
        _feather(s, 0.0, 1.0)
        return
    for k in sorted(range(feathers), key=lambda k: -abs(k - (feathers - 1) / 2)):
        _feather(s, spread * (2 * k / (feathers - 1) - 1), 2.6 / feathers)
    s.fill(petal(0.75, 0.42, 0.35), SECOND)
    s.dot(0, -0.62, 0.12, ACCENT)
    s.dot(0.04, -0.64, 0.03, LINE)


def _feather(s: Sketch, turn: float, wide: float) -> None:
    wide = min(wide, 1.0)
    s.fill(turned(petal(1.7, 0.75 * wide, 0.66, 0.4), turn), MAIN)
    if wide > 0.4:
        for k in range(9):
            y = -0.35 - 0.13 * k
            for side in (-1, 1):
                barb = bezier(
                    (0, y + 0.1), (side * 0.1, y), (side * 0.25 * wide, y - 0.1), (side * 0.38 * wide, y - 0.25), 6
                )
                s.line(turned(barb, turn), 0.022, LINE)
    s.line(turned(polyline((0, 0), (0, -1.0)), turn), 0.04, LINE)
    for scale, part in ((1.0, SECOND), (0.68, ACCENT), (0.36, LINE)):
        eye = ellipse(0, -1.2 + 0.03 / scale, 0.3 * wide * scale, 0.33 * scale * max(wide, 0.6), count=16)
        s.fill(turned(eye, turn), part)


def ball(s: Sketch) -> None:
    """A sewn ball of petals with tassels below."""
    gores = s.count(4, 8)
    s.dot(0, 0, 0.85, MAIN)
    for k in range(gores):
        leaf = petal(0.83, 0.62, 0.55, 0.7)
        s.fill(turned(leaf, 2 * math.pi * k / gores), SECOND if k % 2 else ACCENT)
    s.around(polyline((0, 0), (0, -0.85)), gores, LINE, 0.03, begin=math.pi / gores)
    s.ring(0, 0, 0.85, 0.06, LINE)
    s.dot(0, 0, 0.15, MAIN)
    s.line(bezier((0, -0.85), (0.2, -1.1), (-0.2, -1.3), (0, -1.5), 10), 0.07, ACCENT)
    for k in range(s.count(3, 7)):
        x = s.between(-0.32, 0.32)
        s.line(
            bezier((x * 0.4, 0.82), (x * 0.4, 1.1), (x, 1.2), (x * 1.2, 1.6 + s.between(-0.1, 0.1)), 8),
            0.055,
            (MAIN, ACCENT)[k % 2],
        )


def fan(s: Sketch) -> None:
    """A palm leaf cut to a fan: ribs that spread from a handle."""
    ribs, open_ = s.count(9, 17), s.between(1.0, 1.45)
    for k in range(ribs):
        angle = open_ * (2 * k / (ribs - 1) - 1)
        reach = 1.25 + (0.12 if k % 2 else 0.0) + 0.1 * math.cos(angle)
        wide = 1.15 * open_ / ribs
        blade = polyline((0, 0.1), (-wide * reach, -reach * 0.9), (0, -reach), (wide * reach, -reach * 0.9))
        s.fill(turned(blade, angle), MAIN if k % 2 else SECOND)
        s.line(turned(polyline((0, 0), (0, -reach * 0.95)), angle), 0.022, LINE)
    s.line(arc(0, 0, 0.62, -math.pi / 2 - open_, -math.pi / 2 + open_), 0.06, ACCENT)
    s.fill(tapered(polyline((0, -0.2), (0, 0.3), (0, 0.75)), 0.14, 0.1), ACCENT)
    if s.chance(0.5):
        s.fill(smooth(polyline((-0.2, -0.12), (0, -0.36), (0.2, -0.12), (0, 0.1)), closed=True), LINE)
