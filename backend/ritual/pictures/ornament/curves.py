"""The lines that ornament is made of, as (N, 2) arrays of points: x to the right, y down, the motif within -1..1."""

from __future__ import annotations

import math

import numpy as np

Points = np.ndarray


def polyline(*points: tuple[float, float]) -> Points:
    """The points as they are."""
    return np.asarray(points, float)


def shift(x: float, y: float) -> Points:
    """A step to the right and down, to be added to points."""
    return np.array((x, y), float)


def ellipse(x: float, y: float, rx: float, ry: float | None = None, turn: float = 0.0, count: int = 28) -> Points:
    """A closed ellipse of half axes rx, ry, turned by `turn` [rad]."""
    angle = np.linspace(0, 2 * math.pi, count, endpoint=False)
    points = np.stack([rx * np.cos(angle), (rx if ry is None else ry) * np.sin(angle)], axis=1)
    return turned(points, turn) + shift(x, y)


def arc(x: float, y: float, r: float, begin: float, end: float, count: int = 16) -> Points:
    """Part of a circle from one angle to another [rad]."""
    angle = np.linspace(begin, end, count)
    return np.stack([x + r * np.cos(angle), y + r * np.sin(angle)], axis=1)


def spiral(x: float, y: float, inner: float, outer: float, begin: float, turns: float, sides: int = 0) -> Points:
    """Archimedes' spiral from its eye outwards; `turns` below 0 winds the other way, `sides` > 0 makes it angular."""
    per_turn = sides or 22
    count = max(4, int(abs(turns) * per_turn) + 1)
    angle = begin + np.linspace(0, 2 * math.pi * turns, count)
    radius = np.linspace(inner, outer, count)
    return np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=1)


def square_spiral(x: float, y: float, half: float, turns: float, *, flip: bool = False) -> Points:
    """A squared spiral from its corner inwards, within `half` of (x, y)."""
    steps = max(3, int(turns * 4))
    gap = 2 * half / (turns + 0.6)
    left, top, right, bottom = -half, -half, half, half
    points, corner = [(left, bottom), (left, top)], 0
    for _ in range(steps - 2):
        corner = (corner + 1) % 4
        if corner == 1:
            points.append((right, top))
        elif corner == 2:
            points.append((right, bottom))
            left += gap
        elif corner == 3:
            points.append((left, bottom))
            top += gap
        else:
            points.append((left, top))
            right, bottom = right - gap, bottom - gap
        if left >= right or top >= bottom:
            break
    out = np.asarray(points)
    return (out * (-1, 1) if flip else out) + (x, y)


def bezier(a: tuple, b: tuple, c: tuple, d: tuple, count: int = 14) -> Points:
    """A cubic Bezier curve."""
    t = np.linspace(0, 1, count)[:, None]
    a, b, c, d = map(np.asarray, (a, b, c, d))
    return (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d


def smooth(points: Points, *, closed: bool = False, per_side: int = 7) -> Points:
    """A Catmull-Rom spline through the points."""
    points = np.asarray(points, float)
    if closed:
        padded = np.concatenate([points[-1:], points, points[:2]])
    else:
        padded = np.concatenate([points[:1], points, points[-1:]])
    before, a, b, after = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = np.linspace(0, 1, per_side, endpoint=False)[:, None, None]
    curve = 0.5 * (
        2 * a + (b - before) * t + (2 * before - 5 * a + 4 * b - after) * t**2 + (3 * a - before - 3 * b + after) * t**3
    )
    curve = curve.transpose(1, 0, 2).reshape(-1, 2)
    return curve if closed else np.concatenate([curve, points[-1:]])


def petal(length: float, width: float, belly: float = 0.5, point: float = 0.6, count: int = 9) -> Points:
    """A closed leaf from the origin upwards; `belly` is where it is widest, `point` how sharp its tip is (0..1)."""
    t = np.linspace(0, 1, count)
    side = np.sin(math.pi * t ** (math.log(0.5) / math.log(min(max(belly, 0.2), 0.8)))) ** (0.6 + 0.8 * point)
    right = np.stack([width / 2 * side, -length * t], axis=1)
    return np.concatenate([right, right[-2:0:-1] * (-1, 1)])


def tapered(path: Points, begin: float, end: float, *, belly: float = 0.0) -> Points:
    """The closed outline of a stroke along `path` whose width goes from `begin` to `end`, with a `belly` between."""
    path = np.asarray(path, float)
    along = np.gradient(path, axis=0)
    normal = along[:, ::-1] * (-1, 1) / np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    t = np.linspace(0, 1, len(path))
    half = (begin + (end - begin) * t + belly * np.sin(math.pi * t))[:, None] / 2
    return np.concatenate([path + normal * half, (path - normal * half)[::-1]])


def turned(points: Points, angle: float, about: tuple[float, float] = (0.0, 0.0)) -> Points:
    """Turned clockwise as it is seen, since y points down [rad]."""
    cos, sin = math.cos(angle), math.sin(angle)
    return (np.asarray(points, float) - about) @ np.array([[cos, sin], [-sin, cos]]) + about


def mirrored(points: Points) -> Points:
    """Left for right."""
    return np.asarray(points, float) * (-1, 1)


def polygon(x: float, y: float, r: float, sides: int, begin: float = -math.pi / 2, ry: float | None = None) -> Points:
    """A regular polygon, its first corner at `begin` [rad]; squeezed to `ry` upright."""
    angle = begin + np.arange(sides) * 2 * math.pi / sides
    return np.stack([x + r * np.cos(angle), y + (r if ry is None else ry) * np.sin(angle)], axis=1)


def star(x: float, y: float, outer: float, inner: float, rays: int, begin: float = -math.pi / 2) -> Points:
    """A closed star of pointed rays."""
    angle = begin + np.arange(2 * rays) * math.pi / rays
    radius = np.where(np.arange(2 * rays) % 2 == 0, outer, inner)
    return np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=1)
