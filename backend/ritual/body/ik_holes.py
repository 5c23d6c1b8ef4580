"""Poses out of the holes of a domain: solved again inside convex parts of it, nearest first.

The domain without its holes is a union of boxes for every group of holes that share angles (`cells.free_cells`); a
pose keeps to one of each. Where the nearest do not let a pose reach its target, one group after another is given
another part, and what brings the joints nearer is kept.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from ritual.body.angle_domain import AngleDomain
from ritual.body.cells import free_cells

CLOSE = 0.001  # [m]: so near a pose is solved first, for then a legal target is seen to be legal
MOST_CELLS = 500  # of one group
TRIES = 12  # other parts that a pose tries
ROUNDS = 3
RESTARTS = 16
KNOWN = 4  # parts that other frames lie in, tried last


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




class Solve(Protocol):
    def __call__(
        self, rows: np.ndarray, starts: Poses, lower: np.ndarray, upper: np.ndarray, tolerance: float, restarts: int = 0
    ) -> Poses: ...


def first_parts(domain: AngleDomain, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N, 36) lower and upper limits [rad] of the convex part nearest to each of (N, 36) poses [rad].

    Raises:
        EmptyDomain: no pose satisfies every rule.
    """
    parts = _Parts(domain, starts)
    return parts.bounds(parts.nearest(domain.project(starts)))


def leave_holes(poses: Poses, domain: AngleDomain, tolerance: float, solve: Solve) -> None:
    """Put right, in place, the poses that lie in a hole or, kept out of one, do not reach their targets.

    Args:
        poses: solved inside the limits, or inside a part of the domain.
        domain: where they should lie.
        tolerance: a pose whose furthest joint is nearer than this to its target tries nothing else [m].
        solve: the poses of some rows, from their starts, inside (n, 36) limits.

    Raises:
        EmptyDomain: no pose satisfies every rule.
    """
    held = domain.violates(poses.angles)  # whatever is legal is better there
    rows = np.flatnonzero(held | (poses.error > tolerance))
    if not len(rows):
        return
    limits = (np.tile(bound, (len(rows), 1)) for bound in (domain.lower, domain.upper))
    near = solve(rows, poses.take(rows), *limits, min(tolerance, CLOSE))
    allowed = ~domain.violates(near.angles)
    _keep(poses, rows[allowed], near.take(allowed), held)
    held[rows[allowed]] = False
    left = ~allowed | (near.error > tolerance)
    rows, near = rows[left], near.take(left)
    if not len(rows):
        return
    parts = _Parts(domain, near.angles)
    start = near._replace(angles=domain.project(near.angles))
    choice = parts.nearest(start.angles)
    _keep(poses, rows, solve(rows, start, *parts.bounds(choice), tolerance), held)
    for order, beside in ((rows, -1), (rows[::-1], 1)):
        _from_beside(poses, order, beside, parts, tolerance, solve)
    for k in np.flatnonzero(poses.error[rows] > tolerance):
        row = rows[k : k + 1]
        best = poses.take(row)
        picked = _other_parts(row, near.take(np.array([k])), best, choice[k], parts, tolerance, solve)
        for part in (picked, *parts.most_used(poses.angles[poses.error <= tolerance])):
            if best.error[0] > tolerance:
                other = solve(row, best, *parts.bounds(part[None]), tolerance, RESTARTS)
                best = other if other.error[0] < best.error[0] else best
        poses.put(row, best)


def _keep(poses: Poses, rows: np.ndarray, found: Poses, held: np.ndarray) -> None:
    """Put the poses found where they are nearer to their targets, or what stands there lies in a hole."""
    better = held[rows] | (found.error < poses.error[rows])
    poses.put(rows[better], found.take(better))


def _from_beside(
    poses: Poses, order: np.ndarray, beside: int, parts: _Parts, tolerance: float, solve: Solve
) -> None:
    """What was not reached is tried from where the frame beside it is, and inside its part: a motion stays in one."""
    for k in order:
        if poses.error[k] <= tolerance or not 0 <= k + beside < len(poses.error):
            continue
        row = np.array([k])
        start = poses.take(row + beside)
        other = solve(row, start, *parts.bounds(parts.nearest(start.angles)), tolerance)
        if other.error[0] < poses.error[k]:
            poses.put(row, other)


def _other_parts(
    row: np.ndarray, origin: Poses, best: Poses, choice: np.ndarray, parts: _Parts, tolerance: float, solve: Solve
) -> np.ndarray:
    """(G,) parts: one group's after another is changed where that brings the `best` pose, in place, nearer."""
    for _ in range(ROUNDS):
        before = best.error[0]
        for group, cell in parts.others(origin.angles[0], choice)[:TRIES]:
            tried = choice.copy()
            tried[group] = cell
            lower, upper = parts.bounds(tried[None])
            other = solve(row, origin._replace(angles=np.clip(origin.angles, lower, upper)), lower, upper, tolerance)
            if other.error[0] < best.error[0]:
                best.put(np.array([0]), other)
                choice = tried
            if best.error[0] <= tolerance:
                return choice
        if best.error[0] > 0.9 * before:
            break
    return choice


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

    def most_used(self, angles: np.ndarray) -> np.ndarray:
        """(n, G) the parts in which most of (N, 36) poses lie, up to `KNOWN`."""
        found, times = np.unique(self.nearest(angles), axis=0, return_counts=True)
        return found[np.argsort(-times, kind="stable")[:KNOWN]]

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
