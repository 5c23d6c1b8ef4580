"""Angle tracks inside a domain: what breaks it, exactly and between frames too, and the nearest track that does not.

A track is (T, 36) angles, linear between frames, which is what Blender plays with linear Euler F-curves. So a
pose between two frames lies on the segment between them, and a segment meets an open box exactly where the
intervals of its parameter do (`segment_hits`).

Why the mended track is legal: both ends of every segment lie in a common closed half-space beyond one face of
the box, the half-space is convex, hence so does everything between. `mend` ends by testing this exactly and, should
its local repairs not settle, falls back on a convex cell that meets no box at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import convolve1d, maximum_filter1d

from ritual.body.angle_domain import AngleDomain, Reason, TabooBox

MARGIN = math.radians(0.25)  # how far beyond an edge a mended pose is put: survives float32 and text files
MAX_ROUNDS = 24


@dataclass(frozen=True)
class Breach:
    """A maximal span of frames that breaks one rule.

    Attributes:
        start, end: first and last frame touched (inclusive); a pose between frames touches both.
        angle: index of the angle that is cheapest to put right.
        value: its value deepest in the forbidden part [rad].
        allowed: (low, high) that it may have there [rad].
        reason: the rule.
    """

    start: int
    end: int
    angle: int
    value: float
    allowed: tuple[float, float]
    reason: Reason


def segment_hits(angles: np.ndarray, box: TabooBox, tolerance: float = 0.0) -> np.ndarray:
    """(T - 1,) bool: the segment between consecutive frames meets the open box drawn in by `tolerance`."""
    a, b = angles[:-1], angles[1:]
    enter, leave = np.zeros(len(a)), np.ones(len(a))
    for j, low, high in box.intervals:
        low, high = low + tolerance, high - tolerance
        start, step = a[:, j], b[:, j] - a[:, j]
        still = step == 0
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.stack(((low - start) / step, (high - start) / step))
        first, last = t.min(0), t.max(0)
        inside = (start > low) & (start < high)
        enter = np.maximum(enter, np.where(still, np.where(inside, 0.0, 2.0), first))
        leave = np.minimum(leave, np.where(still, np.where(inside, 1.0, -1.0), last))
    return leave > enter


def breaches(angles: np.ndarray, domain: AngleDomain, tolerance: float = 0.0) -> list[Breach]:
    """Every span of a (T, 36) track [rad] that leaves the domain, between frames included.

    Args:
        tolerance: how deep a pose may lie in the forbidden part before it counts [rad].
    """
    found = []
    for j in range(angles.shape[1]):
        over = angles[:, j] > domain.upper[j] + tolerance
        under = angles[:, j] < domain.lower[j] - tolerance
        for bad, worst in ((over, np.argmax), (under, np.argmin)):
            for start, end in spans(bad):
                value = angles[start + worst(angles[start : end + 1, j]), j]
                allowed = (domain.lower[j], domain.upper[j])
                found.append(Breach(start, end, j, float(value), allowed, domain.limit_reason(j)))
    for box in domain.boxes:
        for start, end in spans(frames_in_box(angles, box, tolerance)):
            found.append(_box_breach(angles, domain, box, start, end))
    return sorted(found, key=lambda b: (b.start, b.end, b.angle))


def frames_in_box(angles: np.ndarray, box: TabooBox, tolerance: float = 0.0) -> np.ndarray:
    """(T,) bool: the frame, or the way to or from it, lies in the box."""
    bad = box.contains(angles, tolerance)
    hits = segment_hits(angles, box, tolerance)
    bad[:-1] |= hits
    bad[1:] |= hits
    return bad


def spans(mask: np.ndarray) -> list[tuple[int, int]]:
    """Maximal runs of True as (first, last), both inclusive."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in edges.reshape(-1, 2)]


def mend(
    angles: np.ndarray, domain: AngleDomain, fps: float, margin: float = MARGIN, blend: float = 0.2
) -> np.ndarray:
    """A track near `angles` that never leaves the domain, neither at frames nor between them.

    Only the offending angle is moved, to the side of the box that costs least over the whole excursion, and
    the correction fades in and out over `blend` seconds (eq. 11 with a mask that is soft in time).
    A track that is legal already is returned bit for bit.

    Args:
        angles: (T, 36) [rad].
        fps: frames per second.
        margin: distance from a forbidden edge at which a moved angle is put [rad].
        blend: time over which a correction fades [s].

    Returns:
        (T, 36) [rad].

    Raises:
        EmptyDomain: no pose satisfies every rule.

    Source: eq. 10-11; spec §5.
    """
    out = np.array(angles, dtype=np.float64)
    radius = max(1, round(blend * fps / 2))
    _mend_limits(out, domain, radius)
    for _ in range(MAX_ROUNDS):
        settled = True
        for box in domain.boxes:
            for start, end in spans(frames_in_box(out, box)):
                settled = False
                _leave_box(out, domain, box, start, end, margin, radius)
        if settled:
            return out
    lower, upper = domain.free_cell(out.mean(0))
    return np.clip(out, lower, upper)


