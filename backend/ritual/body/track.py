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
from scipy.ndimage import convolve1d, maximum_filter1d

from ritual.body import cells
from ritual.body.angle_domain import AngleDomain, Reason, TabooBox
from ritual.body.schedule import Schedule, box_runs, common, limit_runs, limits, scheduled, seams
from ritual.errors import EmptyDomain

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


def mend(
    angles: np.ndarray, domain: AngleDomain | Schedule, fps: float, margin: float = MARGIN, blend: float = 0.2
) -> np.ndarray:
    """A track near `angles` that never leaves the domain, neither at frames nor between them.

    Only the offending angle is moved, to the side of the box that costs least over the whole excursion, and
    the correction fades in and out over `blend` seconds (eq. 11 with a mask that is soft in time), also across the
    frame at which the rules change. A track that is legal already is returned bit for bit.

    Args:
        angles: (T, 36) [rad].
        domain: one for the whole track, or what holds when.
        fps: frames per second.
        margin: distance from a forbidden edge at which a moved angle is put [rad].
        blend: time over which a correction fades [s].

    Returns:
        (T, 36) [rad].

    Raises:
        EmptyDomain: no pose satisfies every rule, or none at the frame where the rules change, or no motion leads
            from one such frame to the next.

    Source: eq. 10-11; spec §5.
    """
    out = np.array(angles, dtype=np.float64)
    schedule = scheduled(domain, len(out))
    _check_seams(out, schedule)
    bounds = limits(schedule, len(out))
    radius = max(1, round(blend * fps / 2))
    _mend_limits(out, bounds, radius)
    runs = box_runs(schedule)
    for _ in range(MAX_ROUNDS):
        settled = True
        for box, first, last, _held in runs:
            for start, end in spans(frames_in_box(out[first : last + 1], box)):
                settled = False
                if not _leave_box(out, bounds, box, (first, last), (first + start, first + end), margin, radius):
                    return _into_cells(out, schedule, radius)
        if settled:
            return out
    return _into_cells(out, schedule, radius)


def _check_seams(angles: np.ndarray, schedule: Schedule) -> None:
    """Raises: EmptyDomain: the rules on the two sides of a frame leave it no pose; names them and the frame."""
    for frame, domains in seams(schedule).items():
        try:
            common(domains).project(angles[frame])
        except EmptyDomain as error:
            raise EmptyDomain(
                f"The rules change at frame {frame}, and no pose there satisfies both sides. {error.message}",
                hint="Widen a range, narrow a taboo or move a phase in the knowledge graph.",
            ) from error


def _into_cells(out: np.ndarray, schedule: Schedule, radius: int) -> np.ndarray:
    """What is left where local repairs do not settle: the track drawn into convex parts that meet no box."""
    if len(schedule) == 1:
        lower, upper = schedule[0].domain.free_cell(out.mean(0))
        return np.clip(out, lower, upper)
    _mend_limits(out, cells.chain(out, schedule), radius)
    return out


def _mend_limits(out: np.ndarray, bounds: tuple[np.ndarray, np.ndarray], radius: int) -> None:
    lower, upper = bounds
    for j in range(out.shape[1]):
        if (out[:, j] > upper[:, j]).any() or (out[:, j] < lower[:, j]).any():
            out[:, j] = _drawn_in(out[:, j], lower[:, j], upper[:, j], radius)


def _drawn_in(values: np.ndarray, low: np.ndarray, high: np.ndarray, radius: int) -> np.ndarray:
    """(T,) values inside their limits, moved there softly."""
    over, under = np.maximum(values - high, 0), np.maximum(low - values, 0)
    moved = values - _soft_envelope(over, radius) + _soft_envelope(under, radius)
    return np.clip(moved, low, high)


def _soft_envelope(need: np.ndarray, radius: int) -> np.ndarray:
    """Smooth curve >= `need` that is zero further than 2 `radius` frames from where it is needed.

    Dilated by the radius and then averaged over it, so no average can fall below the need in its middle.
    """
    kernel = np.hanning(2 * radius + 3)[1:-1]
    wide = maximum_filter1d(need, 2 * radius + 1, mode="nearest")
    return np.maximum(convolve1d(wide, kernel / kernel.sum(), mode="nearest"), need)


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


def _leave_box(
    out: np.ndarray,
    bounds: tuple[np.ndarray, np.ndarray],
    box: TabooBox,
    held: tuple[int, int],
    excursion: tuple[int, int],
    margin: float,
    radius: int,
) -> bool:
    """Move one excursion into a box, which stands in the frames `held`, out by its cheapest face, in place.

    Returns:
        False where no face leaves it inside the limits of every frame concerned.
    """
    best_cost, best = math.inf, None
    for j, sign, bound in _faces(*bounds, box, margin):
        first, last = _reach(out, box, j, sign, bound, held, excursion)
        need = np.zeros(len(out))
        need[first : last + 1] = np.maximum(sign * (bound - out[:, j])[first : last + 1], 0)
        cost = float((need**2).sum())
        if cost < best_cost:
            best_cost, best = cost, (j, sign, need)
    if best is None:
        return False
    j, sign, need = best
    low, high = bounds[0][:, j], bounds[1][:, j]
    moved = out[:, j] + sign * _soft_envelope(need, radius)
    if (low != low[0]).any() or (high != high[0]).any():  # limits that change would cut the fade off at a frame
        eased = _drawn_in(moved, low, high, radius)
        moved = sign * np.maximum(sign * eased, sign * out[:, j] + need)
    out[:, j] = np.clip(moved, low, high)
    return True


def _reach(
    out: np.ndarray,
    box: TabooBox,
    j: int,
    sign: int,
    bound: np.ndarray,
    held: tuple[int, int],
    excursion: tuple[int, int],
) -> tuple[int, int]:
    """Widen an excursion until it may end: in the chosen half-space, with its neighbour in another, or with the box."""
    beyond = sign * (out[:, j] - bound) >= 0
    shared = np.zeros(len(out) - 1, bool)  # both ends of the segment beyond one face of another angle
    for i, low, high in box.intervals:
        if i != j:
            shared |= (out[:-1, i] <= low) & (out[1:, i] <= low)
            shared |= (out[:-1, i] >= high) & (out[1:, i] >= high)
    first, last = start, end = excursion
    while first > held[0] and not beyond[first] and not (first < start and shared[first - 1]):
        first -= 1
    while last < held[1] and not beyond[last] and not (last > end and shared[last]):
        last += 1
    return first, last


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


