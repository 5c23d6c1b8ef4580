"""Lines over steps as SVG, for a page that needs nothing beside itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape

import numpy as np
from markupsafe import Markup

WIDTH, HEIGHT = 560, 240  # px
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 12, 10, 28
_POINTS = 400
"""Points of a line at most; more steps are averaged."""
COLOURS = ("#1d4ed8", "#c2410c", "#15803d", "#9333ea", "#b3162f", "#0e7490", "#a16207", "#4b5563")
Series = tuple[np.ndarray, np.ndarray]
"""Steps and values."""


def chart(title: str, lines: Mapping[str, Series], spread: np.ndarray | None = None, dots: bool = False) -> Markup:
    """An SVG of lines with axes and a legend; values that are no numbers are left out.

    Args:
        spread: of the last line: a band of so much above and below it. dots: the first line as dots.
    """
    lines = {name: _thin(*series) for name, series in lines.items()}
    steps = np.concatenate([x for x, _ in lines.values()])
    values = np.concatenate([y for _, y in lines.values()])
    if not len(values):
        return Markup("")
    low, high = _range(values)
    last = max(float(steps.max()), 1.0)

    def at(x: np.ndarray, y: np.ndarray) -> str:
        across = _LEFT + (WIDTH - _LEFT - _RIGHT) * x / last
        down = _TOP + (HEIGHT - _TOP - _BOTTOM) * (high - np.clip(y, low, high)) / (high - low)
        return " ".join(f"{a:.1f},{d:.1f}" for a, d in zip(across, down, strict=True))

    parts = [*_axes(low, high, last)]
    if spread is not None:
        x, y = list(lines.values())[-1]
        there = np.concatenate([x, x[::-1]])
        parts.append(f'<polygon class="band" points="{at(there, np.concatenate([y + spread, (y - spread)[::-1]]))}"/>')
    for number, (x, y) in enumerate(lines.values()):
        colour = COLOURS[number % len(COLOURS)]
        if dots and not number:
            points = (place.split(",") for place in at(x, y).split())
            parts += [f'<circle cx="{a}" cy="{d}" r="2.5" fill="{colour}"/>' for a, d in points]
        else:
            parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="{at(x, y)}"/>')
    key = " ".join(f'<span><i style="background:{COLOURS[n % len(COLOURS)]}"></i>{escape(name)}</span>'
                   for n, name in enumerate(lines))  # fmt: skip
    return Markup(
        f'<figure class="chart"><figcaption>{escape(title)}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">{"".join(parts)}</svg>'
        f'<div class="key">{key}</div></figure>'
    )


def _thin(x: np.ndarray, y: np.ndarray) -> Series:
    """At most `_POINTS` points: means over neighbours."""
    there = np.isfinite(y)
    x, y = np.asarray(x, float)[there], np.asarray(y, float)[there]
    if len(x) <= _POINTS:
        return x, y
    parts = np.array_split(np.arange(len(x)), _POINTS)
    return np.array([x[part[-1]] for part in parts]), np.array([y[part].mean() for part in parts])


def _range(values: np.ndarray) -> tuple[float, float]:
    """Least and most that are drawn: a few values far out do not press the rest flat."""
    low, high = float(values.min()), float(values.max())
    if len(values) > 50:
        most = float(np.quantile(values, 0.995))
        high = most + 0.1 * (most - low)
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    return low - 0.04 * (high - low), high + 0.04 * (high - low)


def _axes(low: float, high: float, last: float) -> list[str]:
    parts = []
    for value in _ticks(low, high):
        down = _TOP + (HEIGHT - _TOP - _BOTTOM) * (high - value) / (high - low)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{down:.1f}" y2="{down:.1f}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{down + 4:.1f}" text-anchor="end">{value:g}</text>')
    for value in _ticks(0, last):
        across = _LEFT + (WIDTH - _LEFT - _RIGHT) * value / last
        parts.append(f'<text x="{across:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{value:g}</text>')
    return parts


def _ticks(low: float, high: float) -> list[float]:
    """About five round numbers from low to high."""
    raw = (high - low) / 5
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * n for n in (1, 2, 5, 10) if power * n >= raw)
    return [round(n * step, 12) for n in range(math.ceil(low / step), math.floor(high / step) + 1)]
