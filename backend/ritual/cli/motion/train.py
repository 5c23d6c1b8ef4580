"""`ritual motion train`: train the motion network on a folder of motion."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import command, out, print_json, progress_bar


@command
def train_command(
    data: Annotated[Path, typer.Option("--data", help="Folder of motion files (BVH, npz).")],
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for weights, training state, model card.")],
    steps: Annotated[int, typer.Option(help="Optimiser steps.")] = 800,
    seed: Annotated[int, typer.Option(help="The same seed gives the same weights.")] = 1,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    threads: Annotated[int, typer.Option(help="CPU threads.")] = 1,
    encoder: Annotated[str | None, typer.Option(help="Another sentence encoder: folder or cached hub id.")] = None,
    no_cultural_loss: Annotated[
        bool, typer.Option("--no-cultural-loss", help="Leave eq. 8 out, to measure what it buys.")
    ] = False,
    graph: options.Graph = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over instead of resuming.")] = False,
    as_json: options.Json = False,
) -> None:
    """Train on a folder of motion capture and the graph's dances; resumes where it was stopped."""
    from ritual.culture.graph import load_graph
    from ritual.motion.train import TrainConfig, train_and_measure

    config = TrainConfig(
        data=data, out=out_folder, steps=steps, seed=seed, device=device, threads=threads, encoder=encoder,
        dance_weight=0.0 if no_cultural_loss else TrainConfig.dance_weight, resume=not fresh,
    )  # fmt: skip
    with progress_bar("Training", quiet=as_json) as tell:
        result, card = train_and_measure(config, tell, load_graph(graph))
    if as_json:
        print_json({"weights": str(result.weights), "seconds": result.seconds, "card": card})
        return
    out.print(f"Weights: {result.weights}", highlight=False)
    out.print(f"Model card: {result.weights.with_name('model_card.md')}", highlight=False)
    out.print(f"Best at step {result.best_step}; {result.seconds:.0f} s.", highlight=False)
