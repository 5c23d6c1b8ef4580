"""A whole track of angles fitted at once to joint positions and orientations, inside every limit.

Minimises, over all frames together, weighted squared distances of joints, weighted squared differences of
orientations, and a small penalty on angle speed: sum |x - x*|^2 + w |R - R*|^2 + s |dtheta|^2. Only that last
term ties frames, so the normal matrix is block tridiagonal and one banded Cholesky factorisation solves a
damped Gauss-Newton step for the whole clip. The speed penalty is what carries a limb through a pole of its
Euler angles, where positions and orientations leave one combination of angles free.

Source: spec §1-2; Nocedal and Wright (2006), ch. 10 (Levenberg-Marquardt), §16.7 (gradient projection).
"""

from __future__ import annotations

import numpy as np
import torch
from scipy.linalg import solveh_banded
from torch import Tensor

from ritual.body.kinematics import BELOW, forward, jacobian, world_axes
from ritual.body.skeleton import JOINTS, SKELETON

COUNT = len(SKELETON.angles)
CHUNK = 600
SPEED = 1e-3
DAMPING = 1e-4
# distance that one radian of orientation is worth [m]; joints without angles carry none
_WORTH = {
    "hip": 0.04, "knee": 0.03, "ankle": 0.08, "spine1": 0.03, "spine3": 0.12, "neck": 0.05, "head": 0.10,
    "shoulder": 0.04, "elbow": 0.04, "wrist": 0.06,
}  # fmt: skip
_TURNING = [j for j, angles in enumerate(SKELETON.joint_angles) if angles]
_REACH = {"collar": 0.3, "shoulder": 0.5, "neck": 0.5, "spine2": 0.5}


def _bare(name: str) -> str:
    return name.removeprefix("left_").removeprefix("right_")


def limits() -> tuple[Tensor, Tensor]:
    """(36,) lower and upper physiological limits [rad]."""
    lower, upper = torch.tensor(SKELETON.limits, dtype=torch.float64).T
    return lower, upper


def choose_branches(angles: Tensor) -> Tensor:
    """(T, 36) angles, unlimited -> the same rotations on the Euler branch that keeps limits and goes steadily.

    Three angles (a, b, c) turn a joint as (a + pi, pi - b, c + pi) do. Which of the two holds in a frame is
    decided over the whole track by dynamic programming: both leaving the limits and stepping far cost.
    """
    return _choose(angles, clamp=False)


def within_limits(angles: Tensor) -> Tensor:
    """(T, 36) angles, unlimited -> angles inside the limits, near the same rotations and without avoidable jumps.

    As `choose_branches`, but an angle outside its range may go to either end of it, for half a turn away from
    the middle both ends are equally far and the nearer one changes from frame to frame.
    """
    return _choose(angles, clamp=True)


def _choose(angles: Tensor, clamp: bool) -> Tensor:
    lower, upper = (x.numpy() for x in limits())
    middle = (lower + upper) / 2
    out = angles.numpy().copy()
    for indices in map(list, SKELETON.joint_angles):
        if not indices:
            continue
        low, high, mid = lower[indices], upper[indices], middle[indices]
        options = out[:, indices][None]
        if len(indices) == 3:
            a, b, c = options[0].T
            options = np.stack((options[0], np.stack((a + np.pi, np.pi - b, c + np.pi), -1)))
        options = mid + (options - mid + np.pi) % (2 * np.pi) - np.pi
        if clamp:
            held, far = np.clip(options, low, high), []
            for n in range(len(indices)):
                far.append(held.copy())
                nearer_low = options[..., n] < mid[n]
                far[-1][..., n] = np.where(options[..., n] == held[..., n], held[..., n],
                                           np.where(nearer_low, high[n], low[n]))  # fmt: skip
            options, exact = np.concatenate((held, *far)), np.concatenate([options] * (1 + len(indices)))
            miss = 2 - 2 * np.cos(options - exact)  # squared chord, which does not care for whole turns
        else:
            miss = (np.maximum(low - options, 0) + np.maximum(options - high, 0)) ** 2
        out[:, indices] = _steadiest(options, miss.sum(-1))
    return torch.from_numpy(out)


