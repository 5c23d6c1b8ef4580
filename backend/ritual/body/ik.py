"""Inverse kinematics inside the allowed domain (eq. 9), for single poses, batches and clips.

q <- Proj_Omega(q + alpha D J^T (x_d - f(q))). `method="jt"` takes D = 1 with an Armijo step: the paper's Jacobian
transpose, kept as the reference. `momentum` takes the inverse diagonal of J^T J and carries on part of the last step;
`lm` takes D = (J^T J + damping)^-1, a damped least-squares step with the crossed limits active, which needs 1 to 3
iterations where the transpose needs 5 to 50.

On the CPU one compiled loop does all of it (`ik_kernel.py`), on CUDA batched torch (`ik_torch.py`). The six degrees of
the root (translation and rotation vector) are solved with the 36 angles unless it is held.

Inside a domain with holes the limits are solved first; a pose that then lies in a hole is solved again inside convex
parts of the domain, nearest first, until one reaches the target (`ik_holes.py`). For a motion in time use
`legal_track.fit_legal`, which chooses one part for a whole excursion: pose by pose, sides may change between frames.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from ritual.body import ik_kernel, ik_torch
from ritual.body.angle_domain import AngleDomain
from ritual.body.ik_holes import Poses, first_parts, leave_holes
from ritual.body.skeleton import JOINTS, SKELETON
from ritual.body.tree import Tree, tree_of
from ritual.errors import BadInput

TOLERANCE = 0.03  # [m], M §5.1
METHODS = {"lm": ik_kernel.LM, "jt": ik_kernel.JT, "momentum": ik_kernel.MOMENTUM}
LIMITS = {"lm": 60, "jt": 200, "momentum": 200}
ROOTS = ("free", "fixed")
ALIKE = np.ones(len(JOINTS))


@dataclass(frozen=True)
class Solution:
    """angles (..., 36) [rad]; translation (..., 3) [m]; rotation (..., 4) quaternion w, x, y, z;
    error (...,) largest distance of a joint from its target [m]; iterations (...,) of each frame."""

    angles: Tensor
    translation: Tensor
    rotation: Tensor
    error: Tensor
    iterations: Tensor


@dataclass(frozen=True)
class _Problem:
    """What stays the same while poses are sought: arrays for the kernel, N frames."""

    tree: Tree
    targets: np.ndarray
    weights: np.ndarray
    method: int
    tolerance: float
    limit: int
    pull: float
    root_free: bool
    restarts: int


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
    root: str = "free",
    restarts: int = 0,
    weights: Tensor | None = None,
    offsets: Tensor | None = None,
) -> Solution:
    """Angles and root whose joints come nearest to the targets, every frame by itself.

    Args:
        targets: (..., 24, 3) joint positions [m].
        angles, translation, rotation: (..., 36), (..., 3), (..., 4): where to start; what no position tells
            (the twist of a straight limb, the head's turn) stays near `angles`.
        domain: the solution lies in it.
        method: `lm`, `momentum` or `jt`.
        tolerance: a frame is done when no joint is further than this from its target [m].
        max_iterations: default 60 for `lm`, 200 for the others.
        pull: weight of staying near the start [m/rad].
        root: `free`, or `fixed` where it starts.
        restarts: how many other starts, drawn inside the limits, a frame may take that is not reached.
        weights: (24,) of the joints' squared distances; 0 = the joint has no target. None = all 1.
        offsets: (24, 3) bone offsets of another performer [m]; None = the skeleton's.

    Returns:
        Solution; where a target cannot be reached its error says so.

    Raises:
        BadInput: values that are not finite, shapes that do not fit, bones without length, an unknown method.
        EmptyDomain: no pose satisfies every rule.

    Source: eq. 9-10; spec §5.
    """
    return _answer(
        1, targets, angles, translation, rotation, domain, method, tolerance, max_iterations, pull, root, restarts,
        weights, offsets)  # fmt: skip


def follow(
    targets: Tensor,
    angles: Tensor,
    translation: Tensor,
    rotation: Tensor,
    domain: AngleDomain,
    *,
    method: str = "lm",
    tolerance: float = TOLERANCE,
    max_iterations: int | None = None,
    pull: float = 0.002,
    root: str = "free",
    restarts: int = 0,
    weights: Tensor | None = None,
    offsets: Tensor | None = None,
) -> Solution:
    """Clips solved frame after frame: each frame starts where the one before ended.

    Args:
        targets: (..., T, 24, 3) joint positions of clips of T frames [m].
        angles, translation, rotation: (..., 36), (..., 3), (..., 4): where the first frames start.

    The other arguments, what is returned (..., T) and what is raised are as in `solve`.
    """
    if targets.ndim < 3:
        raise BadInput(f"A clip of IK targets has shape (T, 24, 3), not {tuple(targets.shape)}.")
    frames = targets.shape[-3]
    starts = (x[..., None, :].expand(*targets.shape[:-2], x.shape[-1]) for x in (angles, translation, rotation))
    return _answer(
        max(frames, 1), targets, *starts, domain, method, tolerance, max_iterations, pull, root, restarts, weights,
        offsets)  # fmt: skip


def _answer(
    clip_length: int, targets: Tensor, angles: Tensor, translation: Tensor, rotation: Tensor, domain: AngleDomain,
    method: str, tolerance: float, max_iterations: int | None, pull: float, root: str, restarts: int,
    weights: Tensor | None, offsets: Tensor | None,
) -> Solution:  # fmt: skip
    _check(targets, angles, translation, rotation, method, root, weights, offsets)
    batch = targets.shape[:-2]
    limit = LIMITS[method] if max_iterations is None else max_iterations
    flat = (targets.reshape(-1, len(JOINTS), 3), angles.reshape(-1, 36), translation.reshape(-1, 3))
    flat = (*flat, rotation.reshape(-1, 4))
    if targets.is_cuda:
        _check_numbers(*(x.isfinite().all(-1) for x in flat), flat[3].any(-1))
        found = ik_torch.solve_frames(
            flat[0], weights, *flat[1:], domain.lower, domain.upper, offsets, clip_length, method, tolerance, limit,
            pull, root == "free")  # fmt: skip
        if not domain.boxes:
            return Solution(*(x.reshape((*batch, *x.shape[1:])) for x in found))
    arrays = [_array(x) for x in flat]
    problem = _Problem(
        tree_of() if offsets is None else tree_of()._replace(offset=_array(offsets)),
        arrays[0], ALIKE if weights is None else _array(weights), METHODS[method], tolerance, limit, pull,
        root == "free", restarts,
    )  # fmt: skip
    if targets.is_cuda:
        *state, error = (_array(x) for x in found[:4])
        iterations = found[4].cpu().numpy()
    else:
        state = [x.copy() for x in arrays[1:]]
        if not ik_kernel.ready(arrays[0], *state):
            _check_numbers(*(np.isfinite(x).all(-1) for x in arrays), arrays[3].any(-1))
        lower, upper = (_rows(bound, len(arrays[0])) for bound in (domain.lower, domain.upper))
        if domain.boxes and clip_length > 1:  # a motion is first sought in the part of the domain where it begins
            lower, upper = (np.repeat(x, clip_length, 0) for x in first_parts(domain, state[0][::clip_length]))
        error, iterations = _run(problem, *state, lower, upper, clip_length)
    if domain.boxes:

        def again(
            rows: np.ndarray, starts: Poses, lower: np.ndarray, upper: np.ndarray, tolerance: float, restarts: int = 0
        ) -> Poses:
            part = replace(problem, targets=problem.targets[rows], tolerance=tolerance, restarts=restarts)
            begun = [np.array(x) for x in starts[:3]]
            found, count = _run(part, *begun, lower, upper)
            iterations[rows] += count
            return Poses(*begun, found)

        leave_holes(Poses(*state, error), domain, tolerance, again)
    out = [torch.from_numpy(x).reshape((*batch, *x.shape[1:])) for x in (*state, error)]
    if targets.dtype != torch.float64 or targets.is_cuda:
        out = [x.to(targets) for x in out]
    return Solution(*out, torch.from_numpy(iterations).reshape(batch))


def _check(
    targets: Tensor, angles: Tensor, translation: Tensor, rotation: Tensor, method: str, root: str,
    weights: Tensor | None, offsets: Tensor | None,
) -> None:  # fmt: skip
    if method not in METHODS:
        raise BadInput(f"Unknown IK method '{method}'; valid methods: {', '.join(METHODS)}.")
    if root not in ROOTS:
        raise BadInput(f"The root of an IK problem is '{root}'; valid: {', '.join(ROOTS)}.")
    if targets.shape[-2:] != (len(JOINTS), 3):
        raise BadInput(
            f"IK targets have shape {tuple(targets.shape)}; it must end in ({len(JOINTS)}, 3), a position a joint.",
            hint="Give a joint without a target any position and the weight 0.",
        )
    batch = targets.shape[:-2]
    for name, value, size in (("angles", angles, 36), ("translation", translation, 3), ("rotation", rotation, 4)):
        if value.shape != (*batch, size):
            expected = (*batch, size)
            raise BadInput(f"The start's {name} has shape {tuple(value.shape)}; these targets need {expected}.")
    if weights is not None and (weights.shape != (len(JOINTS),) or not (weights >= 0).all() or not weights.any()):
        raise BadInput(f"IK weights are {len(JOINTS)} numbers that are not negative and not all 0.")
    if offsets is not None:
        _check_offsets(offsets)


def _check_numbers(
    targets: Tensor | np.ndarray, angles: Tensor | np.ndarray, translation: Tensor | np.ndarray,
    rotation: Tensor | np.ndarray, turned: Tensor | np.ndarray,
) -> None:  # fmt: skip
    """Raises: BadInput: one of the flags, (N, 24) of targets and (N,) of the rest, says that something is no number."""
    for name, fine in (("angles", angles), ("translation", translation), ("rotation", rotation)):
        if not fine.all():
            raise BadInput(f"The start's {name} holds a value that is not a number.")
    if not targets.all():
        frame = int(np.argwhere(~np.asarray(targets.cpu() if isinstance(targets, Tensor) else targets))[0][0])
        raise BadInput(f"IK target {frame} holds a value that is not a number.")
    if not turned.all():
        raise BadInput("The start's rotation holds a quaternion of length 0.")


def _check_offsets(offsets: Tensor) -> None:
    if offsets.shape != (len(JOINTS), 3) or not torch.isfinite(offsets).all():
        raise BadInput(f"Bone offsets have shape {tuple(offsets.shape)}; ({len(JOINTS)}, 3) finite numbers are needed.")
    for j in torch.nonzero(offsets[1:].norm(dim=-1) < 1e-6).flatten().tolist():
        parent = JOINTS[SKELETON.parents[j + 1]]
        raise BadInput(f"The bone from {parent} to {JOINTS[j + 1]} has no length.")


def _array(value: Tensor) -> np.ndarray:
    return np.ascontiguousarray(value.detach().cpu().numpy(), dtype=np.float64)


def _rows(limits: np.ndarray, n: int) -> np.ndarray:
    out = np.empty((n, len(limits)))
    out[:] = limits
    return out


def _run(
    problem: _Problem, angles: np.ndarray, translation: np.ndarray, rotation: np.ndarray, lower: np.ndarray,
    upper: np.ndarray, clip_length: int = 1,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """(error, iterations) of the frames, solved in place inside their limits."""
    return ik_kernel.solve_frames(
        problem.tree, problem.targets, problem.weights, angles, translation, rotation, lower, upper, clip_length,
        problem.method, problem.tolerance, problem.limit, problem.pull, problem.root_free, problem.restarts,
    )  # fmt: skip
