"""`ritual motion search`: are the published weights of the loss the best ones?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from ritual.cli import options
from ritual.cli.console import command, err, out, print_json, progress_bar
from ritual.cli.motion.train import Cache, Data, Encoder, Seed, Steps

if TYPE_CHECKING:
    from ritual.motion.search import Found


@command
def search_command(
    data: Data,
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for the study, its runs and what it found.")],
    trials: Annotated[int, typer.Option(help="In all; earlier ones in --out count.")] = 20,
    steps: Steps = 200,
    seeds: Annotated[int, typer.Option(help="Further seeds for the published and the best values, to tell luck.")] = 3,
    seed: Seed = 1,
    encoder: Encoder = None,
    cache: Cache = None,
    graph: options.Graph = None,
    as_json: options.Json = False,
) -> None:
    """Search lambda, eta and the other weights of the loss on validation motion; goes on where it was stopped."""
    from dataclasses import asdict

    from ritual.culture.graph import load_graph
    from ritual.motion.search import search
    from ritual.motion.train import TrainConfig, load_material

    config = TrainConfig(
        data=data, out=out_folder, cache=cache or out_folder / "cache", encoder=encoder, steps=steps, seed=seed,
        validate_every=max(1, steps // 2),
    )  # fmt: skip
    with progress_bar("Search", quiet=as_json) as tell:
        found = search(config, load_material(config, tell, load_graph(graph)), trials, seeds, tell)
    if as_json:
        print_json(asdict(found))
        return
    _print(found)
    err.print(f"Written: {out_folder / 'search.json'}", highlight=False)


def _print(found: Found) -> None:
    from ritual.motion.search import RANGES, SCORE

    table = Table(box=None, pad_edge=False)
    for name in ("", *(name.replace("_", " ") for name in RANGES), "score", "nll", "legal"):
        table.add_column(name, justify="right", no_wrap=not name)
    for rank, row in enumerate(sorted(found.trials, key=lambda row: row.score), start=1):
        mark = "published " if row is found.trials[0] else ""
        cells = [f"{row.values[name]:.3g}" for name in RANGES]
        table.add_row(f"{mark}{rank}", *cells, f"{row.score:.4f}", f"{row.nll:.4f}", f"{row.compliance:.4f}")
    out.print(table)
    out.print(f"Score: {SCORE}.", highlight=False, markup=False)
    names = {"published": "published", "best": "best", "mixed": "best, but lambda and eta as published"}
    for name, words in names.items():
        scores = ", ".join(f"{score:.4f}" for score in getattr(found, name))
        out.print(f"{words}, per further seed: {scores}", highlight=False)
    verdicts = {True: "confirmed (the best gain no more than twice the standard error)", False: "improved upon"}
    out.print(f"The published values rank {found.rank} of {len(found.trials)}: {verdicts[found.confirmed]}.")
    out.print(f"The published lambda and eta, all else as in the best: {verdicts[found.lambda_eta_confirmed]}.")
