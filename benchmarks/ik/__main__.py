"""Our inverse kinematics beside six other libraries': `python -m benchmarks.ik [--json out.json]`.

Same body, same targets (held-out motion capture), same tolerance, limits on; then with taboos, where the others must
project afterwards. docs/decisions/0015 says what is compared how.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from datetime import date
from importlib import metadata
from pathlib import Path

import numpy as np
import torch

from benchmarks.ik import comparison, environment, tables, tradeoff
from benchmarks.ik.clips import FPS, held_out
from benchmarks.ik.holes import KINDS, SEEDS, breaks
from benchmarks.ik.jobs import Workload
from ritual.errors import RitualError
from ritual.files import write_text

DATA = environment.ROOT.parent / "shared" / "data" / "mocap"
PICTURE = environment.ROOT / "benchmarks" / "results" / "ik-tradeoff.png"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--picture", type=Path, help=f"draw the trade-off to this file ({PICTURE.name} with --json)")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of mocap that the model was trained on")
    parser.add_argument("--peers", help="only these, with commas: " + ",".join(environment.NAMES))
    parser.add_argument("--no-peers", action="store_true", help="only ours and the plain ways")
    parser.add_argument("--quick", action="store_true", help="a tenth of the clips, two seeds, one repeat")
    parser.add_argument("--peer-limit", type=float, default=400, help="seconds that each peer gets")
    args = parser.parse_args()
    environment.on_one_core("benchmarks.ik")
    torch.set_num_threads(1)
    try:
        figures = measure(args)
    except RitualError as error:
        sys.exit(f"{error.message} {error.hint or ''}".strip())
    tables.show(figures)
    picture = args.picture or (args.json and args.json.with_name(PICTURE.name))
    if picture:
        tradeoff.draw(figures["trade_off"], picture)
    if args.json:
        write_text(args.json, json.dumps(figures, indent=1) + "\n")


def measure(args: argparse.Namespace) -> dict:
    names = [] if args.no_peers else environment.chosen(args.peers)
    python = environment.ready() if names else None
    begun = time.perf_counter()
    repeats = 1 if args.quick else 3
    comparison.say("reading held-out motion ...")
    clips = held_out(args.data, 8 if args.quick else None)
    work = Workload.of(clips, seeds=2 if args.quick else len(SEEDS), cold=100 if args.quick else 300)
    figures = comparison.ours_alone(work, repeats) | {"peers": {}}
    if names:
        with tempfile.TemporaryDirectory() as folder:
            figures["peers"] = comparison.peers(work, names, python, Path(folder), args.peer_limit, repeats)
    figures |= comparison.ratios(figures)
    figures["targets"] = _targets(work)
    figures["machine"] = _machine()
    figures["run_seconds"] = round(time.perf_counter() - begun, 1)
    return figures


def _targets(work: Workload) -> dict:
    motion = np.concatenate([clip.angles for clip in work.danced])
    return {
        "fps": FPS,
        "clips": sorted({clip.name for clip in work.clips}),
        "pieces": len(work.clips),
        "frames": sum(len(clip.angles) for clip in work.clips),
        "danced_frames": len(motion),
        "raw_motion_in_holes": {
            kind: [round(float(breaks(motion, holes).mean()), 3) for holes in work.holes[kind]] for kind in KINDS
        },
    }


def _machine() -> dict:
    names = ("numpy", "torch", "scipy", "numba")
    model = "CPU"
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), model)
    return {
        "date": date.today().isoformat(),
        "cpu": f"{platform.machine()}, {model}, {os.cpu_count()} cores of which one is used, one thread",
        "gpu": "none",
        "load_average": [round(x, 2) for x in os.getloadavg()],
        "python": platform.python_version(),
        "versions": {name: metadata.version(name) for name in names},
    }


if __name__ == "__main__":
    main()
