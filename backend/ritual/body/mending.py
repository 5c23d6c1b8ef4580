"""The nearest legal track: the cheapest corridor, corrections that fade inside it, and, for rigs of quaternions, room
for what they do between frames."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter1d

from ritual.body.checked import checked_track
from ritual.body.corridor import Corridor, find_corridor
from ritual.body.fade import eased, haste, hurried
from ritual.body.schedule import Schedule, limits
from ritual.body.skeleton import SKELETON
from ritual.body.slerped import slerp_hits, slerped_boxes
from ritual.errors import EmptyDomain

WIDER = (math.radians(0.5), math.radians(1), math.radians(2), math.radians(4))  # margins tried for quaternion rigs
POLE = 0.2  # cosine of a middle angle below which the outer and inner ones are held instead
ROUNDS = 24
SWITCHES = (0.0, 1.0, 30.0, 1000.0)  # [rad^2] tried in turn until changing cells hurries no correction


@dataclass(frozen=True, eq=False)
class Mending:
    """A mended track and the corridor that it keeps to.

    Attributes:
        angles: (T, 36) [rad].
        corridor: its bounds.
        hurried: (T, 36) bool: where the rules left a correction no room to fade slowly enough (`fade.py`).
    """

    angles: np.ndarray
    corridor: Corridor
    hurried: np.ndarray


def mended(
    angles: np.ndarray,
    schedule: Schedule,
    fps: float,
    margin: float,
    blend: float,
    weights: np.ndarray | None = None,
    *,
    quaternions: bool = False,
) -> Mending:
    """A legal track near `angles`, see `track.mend`.

    The cheapest corridor may lead from cell to cell faster than a correction should go; then one is looked for in
    which such changes are dearer. Segments that are legal without a common cell may stay as they are, unless a fade
    reaches them or quaternions are slerped: then they are given a cell, too.
    """
    angles = checked_track(angles)
    best: Mending | None = None
    for switch in SWITCHES:
        try:
            found = _mended(angles, schedule, fps, margin, blend, weights, switch, quaternions)
        except EmptyDomain:
            if not quaternions or (switch == SWITCHES[-1] and best is None):
                raise
            continue
        if best is None or haste(angles, found.angles, fps) < haste(angles, best.angles, fps):
            best = found
        if not _changes_in_haste(best):
            break
    return best


def _changes_in_haste(found: Mending) -> bool:
    """Whether a correction is hurried within a few frames of one at which the bounds of its angle change."""
    bounds = np.stack((found.corridor.lower, found.corridor.upper))
    near = np.pad((np.diff(bounds, axis=1) != 0).any(0), ((1, 0), (0, 0)))
    return bool((found.hurried & maximum_filter1d(near, 9, axis=0)).any())


def _mended(
    angles: np.ndarray,
    schedule: Schedule,
    fps: float,
    margin: float,
    blend: float,
    weights: np.ndarray | None,
    switch: float,
    quaternions: bool,
) -> Mending:
    edges = limits(schedule, len(angles))
    keep = np.full(max(len(angles) - 1, 1), not quaternions)
    while True:
        found = find_corridor(angles, schedule, weights, keep, switch)
        low, high = found.lower, found.upper
        margins = np.where(low > edges[0], margin, 0.0), np.where(high < edges[1], margin, 0.0)
        moved = eased(angles, low, high, _inside(low, high, *margins), fps, blend)
        changed = (moved != angles).any(1)
        met = found.kept & (changed[:-1] | changed[1:])
        if not met.any():
            break
        keep[: len(met)] &= ~met
    if quaternions:
        moved = _roomier(angles, moved, found, margins, schedule, fps, blend)
    return Mending(moved, found, hurried(angles, moved, fps))


def _inside(
    low: np.ndarray, high: np.ndarray, off_low: np.ndarray, off_high: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Bounds drawn in, at most to the middle."""
    middle = (low + high) / 2
    return np.minimum(low + off_low, middle), np.maximum(high - off_high, middle)


def _roomier(
    angles: np.ndarray,
    moved: np.ndarray,
    found: Corridor,
    margins: tuple[np.ndarray, np.ndarray],
    schedule: Schedule,
    fps: float,
    blend: float,
) -> np.ndarray:
    """A track that stays legal where its joints are slerped.

    Where a slerped way meets a box, the frames on its two sides are put further beyond the edges. Where that does not
    help, as near a pole, or there is no room, the outer and inner angle of the joint are held there: a joint of which
    only one angle moves turns about one axis, and slerp is then the straight line in the angles.

    Raises:
        EmptyDomain: neither helps; names the frames and the rule.
    """
    first_try, wider = moved, np.zeros(angles.shape)
    held = np.zeros((len(angles) - 1, angles.shape[1]), bool)
    boxes = slerped_boxes(schedule)
    tries: dict[tuple[int, int], int] = {}
    hits: list[tuple[int, int]] = []
    for _ in range(ROUNDS):
        hits = [(n, first + int(k)) for n, (box, first, last) in enumerate(boxes)
                for k in np.flatnonzero(slerp_hits(moved[first : last + 1], box))]  # fmt: skip
        if not hits:
            return moved
        for hit in hits:
            n, k = hit
            named = [j for j, _, _ in boxes[n][0].intervals]
            tried = tries[hit] = tries.get(hit, -1) + 1
            frames = slice(k, k + 2)
            if tried < len(WIDER) and not _at_pole(moved[frames], named):
                wider[frames, named] = np.maximum(wider[frames, named], WIDER[tried])
            else:
                joints = {SKELETON.angles[j].joint for j in named}
                held[k, [j for joint in joints for j in SKELETON.joint_angles[joint][::2]]] = True
        low, high = _holding(found, first_try, held)
        inner = _inside(low, high, *(np.maximum(off, wider) for off in margins))
        asked = wider > 0
        moved = eased(angles, np.where(asked, inner[0], low), np.where(asked, inner[1], high), inner, fps, blend)
    n, k = hits[0]
    raise EmptyDomain(
        f"No motion was found that keeps this rule between frames {k} and {k + 1} on a rig of quaternions: "
        f"{boxes[n][0].reason.rule}.",
        hint="Let the motion be slower there, or play it with Euler angles.",
    )


def _at_pole(poses: np.ndarray, named: list[int]) -> bool:
    middles = [SKELETON.joint_angles[SKELETON.angles[j].joint][1:2] for j in named]
    return any((np.cos(poses[:, list(middle)]) < POLE).any() for middle in middles)


def _holding(found: Corridor, moved: np.ndarray, held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The corridor's bounds, drawn in to one value that it may have where an angle is held from frame to frame."""
    low, high = found.lower.copy(), found.upper.copy()
    for j in np.flatnonzero(held.any(0)):
        segments = np.flatnonzero(held[:, j])
        for run in np.split(segments, np.flatnonzero(np.diff(segments) > 1) + 1):
            frames = slice(run[0], run[-1] + 2)
            least, most = low[frames, j].max(), high[frames, j].min()
            if least <= most:
                low[frames, j] = high[frames, j] = min(max(moved[frames, j].mean(), least), most)
    return low, high
