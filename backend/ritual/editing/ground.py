"""Where a new span stands: its path and heading, led from the kept motion before it to the kept motion after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from ritual.body import contact, facing
from ritual.body.footing import AIR, Footing, find_footing, let_go, path_of, stepping
from ritual.body.kinematics import forward
from ritual.body.planting import sole_points
from ritual.body.track_fit import Track
from ritual.body.turning import TurningSpan, ratchet, turns_back
from ritual.clip.clip import MotionClip
from ritual.motion.meeting import BORDER, correction, ramp
from ritual.motion.proposal import Proposal
from ritual.motion.span import Span


@dataclass(frozen=True, eq=False)
class Laid:
    """The window on the floor: its clip, what is planted in it, which frames are in the air, and how far what follows
    is carried along (2,) [m]."""

    clip: MotionClip
    footing: Footing
    airborne: np.ndarray
    carried: np.ndarray


def grounded(
    span: Span, whole: MotionClip, led: Proposal, angles: np.ndarray, turning: Sequence[TurningSpan], carry: bool
) -> Laid:
    """The span's root: its steps make a path, which is led to both ends; what is left over is spread over the span.

    Args:
        span: of the whole clip; angles: (W, 36) [rad] of its window.
        led: the one proposal, led to both ends.
        turning: rules of the whole clip on which way to turn.
        carry: whether what follows the span goes where the steps lead.
    """
    fps, kept = whole.fps, span.kept
    root, rotation = whole.root_translation[span.window].copy(), whole.root_rotation[span.window].copy()
    path, turned, aloft = _steps(span, led, angles, _allowed_heading(span, whole, led.heading[0], turning), fps)
    if span.start > 0 and turned[span.start] @ rotation[span.start - 1] < 0:
        turned = -turned
    rotation[~kept] = turned[~kept]
    path[:, 2] += correction(root[:, 2:] - path[:, 2:], span.border, fps)[:, 0]
    for _ in range(2):  # what slides through a path that is off shows only when it is put right
        points = sole_points(*Track(angles, span.rigid(root, path), rotation).pose())
        aloft = np.where(kept, points[..., 2].min((1, 2)) > AIR, aloft)
        footing = let_go(find_footing(points, fps, aloft), points, kept, fps)
        path[:, :2] += span.inside(path_of(points, footing))
    needed, carried = (root - path)[:, :2], np.zeros(2)
    if carry:
        carried = needed[span.start - 1] - needed[span.end]
        root[span.end :, :2] += carried
        needed[span.end :] += carried
    drift = span.spread(needed)
    way = float(np.linalg.norm(drift[-1] - drift[0]))
    footing = stepping(footing, span.start, span.end, way, fps)
    path[:, :2] += drift + correction(needed - drift, span.border, fps)
    root[~kept] = path[~kept]
    clip = MotionClip(angles, root, rotation, _positions(angles, root, rotation), fps)
    return Laid(clip, footing, aloft, carried)


def _steps(
    span: Span, led: Proposal, angles: np.ndarray, heading: np.ndarray, fps: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Root of the span and its border frames as the steps lead, (W, 3) and (W, 4), and (W,) whether both feet are off
    the floor."""
    own = slice(max(span.start - BORDER, 0), min(span.end + BORDER, span.frames))
    lift = contact.lift(torch.as_tensor(led.targets[0][own]))
    q, t, h = (torch.from_numpy(np.ascontiguousarray(x[own])) for x in (angles, led.tilt[0], heading))
    path, rotation, aloft = np.zeros((span.frames, 3)), np.zeros((span.frames, 4)), np.zeros(span.frames, bool)
    path[own], rotation[own] = (x.numpy() for x in contact.ground(q, t, h, lift, fps))
    aloft[own] = lift.numpy() > 0
    return path, rotation, aloft


def _allowed_heading(
    span: Span, clip: MotionClip, heading: np.ndarray, turning: Sequence[TurningSpan]
) -> np.ndarray:
    """(W,) the span's heading, or the nearest of some others that turns the way that the rules say."""
    if not turning:
        return heading
    whole = facing.heading(clip.root_rotation)
    start, end = span.first + span.start, span.first + span.end
    before, after = start > 0, end < clip.frames
    part = heading[span.start : span.end]
    first = heading[span.start - 1] if before else None
    last = heading[span.end] if after else None

    def breaks(part: np.ndarray, last: float | None) -> int:
        head = whole[:start] + (first - whole[start - 1]) if before else whole[:0]
        tail = whole[end:] + (last - whole[end]) if after else whole[:0]
        found = turns_back(np.concatenate((head, part, tail)), turning)
        return sum(turn.end - turn.start + 1 for turn in found)

    ways = [(part, last)]
    if before and after:
        for turns in (0, 1, -1):
            there = last + 2 * np.pi * turns
            ways.append((first + ramp(len(part) + 2)[1:-1] * (there - first), there))
    elif before:
        head = whole[:start] + (first - whole[start - 1])
        ways.append((ratchet(np.concatenate((head, part)), turning, span.fps)[start:], None))
    elif after:
        ways.append((np.full(len(part), last), last))
    else:
        ways.append((ratchet(part, turning, span.fps), None))
    part, _ = min(ways, key=lambda way: breaks(*way))
    out = heading.copy()
    out[span.start : span.end] = part
    return out


def _positions(angles: np.ndarray, root: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    return forward(*(torch.from_numpy(np.asarray(x)) for x in (angles, root, rotation))).positions.numpy()
