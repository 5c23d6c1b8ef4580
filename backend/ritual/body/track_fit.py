"""A whole track solved at once: joints, planted points and balance reached as nearly as limits and a calm pace allow.

Minimises over all frames together
    sum w |x - x*|^2  +  sum w |mark - mark*|^2  +  sum w |centre of mass - b|^2  +  sum w max(floor - z, 0)^2
    +  pull^2 |q - q_ref|^2  +  sum_t tie^2 |(q_t+1 - q_t) - (reference's own step)|^2,   low_t <= q_t <= high_t.
The ties make corrections spread over time instead of jumping; only they couple frames, so a damped Gauss-Newton step
is one banded Cholesky factorisation for the whole clip. Limits are met by an active set, in every iterate.

Where the limits of every frame come from `corridor.corridor`, any track inside them is legal at and between frames.

Source: eq. 9-11; Nocedal and Wright (2006), ch. 10 (Levenberg-Marquardt), §16.7 (gradient projection).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ritual.body import banded
from ritual.body import track_kernel as kernel
from ritual.body.tree import FREEDOMS, JOINTS, ROOT, tree_of

ANGLES = FREEDOMS - ROOT
_FREE = {"free": slice(0, ROOT), "upright": slice(0, 3), "fixed": slice(0, 0)}  # of the root's degrees of freedom
NO_MASS = np.zeros(JOINTS)
START_DAMPING, MAX_DAMPING = 1e-4, 1e3
SETTLED = 1e-4  # relative gain under which a fit is done


@dataclass(frozen=True, eq=False)
class Track:
    """angles (T, 36) [rad], translation (T, 3) [m] and rotation (T, 4) quaternion w, x, y, z of the pelvis."""

    angles: np.ndarray
    translation: np.ndarray
    rotation: np.ndarray

    def __len__(self) -> int:
        return len(self.angles)

    def pose(self) -> tuple[np.ndarray, np.ndarray]:
        """(T, 24, 3) joint positions [m] and (T, 24, 3, 3) rotations in the world."""
        return kernel.poses(tree_of(), *(np.ascontiguousarray(x, dtype=float) for x in _arrays(self)))


@dataclass(frozen=True, eq=False)
class Goals:
    """Where things should be, frame by frame; a weight of 0 = anywhere.

    Attributes:
        joints, joint_weights: (T, 24, 3) [m] and (T, 24).
        carriers, offsets: (M,) joint that carries each mark and (M, 3) where, in that joint's frame [m].
        marks, mark_weights: (T, M, 3) [m] and (T, M, 3), one weight for each world axis.
        floors, floor_weight: (T, M) height below which a mark must not be [m], `NO_FLOOR` = none; and its weight.
        masses: (24,) share of the body's mass at every joint, summing to 1.
        balance, balance_weights: (T, 2) where the centre of mass should stand over the floor [m] and (T,).
    """

    joints: np.ndarray
    joint_weights: np.ndarray
    carriers: np.ndarray
    offsets: np.ndarray
    marks: np.ndarray
    mark_weights: np.ndarray
    floors: np.ndarray
    floor_weight: float
    masses: np.ndarray
    balance: np.ndarray
    balance_weights: np.ndarray

    @staticmethod
    def of_joints(joints: np.ndarray, weights: np.ndarray | None = None) -> Goals:
        """(T, 24, 3) joint positions [m] and no more; weights (24,) or (T, 24), None = all 1."""
        frames = len(joints)
        weights = np.ones(JOINTS) if weights is None else weights
        return Goals(
            np.ascontiguousarray(joints, dtype=float),
            np.array(np.broadcast_to(weights, (frames, JOINTS)), dtype=float), np.zeros(0, np.int64), np.zeros((0, 3)),
            np.zeros((frames, 0, 3)), np.zeros((frames, 0, 3)), np.zeros((frames, 0)), 0.0, NO_MASS,
            np.zeros((frames, 2)), np.zeros(frames),
        )  # fmt: skip


@dataclass(frozen=True)
class Ties:
    """How firmly a step in time keeps to the reference's own: of angles, of the root's translation and rotation."""

    angles: float = 0.15
    translation: float = 1.0
    rotation: float = 0.3

    def weights(self, frames: int) -> np.ndarray:
        """(T - 1, 42) of the squared differences."""
        row = np.repeat([self.translation**2, self.rotation**2, self.angles**2], [3, 3, ANGLES])
        return np.tile(row, (max(frames - 1, 0), 1))


def fit(
    start: Track,
    goals: Goals | Callable[[Track], Goals],
    lower: np.ndarray,
    upper: np.ndarray,
    *,
    reference: Track | None = None,
    pull: float | np.ndarray = 0.01,
    root_pull: tuple[float, float] = (0.0, 0.0),
    ties: Ties | np.ndarray | None = None,
    root: str = "free",
    held: np.ndarray | None = None,
    iterations: int = 30,
) -> Track:
    """The track inside its limits that comes nearest to its goals.

    Args:
        start: where to begin; its angles are clamped to the limits.
        goals: or a function that says them anew from the track so far, for what holds on one side only. What it says
            must never lie nearer than what is meant, or the fit goes to and fro: where a goal is met let it aim at
            where the track is.
        lower, upper: (T, 36) limits of every frame [rad].
        reference: whose angles and steps are kept where nothing speaks against it; None = the start.
        pull: weight of keeping the reference's angles [m/rad], one or (36,).
        root_pull: of keeping its root where it is and turned as it is, [1] and [m/rad].
        ties: of keeping its steps, or (T - 1, 42) weights of their squared differences.
        root: `free`; `upright`, turned as it starts and free to move; or `fixed` where it starts.
        held: (T,) bool: frames that stay as they start, root and angles; None = none.
        iterations: at most this many Gauss-Newton steps.
    """
    tree = tree_of()
    reference = start if reference is None else reference
    track = Track(np.clip(start.angles, lower, upper), start.translation.copy(), start.rotation.copy())
    weights = ties if isinstance(ties, np.ndarray) else (ties or Ties()).weights(len(start))
    pulls = np.empty(FREEDOMS)
    pulls[:3], pulls[3:ROOT], pulls[ROOT:] = root_pull[0] ** 2, root_pull[1] ** 2, np.asarray(pull, dtype=float) ** 2
    paces = kernel.paces_of(reference.angles, reference.translation, reference.rotation)
    rest = (*(np.ascontiguousarray(x, dtype=float) for x in _arrays(reference)), pulls, paces, weights)
    lower, upper = (np.ascontiguousarray(x, dtype=float) for x in (lower, upper))
    free = np.concatenate((np.arange(ROOT)[_FREE[root]], ROOT + np.flatnonzero((lower < upper).any(0))))
    band, slope = np.empty((FREEDOMS + 1, FREEDOMS * len(start))), np.empty(FREEDOMS * len(start))
    small, right = np.empty((len(free) + 1, len(free) * len(start)), order="F"), np.empty(len(free) * len(start))
    still = np.zeros(len(start), bool) if held is None else held
    damping, calm = START_DAMPING, 0
    for _ in range(iterations if len(free) else 0):
        aim = _arguments(goals(track) if callable(goals) else goals)
        now = kernel.cost(tree, *_arrays(track), *aim, *rest)
        kernel.equations(tree, *_arrays(track), *aim, *rest, band, slope)
        kernel.free_part(band, slope, free, small, right)
        while damping <= MAX_DAMPING:
            step = _step(track, small, right, free, lower, upper, damping, still)
            other = _moved(track, step, lower, upper)
            then = kernel.cost(tree, *_arrays(other), *aim, *rest)
            if then < now:
                break
            damping = max(damping * 10, 1e-5)
        else:
            return track
        track, damping = other, max(damping * 0.2, 1e-9)
        calm = calm + 1 if now - then < SETTLED * now else 0
        if calm > 1:
            break
    return track


def _step(
    track: Track, band: np.ndarray, slope: np.ndarray, free: np.ndarray, lower: np.ndarray, upper: np.ndarray,
    damping: float, still: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """(42 T,) damped step of the free unknowns; limits it would cross are met exactly and the rest solved again."""
    frames, count = len(track), len(free)
    out = np.zeros((frames, FREEDOMS))
    angles = free[free >= ROOT] - ROOT
    own = slice(count - len(angles), count)
    now, low, high = track.angles[:, angles], lower[:, angles], upper[:, angles]
    at = slope.reshape(frames, count)[:, own]
    held, reach = np.zeros((frames, count), bool), np.zeros((frames, count))
    held[:, own] = ((now <= low) & (at <= 0)) | ((now >= high) & (at >= 0))
    held[still] = True
    for _ in range(3):
        system, rest = band.copy(order="F"), slope.copy()
        system[-1] += damping
        kernel.hold(system, rest, held.ravel(), reach.ravel())
        step = banded.solve(system, rest)
        if step is None:  # rounding: the caller damps more
            return out.ravel()
        step = step.reshape(frames, count)
        ahead = now + step[:, own]
        inside = np.clip(ahead, low, high)
        crossed = (inside != ahead) & ~held[:, own]
        if not crossed.any():
            break
        reach[:, own][crossed] = (inside - now)[crossed]
        held[:, own] |= crossed
    out[:, free] = step
    return out.ravel()


def _moved(track: Track, step: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> Track:
    out = Track(*(np.empty_like(x) for x in _arrays(track)))
    kernel.moved(*_arrays(track), step, lower, upper, *_arrays(out))
    return out


def _arrays(track: Track) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return track.angles, track.translation, track.rotation


def _arguments(goals: Goals) -> tuple:
    return (
        goals.joints, goals.joint_weights, goals.carriers, goals.offsets, goals.marks, goals.mark_weights, goals.floors,
        goals.floor_weight, goals.masses, goals.balance, goals.balance_weights,
    )  # fmt: skip
