"""What one would do without us, for motions that are not legal: the plain ways, written out, root free as in ours.

All rest on one damped least-squares solver, batched over frames, that clamps to the limits (and, asked to, out of
every hole to its nearer edge) after each step.
"""

from __future__ import annotations

import numpy as np
import torch

from benchmarks.ik.clips import LOWER, UPPER, Clip, place
from benchmarks.ik.holes import Holes
from benchmarks.ik.jobs import FINE
from ritual.body.kinematics import forward, jacobian, matrix_to_quaternion, quaternion_to_matrix

PULL = 0.002  # [m/rad] towards the start
ROUNDS = 25
GIVEN_UP = 1e3  # damping beyond which no step of any size helps
STALLED = 1e-3  # a frame whose objective falls by a smaller share than this is done
CHUNK = 400

State = tuple[np.ndarray, np.ndarray, np.ndarray]
NONE = Holes("none", np.full(36, np.nan), np.full(36, np.nan))


def clamp(clips: list[Clip], holes: list[Holes]) -> list[State]:
    """Each frame solved to 1 mm inside the limits, then every angle out of its hole to the nearer edge."""
    out = []
    for clip, one in zip(clips, holes, strict=True):
        angles, at, turn = _in_limits(clip)
        out.append((one.clamp(angles), at, turn))
    return out


def clamp_and_polish(clips: list[Clip], holes: list[Holes]) -> list[State]:
    """As `clamp`, then solved on from there, clamped at each step."""
    out = []
    for clip, one, (angles, at, turn) in zip(clips, holes, clamp(clips, holes), strict=True):
        targets = clip.targets
        spans = range(0, len(angles), CHUNK)
        edges = np.broadcast_to(one.low, angles.shape), np.broadcast_to(one.high, angles.shape)
        parts = [_solve(*(x[a : a + CHUNK] for x in (targets, angles, at, turn, *edges))) for a in spans]
        out.append(tuple(np.concatenate(x) for x in zip(*parts, strict=True)))
    return out


def project_each_step(clips: list[Clip], holes: list[Holes]) -> list[State]:
    """Each frame solved from the one before, clamped at each step; the clips advance side by side."""
    out = [(one.clamp(c.angles), c.translation.copy(), c.rotation.copy()) for c, one in zip(clips, holes, strict=True)]
    targets = [clip.targets for clip in clips]
    for t in range(1, max(map(len, targets))):
        rows = [i for i, clip in enumerate(clips) if t < len(clip.angles)]
        begin = (np.stack([out[i][part][t - 1] for i in rows]) for part in range(3))
        edges = (np.stack([getattr(holes[i], name) for i in rows]) for name in ("low", "high"))
        found = _solve(np.stack([targets[i][t] for i in rows]), *begin, *edges)
        for part in range(3):
            for i, value in zip(rows, found[part], strict=True):
                out[i][part][t] = value
    return out


METHODS = {"clamp": clamp, "clamp and polish": clamp_and_polish, "project each step": project_each_step}


def _in_limits(clip: Clip) -> State:
    """Every frame from the true pose before it, holes ignored."""
    before = np.maximum(np.arange(len(clip.angles)) - 1, 0)
    start = (x[before] for x in (clip.angles, clip.translation, clip.rotation))
    nothing = np.full(clip.angles.shape, np.nan)
    return _solve(clip.targets, *start, nothing, nothing)


def _solve(
    targets: np.ndarray, angles: np.ndarray, at: np.ndarray, turn: np.ndarray, low: np.ndarray, high: np.ndarray
) -> State:
    """Levenberg-Marquardt on (N, 24, 3) targets; (N, 36) edges of holes."""
    state = (_project(angles, low, high), at.copy(), turn.copy())
    start, damping = state[0].copy(), np.full(len(angles), 1e-4)
    error = targets - place(*state)
    cost = _cost(error, state[0], start)
    rows = np.arange(len(angles))
    for _ in range(ROUNDS):
        rows = rows[(np.linalg.norm(error[rows], axis=-1).max(-1) > FINE) & (damping[rows] < GIVEN_UP)]
        if not len(rows):
            break
        here = tuple(x[rows] for x in state)
        step = _step(here, error[rows], start[rows], damping[rows])
        moved = (_project(here[0] + step[:, :36], low[rows], high[rows]), here[1] + step[:, 36:39],
                 _turned(here[2], step[:, 39:]))  # fmt: skip
        ahead = targets[rows] - place(*moved)
        new = _cost(ahead, moved[0], start[rows])
        better = new < cost[rows]
        stalled = better & (cost[rows] - new < STALLED * cost[rows])
        good = rows[better]
        for whole, part in zip((*state, error, cost), (*moved, ahead, new), strict=True):
            whole[good] = part[better]
        damping[rows] = np.where(better, np.maximum(damping[rows] * 0.3, 1e-6), damping[rows] * 8)
        damping[rows[stalled]] = np.inf
    return state


def _project(angles: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    return Holes("rows", low, high).clamp(angles)


def _cost(error: np.ndarray, angles: np.ndarray, start: np.ndarray) -> np.ndarray:
    return (error**2).sum((-1, -2)) + PULL**2 * ((angles - start) ** 2).sum(-1)


def _step(state: State, error: np.ndarray, start: np.ndarray, damping: np.ndarray) -> np.ndarray:
    """(N, 42) angles, translation and world rotation vector; angles at a limit that push out are held."""
    angles, at, _ = state
    posed = tuple(torch.from_numpy(x) for x in state)
    pose = forward(*posed)
    columns = jacobian(*posed, pose=pose).numpy()
    arm = pose.positions.numpy() - at[:, None]
    shift = np.broadcast_to(np.eye(3), (len(at), 24, 3, 3))
    spin = np.stack([np.cross(axis, arm) for axis in np.eye(3)], -1)
    root = np.concatenate((shift, spin), -1).reshape(-1, 72, 6)
    j = np.concatenate((columns, root), -1)
    slope = (j.swapaxes(1, 2) @ error.reshape(-1, 72, 1))[..., 0]
    slope[:, :36] -= PULL**2 * (angles - start)
    held = ((angles <= LOWER) & (slope[:, :36] < 0)) | ((angles >= UPPER) & (slope[:, :36] > 0))
    free = np.ones(slope.shape)
    free[:, :36] = ~held
    j = j * free[:, None]
    normal = j.swapaxes(1, 2) @ j
    normal[:, range(42), range(42)] += damping[:, None] + PULL**2 + (1 - free)
    return np.linalg.solve(normal, (slope * free)[..., None])[..., 0]


def _turned(turn: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """(N, 4) rotations turned by (N, 3) world rotation vectors."""
    length = np.linalg.norm(vector, axis=-1, keepdims=True)
    half = np.concatenate((np.cos(length / 2), np.sinc(length / 2 / np.pi) * vector / 2), -1)
    first, then = (quaternion_to_matrix(torch.from_numpy(x)) for x in (half, turn))
    return matrix_to_quaternion(first @ then).numpy()
