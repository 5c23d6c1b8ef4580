"""Ornament that winds: spiral whorl, horn scroll, cloud, wave, scales, flame, conch."""

from __future__ import annotations

import math

import numpy as np

from ritual.pictures.ornament.curves import (
    arc,
    bezier,
    ellipse,
    mirrored,
    polyline,
    shift,
    smooth,
    spiral,
    tapered,
    turned,
)
from ritual.pictures.ornament.sketch import ACCENT, GROUND, LINE, MAIN, SECOND, Sketch


def whorl(s: Sketch) -> None:
    """Spirals of closely wound line: one, an S of two, or several about a centre."""
    arms, turns, width = (1, 2, 2, 3, 4)[s.rng.integers(5)], s.between(2.0, 3.8), s.between(0.075, 0.12)
    sides = int(s.rng.integers(5, 9)) if s.angular and s.chance(0.5) else 0
    if arms == 1:
        s.line(spiral(0, 0, 0.04, 1, s.between(0, 6), turns + 1, sides), width)
    elif arms == 2 and s.chance(0.6):
        left = spiral(-1, 0, 0.04, 0.95, math.pi * (1 - 2 * turns), turns, sides)
        s.line(left - left[-1], width)
        s.line(-(left - left[-1]), width, MAIN if s.chance(0.5) else SECOND)
    else:
        eye = 0.56
        for k in range(arms):
            angle = 2 * math.pi * k / arms
            x, y = eye * math.cos(angle), eye * math.sin(angle)
            s.line(
                spiral(x, y, 0.03, eye * math.sin(math.pi / max(arms, 3)) * 0.98, angle, turns - 0.6, sides),
                width,
                MAIN if k % 2 == 0 or arms == 3 else SECOND,
            )
        s.dot(0, 0, 0.1)
    if s.manner.wealth > 0.4:
        s.ring(0, 0, 1.32, 0.06, SECOND)
        for k in range(s.count(8, 18)):
            angle = k * 2.4
            s.dot(1.32 * math.cos(angle), 1.32 * math.sin(angle), 0.06)


