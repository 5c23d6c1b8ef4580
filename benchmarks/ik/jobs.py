"""What is solved, and the folder of arrays that hands the same of it to every peer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.ik.body_files import mjcf, urdf
from benchmarks.ik.clips import LOWER, UPPER, Clip, place
from benchmarks.ik.holes import KINDS, Holes, beside, draw, on_edges
from ritual.body.skeleton import ANGLES, JOINTS
from ritual.files import write_text

TOLERANCE = 0.03  # [m], M §5.1
FINE = 0.001  # [m]
LIMIT = 100  # iterations of a frame
CHECKED = 64  # poses on which a peer's forward kinematics is compared
PARTS = 3  # of the danced clips each seed takes one
PUSHES = {"beside": beside, "edges": on_edges}


def part(danced: list[Clip], seed: int) -> list[Clip]:
    """The clips on which a seed's holes are tried."""
    return danced[seed % PARTS :: PARTS]


@dataclass(frozen=True, eq=False)
class Workload:
    """Everything that is asked of every solver.

    Attributes:
        clips: all held-out motion; danced: those with taboos.
        holes: kind -> one `Holes` per seed.
        legal: "dense beside 0" -> (holes, the danced clips moved to be legal there).
        cold: (N, 36) angles drawn evenly from the whole range of every angle, to be found from neutral.
    """

    clips: list[Clip]
    danced: list[Clip]
    holes: dict[str, list[Holes]]
    legal: dict[str, tuple[Holes, list[Clip]]]
    cold: np.ndarray

    @staticmethod
    def of(clips: list[Clip], seeds: int, cold: int) -> Workload:
        danced = [clip for clip in clips if clip.danced]
        motion = np.concatenate([clip.angles for clip in danced])
        holes = {kind: [draw(kind, seed, motion) for seed in range(seeds)] for kind in KINDS}
        legal = {
            f"{kind} {how} {seed}": (one, [push(clip, one, seed) for clip in part(danced, seed)])
            for kind in KINDS
            for how, push in PUSHES.items()
            for seed, one in enumerate(holes[kind])
        }
        return Workload(clips, danced, holes, legal, np.random.default_rng(1).uniform(LOWER, UPPER, (cold, 36)))


def neutral() -> np.ndarray:
    """(36,) the zero pose, inside the limits."""
    return np.clip(np.zeros(36), LOWER, UPPER)


def hand_out(work: Workload, folder: Path, repeats: int) -> None:
    """The fixed-root form of the workload, for the peers' processes: body files, arrays, list of tasks."""
    write_text(folder / "body.urdf", urdf())
    write_text(folder / "body.xml", mjcf())
    random = np.random.default_rng(2)
    check = random.uniform(LOWER, UPPER, (CHECKED, 36))
    arrays = {"lower": LOWER, "upper": UPPER, "check.angles": check, "check.local": place(check)}
    tasks = []

    def add(name: str, arrays_of: dict[str, np.ndarray] | str, tolerance: float, rounds: int = 1, **how: bool) -> None:
        known = isinstance(arrays_of, str)
        if not known:
            arrays.update({f"{name}.{key}": values for key, values in arrays_of.items()})
        task = {"name": name, "set": arrays_of if known else name, "tolerance": tolerance, "limit": LIMIT}
        tasks.append({**task, "repeats": rounds, "follow": True, "at_once": False, **how})

    add("motion", _followed(work.clips), TOLERANCE, repeats)
    add("motion at once", "motion", TOLERANCE, repeats, follow=False, at_once=True)
    add("motion 1 mm", "motion", FINE)
    for name, (_, clips) in work.legal.items():
        add(name, _followed(clips), TOLERANCE)
    start = np.tile(neutral(), (len(work.cold), 1))
    first = np.zeros(len(work.cold), bool)
    cold = {"targets": place(work.cold), "angles": work.cold, "start": start, "first": first}
    add("cold", cold, TOLERANCE, follow=False)
    np.savez(folder / "tasks.npz", **arrays)
    write_text(folder / "tasks.json", json.dumps({"joints": JOINTS, "angles": ANGLES, "tasks": tasks}))


def _followed(clips: list[Clip]) -> dict[str, np.ndarray]:
    angles = np.concatenate([clip.angles for clip in clips])
    first = np.concatenate([np.arange(len(clip.angles)) == 0 for clip in clips])
    return {"targets": place(angles), "angles": angles, "start": np.roll(angles, 1, 0), "first": first}
