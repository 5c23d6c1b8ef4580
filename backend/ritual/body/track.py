"""Angle tracks inside a domain: what breaks it, exactly and between frames too, and the nearest track that does not.

A track is (T, 36) angles, linear between frames, which is what Blender plays with linear Euler F-curves. So a
pose between two frames lies on the segment between them, and a segment meets an open box exactly where the
intervals of its parameter do (`segment_hits`).

Why the mended track is legal: both ends of every segment lie in a common closed half-space beyond one face of
the box, the half-space is convex, hence so does everything between. `mend` ends by testing this exactly and, should
its local repairs not settle, falls back on convex cells that meet no box at all (`cells.py`).

The domain may change in time: everything here takes one domain or a `Schedule` of them. A frame that two spans share
keeps to both, so every segment lies in the domain of one span.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ritual.body import cells
from ritual.body.angle_domain import AngleDomain, Reason, TabooBox
from ritual.body.checked import checked_track
from ritual.body.corridor import Corridor, find_corridor
from ritual.body.fade import eased, hurried
from ritual.body.schedule import Schedule, box_runs, limit_runs, limits, scheduled

MARGIN = math.radians(0.25)  # how far beyond an edge a mended pose is put: survives float32 and text files


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
    named = [j for j, _, _ in box.intervals]
    low, high = np.array([(low, high) for _, low, high in box.intervals]).reshape(-1, 2).T
    return cells.meets(angles[:, named], low + tolerance, high - tolerance)


def breaches(angles: np.ndarray, domain: AngleDomain | Schedule, tolerance: float = 0.0) -> list[Breach]:
    """Every span of a (T, 36) track [rad] that leaves the domain, between frames included.

    Args:
        domain: one for the whole track, or what holds when.
        tolerance: how deep a pose may lie in the forbidden part before it counts [rad].
    """
    found = []
    schedule = scheduled(domain, len(angles))
    for j in range(angles.shape[1]):
        for first, last, held in limit_runs(schedule, j):
            values = angles[first : last + 1, j]
            over = values > held.upper[j] + tolerance
            under = values < held.lower[j] - tolerance
            for bad, worst in ((over, np.argmax), (under, np.argmin)):
                for start, end in spans(bad):
                    value = values[start + worst(values[start : end + 1])]
                    allowed = (held.lower[j], held.upper[j])
                    found.append(Breach(first + start, first + end, j, float(value), allowed, held.limit_reason(j)))
    for box, first, last, held in box_runs(schedule):
        for start, end in spans(frames_in_box(angles[first : last + 1], box, tolerance)):
            found.append(_box_breach(angles, held, box, first + start, first + end))
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


@dataclass(frozen=True, eq=False)
class Mending:
    """A mended track and the corridor that it keeps to.

    Attributes:
        angles: (T, 36) [rad].
        corridor: its bounds.
        hurried: (T, 36) bool: where the rules, or the clip's ends, left the correction no room to fade slowly enough.
    """

    angles: np.ndarray
    corridor: Corridor
    hurried: np.ndarray


def mend(
    angles: np.ndarray,
    domain: AngleDomain | Schedule,
    fps: float,
    margin: float = MARGIN,
    blend: float = 0.2,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """A track near `angles` that never leaves the domain, neither at frames nor between them.

    Args:
        angles: (T, 36) [rad].
        domain: one for the whole track, or what holds when.
        fps: frames per second.
        margin: distance from a forbidden edge at which a moved angle is put [rad].
        blend: least time over which a correction fades [s].
        weights: (36,) positive: how dear it is to move an angle; None = all 1.

    Returns:
        (T, 36) [rad]; a track that is legal already is returned bit for bit.

    Raises:
        BadInput: the track is not (T, 36) finite numbers.
        EmptyDomain: no pose satisfies every rule, or none at the frame where the rules change, or no motion leads
            from one frame to another.

    Source: eq. 10-11; spec §5.
    """
    angles = checked_track(angles)
    if not breaches(angles, domain):
        return angles.copy()
    return mending(angles, domain, fps, margin, blend, weights).angles


def mending(
    angles: np.ndarray,
    domain: AngleDomain | Schedule,
    fps: float,
    margin: float = MARGIN,
    blend: float = 0.2,
    weights: np.ndarray | None = None,
) -> Mending:
    """As `mend`, with the corridor and what was hurried.

    Segments that are legal without a common cell may stay as they are, unless a fade reaches them: then they are given
    a cell, too.
    """
    angles = checked_track(angles)
    schedule = scheduled(domain, len(angles))
    limit_low, limit_high = limits(schedule, len(angles))
    keep = np.ones(max(len(angles) - 1, 1), bool)
    while True:
        found = find_corridor(angles, schedule, weights, keep)
        low, high = found.lower, found.upper
        middle = (low + high) / 2
        target = (
            np.where(low > limit_low, np.minimum(low + margin, middle), low),
            np.where(high < limit_high, np.maximum(high - margin, middle), high),
        )
        moved = eased(angles, low, high, target, fps, blend)
        changed = (moved != angles).any(1)
        met = found.kept & (changed[:-1] | changed[1:])
        if not met.any():
            return Mending(moved, found, hurried(angles, moved, fps))
        keep[: len(met)] &= ~met


def _faces(
    lower: np.ndarray, upper: np.ndarray, box: TabooBox, margin: float
) -> list[tuple[int, int, np.ndarray]]:
    """(angle, sign, bound) of each way out of the box: sign * (angle - bound) >= 0 is outside.

    The bound keeps `margin` from the edge where the limits, (..., 36), leave room for it; where they leave no way out
    at all it is infinitely far.
    """
    faces = []
    for j, low, high in box.intervals:
        for sign, edge, limit in ((-1, low, lower[..., j]), (1, high, upper[..., j])):
            room = sign * (limit - edge) >= 0
            if math.isfinite(edge) and room.any():
                beyond = edge + sign * margin
                nearest = np.maximum(beyond, limit) if sign < 0 else np.minimum(beyond, limit)
                faces.append((j, sign, np.where(room, nearest, sign * np.inf)))
    return faces


def _box_breach(
    angles: np.ndarray, domain: AngleDomain, box: TabooBox, start: int, end: int
) -> Breach:
    """The breach as told to people: the angle with the shortest way out at the deepest frame."""
    faces = _faces(domain.lower, domain.upper, box, 0.0)
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


