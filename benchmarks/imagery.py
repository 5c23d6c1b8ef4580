"""The models of the papers R, P and A beside their baselines: `python -m benchmarks.imagery --suite papercut`.

All models of a table learn from the same pictures, for the same steps, with the same seeds, on one core each, and are
measured on the same pictures that none of them saw. Stopped, the same command goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import shutil
import statistics
import subprocess
import sys
from datetime import date
from pathlib import Path

from rich.console import Console

from ritual.cli.console import progress_bar
from ritual.cli.image.printing import printed
from ritual.errors import RitualError
from ritual.files import write_text
from ritual.imagery.comparison.compare import Compared, compare
from ritual.imagery.comparison.suites import BUDGETS, SUITES, Table, suite
from ritual.imagery.evaluation.tables import table_of
from ritual.imagery.features import features_of

DRAWN = {"quick": (40, 4), "full": (480, 26)}
"""Scenes and recordings of a budget's sets."""
SEEDS = {"quick": 1, "full": 3}
VIEWS = {"quick": ("--views", 16, "--size", 256), "full": ("--views", 24, "--size", 256)}
"""Of each house that photogrammetry rebuilds, as many houses as there are seeds."""


def main() -> None:
    args = _parsed()
    features = features_of(args.features)
    out = args.out or Path("out") / "imagery" / f"{args.suite}-{args.budget}"
    found: list[tuple[Table, Compared]] = []
    data = args.data or _drawn(suite(args.suite), args.budget)
    for table in suite(args.suite):
        if args.only and table.task != args.only:
            continue
        with progress_bar(f"{args.suite}: {table.task}") as tell:
            seeds = args.seeds or SEEDS[args.budget]
            result = compare(table, data, out, args.budget, seeds, features, jobs=args.jobs, tell=tell)
        if table.task == "synthesis":
            result.rows.extend(_photogrammetry(out, args.budget, seeds))
        found.append((table, result))
        _print(table, result)
    if args.json:
        write_text(args.json, json.dumps(_told(args, found, features.name), indent=2, ensure_ascii=False) + "\n")


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.imagery", description=__doc__)
    parser.add_argument("--suite", choices=SUITES, required=True)
    parser.add_argument("--budget", choices=BUDGETS, default="quick", help="quick: minutes, to see that it works")
    parser.add_argument("--data", type=Path, help="folder with the suite's sets; default: they are drawn")
    parser.add_argument("--out", type=Path, help="folder of the runs; default out/imagery/SUITE-BUDGET")
    parser.add_argument("--seeds", type=int, help="default: 1 of quick, 3 of full")
    parser.add_argument("--only", help="a task of the suite alone, as enlargement")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="trainings at once, a core each")
    parser.add_argument("--features", type=Path, help="weights of Inception, VGG or AlexNet; default the memory's")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    return parser.parse_args()


def _drawn(tables: tuple[Table, ...], budget: str) -> Path:
    """The sets that the tables learn from, of our own scenes and dances; what is there already stays."""
    folder, (scenes, clips) = Path("out") / "imagery" / f"sets-{budget}", DRAWN[budget]
    wanted = [table.folder for table in tables if table.folder != "folk"]
    sets = [word for name in wanted for word in ("--set", name)]
    _ritual("scenes", *sets, "--count", scenes, "--size", 128, "--samples", 6, "--out", folder)
    if len(wanted) < len(tables):
        _ritual("folk-clips", "--count", clips, "--out", folder / "recordings")
        _ritual("prepare", folder / "recordings", "--out", folder / "folk")
    return folder


def _photogrammetry(out: Path, budget: str, houses: int) -> list[dict]:
    """T3DRM's row: what photogrammetry shows of a house at views that it never saw; none where it cannot run."""
    if not (shutil.which("colmap") and shutil.which("blender")):
        print("T3DRM is left out: it needs COLMAP and Blender.", file=sys.stderr)
        return []
    reports = []
    for scene in range(1, houses + 1):
        folder = out / f"photogrammetry-{scene}"
        if not (folder / "report.json").is_file():
            _ritual("photogrammetry", "--scene", scene, *VIEWS[budget], "--out", folder)
        reports.append(json.loads((folder / "report.json").read_text(encoding="utf-8")))
    figures = {
        name: {"mean": statistics.mean(values), "spread": statistics.stdev(values) if houses > 1 else 0.0}
        for name, values in {n.upper(): [report[n] for report in reports] for n in ("ssim", "psnr")}.items()
    }
    return [{"model": "T3DRM", "seeds": houses, "ours": False, "beside": True, **figures}]


def _ritual(*words: object) -> None:
    done = subprocess.run([sys.executable, "-m", "ritual", "image", *map(str, words)])
    if done.returncode:
        raise RitualError(f"'ritual image {words[0]}' ended with {done.returncode}; what it said stands above.")


def _told(args: argparse.Namespace, found: list[tuple[Table, Compared]], features: str) -> dict:
    tables = [
        {"task": table.task, "folder": table.folder, "settings": dict(table.settings[args.budget]),
         "held_out": result.held_out, "leads": result.claims, "tests": result.tests, "paper": table.paper}
        for table, result in found
    ]  # fmt: skip
    return {
        "suite": args.suite,
        "budget": args.budget,
        "features": features,
        "rows": [{"task": table.task, **row} for table, result in found for row in result.rows],
        "tables": tables,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, one torch thread a training",
        "date": date.today().isoformat(),
        "commit": _commit(),
        "command": shlex.join(["python", "-m", "benchmarks.imagery", *sys.argv[1:]]),
    }


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else "unknown"


def _print(table: Table, result: Compared) -> None:
    console = Console()
    console.print(f"{table.task} on {table.folder}, {result.held_out} held out", highlight=False)
    console.print(printed(table_of(result.rows)))
    for figure, leads in result.claims.items():
        console.print(f"{figure}: ours {'leads' if leads else 'does not lead'}.", highlight=False)
    console.print(f"Look at {result.sheet}", highlight=False)


if __name__ == "__main__":
    try:
        main()
    except RitualError as error:
        sys.exit(f"error: {error}")
