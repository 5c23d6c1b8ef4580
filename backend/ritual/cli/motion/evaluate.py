"""`ritual motion evaluate`: figures of the motion model on held-out motion and every dance, and a page to look at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ritual.cli import options
from ritual.cli.console import command, out, progress_bar
from ritual.cli.motion.train import Cache
from ritual.errors import BadInput
from ritual.files import write_text

EXAMPLES = """Examples:

Every figure as JSON:  [cyan]ritual motion evaluate --data mocap --json figures.json[/cyan]

And a page with plots and films, real beside drawn:  [cyan]ritual motion evaluate --data mocap --report look[/cyan]

Another model beside it:  [cyan]ritual motion evaluate --data mocap --beside mixture --json figures.json[/cyan]
"""


@command
def evaluate_command(
    data: Annotated[Path, typer.Option("--data", help="Folder of motion capture, the one that training had.")],
    json_file: Annotated[Path | None, typer.Option("--json", help="File for all figures.")] = None,
    report: Annotated[Path | None, typer.Option("--report", help="Folder for the HTML page and its films.")] = None,
    weights: Annotated[
        Path | None, typer.Option(help="Weights to measure: a file, flow or mixture; default: what ships.")
    ] = None,
    beside: Annotated[
        list[Path] | None, typer.Option("--beside", help="Further weights to measure beside them; repeatable.")
    ] = None,
    ablation: Annotated[
        Path | None, typer.Option(help="ablation.json of `ritual motion ablate`, for the page.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = 0,
    seeds: Annotated[int, typer.Option(min=2, max=50, help="Generations of each dance.")] = 4,
    cache: Cache = None,
    graph: options.Graph = None,
) -> None:
    """Measure the motion model on held-out motion capture and on the dances of the graph.

    Each figure has a stable key with `value`, `spread`, `n`, `unit`, what it is and what it is held against.
    Nothing of the training part is measured against. Exit status: 0 measured, whatever the figures; 2 bad input.
    """
    from ritual.evaluation.evaluate import evaluate
    from ritual.generate import Engine
    from ritual.motion.sample import Generator

    if not data.is_dir():
        raise BadInput(f"There is no folder '{data}'.", hint="Name a folder of motion capture.")
    for path in (json_file, ablation):
        if path is not None and path.is_dir():
            raise BadInput(f"'{path}' is a folder; name a JSON file.")
    rows = _ablation(ablation)
    line = f"ritual motion evaluate --data DATA/mocap --seed {seed} --seeds {seeds}"
    line += f" --weights {weights.name}" if weights else ""
    with progress_bar("Measuring", quiet=False) as tell:
        engine = Engine.load(graph, weights)
        others = {Generator.load(path).name: Generator.load(path) for path in beside or ()}
        found = evaluate(data, engine, cache or data_cache(data), line, seed, seeds, others, tell)
        found.result["ablation"] = rows
        if json_file is not None:  # before the page: should that fail, the figures are not lost
            write_text(json_file, json.dumps(found.result, indent=2, ensure_ascii=False) + "\n")
        if report is not None:
            page = _page(found, report, tell)
    _print(found.result["figures"])
    if json_file is not None:
        out.print(f"Figures: {json_file}", markup=False, highlight=False)
    if report is not None:
        out.print(f"Page: {page}", markup=False, highlight=False)


def data_cache(data: Path) -> Path | None:
    """Where retargeted motion of a data folder is kept between commands: among the user's caches, not in the data."""
    from ritual.culture.cache import cache_folder

    folder = cache_folder("motion")
    return None if folder is None else folder / data.resolve().name


def _ablation(path: Path | None) -> list[dict]:
    if path is None:
        return []
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
        return [{"name": name, "what": row["what"], "figures": row["figures"]} for name, row in rows.items()]
    except FileNotFoundError:
        raise BadInput(f"There is no file '{path}'.", hint="`ritual motion ablate` writes it.") from None
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError):
        raise BadInput(f"'{path}' is no table of `ritual motion ablate`.") from None


def _page(found: object, folder: Path, tell: object) -> Path:
    from ritual.film.motion_report import Pair, write_report

    pairs = [
        Pair(real.caption, f"from the key poses of {real.file}", real.clip, made.clip, "real, held out", "drawn")
        for real, made in found.pairs
    ]
    folder.mkdir(parents=True, exist_ok=True)
    return write_report(found.result, pairs, folder / "report.html", tell)


def _print(figures: dict[str, dict]) -> None:
    table = Table(box=None, pad_edge=False)
    for name, just in (("figure", "left"), ("value", "right"), ("spread", "right"), ("n", "right"), ("", "left")):
        table.add_column(name, justify=just)
    for key, figure in figures.items():
        goal = figure["target"]
        verdict = "" if goal is None else f"{'met' if figure['met'] else 'missed'} ({goal['op']} {goal['value']:g})"
        row = (f"{figure['value']:.4g}", f"{figure['spread']:.2g}", str(figure["n"]), f"{figure['unit']}  {verdict}")
        table.add_row(key, *row)
    out.print(table)
