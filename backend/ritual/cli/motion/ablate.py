"""`ritual motion ablate`: what each part of the model buys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ritual.cli import options
from ritual.cli.console import EXIT_CANCELLED, command, err, out, print_json, progress_bar
from ritual.cli.motion.train import Cache, Data, Encoder, Seed, Steps


@command
def ablate_command(
    data: Data,
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for a training per row and ablation.json.")],
    steps: Steps = 800,
    seed: Seed = 1,
    rows: Annotated[list[str] | None, typer.Option("--row", help="Only this row; repeatable.")] = None,
    jobs: Annotated[int | None, typer.Option(help="Rows trained at once; default: 2, or 1 on one core.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Measure again what is measured.")] = False,
    encoder: Encoder = None,
    cache: Cache = None,
    graph: options.Graph = None,
    as_json: options.Json = False,
) -> None:
    """Train and measure the model with one part left out at a time; goes on row by row where it was stopped."""
    from ritual.evaluation.parts import measure_of
    from ritual.motion.ablation import ablate
    from ritual.motion.train import TrainConfig, default_cache

    config = TrainConfig(data=data, out=out_folder, cache=cache, encoder=encoder, steps=steps, seed=seed)
    try:
        with progress_bar("Ablation", quiet=as_json) as tell:
            result = ablate(config, measure_of(data, graph, default_cache(config)), graph, rows, jobs, again, tell)
    except KeyboardInterrupt:
        err.print(f"[yellow]Stopped.[/yellow] The same command goes on from what is in {out_folder}.")
        raise typer.Exit(EXIT_CANCELLED) from None
    if as_json:
        print_json(result)
        return
    _print(result["rows"])
    err.print(f"Written: {out_folder / 'ablation.json'}", highlight=False)


def _print(rows: dict[str, dict]) -> None:
    """A block per figure: what it is with each part left out."""
    names = dict.fromkeys(name for row in rows.values() for name in row["figures"])
    for name in names:
        table = Table(box=None, pad_edge=False, title=name.replace("_", " "), title_justify="left", show_header=False)
        for row in rows.values():
            if figure := row["figures"].get(name):
                value = f"{figure['value']:.4g} ± {figure['spread']:.2g} {figure['unit']}"
                table.add_row(f"  {row['what']}", value, f"n = {figure['n']}")
        out.print(table)
    for row in rows.values():
        if not row["figures"]:
            out.print(f"Not measured: {row['what']}.", highlight=False)
