"""Which way a dancer may turn: where a heading breaks that, and the nearest one that does not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ritual.body.angle_domain import Reason

MARGIN = 1e-6  # by which a mended heading keeps clear of the furthest it may turn back: what rounding takes [rad]
HALF_TURN = math.pi
NEAR = 0.5  # [m]: who is nearer to the centre turns on the spot and does not circle
_TURN = 2 * math.pi


@dataclass(frozen=True)
class TurningLimit:
    """Turning goes one way only.

    Attributes:
        direction: +1 counter-clockwise seen from above (yaw grows), -1 clockwise.
        swing: how far the dancer may turn back before it counts as a turn [rad].
        reason: the rule.
    """

    direction: int
    swing: float
    reason: Reason


@dataclass(frozen=True)
class TurningSpan:
    """A limit and the frames in which it holds, first and last, inclusive."""

    start: int
    end: int
    limit: TurningLimit


@dataclass(frozen=True)
class TurnBack:
    """A maximal span of frames in which the dancer has turned back too far.

    Attributes:
        start, end: inclusive.
        value: how far, counter-clockwise positive, since the furthest point reached the right way [rad].
        limit: what it breaks.
    """

    start: int
    end: int
    value: float
    limit: TurningLimit

    @property
    def allowed(self) -> tuple[float, float]:
        """(low, high) that `value` may have [rad]."""
        swing = self.limit.swing
        return (-swing, 0.0) if self.limit.direction > 0 else (0.0, swing)


def spans_of(parts: Sequence[tuple[int, int, Sequence[TurningLimit]]]) -> tuple[TurningSpan, ...]:
    """Limits that hold in parts of a clip, (first frame, last frame, limits), told by limit: one that goes on in the
    next part goes on counting."""
    spans: list[TurningSpan] = []
    for start, end, limits in parts:
        for limit in dict.fromkeys(limits):
            at = next((n for n, s in enumerate(spans) if s.limit == limit and s.end == start), None)
            if at is None:
                spans.append(TurningSpan(start, end, limit))
            else:
                spans[at] = replace(spans[at], end=end)
    return tuple(spans)


def turns_back(heading: np.ndarray, turning: Sequence[TurningSpan], tolerance: float = 0.0) -> list[TurnBack]:
    """Where a (T,) heading [rad, unwrapped] goes the forbidden way by more than the swing and `tolerance` [rad].

    It is measured from the furthest point that the dancer has reached in the allowed direction since the rule began
    to hold.
    """
    found = []
    for span in turning:
        own = span.limit.direction * heading[span.start : span.end + 1]
        back = np.maximum.accumulate(own) - own
        edges = np.flatnonzero(np.diff(np.r_[False, back > span.limit.swing + tolerance, False]))
        for a, b in edges.reshape(-1, 2).tolist():
            value = -span.limit.direction * float(back[a:b].max())
            found.append(TurnBack(span.start + a, span.start + b - 1, value, span.limit))
    return sorted(found, key=lambda turn: (turn.start, turn.end))


def ratchet(heading: np.ndarray, turning: Sequence[TurningSpan], fps: float, blend: float = 0.2) -> np.ndarray:
    """A heading near this one that keeps every limit.

    What turns back further than the swing is held there until the dancer comes forward again; of a whole turn and more
    the whole turns are left out, so that the dancer faces the old way again as soon as may be. Where it can be, the
    corners are rounded over `blend` seconds. Limits both ways leave the dancer within the swing.

    Args:
        heading: (T,) [rad], unwrapped.
        turning: which limits hold when.
        fps: frames per second.
        blend: how long it takes to stop turning [s].

    Returns:
        (T,) [rad]; a legal heading is returned bit for bit.
    """
    if not turns_back(heading, turning):
        return heading
    drawn_in = tuple(replace(s, limit=replace(s.limit, swing=max(s.limit.swing - MARGIN, 0.0))) for s in turning)
    held = _held(heading, drawn_in)
    rounded = _rounded(heading, held, max(1, round(blend * fps / 2)))
    return held if turns_back(rounded, turning) else rounded


def _held(heading: np.ndarray, turning: Sequence[TurningSpan]) -> np.ndarray:
    """Frame by frame: the heading, or the furthest that the limits leave it."""
    out, offset = heading.copy(), 0.0
    furthest: dict[TurningSpan, float] = {}
    for k, value in enumerate(heading.tolist()):
        wanted = value + offset
        active = [span for span in turning if span.start <= k <= span.end]
        low, high = -math.inf, math.inf
        for span in active:
            if span in furthest and span.limit.direction > 0:
                low = max(low, furthest[span] - span.limit.swing)
            elif span in furthest:
                high = min(high, furthest[span] + span.limit.swing)
        whole = math.floor(max(low - wanted, 0.0) / _TURN) - math.floor(max(wanted - high, 0.0) / _TURN)
        offset += whole * _TURN
        wanted += whole * _TURN
        kept = min(max(wanted, low), high)
        if kept != wanted and any(span.end == k for span in active):
            offset += kept - wanted  # a limit ends while it holds the dancer: nobody whips round
        for span in active:
            reach = max if span.limit.direction > 0 else min
            furthest[span] = reach(furthest.get(span, kept), kept)
        out[k] = kept
    return out


def _rounded(heading: np.ndarray, held: np.ndarray, radius: int) -> np.ndarray:
    kernel = np.hanning(2 * radius + 3)[1:-1]
    kernel /= kernel.sum()
    change, out = held - heading, heading.copy()
    for sign in (1, -1):
        part = np.maximum(sign * change, 0.0)
        smooth = np.convolve(np.pad(part, radius, mode="edge"), kernel, mode="valid")
        out = out + sign * np.maximum(smooth, part)
    return out


def winding(path: np.ndarray) -> np.ndarray:
    """(T,) how far a (T, 2) path [m] has gone round its centre [rad], counter-clockwise positive.

    The centre is that of the circle nearest to the path (least squares over its length, so that standing still does
    not draw it near); steps that come nearer to it than `NEAR` count nothing. A straight path goes round nothing.
    """
    if len(path) < 2:
        return np.zeros(len(path))
    arm = path - _centre(path)
    step = np.diff(np.unwrap(np.arctan2(arm[:, 1], arm[:, 0])))
    far = np.linalg.norm(arm, axis=1) > NEAR
    return np.r_[0.0, np.cumsum(np.where(far[1:] & far[:-1], step, 0.0))]


def _centre(path: np.ndarray) -> np.ndarray:
    """x^2 + y^2 = 2 a x + 2 b y + c in least squares (Kasa 1976), about the mean of the path."""
    middle = (path[1:] + path[:-1]) / 2
    length = np.linalg.norm(np.diff(path, axis=0), axis=1)
    if not length.any():
        return path[0]
    mean = np.average(middle, axis=0, weights=length)
    own, weight = middle - mean, np.sqrt(length / length.sum())[:, None]
    rows = np.column_stack((2 * own, np.ones(len(own))))
    solution = np.linalg.lstsq(rows * weight, (own**2).sum(1) * weight[:, 0], rcond=1e-6)[0]
    return mean + solution[:2]


def circles_back(path: np.ndarray, turning: Sequence[TurningSpan]) -> list[TurnBack]:
    """Where a (T, 2) path [m] goes round its centre the forbidden way by more than half a turn."""
    halves = tuple(replace(span, limit=replace(span.limit, swing=HALF_TURN)) for span in turning)
    return [turn for span in halves for turn in _circles(path, span)]


def _circles(path: np.ndarray, span: TurningSpan) -> list[TurnBack]:
    own = replace(span, start=0, end=span.end - span.start)
    found = turns_back(winding(path[span.start : span.end + 1]), (own,))
    return [replace(turn, start=turn.start + span.start, end=turn.end + span.start) for turn in found]