def _steadiest(options: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """(K, T, n) alternatives, (K, T) costs -> (T, n) of least cost plus squared steps (Viterbi)."""
    if len(options) == 1:
        return options[0]
    steps = ((options[None, :, 1:] - options[:, None, :-1]) ** 2).sum(-1)  # from, to, frame
    total, back = cost[:, 0], []
    for t in range(steps.shape[2]):
        ways = total[:, None] + steps[:, :, t]
        back.append(ways.argmin(0))
        total = ways.min(0) + cost[:, t + 1]
    path = [int(total.argmin())]
    for came in reversed(back):
        path.append(int(came[path[-1]]))
    return options[path[::-1], np.arange(options.shape[1])]


def fit_track(
    start: Tensor,
    translation: Tensor,
    rotation: Tensor,
    positions: Tensor,
    orientations: Tensor,
    iterations: int = 12,
    tolerance: float = 2e-4,
    ties: Tensor | None = None,
) -> Tensor:
    """Angles whose pose comes nearest to given positions and orientations.

    Args:
        start: (T, 36) [rad]; clamped to the limits.
        translation, rotation: (T, 3) [m] and (T, 4) of the pelvis, held fixed.
        positions: (T, 24, 3) world targets [m].
        orientations: (T, 24, 3, 3) world targets, relative to the zero pose.
        iterations: at most this many Gauss-Newton steps.
        tolerance: stop when the mean absolute step is below this [rad].
        ties: (T - 1, 36) how many times the usual penalty a step of an angle between two frames costs; None = 1.

    Returns:
        (T, 36) [rad] inside the physiological limits.
    """
    lower, upper = limits()
    ties = torch.ones(len(start) - 1, COUNT, dtype=torch.float64) if ties is None else ties
    angles = start.double().clamp(lower, upper)
    for _ in range(iterations):
        parts = [
            _normal(angles[a:b], translation[a:b], rotation[a:b], positions[a:b], orientations[a:b])
            for a, b in _spans(len(angles))
        ]
        normal, slope = (torch.cat(x) for x in zip(*parts, strict=True))
        step = _solve(angles, normal, slope, lower, upper, SPEED * ties)
        moved = (angles + step.clamp(-0.5, 0.5)).clamp(lower, upper)
        done = float((moved - angles).abs().mean()) < tolerance
        angles = moved
        if done:
            break
    return angles


def _spans(frames: int) -> list[tuple[int, int]]:
    return [(a, min(a + CHUNK, frames)) for a in range(0, frames, CHUNK)]


def _weights() -> tuple[Tensor, Tensor]:
    reach = torch.tensor([_REACH.get(_bare(n), 1.0) for n in JOINTS], dtype=torch.float64)
    worth = torch.tensor([_WORTH.get(_bare(JOINTS[j]), 0.0) for j in _TURNING], dtype=torch.float64)
    return reach, worth


def _turned_by() -> Tensor:
    """(J', 36) 1 where an angle turns the joint: its own angles and those above it."""
    mask = BELOW[_TURNING].clone()
    for row, j in enumerate(_TURNING):
        mask[row, list(SKELETON.joint_angles[j])] = 1.0
    return mask.double()


def _normal(
    angles: Tensor, translation: Tensor, rotation: Tensor, positions: Tensor, orientations: Tensor
) -> tuple[Tensor, Tensor]:
    """Normal matrices (T, 36, 36) and descent directions (T, 36) of the per-frame terms."""
    reach, worth = _weights()
    pose = forward(angles, translation, rotation)
    columns = jacobian(angles, translation, rotation, pose=pose) * reach.repeat_interleave(3)[:, None]
    error = (reach[:, None] * (positions - pose.positions)).flatten(-2)
    axes = world_axes(angles, pose, rotation)
    turning = axes[:, None] * (worth[:, None] * _turned_by())[:, :, None]  # T, J', 36, 3
    turning = turning.transpose(-1, -2).flatten(1, 2)
    now, goal = pose.rotations[:, _TURNING], orientations[:, _TURNING]
    twist = torch.linalg.cross(now, goal, dim=-2).sum(-1) / 2
    twist = (worth[:, None] * twist).flatten(1)
    rows = torch.cat((columns, turning), 1)
    errors = torch.cat((error, twist), 1)
    return rows.mT @ rows, (rows.mT @ errors[..., None]).squeeze(-1)


def _solve(
    angles: Tensor, normal: Tensor, slope: Tensor, lower: Tensor, upper: Tensor, speed: Tensor
) -> Tensor:
    """One step of the whole track; angles that lie on a limit and push outwards stay where they are."""
    frames = len(angles)
    change = speed * (angles[1:] - angles[:-1])
    slope = slope.clone()
    slope[:-1] += change
    slope[1:] -= change
    held = ((angles <= lower) & (slope < 0)) | ((angles >= upper) & (slope > 0))
    free = (~held).double()
    normal = normal * free[:, :, None] * free[:, None, :]
    ties = torch.zeros(frames, COUNT, dtype=torch.float64)
    ties[:-1] += speed
    ties[1:] += speed
    normal = normal + torch.diag_embed((ties + DAMPING) * free + (1 - free))
    banded = np.zeros((COUNT + 1, frames * COUNT))
    blocks = normal.numpy()
    for k in range(COUNT):  # row COUNT - k of the upper form holds the k-th diagonal above the main one
        diagonal = np.diagonal(blocks, k, 1, 2)
        banded[COUNT - k].reshape(frames, COUNT)[:, k:] = diagonal
    banded[0].reshape(frames, COUNT)[1:] = -(speed * free[1:] * free[:-1]).numpy()
    out = solveh_banded(banded, (slope * free).numpy().ravel(), overwrite_ab=True, check_finite=False)
    return torch.from_numpy(out.reshape(frames, COUNT))