def horn(s: Sketch) -> None:
    """A pair of horns that curl outwards from one stem, tier upon tier."""
    tiers, turns, thick = s.count(1, 3), s.between(1.1, 1.8), s.between(0.2, 0.32)
    for tier in range(tiers):
        size, y = 1 - 0.24 * tier, -0.75 * tier
        x = 0.52 * size
        curl = spiral(0, 0, 0.05, x, math.pi * (1 - 2 * turns), turns)[::-1]
        stem = bezier((0, 0.75), (0.05, 0.35), (0.0, 0.1), (0, 0), 10) * size
        path = np.concatenate([stem, (curl + shift(x, 0))[1:]])
        s.both(tapered(path + shift(0.01, y), thick * size, 0.05), (MAIN, SECOND, MAIN)[tier])
        if s.manner.wealth > 0.5:
            s.both(path[: len(path) * 2 // 3] + shift(0.01, y), LINE, 0.03)
    s.fill(ellipse(0, 0.72, 0.16, 0.2), ACCENT)
    if s.chance(0.5):
        s.fill(polyline((0, -0.75 * tiers - 0.1), (0.12, -0.75 * tiers + 0.2), (-0.12, -0.75 * tiers + 0.2)), ACCENT)


def cloud(s: Sketch) -> None:
    """Soft curls that gather in a cloud's head and trail off."""
    if s.chance(0.45):
        _ruyi(s)
        return
    curls = s.count(2, 4)
    width = s.between(0.1, 0.15)
    x = 0.0
    for k in range(curls):
        r = s.between(0.42, 0.6) * (1 - 0.12 * k)
        x += r * 0.95
        up = -1 if k % 2 == 0 else 1
        points = spiral(x, up * r * 0.25, 0.04, r, math.pi / 2 * up, 1.6 * up)
        s.line(points, width, MAIN if k % 2 == 0 else SECOND)
        x += r * 0.75
    tail = bezier((x - 0.3, 0.35), (x + 0.3, 0.75), (x + 0.5, 0.2), (x + 0.75, 0.45), 14)
    s.fill(tapered(tail, width * 1.4, 0.02))
    s.fill(tapered(bezier((0.1, 0.5), (x * 0.3, 0.95), (x * 0.7, 0.45), (x, 0.7), 14), 0.02, 0.02, belly=width), SECOND)


def _ruyi(s: Sketch) -> None:
    """The cloud's head as a sceptre bears it: two curls below a lobe."""
    turns, width = s.between(1.2, 1.7), s.between(0.09, 0.13)
    lobe = smooth(
        polyline(
            (-0.9, 0.25),
            (-0.95, -0.25),
            (-0.45, -0.45),
            (0, -0.95),
            (0.45, -0.45),
            (0.95, -0.25),
            (0.9, 0.25),
            (0.4, 0.45),
            (0, 0.2),
            (-0.4, 0.45),
        ),
        closed=True,
    )
    s.fill(lobe, SECOND)
    s.line(lobe, 0.06, LINE, closed=True)
    s.both(spiral(0.48, 0.05, 0.03, 0.36, 0.4, -turns), MAIN, width)
    s.fill(tapered(bezier((0, 0.2), (0.05, 0.6), (-0.25, 0.8), (0.3, 1.1)), 0.2, 0.03), MAIN)
    s.dot(0, -0.35, 0.11)


def wave(s: Sketch) -> None:
    """Crests that curl over, row behind row, or scalloped waters."""
    if s.chance(0.4):
        _scallops(s)
        return
    crests, rows, width = s.count(2, 3), s.count(2, 3), s.between(0.09, 0.13)
    for row in range(rows):
        part = (MAIN, SECOND, ACCENT)[row % 3]
        for k in range(crests):
            x, y = k * 1.0 + 0.35 * (row % 2), row * 0.72
            rise = bezier((x - 0.5, y + 0.35), (x - 0.1, y + 0.35), (x - 0.1, y - 0.4), (x + 0.25, y - 0.25), 12)
            curl = spiral(x + 0.2, y - 0.02, 0.04, 0.25, -math.pi / 2 - 2 * math.pi * 1.2, 1.2)[::-1]
            s.line(np.concatenate([rise, curl + (rise[-1] - curl[0])]), width, part)
        x = np.linspace(-0.5, crests - 0.15, 30)
        s.line(np.stack([x, row * 0.72 + 0.37 + 0.03 * np.sin(6 * x)], axis=1), width * 0.6, part)


def _scallops(s: Sketch) -> None:
    columns, rows, rings = s.count(2, 4), s.count(3, 5), s.count(2, 3)
    for row in range(rows):
        for column in range(columns + row % 2):
            x, y = column * 2 - (row % 2), row * 0.95
            for k in range(rings):
                r = 1 - k / rings
                s.fill(arc(x, y + 1, r, math.pi, 2 * math.pi, 14), (MAIN, SECOND, ACCENT)[k % 3])
                s.line(arc(x, y + 1, r, math.pi, 2 * math.pi, 14), 0.05, LINE)


def scales(s: Sketch) -> None:
    """Scale over scale, as on the skin of a fish."""
    columns, rows, pointed = s.count(3, 5), s.count(3, 5), s.angular
    for row in range(rows):
        for column in range(columns + row % 2):
            x, y = column - 0.5 * (row % 2), row * 0.62
            half = polyline((-0.5, 0), (-0.42, 0.4), (0, 0.78), (0.42, 0.4), (0.5, 0))
            shape = (half if pointed else arc(0, 0.15, 0.52, 0, math.pi, 12)) + (x, y)
            s.fill(shape, MAIN if (row + column) % 2 else SECOND)
            s.line(shape, 0.06, LINE)
            if s.manner.wealth > 0.35:
                s.dot(x, y + 0.36, 0.085)


def flame(s: Sketch) -> None:
    """Tongues that rise and lick to one side, one inside the other."""
    tongues, sway = s.count(1, 3) * 2 - 1, s.between(0.15, 0.35)
    for k in sorted(range(tongues), key=lambda k: -abs(k - (tongues - 1) / 2)):
        off = k - (tongues - 1) / 2
        height, x = 1.7 - 0.42 * abs(off) + s.between(-0.1, 0.1), off * 0.42
        for inner, part in ((1.0, MAIN), (0.66, SECOND), (0.34, ACCENT)):
            h, w, lean = height * inner, 0.36 * inner, sway * (1 if off >= 0 else -1) * inner
            right = bezier((x, 0.05), (x + 2.1 * w, -0.15 * h), (x - 0.6 * w + lean, -0.55 * h), (x + lean, -h), 12)
            left = bezier((x + lean, -h), (x - 1.4 * w + lean, -0.6 * h), (x - 2.0 * w, -0.2 * h), (x, 0.05), 12)
            s.fill(np.concatenate([right, left[1:-1]]), part)
    if s.chance(0.5):  # a torch below it
        s.fill(polyline((-0.42, 0.05), (0.42, 0.05), (0.14, 1.1), (-0.14, 1.1)), SECOND)
        for y in (0.2, 0.45, 0.7):
            s.line(polyline((-0.42 + 0.26 * y, y), (0.42 - 0.26 * y, y + 0.1)), 0.05, LINE)


def conch(s: Sketch) -> None:
    """A shell that winds to a point and opens in a lip."""
    turns = s.between(2.2, 3.0)
    shell = spiral(0, 0, 0.02, 0.8, 0.5, -turns)
    s.fill(ellipse(-0.02, 0.02, 0.82, 0.78), MAIN)
    lip = smooth(polyline((0.55, -0.5), (1.05, -0.2), (1.0, 0.5), (0.3, 1.45), (0.1, 0.75), (0.6, 0.35)), closed=True)
    s.fill(lip, SECOND)
    s.line(lip, 0.06, LINE, closed=True)
    s.line(shell, s.between(0.07, 0.11), LINE)
    for k in range(s.count(3, 7)):
        angle = math.pi + 0.33 * k
        s.line(
            polyline(
                (0.55 * math.cos(angle), 0.55 * math.sin(angle)), (0.78 * math.cos(angle), 0.78 * math.sin(angle))
            ),
            0.05,
            ACCENT,
        )
    if s.chance(0.6):
        ribbon = bezier((-0.6, 0.6), (-1.2, 0.7), (-0.8, 1.2), (-1.3, 1.4), 14)
        s.fill(tapered(ribbon, 0.1, 0.03, belly=0.1), ACCENT)
        s.fill(tapered(mirrored(ribbon) * (0.9, 1.02), 0.1, 0.03, belly=0.1), ACCENT)


def antler(s: Sketch) -> None:
    """A branching pair. Its tips lean from the upright by `tip-inclination` [deg], which the graph reads."""
    lean = s.between(12, 78)
    if 40 < lean < 50:  # nobody's eye could tell
        lean += 10 if lean > 45 else -10
    s.measures["tip-inclination"] = lean
    tines, thick, rad = s.count(2, 4), s.between(0.19, 0.26), math.radians(lean)
    beam = bezier((0.08, 0.9), (0.25, 0.3), (0.55, 0.2), (0.75 + 0.1 * math.sin(rad), -0.35), 16)
    tip = beam[-1] + 0.75 * np.array([math.sin(rad), -math.cos(rad)])
    s.both(
        tapered(
            np.concatenate(
                [beam, bezier(beam[-1], beam[-1] + (beam[-1] - beam[-2]) * 2, tip * 0.6 + beam[-1] * 0.4, tip, 10)[1:]]
            ),
            thick,
            0.03,
        )
    )
    for k in range(tines):
        root = beam[3 + int(11 * (k + 0.5) / tines)]
        length = 0.62 - 0.06 * k
        up = -0.3 if k % 2 == 0 else 1.3
        end = root + length * np.array([math.sin(up), -math.cos(up)])
        s.both(
            tapered(bezier(root, root + shift(0.05, -0.1), end + shift(-0.08, 0.2), end, 9), thick * 0.8, 0.03), SECOND
        )
    s.fill(
        smooth(polyline((-0.2, 0.85), (0, 0.72), (0.2, 0.85), (0.12, 1.25), (0, 1.4), (-0.12, 1.25)), closed=True),
        ACCENT,
    )
    s.both(ellipse(0.09, 0.95, 0.035, count=8), GROUND)
    s.both(turned(ellipse(0, 0, 0.18, 0.07), 0.5) + shift(0.33, 0.85), MAIN)
