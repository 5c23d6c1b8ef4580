"""Winged creatures: butterfly, bird, bird's head, bat."""

from __future__ import annotations

import math

import numpy as np

from ritual.pictures.ornament.curves import (
    bezier,
    ellipse,
    petal,
    polyline,
    shift,
    smooth,
    spiral,
    star,
    tapered,
    turned,
)
from ritual.pictures.ornament.sketch import ACCENT, GROUND, LINE, MAIN, SECOND, Sketch


def butterfly(s: Sketch) -> None:
    """Two pairs of wings with eyes upon them, a ringed body, curled feelers."""
    spread, deep = s.between(0.9, 1.15), s.between(0.5, 0.75)
    upper = s.path(
        polyline(
            (0.06, -0.05), (0.2, -0.5), (0.65 * spread, -0.85), (spread, -0.6), (0.85 * spread, -0.1), (0.4, 0.08)
        ),
        closed=True,
    )
    lower = s.path(
        polyline(
            (0.06, 0.02), (0.45, 0.1), (0.8 * spread, 0.25), (0.7 * spread, deep), (0.35, deep + 0.12), (0.1, 0.35)
        ),
        closed=True,
    )
    for wing, part in ((lower, SECOND), (upper, MAIN)):
        s.both(wing, part)
        s.both(np.concatenate([wing, wing[:1]]), LINE, 0.035)
        centre = wing.mean(0)
        s.both((wing - centre) * 0.55 + centre, ACCENT if part == MAIN else MAIN)
        s.both(ellipse(*(centre + shift(0.05, 0)), 0.1, count=12), LINE)
        if s.manner.wealth > 0.45:
            s.both(ellipse(*(centre + shift(0.05, 0)), 0.05, count=8), GROUND)
            for k in range(3):
                s.both(
                    ellipse(*(centre * 0.5 + wing[int((0.3 + 0.17 * k) * len(wing))] * 0.5 + 0.02), 0.035, count=8),
                    SECOND if part == MAIN else ACCENT,
                )
    s.fill(ellipse(0, 0.05, 0.085, 0.42), ACCENT)
    for y in (-0.08, 0.08, 0.24):
        s.line(polyline((-0.08, y), (0.08, y)), 0.035, LINE)
    s.dot(0, -0.4, 0.11, SECOND)
    feeler = np.concatenate(
        [
            bezier((0.03, -0.48), (0.05, -0.75), (0.2, -0.85), (0.3, -0.95), 8),
            spiral(0.3, -1.05, 0.02, 0.1, math.pi / 2 - 2.5 * math.pi, 1.25)[::-1],
        ]
    )
    s.both(feeler, MAIN, 0.04)


def bird(s: Sketch) -> None:
    """A bird from the side, with a wing raised and a tail that trails."""
    neck, tail, plumes = s.between(0.3, 0.85), s.between(0.7, 1.5), s.count(3, 5)
    for k in range(plumes):
        lean = (k / max(plumes - 1, 1) - 0.5) * 0.75
        end = (-0.5 - tail * math.cos(lean), 0.3 - tail * math.sin(lean) * 0.8)
        path = bezier((-0.4, 0.12), (-0.8, 0.05 - lean * 0.2), (end[0] + 0.3, end[1] + 0.15), end, 10)
        s.fill(tapered(path, 0.1, 0.05, belly=0.09), (SECOND, MAIN, ACCENT)[k % 3])
        if s.manner.wealth > 0.5:
            s.dot(*end, 0.08, ACCENT if k % 3 != 2 else SECOND)
    body = smooth(
        polyline((-0.55, 0.1), (-0.15, -0.2), (0.35, -0.22), (0.55, 0.05), (0.3, 0.38), (-0.15, 0.4)), closed=True
    )
    throat = bezier((0.4, 0.0), (0.7, -0.2), (0.45, -0.15 - neck * 0.7), (0.62, -0.2 - neck), 12)
    s.fill(tapered(throat, 0.34, 0.14), MAIN)
    s.fill(body, MAIN)
    x, y = throat[-1]
    s.dot(x + 0.02, y, 0.13, MAIN)
    s.fill(polyline((x + 0.1, y - 0.07), (x + 0.38, y + 0.05), (x + 0.1, y + 0.07)), ACCENT)
    s.dot(x + 0.05, y - 0.03, 0.035, LINE)
    for k in range(s.count(0, 4)):
        s.fill(turned(petal(0.28, 0.08), -0.7 + 0.35 * k) + shift(x - 0.02, y - 0.08), ACCENT)
    lift, quills = s.between(0.35, 1.0), s.count(3, 6)
    for k in range(quills):
        lean = -lift - 0.28 * k
        s.fill(
            turned(petal(0.85 - 0.07 * k, 0.24, 0.65, 0.4), lean) + shift(0.18 - 0.06 * k, 0.02),
            SECOND if k % 2 else ACCENT,
        )
        s.line(turned(polyline((0, -0.1), (0, -0.6 + 0.07 * k)), lean) + shift(0.18 - 0.06 * k, 0.02), 0.025, LINE)
    s.line(np.concatenate([body, body[:1]]), 0.03, LINE)
    if s.chance(0.6):
        leg = s.between(0.3, 0.7)
        for x in (0.0, 0.18):
            s.line(polyline((x, 0.36), (x + 0.03, 0.36 + leg), (x + 0.18, 0.4 + leg)), 0.045, ACCENT)


