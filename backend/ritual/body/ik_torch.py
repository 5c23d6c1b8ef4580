"""Eq. 9 for many frames at once in torch, for CUDA: the same three choices of D as `ik_kernel.py`.

Every round treats every frame alike, with no branch on a value, so that it compiles as one graph; only whether all
frames have arrived is asked of the device, every few rounds. 10,000 frames are one call.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ritual.body.kinematics import forward, jacobian, matrix_to_quaternion, quaternion_to_matrix
from ritual.body.skeleton import JOINTS

CHUNK = 65536  # frames side by side: their Jacobians take 12 KiB each in float32
FUSED = 4096  # from so many frames on a CUDA device, compiling a round (about a minute, once) pays
ASKED = 4  # rounds between two questions whether all is done
DAMPING, MAX_DAMPING = 1e-5, 1e4
MOMENTUM_KEPT = 0.8
ARMIJO = 1e-4
GAIN = {"lm": 1e-3, "jt": 1e-6, "momentum": 1e-6}


class State(NamedTuple):
    """Of N frames: angles (N, 36), translation (N, 3), rotation (N, 4), objective, largest distance [m], damping or
    step length, last step (N, 42), small gains in a row, rounds taken."""

    angles: Tensor
    translation: Tensor
    rotation: Tensor
    cost: Tensor
    error: Tensor
    pace: Tensor
    speed: Tensor
    slow: Tensor
    rounds: Tensor


class Problem(NamedTuple):
    """targets (N, 24, 3), weights (24,), anchor, lower, upper (N, 36), offsets (24, 3) or None, and the settings."""

    targets: Tensor
    weights: Tensor
    anchor: Tensor
    lower: Tensor
    upper: Tensor
    offsets: Tensor | None
    method: str
    tolerance: float
    pull: float
    root_free: bool


def solve_frames(
    targets: Tensor, weights: Tensor | None, angles: Tensor, translation: Tensor, rotation: Tensor, lower: np.ndarray,
    upper: np.ndarray, offsets: Tensor | None, clip_length: int, method: str, tolerance: float, limit: int, pull: float,
    root_free: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:  # fmt: skip
    """Frames solved inside box limits; within a clip each starts where the one before ended, all clips side by side.

    Args:
        targets: (N, 24, 3) [m] on any device; weights (24,) or None; angles (N, 36) [rad], translation (N, 3), rotation
            (N, 4): starts; lower, upper: (36,) limits [rad]; the rest as in `ik.solve`.

    Returns:
        angles, translation, rotation, error (N,) [m], rounds (N,).
    """
    low, high = targets.new_tensor(lower), targets.new_tensor(upper)
    weights = targets.new_ones(len(JOINTS)) if weights is None else weights.to(targets)
    offsets = None if offsets is None else offsets.to(targets)

    def part(n: Tensor, begin: tuple[Tensor, Tensor, Tensor]) -> State:
        angles = begin[0].clamp(low, high)
        problem = Problem(n, weights, angles, low, high, offsets, method, tolerance, pull, root_free)
        return _run(problem, angles, begin[1], begin[2], limit)

    if clip_length > 1:
        clips = targets.reshape(-1, clip_length, *targets.shape[1:])
        state = tuple(x.reshape(len(clips), clip_length, -1)[:, 0] for x in (angles, translation, rotation))
        found = []
        for t in range(clip_length):
            solved = part(clips[:, t], state)
            state = solved[:3]
            found.append((*state, solved.error, solved.rounds))
        return tuple(torch.stack(x, 1).flatten(0, 1) for x in zip(*found, strict=True))
    chunks = zip(*(x.split(CHUNK) for x in (targets, angles, translation, rotation)), strict=True)
    found = [part(n, (q, t, r)) for n, q, t, r in chunks]
    return tuple(torch.cat(x) for x in zip(*((*s[:3], s.error, s.rounds) for s in found), strict=True))


def _run(problem: Problem, angles: Tensor, translation: Tensor, rotation: Tensor, limit: int) -> State:
    state = begin(problem, angles, translation, rotation)
    advance = fused() if angles.is_cuda and len(angles) >= FUSED else one_round
    for done in range(limit):
        if done % ASKED == 0 and not _busy(problem, state).any():
            break
        state = advance(problem, state)
    return state


@cache
def fused(backend: str = "inductor") -> Callable[[Problem, State], State]:
    """A round as one compiled graph: Triton kernels on CUDA, nothing of it in Python."""
    return torch.compile(one_round, fullgraph=True, dynamic=False, backend=backend)


def begin(problem: Problem, angles: Tensor, translation: Tensor, rotation: Tensor) -> State:
    """The state before the first round."""
    cost, error = _judge(problem, angles, translation, rotation)
    pace = torch.full_like(cost, {"lm": DAMPING, "jt": 0.1, "momentum": 0.5}[problem.method])
    count = torch.zeros_like(cost, dtype=torch.long)
    speed = angles.new_zeros(len(angles), 42)
    return State(angles, translation, rotation, cost, error, pace, speed, count, count)


def _busy(problem: Problem, state: State) -> Tensor:
    """(N,) bool: neither near enough nor at a standstill."""
    stuck = state.pace > MAX_DAMPING if problem.method == "lm" else state.pace < 1e-7
    return (state.error > problem.tolerance) & (state.slow < 2) & ~stuck


def _judge(problem: Problem, angles: Tensor, translation: Tensor, rotation: Tensor) -> tuple[Tensor, Tensor]:
    positions = forward(angles, translation, rotation, problem.offsets).positions
    square = ((positions - problem.targets) ** 2).sum(-1)
    away = ((angles - problem.anchor) ** 2).sum(-1)
    worst = torch.where(problem.weights > 0, square, 0.0).amax(-1).sqrt()
    return 0.5 * (problem.weights * square).sum(-1) + 0.5 * problem.pull**2 * away, worst


def one_round(problem: Problem, state: State) -> State:
    """One round of every frame; those that are done stay as they are."""
    method, pull = problem.method, problem.pull**2
    busy = _busy(problem, state)
    pose = forward(state.angles, state.translation, state.rotation, problem.offsets)
    columns = torch.cat((_root_jacobian(pose.positions), jacobian(state.angles, pose=pose)), -1)
    weighted = columns * problem.weights.repeat_interleave(3)[:, None]
    slope = (weighted.mT @ (problem.targets - pose.positions).flatten(1)[..., None]).squeeze(-1)
    slope[:, 6:] -= pull * (state.angles - problem.anchor)
    free = torch.ones_like(slope, dtype=torch.bool)
    free[:, :6] = problem.root_free
    free[:, 6:] = ~((state.angles <= problem.lower) & (slope[:, 6:] <= 0)
                    | (state.angles >= problem.upper) & (slope[:, 6:] >= 0))  # fmt: skip
    if method == "lm":
        step = _damped_step(problem, state, columns.mT @ weighted, slope, free)
    else:
        step = state.pace[:, None] * slope
        if method == "momentum":
            step = step / ((columns * weighted).sum(1) + 1e-3) + MOMENTUM_KEPT * state.speed
        step = step * free
    moved = _moved(problem, state, step)
    cost, error = _judge(problem, *moved)
    rise = 0.0 if method == "lm" else ARMIJO * (step * slope).sum(-1).clamp(min=0)
    better = (cost < state.cost - rise) & busy
    slow = torch.where(state.cost - cost < GAIN[method] * state.cost, state.slow + 1, 0)
    if method == "lm":
        pace = torch.where(better, (state.pace * 0.2).clamp(min=1e-8), (state.pace * 8).clamp(min=1e-6))
    else:
        grown = (state.pace * (1.5 if method == "jt" else 1.1)).clamp(max=2.0)
        pace = torch.where(better, grown, state.pace * 0.5)
    return State(
        *(torch.where(better[:, None], new, old) for new, old in zip(moved, state[:3], strict=True)),
        torch.where(better, cost, state.cost), torch.where(better, error, state.error),
        torch.where(busy, pace, state.pace), torch.where(better[:, None], step, 0.0),
        torch.where(better, slow, state.slow), state.rounds + busy,
    )  # fmt: skip


def _damped_step(problem: Problem, state: State, normal: Tensor, slope: Tensor, free: Tensor) -> Tensor:
    """(N, 42) least-squares step; limits that it would cross are met exactly and the rest solved once more."""
    extra = state.pace[:, None].expand_as(slope).clone()
    extra[:, 6:] += problem.pull**2
    reach = torch.zeros_like(slope)
    for again in (True, False):
        rest = torch.where(free, slope - (normal @ reach[..., None]).squeeze(-1), 0.0)
        held = normal * (free[:, :, None] & free[:, None, :])
        held = held + torch.diag_embed(torch.where(free, extra, 1.0))
        factor = torch.linalg.cholesky_ex(held).L  # asks the device for nothing
        step = torch.cholesky_solve(rest[..., None], factor).squeeze(-1) + reach
        if again:
            inside = torch.minimum(torch.maximum(state.angles + step[:, 6:], problem.lower), problem.upper)
            crossed = free[:, 6:] & (inside != state.angles + step[:, 6:])
            reach[:, 6:] = torch.where(crossed, inside - state.angles, reach[:, 6:])
            free = torch.cat((free[:, :6], free[:, 6:] & ~crossed), 1)
    return step


def _moved(problem: Problem, state: State, step: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    angles = torch.minimum(torch.maximum(state.angles + step[:, 6:], problem.lower), problem.upper)
    turn = _exp(step[:, 3:6]) @ quaternion_to_matrix(state.rotation)
    return angles, state.translation + step[:, :3], matrix_to_quaternion(turn)


def _root_jacobian(positions: Tensor) -> Tensor:
    """(N, 72, 6): columns of the root's translation and of its world rotation vector."""
    eye = torch.eye(3, dtype=positions.dtype, device=positions.device)
    shift = eye.expand(*positions.shape, 3)
    arm = positions - positions[:, :1]
    turn = torch.stack([torch.linalg.cross(e.expand_as(arm), arm) for e in eye], -1)
    return torch.cat((shift, turn), -1).flatten(1, 2)


def _exp(vector: Tensor) -> Tensor:
    """(N, 3) rotation vector -> (N, 3, 3)."""
    angle = vector.norm(dim=-1, keepdim=True).clamp(min=1e-12)
    half = angle / 2
    return quaternion_to_matrix(torch.cat((half.cos(), half.sin() * vector / angle), -1))
