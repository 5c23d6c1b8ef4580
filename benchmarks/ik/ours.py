"""All calls to our own solver, so that a change of it is followed here and nowhere else.

As the peers, it is given a clip's first frame and solves the rest. `fixed` is the peers' setting: pelvis at the origin,
36 angles. `free` solves the root's six degrees too, which is how the product runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from benchmarks.ik.clips import FPS, Clip, place
from benchmarks.ik.jobs import FINE, LIMIT, TOLERANCE, neutral
from ritual.body import ik, track, track_fit
from ritual.body.angle_domain import AngleDomain
from ritual.body.legal_track import follow_legal

BOX = AngleDomain.physiological()
RESTARTS = 24
JT_LIMIT = 1000


@dataclass(frozen=True, eq=False)
class Track:
    """Poses as found: angles (T, 36), translation (T, 3), rotation (T, 4), iterations (T,)."""

    angles: np.ndarray
    translation: np.ndarray
    rotation: np.ndarray
    iterations: np.ndarray

    @property
    def positions(self) -> np.ndarray:
        return place(self.angles, self.translation, self.rotation)


def batch(clip: Clip, root: str = "fixed", **how: object) -> Track:
    """One call for the clip, each frame from the solution before."""
    targets, angles, at, turn = _posed(clip, root)
    how = {"tolerance": TOLERANCE, "max_iterations": LIMIT, "domain": BOX, **how}
    found = ik.follow(targets[1:], angles[0], at[0], turn[0], root=root, **how)
    return _whole((angles, at, turn), found)


def single(clip: Clip, root: str = "fixed") -> Track:
    """One call for each frame."""
    targets, *state = _posed(clip, root)
    state = [x.clone() for x in state]
    iterations = torch.zeros(len(targets), dtype=torch.int64)
    for t in range(1, len(targets)):
        begin = (x[t - 1] for x in state)
        found = ik.solve(targets[t], *begin, BOX, tolerance=TOLERANCE, max_iterations=LIMIT, root=root)
        for whole, value in zip(state, (found.angles, found.translation, found.rotation), strict=True):
            whole[t] = value
        iterations[t] = found.iterations
    return Track(*(x.numpy() for x in state), iterations.numpy())


def at_once(clip: Clip, root: str = "fixed", tolerance: float = TOLERANCE) -> Track:
    """Every frame by itself from the true pose before it: how a peer that batches frames is fastest."""
    targets, angles, at, turn = _posed(clip, root)
    found = ik.solve(
        targets[1:], angles[:-1], at[:-1], turn[:-1], BOX, tolerance=tolerance, max_iterations=LIMIT, pull=0.002,
        root=root)  # fmt: skip
    return _whole((angles, at, turn), found)


def jt(clip: Clip, root: str = "fixed") -> Track:
    """The paper's Jacobian transpose, one call for the clip."""
    return batch(clip, root, method="jt", max_iterations=JT_LIMIT)


def to_1mm(clip: Clip, root: str = "fixed") -> Track:
    return batch(clip, root, tolerance=FINE)


def legal(clip: Clip, domain: AngleDomain) -> Track:
    """A motion inside the domain, followed."""
    return batch(clip, domain=domain)


def cold(targets: np.ndarray) -> Track:
    """(N, 24, 3) targets, root at the origin, from neutral."""
    n = len(targets)
    start = torch.from_numpy(np.tile(neutral(), (n, 1)))
    origin = _origin(n)
    found = ik.solve(
        torch.from_numpy(targets), start, *origin, BOX, tolerance=TOLERANCE, max_iterations=LIMIT, root="fixed",
        restarts=RESTARTS,
    )  # fmt: skip
    return Track(found.angles.numpy(), *(x.numpy() for x in origin), found.iterations.numpy())


def mended(clip: Clip, domain: AngleDomain, fps: float = FPS) -> Track:
    """The limits' solution to 1 mm, mended as a track: no position is looked at."""
    near = to_1mm(clip, "free")
    return Track(track.mend(near.angles, domain, fps), near.translation, near.rotation, near.iterations)


def fitted(clip: Clip, domain: AngleDomain, fps: float = FPS, **how: object) -> Track:
    """The product's way: followed where it is legal, else the limits' solution to 1 mm fitted, legal and smooth."""
    first = track_fit.Track(clip.angles[:1], clip.translation[:1], clip.rotation[:1])
    found = follow_legal(clip.targets, first, domain, **how).track
    return Track(found.angles, found.translation, found.rotation, np.zeros(len(clip.angles), np.int64))


ILLEGAL: dict[str, Callable[[Clip, AngleDomain, float], Track]] = {
    "ours, mended only": mended,
    "ours, nearest sides": partial(fitted, search=False),
    "ours": fitted,  # the last is the product's
}


def illegal(clip: Clip, domain: AngleDomain, fps: float = FPS) -> Track:
    """The legal and smooth track of the product for a motion that is not legal."""
    return list(ILLEGAL.values())[-1](clip, domain, fps)


def warm_up(clip: Clip, domain: AngleDomain) -> None:
    """Compile and touch everything that is timed."""
    short = Clip(clip.name, clip.caption, clip.angles[:10], clip.translation[:10], clip.rotation[:10])
    for root in ("fixed", "free"):
        batch(short, root)
        single(short, root)
    for step in (at_once, jt, to_1mm):
        step(short)
    cold(short.local)
    legal(short, domain)
    for method in ILLEGAL.values():
        method(short, domain, FPS)


def timed(step: Callable[..., Track], each: list, repeats: int = 1) -> tuple[list[Track], list[float], list[float]]:
    """Tracks of `step(*arguments)` for each, and CPU and wall seconds of every repeat."""
    cpu, wall = [], []
    for _ in range(repeats):
        begun = time.process_time(), time.perf_counter()
        found = [step(*arguments) for arguments in each]
        cpu.append(time.process_time() - begun[0])
        wall.append(time.perf_counter() - begun[1])
    return found, cpu, wall


def _origin(frames: int) -> tuple[Tensor, Tensor]:
    turn = torch.zeros(frames, 4, dtype=torch.float64)
    turn[:, 0] = 1
    return torch.zeros(frames, 3, dtype=torch.float64), turn


def _posed(clip: Clip, root: str) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Targets and true angles, translation and rotation, of which only the first frame may be used."""
    angles = torch.from_numpy(clip.angles)
    if root == "fixed":
        return torch.from_numpy(clip.local), angles, *_origin(len(angles))
    return torch.from_numpy(clip.targets), angles, torch.from_numpy(clip.translation), torch.from_numpy(clip.rotation)


def _whole(true: tuple[Tensor, Tensor, Tensor], found: ik.Solution) -> Track:
    """With the given first frame in front."""
    parts = zip(true, (found.angles, found.translation, found.rotation), strict=True)
    angles, at, turn = (torch.cat((first[:1], rest)).numpy() for first, rest in parts)
    return Track(angles, at, turn, np.concatenate(([0], found.iterations.numpy())))