def bird_head(s: Sketch) -> None:
    """The head of a bird: a hooked beak, a round eye, a crest; alone, or two that face each other."""
    hook, plumes = s.between(0.25, 0.5), s.count(2, 6)
    paired = s.chance(0.45)
    shapes = [
        (
            smooth(
                polyline(
                    (-0.75, 1.0),
                    (-0.6, 0.2),
                    (-0.55, -0.4),
                    (-0.1, -0.75),
                    (0.4, -0.55),
                    (0.45, -0.05),
                    (0.15, 0.3),
                    (0.1, 1.0),
                ),
                closed=True,
            ),
            MAIN,
        ),
        (
            np.concatenate(
                [
                    bezier((0.36, -0.5), (0.85, -0.55), (1.1, -0.2), (1.0, hook), 10),
                    bezier((1.0, hook), (0.9, 0.0), (0.65, 0.05), (0.42, 0.02), 8),
                ]
            ),
            ACCENT,
        ),
        (bezier((0.42, 0.0), (0.6, 0.1), (0.7, 0.12), (0.8, 0.14), 6), LINE),
    ]
    dx = 1.15 if paired else 0.0
    for side in (-1, 1) if paired else (1,):
        place = np.array([side, 1.0])
        for k in range(plumes):
            plume = turned(petal(0.75 - 0.06 * k, 0.22, 0.6, 0.6), -0.15 - 0.35 * k)
            plume += shift(-0.15 - 0.07 * k, -0.55 + 0.09 * k)
            s.fill((plume - (dx, 0)) * place, SECOND if k % 2 else ACCENT)
        for shape, part in shapes:
            if part == LINE:
                s.line((shape - (dx, 0)) * place, 0.05, LINE)
            else:
                s.fill((shape - (dx, 0)) * place, part)
        for r, part in ((0.2, GROUND), (0.15, ACCENT), (0.08, LINE)):
            s.fill((ellipse(0.1 - dx, -0.3, r, count=14)) * place, part)
        for k in range(s.count(1, 4)):
            y = 0.25 + 0.2 * k
            s.line((bezier((-0.6, y), (-0.4, y + 0.15), (-0.1, y + 0.15), (0.1, y), 8) - (dx, 0)) * place, 0.05, SECOND)


def bat(s: Sketch) -> None:
    """A bat with scalloped wings spread, its head down or up."""
    fingers, spread = s.count(2, 4), s.between(1.05, 1.35)
    top = bezier((0.08, -0.15), (0.35, -0.7), (0.8, -0.6), (spread, -0.1), 10)
    bottom = [top[-1]]
    for k in range(fingers):
        a, b = spread * (1 - k / fingers), spread * (1 - (k + 1) / fingers)
        bottom.extend(
            bezier(
                (a, -0.1 + 0.35 * (k > 0)), (a * 0.8 + b * 0.2, 0.05), (a * 0.2 + b * 0.8, 0.05), (max(b, 0.1), 0.28), 6
            )[1:]
        )
    wing = np.concatenate([top, np.asarray(bottom)[1:]])
    s.both(wing, MAIN)
    s.both(np.concatenate([wing, wing[:1]]), LINE, 0.035)
    s.both(spiral(0.5, -0.2, 0.03, 0.2, 0.4, 1.4), ACCENT, 0.055)
    for k in range(1, fingers):
        s.both(polyline((0.1, -0.1), (spread * (1 - k / fingers), 0.25)), LINE, 0.03)
    s.fill(ellipse(0, 0.1, 0.17, 0.38), SECOND)
    s.dot(0, -0.35, 0.19, SECOND)
    s.both(polyline((0.04, -0.48), (0.2, -0.75), (0.2, -0.38)), ACCENT)
    s.both(ellipse(0.08, -0.37, 0.04, count=8), LINE)
    s.both(tapered(bezier((0.05, 0.45), (0.1, 0.7), (0.3, 0.7), (0.25, 0.9), 8), 0.08, 0.03), ACCENT)
    if s.chance(0.35):
        s.fill(star(0, 0.12, 0.12, 0.06, 5), LINE)
