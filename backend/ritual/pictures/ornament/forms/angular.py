"""Straight-lined ornament: meander, thunder, lozenges, terraces, knot, doubled character."""

from __future__ import annotations

import math

import numpy as np

from ritual.pictures.ornament.curves import (
    arc,
    bezier,
    ellipse,
    polygon,
    polyline,
    shift,
    smooth,
    spiral,
    square_spiral,
    turned,
)
from ritual.pictures.ornament.sketch import ACCENT, LINE, MAIN, SECOND, Sketch


def meander(s: Sketch) -> None:
    """One line that turns at right angles and comes back upon itself, row upon row."""
    kinds = (
        polyline((0, 5), (0, 0), (5, 0), (5, 4), (2, 4), (2, 2), (3.2, 2)),
        polyline((0, 5), (0, 0), (4, 0), (4, 3), (2, 3), (2, 1.6)),
        polyline((0, 4), (0, 0), (4, 0), (4, 2.4), (2, 2.4), (2, 4), (6, 4)),
    )
    key = kinds[s.rng.integers(len(kinds))]
    cells, rows, width = s.count(2, 4), s.count(1, 3), s.between(0.5, 0.85)
    for row in range(rows):
        part = MAIN if row % 2 == 0 else SECOND
        for cell in range(cells):
            points = key + shift(cell * 6, 0)
            if row % 2:
                points = points * (-1, 1) + (cells * 6 - 0.4, 0)
            s.line(points / 6 + (0, row * 1.25), width / 6, part)
        s.line(polyline((0, 5 / 6 + row * 1.25), (cells, 5 / 6 + row * 1.25)), width / 6, part)
    if s.chance(0.5):
        for row in range(rows + 1):
            y = row * 1.25 - 0.2
            s.line(polyline((0, y), (cells, y)), width / 14, ACCENT)


def thunder(s: Sketch) -> None:
    """Squared spirals, side by side and head to tail."""
    cells, turns, width = s.count(1, 3), s.between(1.6, 3.2), s.between(0.09, 0.15)
    for row in range(cells):
        for column in range(cells):
            x, y = column * 1.1, row * 1.1
            odd = (row + column) % 2 == 1
            points = square_spiral(0, 0, 0.48, turns, flip=odd) * (1, -1 if row % 2 else 1) + (x, y)
            s.line(points, width, SECOND if odd and s.manner.wealth > 0.5 else MAIN)


def cloud_thunder(s: Sketch) -> None:
    """Squared and rounded spirals by turns."""
    cells, turns, width = s.count(2, 3), s.between(1.5, 2.4), s.between(0.09, 0.14)
    for row in range(cells):
        for column in range(cells):
            x, y, odd = column * 1.1, row * 1.1, (row + column) % 2 == 1
            if odd:
                s.line(spiral(x, y, 0.03, 0.47, s.between(0, 0.6), turns if row % 2 else -turns), width, SECOND)
            else:
                s.line(square_spiral(0, 0, 0.47, turns, flip=row % 2 == 1) + shift(x, y), width, MAIN)


def lozenge(s: Sketch) -> None:
    """Diamonds in diamonds on a slanting grid, as brocade has them."""
    rings, tall = s.count(2, 4), s.between(0.7, 1.5)
    grid = s.count(1, 3)
    for row in range(grid):
        for column in range(grid):
            x, y = column * 2, row * 2 * tall
            for k in range(rings):
                r = 0.98 * (1 - k / rings)
                s.fill(polygon(x, y, r, 4, ry=r * tall), (MAIN, SECOND, ACCENT, LINE)[k % 4])
            if s.manner.wealth > 0.4:
                s.fill(polygon(x, y, 0.12, 4, ry=0.12 * tall), LINE)
    for row in range(grid - 1):
        for column in range(grid - 1):
            s.fill(polygon(column * 2 + 1, (row * 2 + 1) * tall, 0.5, 4, ry=0.5 * tall), ACCENT)


def hooked_lozenge(s: Sketch) -> None:
    """A diamond whose corners and sides run out in hooks."""
    tall, hooks = s.between(0.8, 1.2), s.count(1, 3)
    s.fill(polygon(0, 0, 0.55, 4), MAIN)
    s.fill(polygon(0, 0, 0.38, 4), SECOND)
    s.fill(polygon(0, 0, 0.2, 4), ACCENT)
    width, curl = s.between(0.07, 0.1), s.between(0.16, 0.24)
    for quarter in range(4):
        for k in range(hooks):
            t = (k + 0.5) / hooks
            root = np.array([0.55 * t, -0.55 * (1 - t)])
            step = curl * (1.2 - 0.35 * t)
            for side in (1, -1):
                stem = root + np.array([[0, 0], [0.16, -0.16], [0.16 + step * side, -0.16 - step * side]])
                hook = np.concatenate([stem, stem[-1:] - step * 0.55])
                s.line(turned(hook, quarter * math.pi / 2) * (1, tall), width, MAIN if side > 0 else SECOND)
    for k in range(4):
        s.fill(turned(polygon(0, -1.05, 0.12, 4), k * math.pi / 2) * (1, tall), ACCENT)


