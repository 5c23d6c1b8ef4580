"""Angle tracks inside a domain: what breaks it, exactly and between frames too, and the nearest track that does not.

A track is (T, 36) angles. The domain may change in time: everything here takes one domain or a `Schedule` of them. A
frame that two spans share keeps to both, so every segment between two frames lies in the domain of one span.

**Theorem.** Let `mend` return a track. (1) Played with linear Euler F-curves, as our Blender rig is, no pose at or
between its frames lies in a taboo box or outside a limit that holds there. (2) With rig="quaternion" the same is true
of a rig that slerps each joint between the frames, too: no pose lies deeper than `slerped.TOLERANCE` in a taboo box
or beyond a range that a rule sets. (3) A track that was legal comes back bit for bit, and so does every frame that
is further than `fade.fade_frames` from one that had to be moved. (4) Where it is not flagged as `hurried`, a
correction's speed and acceleration stay below `fade.SPEED` and `fade.ACCELERATION`.

**Why.** (1) Linear F-curves play the straight segment between two frames in angle space. Each segment is given a
cell: a box of angles, inside the limits, that lies beyond one face of every taboo box that holds (`corridor.py`). The
last step of mending clips each frame to the cells of both segments that meet there; a cell is convex, so both ends in
it means the segment in it; and taboo boxes are open, so a face belongs to the allowed side. A segment that has no
cell is one that was found legal as it is (`segment_hits`: a segment meets an open box exactly where the intervals of
its parameter, one for each angle, have an interior in common), and stays as it is. (2) Mending for quaternions ends
only when `slerp_hits` finds nothing, and what that clears is certain: the proof stands in `slerped.py`.
(3) Corrections are zero outside their fades by construction, and nothing is computed where `breaches` finds nothing.
(4) is measured on the result. Rounding: both ends of a segment satisfy its face exactly, so the rounded line does up
to one unit in the last place.

**Least cost.** Which side of each box is chosen over the whole track at once, by dynamic programming over the cells.
Among all choices of cells it is the one to which the track is nearest, in weighted squared angle distance, unless
that would hurry a correction or more than `corridor.MOST_CELLS` cells compete. Where no choice leads through,
`EmptyDomain` names the rules. A segment that would pass a box's corner at a slant, beyond no face of it, is not looked
for: a motion that could only go that way, between two changes of rules a frame or two apart, is refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from ritual.body import cells
from ritual.body.angle_domain import AngleDomain, Reason, TabooBox
from ritual.body.checked import checked_track
from ritual.body.mending import mended
from ritual.body.schedule import Schedule, box_runs, limit_runs, scheduled, violates
from ritual.body.slerped import TOLERANCE, slerp_hits, slerped_boxes
from ritual.errors import BadInput

MARGIN = math.radians(0.25)  # how far beyond an edge a mended pose is put: survives float32 and text files
Rig = Literal["euler", "quaternion"]


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


def breaches(
    angles: np.ndarray, domain: AngleDomain | Schedule, tolerance: float = 0.0, rig: Rig = "euler"
) -> list[Breach]:
    """Every span of a (T, 36) track [rad] that leaves the domain, between frames included.

    Args:
        domain: one for the whole track, or what holds when.
        tolerance: how deep a pose may lie in the forbidden part before it counts [rad].
        rig: what plays the track: "euler" goes straight from frame to frame in the angles, as our Blender rig does;
            "quaternion" looks at the way that slerp takes, too, certain but for caution at poles (`slerped.py`).

    Raises:
        BadInput: the track is not (T, 36) finite numbers, or there is no such rig.
    """
    angles = checked_track(angles)
    slerped = checked_rig(rig)
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
    if slerped:
        found += _slerped_breaches(angles, schedule, max(tolerance, TOLERANCE), found)
    return sorted(found, key=lambda b: (b.start, b.end, b.angle))


def _slerped_breaches(
    angles: np.ndarray, schedule: Schedule, tolerance: float, known: list[Breach]
) -> list[Breach]:
    """What only the slerped way breaks: spans that meet no known breach of the same rule."""
    found = []
    for box, first, last in slerped_boxes(schedule):
        hits = slerp_hits(angles[first : last + 1], box, tolerance)
        held = next(span.domain for span in schedule if span.start <= first <= span.end)
        for start, end in spans(hits):
            breach = _box_breach(angles, held, box, first + start, first + end + 1)
            same = (b for b in known if b.reason == breach.reason and b.start <= breach.end and breach.start <= b.end)
            if not any(same):
                found.append(breach)
    return found


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
    angles: np.ndarray,
    domain: AngleDomain | Schedule,
    fps: float,
    margin: float = MARGIN,
    blend: float = 0.2,
    weights: np.ndarray | None = None,
    rig: Rig = "euler",
) -> np.ndarray:
    """A track near `angles` that never leaves the domain, neither at frames nor between them.

    Args:
        angles: (T, 36) [rad].
        domain: one for the whole track, or what holds when.
        fps: frames per second.
        margin: distance from a forbidden edge at which a moved angle is put [rad].
        blend: least time over which a correction fades [s].
        weights: (36,) positive: how dear it is to move an angle; None = all 1.
        rig: "quaternion" keeps the way that slerp takes between frames legal, too (see `breaches`).

    Returns:
        (T, 36) [rad]; a track that is legal already is returned bit for bit.

    Raises:
        BadInput: the track is not (T, 36) finite numbers, or there is no such rig.
        EmptyDomain: no pose satisfies every rule, or none at the frame where the rules change, or no motion leads
            from one frame to another.

    Source: eq. 10-11; spec §5.
    """
    angles = checked_track(angles)
    slerped = checked_rig(rig)
    schedule = scheduled(domain, len(angles))
    if _legal(angles, schedule, slerped):
        return angles.copy()
    return mended(angles, schedule, fps, margin, blend, weights, quaternions=slerped).angles


def _legal(angles: np.ndarray, schedule: Schedule, slerped: bool) -> bool:
    """Whether `breaches` would find nothing."""
    if violates(angles, schedule).any():
        return False
    if any(segment_hits(angles[first : last + 1], box).any() for box, first, last, _ in box_runs(schedule)):
        return False
    return not slerped or not any(
        slerp_hits(angles[first : last + 1], box).any() for box, first, last in slerped_boxes(schedule)
    )


def checked_rig(rig: str) -> bool:
    """Whether the rig slerps. Raises: BadInput: there is no such rig."""
    if rig not in get_args(Rig):
        raise BadInput(f"There is no rig '{rig}'; valid: {', '.join(get_args(Rig))}.")
    return rig == "quaternion"


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


