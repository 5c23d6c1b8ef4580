"""Inverse kinematics inside the allowed domain (eq. 9), batched over frames, variants and clips.

q <- Proj_Omega(q + alpha D J^T (x_d - f(q))) with an Armijo step. `method="jt"` takes D = 1: the paper's Jacobian
transpose, kept as the reference. `method="lm"` takes D = (J^T J + damping)^-1, a damped least-squares step,
which needs 1 to 5 iterations where the transpose needs about 50.

The six degrees of the root (translation and rotation vector) are solved with the 36 angles.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ritual.body.angle_domain import AngleDomain
from ritual.body.kinematics import forward, jacobian, matrix_to_quaternion, quaternion_to_matrix
from ritual.body.skeleton import SKELETON
from ritual.errors import BadInput

TOLERANCE = 0.03  # [m], M §5.1
METHODS = ("lm", "jt")
STALLED = {"lm": 1e-3, "jt": 1e-6}  # a frame whose objective falls by a smaller share than this is done


@dataclass(frozen=True)
class Solution:
    """angles (..., 36) [rad]; translation (..., 3) [m]; rotation (..., 4) quaternion w, x, y, z;
    error (...,) largest distance of a joint from its target [m]; iterations until the last one converged."""

    angles: Tensor
    translation: Tensor
    rotation: Tensor
    error: Tensor
    iterations: int


def solve(
    targets: Tensor,
    angles: Tensor,
    translation: Tensor,
    rotation: Tensor,
    domain: AngleDomain,
    *,
    method: str = "lm",
    tolerance: float = TOLERANCE,
    max_iterations: int | None = None,
    pull: float = 0.02,
) -> Solution:
    """Angles and root whose joints come nearest to the targets.

    Args:
        targets: (..., 24, 3) joint positions [m].
        angles, translation, rotation: (..., 36), (..., 3), (..., 4): where to start; what no position tells
            (the twist of a straight limb) stays near `angles`.
        domain: every iterate is projected into it.
        method: `lm` or `jt`.
        tolerance: a frame is done when no joint is further than this from its target [m].
        max_iterations: default 20 for `lm`, 200 for `jt`.
        pull: weight of staying near the start [m/rad].

    Raises:
        BadInput: targets that are not finite, or an unknown method.
    """
    if method not in METHODS:
        raise BadInput(f"Unknown IK method '{method}'; valid methods: {', '.join(METHODS)}.")
    if not torch.isfinite(targets).all():
        frame = int(torch.argwhere(~torch.isfinite(targets))[0][0])
        raise BadInput(f"IK target {frame} holds a value that is not a number.")
    batch = targets.shape[:-2]
    solver = _Solver(targets.reshape(-1, 24, 3), domain, angles.reshape(-1, 36), pull)
    state = _State(
        solver.project(angles.reshape(-1, 36)), translation.reshape(-1, 3), rotation.reshape(-1, 4)
    )
    limit = max_iterations if max_iterations is not None else (20 if method == "lm" else 200)
    state, iterations = solver.run(state, method, tolerance, limit)
    error = solver.joint_error(state)
    return Solution(
        state.angles.reshape(*batch, 36),
        state.translation.reshape(*batch, 3),
        state.rotation.reshape(*batch, 4),
        error.reshape(batch),
        iterations,
    )


@dataclass(frozen=True)
class _State:
    angles: Tensor
    translation: Tensor
    rotation: Tensor

    def rows(self, index: Tensor) -> _State:
        return _State(self.angles[index], self.translation[index], self.rotation[index])

    def put(self, index: Tensor, other: _State) -> _State:
        """This state with the rows of `index` taken from the other, in its order."""
        return _State(
            self.angles.index_copy(0, index, other.angles),
            self.translation.index_copy(0, index, other.translation),
            self.rotation.index_copy(0, index, other.rotation),
        )


class _Solver:
    def __init__(self, targets: Tensor, domain: AngleDomain, start: Tensor, pull: float) -> None:
        self.targets, self.domain, self.start, self.pull = targets, domain, start, pull
        self.lower, self.upper = targets.new_tensor(domain.lower), targets.new_tensor(domain.upper)

    def project(self, angles: Tensor) -> Tensor:
        """Into Omega: the box at once, the holes only where a row lies in one."""
        angles = torch.minimum(torch.maximum(angles, self.lower), self.upper)
        if not self.domain.boxes:
            return angles
        return torch.from_numpy(self.domain.project(angles.cpu().numpy())).to(angles)

    def joint_error(self, state: _State) -> Tensor:
        positions = forward(state.angles, state.translation, state.rotation).positions
        return (positions - self.targets).norm(dim=-1).amax(-1)

    def residual(self, state: _State) -> tuple[Tensor, Tensor]:
        """(N, 72) x_d - f(q) and the (N,) objective: half its square plus the pull."""
        positions = forward(state.angles, state.translation, state.rotation).positions
        error = (self.targets - positions).flatten(1)
        away = state.angles - self.start
        return error, 0.5 * (error**2).sum(-1) + 0.5 * self.pull**2 * (away**2).sum(-1)

    def rows(self, index: Tensor) -> _Solver:
        """The same problem for some of the frames."""
        return _Solver(self.targets[index], self.domain, self.start[index], self.pull)

    def run(self, state: _State, method: str, tolerance: float, limit: int) -> tuple[_State, int]:
        """Iterate; each round touches only the frames that are neither near enough nor stalled."""
        error, cost = self.residual(state)
        damping = cost.new_full(cost.shape, 1e-3)
        alpha = cost.new_full(cost.shape, 0.1 if method == "jt" else 1.0)
        settled = torch.zeros_like(cost, dtype=torch.bool)
        for iterations in range(limit):
            far = error.unflatten(-1, (24, 3)).norm(dim=-1).amax(-1) > tolerance
            rows = torch.nonzero(far & ~settled).squeeze(1)
            if not len(rows):
                return state, iterations
            part, here = self.rows(rows), state.rows(rows)
            step, slope = part.step(here, error[rows], damping[rows], method)
            moved = part.move(here, step * alpha[rows, None])
            new_error, new_cost = part.residual(moved)
            better = new_cost <= cost[rows] - 1e-4 * alpha[rows] * slope.clamp(min=0)
            gain = (cost[rows] - new_cost) / cost[rows].clamp(min=1e-12)
            good = rows[better]
            state = state.put(good, moved.rows(better))
            error[good], cost[good] = new_error[better], new_cost[better]
            if method == "lm":
                damping[rows] = torch.where(better, damping[rows] * 0.3, damping[rows] * 8).clamp(1e-6, 1e3)
                settled[rows] = (better & (gain < STALLED[method])) | (damping[rows] >= 1e3)
            else:
                alpha[rows] = torch.where(better, alpha[rows] * 1.5, alpha[rows] * 0.5).clamp(1e-6, 2.0)
                settled[rows] = (better & (gain < STALLED[method])) | (alpha[rows] <= 1e-6)
        return state, limit

    def step(self, state: _State, error: Tensor, damping: Tensor, method: str) -> tuple[Tensor, Tensor]:
        """(N, 42) direction and (N,) its slope; angles held at a limit that the step would cross stay."""
        pose = forward(state.angles, state.translation, state.rotation)
        j = torch.cat((jacobian(state.angles, pose=pose), _root_jacobian(pose.positions)), -1)
        gradient = (j.mT @ error[..., None]).squeeze(-1)
        gradient[:, :36] -= self.pull**2 * (state.angles - self.start)
        blocked = (state.angles <= self.lower) & (gradient[:, :36] < 0)
        blocked |= (state.angles >= self.upper) & (gradient[:, :36] > 0)
        free = torch.ones_like(gradient)
        free[:, :36] = (~blocked).to(free)
        gradient = gradient * free
        if method == "jt":
            return gradient, (gradient**2).sum(-1)
        j = j * free[:, None, :]
        normal = j.mT @ j
        extra = damping[:, None] + self.pull**2 + (1 - free)
        normal = normal + torch.diag_embed(extra)
        step = torch.cholesky_solve(gradient[..., None], torch.linalg.cholesky(normal)).squeeze(-1)
        return step, (step * gradient).sum(-1)

    def move(self, state: _State, step: Tensor) -> _State:
        turn = _exp(step[:, 39:]) @ quaternion_to_matrix(state.rotation)
        return _State(
            self.project(state.angles + step[:, :36]),
            state.translation + step[:, 36:39],
            matrix_to_quaternion(turn),
        )


def _root_jacobian(positions: Tensor) -> Tensor:
    """(N, 72, 6): columns of the root's translation and of its world rotation vector."""
    n = len(positions)
    eye = torch.eye(3, dtype=positions.dtype, device=positions.device)
    shift = eye.expand(n, len(SKELETON.joints), 3, 3)
    arm = positions - positions[:, :1]
    turn = torch.stack([torch.linalg.cross(e.expand_as(arm), arm) for e in eye], -1)
    return torch.cat((shift, turn), -1).flatten(1, 2)


def _exp(vector: Tensor) -> Tensor:
    """(N, 3) rotation vector -> (N, 3, 3)."""
    angle = vector.norm(dim=-1, keepdim=True).clamp(min=1e-12)
    half = angle / 2
    return quaternion_to_matrix(torch.cat((half.cos(), half.sin() * vector / angle), -1))
