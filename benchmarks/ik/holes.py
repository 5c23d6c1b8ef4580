"""Seeded taboos with holes, motions that keep to them, and how violations are counted, in plain numpy.

A hole is one forbidden open interval of one angle. `dense` has one on each of 14 angles, `sparse` on each of 4; each
is 9 to 41 degrees wide, inside the limits, anywhere in the range that the motion itself covers, so that nearly every
frame of the raw motion lies in one (dense) or most do (sparse). Nothing here uses
`ritual.body.track`, which is what is being judged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from benchmarks.ik.clips import LOWER, UPPER, Clip
from ritual.body.angle_domain import AngleDomain, Reason, TabooBox
from ritual.body.skeleton import SKELETON

KINDS = {"dense": 14, "sparse": 4}
SEEDS = range(6)
WIDTH = math.radians(9), math.radians(41)
SHARE = 0.5  # of its range that a hole may take at most
ROOM = math.radians(6)  # that a side must have for a motion to be put there
SUBSTEPS = 64
ROUNDING = 1e-9  # [rad] deeper than this in a hole, or further than this past a limit, is a violation
HEADLESS = np.array([not angle.name.startswith("head_") for angle in SKELETON.angles])  # the head moves no joint


@dataclass(frozen=True, eq=False)
class Holes:
    """(36,) low and high edge of each angle's hole [rad]; NaN where it has none."""

    name: str
    low: np.ndarray
    high: np.ndarray

    @property
    def angles(self) -> np.ndarray:
        return np.flatnonzero(~np.isnan(self.low))

    def domain(self) -> AngleDomain:
        """The same as the product's own domain."""
        boxes = (TabooBox(((int(j), self.low[j], self.high[j]),), Reason(f"hole-{j}")) for j in self.angles)
        return AngleDomain(LOWER.copy(), UPPER.copy(), tuple(boxes))

    def held(self, angles: np.ndarray) -> np.ndarray:
        """(..., 36) bool: the angle lies in its hole."""
        return (angles > self.low + ROUNDING) & (angles < self.high - ROUNDING)

    def clamp(self, angles: np.ndarray) -> np.ndarray:
        """(..., 36) the nearest legal angles: limits, then each hole's nearer edge."""
        out = np.clip(angles, LOWER, UPPER)
        edge = np.where(out - self.low < self.high - out, self.low, self.high)
        return np.where((out > self.low) & (out < self.high), edge, out)


def draw(kind: str, seed: int, angles: np.ndarray) -> Holes:
    """Holes for (T, 36) angles [rad] of a motion, most frames of which they forbid; the same seed draws the same."""
    random = np.random.default_rng((list(KINDS).index(kind), seed))
    while True:
        low, high = np.full(36, np.nan), np.full(36, np.nan)
        for j in random.choice(np.flatnonzero(HEADLESS), KINDS[kind], replace=False):
            width = random.uniform(WIDTH[0], min(WIDTH[1], SHARE * (UPPER[j] - LOWER[j])))
            middle = random.uniform(angles[:, j].min(), angles[:, j].max())
            start = np.clip(middle - width / 2, LOWER[j] + ROOM, UPPER[j] - ROOM - width)
            low[j], high[j] = start, start + width
        holes = Holes(f"{kind} {seed}", low, high)
        if breaks(angles, holes).mean() > 0.5:
            return holes


def sides(holes: Holes, seed: int) -> np.ndarray:
    """(36,) +1 or -1: on which side of its hole each angle shall stay."""
    return np.random.default_rng((7, seed)).choice((-1, 1), len(holes.low))


def beside(clip: Clip, holes: Holes, seed: int) -> Clip:
    """The motion moved out of every hole: each angle by an affine map into one side of its hole, touching it.

    An angle that needs less than its side has keeps its amplitude; another is scaled down.
    """
    angles = clip.angles.copy()
    side = sides(holes, seed)
    for j in holes.angles:
        first, last = (holes.high[j], UPPER[j]) if side[j] > 0 else (LOWER[j], holes.low[j])
        least, most = angles[:, j].min(), angles[:, j].max()
        scale = min(1.0, (last - first) / max(most - least, 1e-9))
        moved = (angles[:, j] - least) * scale
        moved = first + moved if side[j] > 0 else last - moved.max() + moved
        angles[:, j] = np.clip(moved, first, last)
    return clip.moved(angles)


def on_edges(clip: Clip, holes: Holes, seed: int) -> Clip:
    """The motion pressed against its holes: each angle stays on one side, exactly on the edge where it would go in."""
    angles = clip.angles.copy()
    side = sides(holes, seed + 1000)
    for j in holes.angles:
        bound = np.maximum if side[j] > 0 else np.minimum
        angles[:, j] = bound(angles[:, j], holes.high[j] if side[j] > 0 else holes.low[j])
    return clip.moved(angles)


def breaks(angles: np.ndarray, holes: Holes | None) -> np.ndarray:
    """(..., 36) poses -> (...,) bool: outside a limit or in a hole."""
    bad = (angles < LOWER - ROUNDING) | (angles > UPPER + ROUNDING)
    return (bad | holes.held(angles) if holes else bad).any(-1)


def violations(angles: np.ndarray, holes: Holes | None, substeps: int = SUBSTEPS) -> int:
    """Frames of a (T, 36) track that break a rule, at the frame or on the way to the next, linear in between.

    Brute force: every segment is looked at in `substeps` places.
    """
    bad = breaks(angles, holes)
    step = np.diff(angles, axis=0)
    for part in np.arange(1, substeps) / substeps:
        bad[:-1] |= breaks(angles[:-1] + part * step, holes)
    return int(bad.sum())
