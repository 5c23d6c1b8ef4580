"""One peer through every task of a work folder: `python -m benchmarks.ik.peers.run NAME FOLDER`.

Runs in the peers' environment, in a process of its own. Prints a line of progress per task; leaves NAME.npz (angles
and iterations) and NAME.json (seconds) in the folder. Only the calls of `solve` are timed.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
import warnings
from importlib import metadata
from pathlib import Path

import numpy as np

from benchmarks.ik.peers.peer import Body, Peer

FK_TOLERANCE = 1e-6  # [m]
WARM_UP = 5
PIECE = 50  # frames


def main(name: str, folder: Path) -> None:
    warnings.filterwarnings("ignore")
    jobs = json.loads((folder / "tasks.json").read_text(encoding="utf-8"))
    data = dict(np.load(folder / "tasks.npz"))
    kind = importlib.import_module(f"benchmarks.ik.peers.{name}_peer").Peer
    names = jobs["joints"], jobs["angles"]
    peer = kind(Body(folder / "body.urdf", folder / "body.xml", *names, data["lower"], data["upper"]))
    checks = zip(data["check.angles"], data["check.local"], strict=True)
    worst = max(np.abs(peer.positions(angles) - positions).max() for angles, positions in checks)
    if worst > FK_TOLERANCE:
        sys.exit(f"{name}: its forward kinematics is {1000 * worst:.4f} mm off ours, so nothing was timed.")
    found, spent = {}, {}
    for task in jobs["tasks"]:
        if task["at_once"] and not getattr(kind, "BATCH", False):
            continue
        name_of = task["name"]
        arrays = {key: data[f"{task['set']}.{key}"] for key in ("targets", "angles", "start", "first")}
        _run(peer, {key: values[:WARM_UP] for key, values in arrays.items()}, task)
        rounds = [_run(peer, arrays, task) for _ in range(task["repeats"])]
        found[f"{name_of}.angles"], found[f"{name_of}.iterations"] = rounds[-1][:2]
        solved = int((~arrays["first"]).sum())
        spent[name_of] = {"frames": solved, "cpu_s": [r[2] for r in rounds], "wall_s": [r[3] for r in rounds]}
        ms = 1000 * float(np.median(spent[name_of]["cpu_s"])) / solved
        print(f"{name_of}: {solved} frames, {ms:.3f} ms a frame", flush=True)
    np.savez(folder / f"{name}.npz", **found)
    facts = {
        "forward_kinematics_error_m": float(worst),
        "versions": {package: metadata.version(package) for package in kind.PACKAGES},
        "batched": getattr(kind, "BATCH", False),
        "tasks": spent,
    }
    (folder / f"{name}.json").write_text(json.dumps(facts), encoding="utf-8")


def _run(peer: Peer, arrays: dict[str, np.ndarray], task: dict) -> tuple[np.ndarray, np.ndarray, float, float]:
    """Angles, iterations, CPU and wall seconds.

    A frame starts from the solution before it; a clip's first frame is given, not solved. Tasks that do not follow
    start from `start`. Where a peer solves many frames at once, clips advance side by side, in pieces of `PIECE`
    frames.
    """
    targets, start, first = arrays["targets"], arrays["start"], arrays["first"]
    angles, iterations = arrays["angles"].copy(), np.zeros(len(targets), int)
    tolerance, limit = task["tolerance"], task["limit"]
    batched = getattr(peer, "BATCH", False)
    rounds = _abreast(first, task["follow"]) if batched else np.flatnonzero(~first)
    cpu, wall = time.process_time(), time.perf_counter()
    for rows in rounds:
        begin = angles[rows - 1] if task["follow"] else start[rows]
        angles[rows], iterations[rows] = peer.solve(targets[rows], begin, tolerance, limit)
    return angles, iterations, time.process_time() - cpu, time.perf_counter() - wall


def _abreast(first: np.ndarray, follow: bool) -> list[np.ndarray]:
    """Rows that can be solved at once, in the order in which they depend on each other."""
    rows = np.flatnonzero(~first)
    if not follow:
        return [rows]
    since = rows - np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))[rows] - 1
    return [rows[since % PIECE == k] for k in range(min(PIECE, since.max() + 1))]


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
