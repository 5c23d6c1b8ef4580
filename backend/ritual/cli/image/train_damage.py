"""`ritual image train-damage`: train the generator of insect holes and mould."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import command, out, print_json, progress_bar

EXAMPLES = "Example:  [cyan]ritual image train-damage --out trained[/cyan]"


@command
def train_damage_command(
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for growth.safetensors and its card.")],
    steps: Annotated[int | None, typer.Option(min=1, help="Optimiser steps at most.")] = None,
    seconds: Annotated[float | None, typer.Option(min=1, help="Training stops by then [s].")] = None,
    growths: Annotated[int | None, typer.Option(min=16, help="Simulated growths of each kind to learn from.")] = None,
    seed: Annotated[int, typer.Option(help="Of simulation and training.")] = 0,
    as_json: options.Json = False,
) -> None:
    """Simulate mould and insect galleries and train the small conditional GAN that draws them, on one core."""
    from ritual.pictures.damage.growth.run import train_and_measure
    from ritual.pictures.damage.growth.training import Recipe

    said = {"steps": steps, "seconds": seconds, "growths": growths}
    said = {name: value for name, value in said.items() if value is not None}
    line = "ritual image train-damage --out OUT" + "".join(f" --{name} {value:g}" for name, value in said.items())
    with progress_bar("Training", quiet=as_json) as tell:
        result = train_and_measure(out_folder, Recipe(seed=seed, **said), f"{line} --seed {seed}", tell)
    if as_json:
        print_json(result)
        return
    out.print(f"Weights: {result['weights']}", markup=False, highlight=False)
    out.print(f"Card: {result['card']}", markup=False, highlight=False)
    for kind, figures in result["figures"].items():
        said = f"Frechet {figures['frechet']} (untrained {figures['frechet_untrained']})"
        out.print(f"{kind}: {said}, coverage off by {figures['coverage_error']}", highlight=False)