def terrace(s: Sketch) -> None:
    """Field above field: bands that step or wind down a slope."""
    bands, stepped = s.count(5, 9), s.angular
    x = np.linspace(-1, 1, 9 if stepped else 25)
    slope, swing, phase = s.between(-0.35, 0.35), s.between(0.05, 0.16), s.between(0, 6)
    for k in range(bands):
        height = 1 - 2 * k / bands
        edge = height * -1 + slope * x * (1 - k / bands) + swing * np.sin(2.6 * x * (1 + 0.1 * k) + phase + 0.35 * k)
        line = np.stack([x, edge], axis=1)
        if stepped:
            line = np.repeat(line, 2, axis=0)
            line = np.stack([line[1:, 0], line[:-1, 1]], axis=1)
        foot = np.array([[1, 1.1], [-1, 1.1]])
        s.fill(np.concatenate([line, foot]), (MAIN, SECOND, ACCENT)[k % 3])
        s.line(line, 0.035, LINE)
    if s.manner.wealth > 0.45:
        for _ in range(s.count(4, 12)):
            s.dot(-0.85 + 1.7 * s.between(0, 1), s.between(-0.3, 0.95), 0.035, LINE)


def knot(s: Sketch) -> None:
    """A band without an end, woven through itself: bars one way and the other, joined in loops at their ends."""
    bars, width = 2 * s.count(1, 2) + 1, s.between(0.3, 0.42)
    at = np.arange(bars) - (bars - 1) / 2
    reach = bars / 2 + 0.15
    tilt = math.pi / 4 if s.chance(0.7) else 0.0
    for turn in (0, 1):
        for k, y in enumerate(at):
            bar = turned(polyline((-reach, y), (reach, y)), turn * math.pi / 2 + tilt)
            s.line(bar, width, MAIN if turn == 0 else SECOND)
            end = 1 if (k + turn) % 2 else -1
            if k + 1 < bars:
                loop = arc(end * reach, y + 0.5, 0.5, -end * math.pi / 2, math.pi - end * math.pi / 2, 9)
                s.line(turned(loop, turn * math.pi / 2 + tilt), width, MAIN if turn == 0 else SECOND)
    far = at[-1]
    corner = bezier((reach, -far), (reach + 0.9, -far), (far, -reach - 0.9), (far, -reach), 12)
    for points in (corner, -corner):  # what ends are left meet at two corners
        s.line(turned(points, tilt), width, MAIN)
    for row, y in enumerate(at):  # where a bar of the first way lies on top
        for column, x in enumerate(at):
            if (row + column) % 2:
                over = polyline((x - 0.45, y), (x + 0.45, y))
                s.line(turned(over, tilt), width, MAIN)
    if s.chance(0.4):
        s.fill(turned(ellipse(0, 0, 0.16), 0), ACCENT)


def character(s: Sketch) -> None:
    """The doubled character for joy, as scissors cut it: bars and boxes in two equal halves, joined."""
    w = s.between(0.1, 0.14)
    for x in (-0.52, 0.52):
        for y, half in ((-0.95, 0.4), (-0.66, 0.28), (0.02, 0.34), (0.3, 0.5)):
            s.line(polyline((x - half, y), (x + half, y)), w)
        s.line(polyline((x, -1.15), (x, -0.66)), w)
        s.line(polyline((x - 0.3, -0.47), (x + 0.3, -0.47), (x + 0.3, -0.18), (x - 0.3, -0.18)), w, closed=True)
        for side in (-1, 1):
            s.line(polyline((x + side * 0.2, 0.06), (x + side * 0.12, 0.26)), w)
        s.line(polyline((x - 0.32, 0.52), (x + 0.32, 0.52), (x + 0.32, 0.95), (x - 0.32, 0.95)), w, closed=True)
    s.line(polyline((-1.02, 0.3), (1.02, 0.3)), w)
    if s.chance(0.5):
        s.ring(0, -0.05, 1.45, 0.09, SECOND)
        for k in range(16):
            s.dot(1.62 * math.cos(k * math.pi / 8), -0.05 + 1.62 * math.sin(k * math.pi / 8), 0.06)
    elif s.chance(0.5):
        frame = polygon(0, -0.05, 1.75, 4, -math.pi / 4)
        s.line(frame if s.angular else smooth(frame, closed=True), 0.09, SECOND, closed=True)