def _mend_limits(out: np.ndarray, domain: AngleDomain, radius: int) -> None:
    for j in range(out.shape[1]):
        low, high = domain.lower[j], domain.upper[j]
        over, under = np.maximum(out[:, j] - high, 0), np.maximum(low - out[:, j], 0)
        if over.any() or under.any():
            moved = out[:, j] - _soft_envelope(over, radius) + _soft_envelope(under, radius)
            out[:, j] = np.clip(moved, low, high)


def _soft_envelope(need: np.ndarray, radius: int) -> np.ndarray:
    """Smooth curve >= `need` that is zero further than 2 `radius` frames from where it is needed.

    Dilated by the radius and then averaged over it, so no average can fall below the need in its middle.
    """
    kernel = np.hanning(2 * radius + 3)[1:-1]
    wide = maximum_filter1d(need, 2 * radius + 1, mode="nearest")
    return np.maximum(convolve1d(wide, kernel / kernel.sum(), mode="nearest"), need)


def _faces(domain: AngleDomain, box: TabooBox, margin: float) -> list[tuple[int, int, float]]:
    """(angle, sign, bound) of each way out of the box: sign * (angle - bound) >= 0 is outside.

    The bound keeps `margin` from the edge where the limits leave room for it.
    """
    faces = []
    for j, low, high in box.intervals:
        if math.isfinite(low) and low >= domain.lower[j]:
            faces.append((j, -1, max(low - margin, domain.lower[j])))
        if math.isfinite(high) and high <= domain.upper[j]:
            faces.append((j, 1, min(high + margin, domain.upper[j])))
    return faces


def _leave_box(
    out: np.ndarray, domain: AngleDomain, box: TabooBox, start: int, end: int, margin: float, radius: int
) -> None:
    """Move one excursion into the box out by its cheapest face, in place."""
    best = None
    for j, sign, bound in _faces(domain, box, margin):
        first, last = _reach(out, box, j, sign, bound, start, end)
        need = np.zeros(len(out))
        need[first : last + 1] = np.maximum(sign * (bound - out[first : last + 1, j]), 0)
        cost = float((need**2).sum())
        if best is None or cost < best[0]:
            best = (cost, j, sign, need)
    if best is None:  # the box covers the limits in every angle it names
        lower, upper = domain.free_cell(out[start])
        np.clip(out, lower, upper, out=out)
        return
    _, j, sign, need = best
    moved = out[:, j] + sign * _soft_envelope(need, radius)
    out[:, j] = np.where(need > 0, np.clip(moved, domain.lower[j], domain.upper[j]), moved)
    np.clip(out[:, j], domain.lower[j], domain.upper[j], out=out[:, j])


def _reach(
    out: np.ndarray, box: TabooBox, j: int, sign: int, bound: float, start: int, end: int
) -> tuple[int, int]:
    """Widen an excursion until it may end: in the chosen half-space, or with its neighbour in another one."""
    beyond = sign * (out[:, j] - bound) >= 0
    shared = np.zeros(len(out) - 1, bool)  # both ends of the segment beyond one face of another angle
    for i, low, high in box.intervals:
        if i != j:
            shared |= (out[:-1, i] <= low) & (out[1:, i] <= low)
            shared |= (out[:-1, i] >= high) & (out[1:, i] >= high)
    first, last = start, end
    while first > 0 and not beyond[first] and not (first < start and shared[first - 1]):
        first -= 1
    while last < len(out) - 1 and not beyond[last] and not (last > end and shared[last]):
        last += 1
    return first, last


def _box_breach(
    angles: np.ndarray, domain: AngleDomain, box: TabooBox, start: int, end: int
) -> Breach:
    """The breach as told to people: the angle with the shortest way out at the deepest frame."""
    faces = _faces(domain, box, 0.0)
    part = angles[start : end + 1]
    depth = np.full(len(part), np.inf)
    for j, sign, bound in faces:
        depth = np.minimum(depth, sign * (bound - part[:, j]))
    frame = int(depth.argmax())
    ways = [(sign * (bound - part[frame, j]), j, sign, bound) for j, sign, bound in faces]
    if not ways:
        j, low, high = box.intervals[0]
        return Breach(start, end, j, float(part[frame, j]), (low, high), box.reason)
    _, j, sign, bound = min(ways)
    allowed = (domain.lower[j], bound) if sign < 0 else (bound, domain.upper[j])
    return Breach(start, end, j, float(part[frame, j]), (float(allowed[0]), float(allowed[1])), box.reason)


