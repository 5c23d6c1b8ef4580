"""`ritual motion train`: train a motion network on a folder of motion."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import EXIT_CANCELLED, command, err, out, print_json, progress_bar

EXAMPLES = (
    "Examples:  [cyan]ritual motion train --data mocap --out trained --log runs/1[/cyan]   "
    "[cyan]ritual motion train --data mocap --out trained --device cuda --precision bfloat16[/cyan]   "
    "[cyan]torchrun --nproc-per-node 2 -m ritual motion train --data mocap --out trained[/cyan]"
)
Data = Annotated[Path, typer.Option("--data", help="Folder of motion files (BVH, npz).")]
Cache = Annotated[
    Path | None, typer.Option("--cache", help="Folder for retargeted motion, to be shared; default: in --out.")
]
Steps = Annotated[int, typer.Option(help="Optimiser steps.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same weights.")]
Encoder = Annotated[str | None, typer.Option(help="Another sentence encoder: folder or cached hub id.")]


@command
def train_command(
    data: Data,
    out_folder: Annotated[
        Path, typer.Option("--out", help="Folder for weights, training state, model card and loss plot.")
    ],
    model: Annotated[str, typer.Option(help="mixture (the paper's) or flow.")] = "mixture",
    steps: Annotated[
        int | None, typer.Option(help="Optimiser steps; default: 800 for the mixture, 3000 for the flow.")
    ] = None,
    seed: Seed = 1,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    precision: Annotated[str, typer.Option(help="Of the network's arithmetic: float32 or bfloat16.")] = "float32",
    threads: Annotated[int, typer.Option(help="CPU threads.")] = 1,
    workers: Annotated[int, typer.Option(help="Processes that build the next windows meanwhile.")] = 1,
    encoder: Encoder = None,
    cache: Cache = None,
    log: Annotated[
        Path | None,
        typer.Option("--log", "--tensorboard", help="Folder for TensorBoard. (torchrun takes --log for its own.)"),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without", help="Leave a part of eq. 8 out: kl, stance, limits or cultural (all three); repeatable."
        ),
    ] = None,
    components: Annotated[int, typer.Option(help="Of the mixture.")] = 5,
    learning_rate: Annotated[float | None, typer.Option(help="Its peak; default: the model's own.")] = None,
    dance_weight: Annotated[float, typer.Option(help="Of eq. 8 beside the likelihood.")] = 0.25,
    kl: Annotated[float, typer.Option(help="Of the divergence in eq. 8.")] = 1.0,
    stance: Annotated[float, typer.Option(help="lambda of eq. 8.")] = 1.2,
    limits: Annotated[float, typer.Option(help="eta of eq. 8.")] = 0.8,
    average: Annotated[
        float | None, typer.Option(help="Decay of a moving average of the weights, 0: none; default: the model's own.")
    ] = None,
    graph: options.Graph = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over instead of resuming.")] = False,
    as_json: options.Json = False,
) -> None:
    """Train on a folder of motion capture and the graph's dances; resumes where it was stopped."""
    from ritual.culture.graph import load_graph
    from ritual.motion.model_card import card_of
    from ritual.motion.train import STATE_NAME, TrainConfig, train_and_measure
    from ritual.motion.train_config import RECIPES

    said = {"steps": steps, "learning_rate": learning_rate, "average": average}
    recipe = RECIPES.get(model, {}) | {name: value for name, value in said.items() if value is not None}
    config = TrainConfig(
        data=data, out=out_folder, cache=cache, encoder=encoder, model=model, components=components,
        dance_weight=dance_weight, kl=kl, stance=stance, limits=limits, seed=seed, device=device, precision=precision,
        threads=threads, workers=workers, log=log, resume=not fresh, **recipe,
    )  # fmt: skip
    for part in without or ():
        config = config.without(part)
    try:
        with progress_bar("Training", quiet=as_json) as tell:
            result, card = train_and_measure(config, tell, load_graph(graph))
    except KeyboardInterrupt:
        if os.environ.get("RANK", "0") == "0":  # of the processes of torchrun the first writes, and speaks
            saved = (out_folder / STATE_NAME).exists()
            said = f"The same command goes on from the state in {out_folder}." if saved else "No step was taken."
            err.print(f"[yellow]Stopped.[/yellow] {said}")
        raise typer.Exit(EXIT_CANCELLED) from None
    if not result.first:
        return
    if as_json:
        print_json({"weights": str(result.weights), "seconds": result.seconds, "card": card})
        return
    out.print(f"Weights: {result.weights}", highlight=False)
    out.print(f"Model card: {card_of(result.weights)}", highlight=False)
    out.print(f"Best at step {result.best_step}; {result.seconds:.0f} s.", highlight=False)
