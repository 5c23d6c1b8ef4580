"""Poses out of the holes of a domain: solved again inside convex parts of it, nearest first.

The domain without its holes is a union of boxes for every group of holes that share angles (`cells.free_cells`); a
pose keeps to one of each. Where the nearest do not let a pose reach its target, one group after another is given
another part, and what brings the joints nearer is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ritual.body.angle_domain import AngleDomain
from ritual.body.cells import free_cells

CLOSE = 0.001  # [m]: so near a pose is solved first, for then a legal target is seen to be legal
MOST_CELLS = 500  # of one group
TRIES = 12  # other parts that a pose tries
ROUNDS = 3


class Poses(NamedTuple):
    """angles (N, 36) [rad], translation (N, 3) [m], rotation (N, 4), error (N,) of the furthest joint [m]."""

    angles: np.ndarray
    translation: np.ndarray
    rotation: np.ndarray
    error: np.ndarray

    def take(self, rows: np.ndarray) -> Poses:
        return Poses(*(x[rows] for x in self))

    def put(self, rows: np.ndarray, other: Poses) -> None:
        for mine, theirs in zip(self, other, strict=True):
            mine[rows] = theirs


Solve = Callable[[np.ndarray, Poses, np.ndarray, np.ndarray, float], Poses]


def leave_holes(poses: Poses, domain: AngleDomain, tolerance: float, solve: Solve) -> None:
    """Put right, in place, the poses that lie in a hole.

    Args:
        poses: solved inside the limits.
        domain: where they should lie.
        tolerance: a pose whose furthest joint is nearer than this to its target tries nothing else [m].
        solve: (rows, starts, lower (n, 36), upper (n, 36), tolerance) -> the poses of these rows solved from the
            starts inside the limits.

    Raises:
        EmptyDomain: no pose satisfies every rule.
    """
    rows = np.flatnonzero(domain.violates(poses.angles))
    if not len(rows):
        return
    limits = (np.tile(bound, (len(rows), 1)) for bound in (domain.lower, domain.upper))
    near = solve(rows, poses.take(rows), *limits, min(tolerance, CLOSE))
    poses.put(rows, near)
    bad = domain.violates(near.angles)
    rows, near = rows[bad], near.take(bad)
    if not len(rows):
        return
    start = near._replace(angles=domain.project(near.angles))
    parts = _Parts(domain, near.angles)
    choice = parts.nearest(start.angles)
    found = solve(rows, start, *parts.bounds(choice), tolerance)
    for k in np.flatnonzero(found.error > tolerance):
        row, origin = rows[k : k + 1], near.take(np.array([k]))
        _other_parts(row, origin, found, k, choice[k], parts, tolerance, solve)
    poses.put(rows, found)


def _other_parts(
    row: np.ndarray, origin: Poses, found: Poses, k: int, choice: np.ndarray, parts: _Parts, tolerance: float,
    solve: Solve,
) -> None:  # fmt: skip
    for _ in range(ROUNDS):
        before = found.error[k]
        for group, cell in parts.others(origin.angles[0], choice)[:TRIES]:
            tried = choice.copy()
            tried[group] = cell
            lower, upper = parts.bounds(tried[None])
            start = origin._replace(angles=np.clip(origin.angles, lower, upper))
            other = solve(row, start, lower, upper, tolerance)
            if other.error[0] < found.error[k]:
                found.put(np.array([k]), other)
                choice = tried
            if found.error[k] <= tolerance:
                return
        if found.error[k] > 0.9 * before:
            return


class _Parts:
    """The convex parts of a domain, group by group of its holes."""

    def __init__(self, domain: AngleDomain, near: np.ndarray) -> None:
        self.domain = domain
        self.groups = []
        for named, lows, highs in domain.hole_groups:
            low, high = free_cells(domain.lower[named], domain.upper[named], lows, highs, near[:, named], MOST_CELLS)
            self.groups.append((named, low, high))

    def nearest(self, angles: np.ndarray) -> np.ndarray:
        """(N, G) the part of each group nearest to (N, 36) poses; of those that hold a pose the roomiest round it."""
        return np.stack([self._distance(angles, n).argmin(1) for n in range(len(self.groups))], 1)

    def others(self, pose: np.ndarray, choice: np.ndarray) -> list[tuple[int, int]]:
        """(group, part) of every part that is not chosen, from near to a (36,) pose to far."""
        found = []
        for n in range(len(self.groups)):
            distance = self._distance(pose[None], n)[0]
            found += [(distance[c], n, c) for c in range(len(distance)) if c != choice[n]]
        return [(n, c) for _, n, c in sorted(found)]

    def bounds(self, choice: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(N, 36) lower and upper limits of (N, G) choices [rad]."""
        lower = np.tile(self.domain.lower, (len(choice), 1))
        upper = np.tile(self.domain.upper, (len(choice), 1))
        for n, (named, low, high) in enumerate(self.groups):
            lower[:, named], upper[:, named] = low[choice[:, n]], high[choice[:, n]]
        return lower, upper

    def _distance(self, angles: np.ndarray, group: int) -> np.ndarray:
        """(N, C) squared distance to each part, less a trifle for the room inside it."""
        named, low, high = self.groups[group]
        at = angles[:, None, named]
        outside = (np.maximum(np.maximum(low - at, at - high), 0) ** 2).sum(-1)
        room = np.clip(np.minimum(at - low, high - at), 0, 1).sum(-1)
        return outside - 1e-9 * room
