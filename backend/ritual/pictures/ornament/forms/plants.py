"""Plants: vine scroll, leaf, tree, sheaf."""

from __future__ import annotations

import math

import numpy as np

from ritual.pictures.ornament.curves import (
    bezier,
    ellipse,
    mirrored,
    petal,
    polyline,
    shift,
    smooth,
    spiral,
    tapered,
    turned,
)
from ritual.pictures.ornament.sketch import ACCENT, LINE, MAIN, SECOND, Sketch


def vine_scroll(s: Sketch) -> None:
    """A stem that winds on and on, with a curl, a leaf or a flower in each bend."""
    bends, width, swing = s.count(2, 3), s.between(0.09, 0.13), s.between(0.42, 0.55)
    x = np.linspace(0, bends, bends * 14 + 1)
    stem = np.stack([x, swing * np.sin(math.pi * x)], axis=1)
    s.line(stem if not s.angular else stem[::7], width, SECOND)
    turns, flower = s.between(0.9, 1.4), s.chance(0.6)
    for k in range(bends):
        up = 1 if k % 2 == 0 else -1
        cx, cy = k + 0.5, -0.12 * up
        curl = spiral(0, 0, 0.05, 0.36, 0.3, turns) * (1, up) + (cx, cy)
        s.line(curl, width * 0.85, SECOND)
        if flower:
            for p in range(5):
                s.fill(turned(petal(0.26, 0.21, 0.6, 0.3), 2 * math.pi * p / 5) + shift(cx, cy), MAIN)
            s.dot(cx, cy, 0.06)
        for side in (-1, 1):
            leaf = petal(s.between(0.36, 0.5), 0.22, 0.45, 0.8)
            s.fill(
                turned(leaf, side * 0.9 + (math.pi if up < 0 else 0)) + shift(k + 0.5 + side * 0.32, swing * up * 0.75),
                MAIN,
            )
            if s.manner.wealth > 0.5:
                s.fill(
                    turned(leaf * 0.6, side * 2.2 + (math.pi if up < 0 else 0))
                    + shift(k + 0.5 + side * 0.22, swing * up),
                    ACCENT,
                )


def leaf(s: Sketch) -> None:
    """A leaf with its veins: heart-shaped, pointed, or with the lobes of the maple."""
    kind = s.rng.integers(3)
    if kind == 0:
        shape = smooth(
            polyline((0, 0.55), (0.4, 0.68), (0.78, 0.35), (0.68, -0.12), (0.25, -0.55), (0.06, -1.15), (0, -1.4)),
            per_side=5,
        )
        half = shape
        outline = np.concatenate([half, mirrored(half)[::-1]])
        ribs = [(0.62, 0.3, 0.5), (0.62, 0.0, 0.3), (0.4, -0.35, 0.05)]
    elif kind == 1:
        outline = petal(2.0, s.between(0.7, 1.0), 0.42, 0.8) + shift(0, 0.6)
        ribs = [(0.34, y - 0.3, y) for y in (0.4, 0.1, -0.2, -0.5, -0.8)]
    else:
        lobes = [
            (0.0, -1.1),
            (0.2, -0.45),
            (0.75, -0.75),
            (0.5, -0.2),
            (1.05, 0.0),
            (0.5, 0.2),
            (0.6, 0.6),
            (0.12, 0.45),
            (0, 0.6),
        ]
        half = polyline(*lobes)
        outline = np.concatenate([half, mirrored(half)[::-1]])
        outline = outline if s.angular else smooth(outline, closed=True, per_side=3)
        ribs = [(0.65, -0.62, 0.35), (0.9, 0.0, 0.4)]
    s.fill(outline, MAIN)
    s.line(outline, 0.05, SECOND, closed=True)
    s.line(polyline((0, -0.95), (0, 0.55)), 0.05, LINE)
    for x, y, root in ribs:
        s.both(bezier((0, root), (x * 0.4, root - 0.05), (x * 0.7, y + 0.1), (x, y), 7), LINE, 0.035)
    s.fill(tapered(bezier((0, 0.5), (0.02, 0.8), (0.12, 0.95), (0.2, 1.1), 8), 0.06, 0.06), SECOND)
    if s.manner.wealth > 0.55:
        for side in (-1, 1):
            s.fill(turned(petal(0.55, 0.26), side * 2.0) + shift(side * 0.1, 0.85), ACCENT)


def tree(s: Sketch) -> None:
    """A trunk that parts in boughs, leaf beside leaf."""
    boughs, droop = s.count(3, 5), s.chance(0.4)
    s.fill(tapered(polyline((0, 1.1), (0, 0.3), (0, -0.9)), 0.2, 0.06), SECOND)
    s.fill(polyline((-0.3, 1.15), (0.3, 1.15), (0.08, 0.85), (-0.08, 0.85)), SECOND)
    for k in range(boughs):
        y = 0.45 - 1.25 * k / boughs
        reach = 0.95 - 0.14 * k
        end = (reach, y + 0.35) if droop else (reach, y - 0.45)
        bough = bezier((0, y), (reach * 0.4, y - 0.35), (reach * 0.8, y - 0.35), end, 10)
        s.both(tapered(bough, 0.09, 0.03), SECOND)
        for j in (3, 5, 7, 9):
            at = bough[j]
            for lean in (2.6, 3.5) if droop else (-0.7, 0.7):
                s.both(turned(petal(s.between(0.2, 0.27), 0.12, 0.5, 0.8), lean) + at, MAIN if j % 4 == 1 else ACCENT)
    for lean in (-0.6, 0, 0.6):
        s.fill(turned(petal(0.32, 0.15), lean) + shift(0, -0.85), MAIN)


def sheaf(s: Sketch) -> None:
    """Stalks bound in the middle, their ears heavy with grain."""
    stalks = s.count(2, 3) * 2 + 1
    for k in range(stalks):
        off = 2 * k / (stalks - 1) - 1
        path = bezier((off * 0.5, 1.2), (off * 0.06, 0.4), (off * 0.25, -0.1), (off * 0.85, -0.75 + 0.2 * abs(off)), 12)
        s.line(path, 0.05, SECOND)
        along = path[-1] - path[-2]
        lean = math.atan2(along[0], -along[1])
        for j in range(5):
            at = path[-1] + 0.13 * j * along / np.hypot(*along)
            for side in (-1, 1):
                s.fill(turned(petal(0.22, 0.11, 0.5, 0.7), lean + side * 0.55) + at, MAIN if j % 2 == 0 else ACCENT)
        s.fill(turned(petal(0.24, 0.1), lean) + path[-1] + 0.62 * along / np.hypot(*along), MAIN)
    s.fill(ellipse(0, 0.45, 0.34, 0.11), ACCENT)
    s.both(tapered(bezier((0.1, 0.48), (0.4, 0.5), (0.45, 0.7), (0.6, 0.85), 8), 0.06, 0.1), ACCENT)
    s.line(ellipse(0, 0.45, 0.34, 0.11), 0.03, LINE, closed=True)
