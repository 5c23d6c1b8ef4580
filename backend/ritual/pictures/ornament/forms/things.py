"""What hands have made: roof upon roof, the vajra."""

from __future__ import annotations

import numpy as np

from ritual.pictures.ornament.curves import bezier, ellipse, mirrored, petal, polyline, shift, smooth
from ritual.pictures.ornament.sketch import ACCENT, GROUND, LINE, MAIN, SECOND, Sketch


def tiered_roof(s: Sketch) -> None:
    """Eaves above eaves with upturned ends: one tower, or several over a bridge's span."""
    towers = 1 if s.chance(0.55) else 3
    tiers = s.count(3, 6) if towers == 1 else s.count(2, 3)
    for tower in range(towers):
        x0 = (tower - (towers - 1) / 2) * 1.25
        high = 1.0 if towers == 1 or tower == 1 else 0.8
        step = 1.7 * high / tiers if towers == 1 else 0.36
        for k in range(tiers):
            half, y = (0.85 if towers == 1 else 0.55) * (1 - 0.72 * k / tiers), 0.6 - step * k
            s.fill(
                polyline((-half * 0.6, y), (half * 0.6, y), (half * 0.5, y - step), (-half * 0.5, y - step))
                + shift(x0, 0),
                SECOND,
            )
            edge = bezier((half * 1.12, y - 0.13), (half * 0.85, y), (half * 0.4, y - 0.02), (0, y - 0.02), 8)
            top = polyline((-half * 0.35, y - step * 0.5), (half * 0.35, y - step * 0.5))
            roof = np.concatenate([edge, mirrored(edge)[::-1], top])
            s.fill(roof + shift(x0, 0), MAIN)
            s.line(np.concatenate([edge, mirrored(edge)[::-1]]) + shift(x0, 0), 0.04, ACCENT)
        s.fill(
            polyline((-0.07, 0.6 - step * tiers + 0.1), (0.07, 0.6 - step * tiers + 0.1), (0, 0.25 - step * tiers))
            + shift(x0, 0),
            ACCENT,
        )
    width = 0.75 if towers == 1 else 2.0
    for x in np.linspace(-width * 0.7, width * 0.7, 4 if towers == 1 else 8):
        s.line(polyline((x, 0.6), (x, 1.05)), 0.06, LINE)
    s.fill(polyline((-width, 1.05), (width, 1.05), (width, 1.17), (-width, 1.17)), MAIN)
    if towers > 1:
        for x in (-0.9, 0.9):
            s.fill(polyline((x - 0.16, 1.15), (x + 0.16, 1.15), (x + 0.1, 1.6), (x - 0.1, 1.6)), SECOND)


def vajra(s: Sketch) -> None:
    """The thunderbolt: a grip between two cages of prongs; single, or crossed."""
    crossed, prongs = s.chance(0.3), s.count(1, 2)
    for turn in (0, 1) if crossed else (0,):
        for end in (1, -1):

            def place(points: np.ndarray, end: int = end, turn: int = turn) -> np.ndarray:
                points = np.asarray(points) * (1, end)
                return points[:, ::-1] if turn else points

            s.fill(place(petal(1.3, 0.16, 0.5, 0.9)), MAIN)
            for k in range(prongs):
                out = 0.34 - 0.14 * k
                prong = bezier((0.06, -0.35), (out * 1.7, -0.45), (out * 1.5, -0.95), (0.03, -1.18), 12)
                s.line(place(prong), 0.085, MAIN)
                s.line(place(mirrored(prong)), 0.085, MAIN)
            lotus = smooth(
                polyline((-0.22, -0.36), (0, -0.24), (0.22, -0.36), (0.12, -0.14), (-0.12, -0.14)), closed=True
            )
            s.fill(place(lotus), SECOND)
            s.line(place(polyline((-0.17, -0.3), (0.17, -0.3))), 0.05, ACCENT)
    s.fill(ellipse(0, 0, 0.17, 0.15), ACCENT)
    s.line(ellipse(0, 0, 0.17, 0.15), 0.04, LINE, closed=True)
    s.dot(0, 0, 0.05, GROUND)
