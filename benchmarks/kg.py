"""The knowledge graph at three sizes, beside plain rdflib and pySHACL: `python -m benchmarks.kg [--json out.json]`.

Each side runs in a process of its own on the same files and is killed after `--limit` seconds; what it had done by then
stands. rdflib's side parses with rdflib and runs pySHACL over everything; it has no memory, so a second load and a
changed file cost it the first load again. Our side does all that and its own checks (terms, structure, every dance).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource as limits
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from importlib import metadata
from pathlib import Path
from threading import Timer

import rdflib

from benchmarks.synthetic import write_copies
from ritual.culture.compiling import DanceRules
from ritual.culture.graph import load_graph
from ritual.culture.nodes import Nodes
from ritual.culture.turtle import SHAPES_FILE, parse, read_folder
from ritual.culture.vocabulary import KG
from ritual.files import write_text
from ritual.resources import resource

SIZES = (0, 100_000, 1_000_000)  # 0 = as shipped
STEPS = {
    "parse": "read and parse every file",
    "first_load": "load, everything checked",
    "load": "load again, nothing changed",
    "changed": "load after an edit of one file",
    "rulebook": "compile a first rulebook",
    "rulebook_again": "the same dance again",
    "query": "SPARQL: stances of each dance",
}
QUERY = """SELECT ?dance (COUNT(?stance) AS ?n) WHERE {
    ?stance a <urn:ritual-motion:ontology:Stance> ; <urn:ritual-motion:ontology:dance> ?dance } GROUP BY ?dance"""
EDITED = ("groups/dai.ttl", "rm:bpm 84", "rm:bpm 85")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="statements; 0 = as shipped")
    parser.add_argument("--limit", type=float, default=600, help="seconds that each side gets for each size")
    parser.add_argument("--side", choices=("ours", "rdflib"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.side:
        (_ours if args.side == "ours" else _rdflib)(args.folder)
        return
    runs = [_compare(size, args.limit) for size in args.sizes]
    for run in runs:
        _print(run)
    if args.json:
        write_text(args.json, json.dumps({**_machine(), "runs": runs}, indent=2) + "\n")


def _compare(size: int, limit: float) -> dict:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "graph"
        triples = write_copies(resource("knowledge_graph"), folder, size)
        files = len(list(folder.rglob("*.ttl")))
        sides = {side: _run(side, folder, limit, Path(place) / "cache") for side in ("rdflib", "ours")}
    theirs, ours = sides["rdflib"], sides["ours"]
    if "first_load" in theirs:
        theirs |= {"load": theirs["first_load"], "changed": theirs["first_load"]}
    ratios = {step: round(theirs[step] / ours[step], 1) for step in STEPS if step in theirs and step in ours}
    return {"triples": triples, "files": files, **sides, "times_faster": ratios}


def _run(side: str, folder: Path, limit: float, cache: Path) -> dict:
    """What a side printed before it ended or was killed: one JSON object a line."""
    command = [sys.executable, "-m", "benchmarks.kg", "--side", side, "--folder", str(folder)]
    environment = {**os.environ, "RITUAL_CACHE_DIR": str(cache), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    watch = Timer(limit, process.kill)
    watch.start()
    found = {}
    for line in process.stdout:
        found |= json.loads(line)
    process.wait()
    watch.cancel()
    return found if process.returncode == 0 else {**found, "killed_after_s": limit}


@contextmanager
def _timed(step: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    spent = round(time.perf_counter() - begun, 5)
    memory = limits.getrusage(limits.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({step: spent, "peak_memory_mib": memory}), flush=True)


def _ours(folder: Path) -> None:
    with _timed("parse"):
        parse(read_folder(folder))
    with _timed("first_load"):
        load_graph(folder)
    with _timed("load"):
        graph = load_graph(folder)
    _questions(lambda: graph.rulebook("dai-peacock", "female", "wedding"), graph.triples)
    name, old, new = EDITED
    text = (folder / name).read_text(encoding="utf-8")
    write_text(folder / name, text.replace(old, new))
    with _timed("changed"):
        graph = load_graph(folder, known=graph)
    if graph.dance("dai-peacock").bpm != 85:
        raise SystemExit(f"{name} holds no '{old}' any more: mend EDITED.")


def _rdflib(folder: Path) -> None:
    import pyshacl

    begun = time.perf_counter()
    with _timed("parse"):
        data, shapes = rdflib.Graph(), rdflib.Graph()
        for name, text in read_folder(folder).items():
            (shapes if name == SHAPES_FILE else data).parse(data=text, format="turtle")
    compiled: list[DanceRules] = []

    def rulebook() -> None:
        compiled[:] = compiled or [DanceRules(Nodes(data), KG["dai-peacock"])]
        compiled[0].rulebook("female", "wedding")

    parsed = time.perf_counter() - begun
    _questions(rulebook, data)
    begun = time.perf_counter()
    conforms, _, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    print(json.dumps({"first_load": round(parsed + time.perf_counter() - begun, 5), "conforms": conforms}), flush=True)


def _questions(rulebook: Callable[[], object], data: rdflib.Graph) -> None:
    with _timed("rulebook"):
        rulebook()
    with _timed("rulebook_again"):
        rulebook()
    with _timed("query"):
        list(data.query(QUERY))


def _print(run: dict) -> None:
    print(f"\n{run['triples']:,} statements in {run['files']} files")
    print(f"{'':34}{'rdflib + pySHACL':>18}{'ours':>12}{'times faster':>14}")
    for step, words in STEPS.items():
        ratio = run["times_faster"].get(step, "")
        print(f"{words:34}{_seconds(run['rdflib'], step):>18}{_seconds(run['ours'], step):>12}{ratio:>14}")
    memory = [f"{run[side].get('peak_memory_mib', '?')} MiB" for side in ("rdflib", "ours")]
    print(f"{'peak memory':34}{memory[0]:>18}{memory[1]:>12}")


def _seconds(side: dict, step: str) -> str:
    if step not in side:
        return f"> {side['killed_after_s']:g} s" if "killed_after_s" in side else "-"
    return f"{side[step]:.2f} s" if side[step] >= 0.1 else f"{1000 * side[step]:.1f} ms"


def _machine() -> dict:
    names = ("rdflib", "pyshacl", "pyoxigraph", "oxrdflib")
    return {
        "date": date.today().isoformat(),
        "machine": f"{platform.machine()}, one process at a time, Python {platform.python_version()}",
        "versions": {name: metadata.version(name) for name in names},
    }


if __name__ == "__main__":
    main()
