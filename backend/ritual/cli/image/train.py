"""`ritual image train`: train a model of pictures or clips on a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import EXIT_CANCELLED, command, err, out, print_json, progress_bar
from ritual.cli.image.settings import model_settings

EXAMPLES = (
    "Examples:  [cyan]ritual image train --model papercut --data photos2papercuts --out runs/1[/cyan]   "
    "[cyan]ritual image train --model cyclegan --data DIR --out runs/2 --side 256 --width 64 --batch 1 --steps 200000 "
    "--device cuda --precision bfloat16[/cyan]   "
    "[cyan]ritual image train --model papercut --data DIR --out runs/3 --set attention=false --set cycle=20[/cyan]   "
    "[cyan]torchrun --nproc-per-node 2 -m ritual image train --model cyclegan --data DIR --out runs/4[/cyan]"
)


@command
def train_command(
    model: Annotated[str, typer.Option(help="Which model: cyclegan, papercut, ...; a wrong name lists them.")],
    data: Annotated[
        Path,
        typer.Option(
            "--data",
            help="Two domains: a folder with trainA, trainB, testA, testB (pairs have one name in both), or train and "
            "test with pairs side by side. Else: train, val, test, or one flat folder. Or a manifest.csv (split, "
            "domain, path, pair).",
        ),
    ],
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for weights, state, samples and progress.html.")],
    side: Annotated[int, typer.Option(help="Of the pictures learnt from [px]; a multiple of 32.")] = 64,
    steps: Annotated[int, typer.Option(help="Optimiser steps.")] = 4000,
    batch: Annotated[int, typer.Option(help="Pictures a step, in each process.")] = 4,
    width: Annotated[int, typer.Option(help="Channels of the widest layers; the papers have 64.")] = 32,
    frames: Annotated[int, typer.Option(help="Of a clip, for models of video.")] = 1,
    scale: Annotated[int, typer.Option(help="Of enlargement: 2 or 4.")] = 2,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="A setting of the model, as cycle=20 or attention=false; repeatable."),
    ] = None,
    learning_rate: Annotated[float, typer.Option(help="Adam's.")] = 2e-4,
    falls_from: Annotated[float, typer.Option(help="Part of the steps after which it falls linearly to 0.")] = 0.5,
    average: Annotated[float, typer.Option(help="Decay of the weights' moving average; 0: none.")] = 0.995,
    flip: Annotated[
        bool, typer.Option(help="Mirror at random; not where a mirrored symbol means another thing.")
    ] = True,
    sample_every: Annotated[int, typer.Option(help="Steps between grids of samples.")] = 500,
    evaluate_every: Annotated[int, typer.Option(help="Steps between held-out figures.")] = 1000,
    save_every: Annotated[int, typer.Option(help="Steps between states to go on from.")] = 250,
    seed: Annotated[int, typer.Option(help="The same seed gives the same weights.")] = 0,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    precision: Annotated[
        str, typer.Option(help="Of the networks that make pictures: float32 or bfloat16; critics and losses: float32.")
    ] = "float32",
    perceptual: Annotated[
        Path | None, typer.Option(help="VGG or AlexNet weights for losses and figures; default: the memory's encoder.")
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option("--log", "--tensorboard", help="Folder for TensorBoard. (torchrun takes --log for its own.)"),
    ] = None,
    memory: Annotated[float, typer.Option(min=0, help="Decoded pictures that are kept in memory [GiB].")] = 2.0,
    threads: Annotated[int, typer.Option(min=0, help="CPU threads; 0: torch's own choice.")] = 0,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over instead of going on.")] = False,
    as_json: options.Json = False,
) -> None:
    """Train a model; the same command goes on where it was stopped, bit for bit."""
    import torch

    from ritual.imagery.training.train import train
    from ritual.imagery.training.train_config import TrainConfig

    config = TrainConfig(
        model=model, data=data, out=out_folder, options=model_settings(model, settings or []), side=side, width=width,
        frames=frames, scale=scale, flip=flip, steps=steps, batch=batch, learning_rate=learning_rate,
        falls_from=falls_from, average=average, sample_every=sample_every, evaluate_every=evaluate_every,
        save_every=save_every, seed=seed, device=device, precision=precision, perceptual=perceptual, log=log,
        resume=not fresh,
    )  # fmt: skip
    if threads:
        torch.set_num_threads(threads)
    try:
        with progress_bar("Training", quiet=as_json) as tell:
            result = train(config, tell, _warn, int(memory * 2**30))
    except KeyboardInterrupt:
        if os.environ.get("RANK", "0") == "0":  # of the processes of torchrun the first writes, and speaks
            saved = (out_folder / "state.safetensors").exists()
            said = f"The same command goes on from the state in {out_folder}." if saved else "No step was taken."
            err.print(f"[yellow]Stopped.[/yellow] {said}")
        raise typer.Exit(EXIT_CANCELLED) from None
    if not result.first:
        return
    figures = {name: round(value, 5) for name, value in result.figures.items()}
    if as_json:
        print_json({
            "weights": str(result.weights), "page": str(result.page), "samples": str(result.samples),
            "state": str(result.state), "step": result.step, "seconds": round(result.seconds, 1), "figures": figures,
            "bad": result.bad, "warnings": result.warnings,
        })  # fmt: skip
        return
    for said, path in (("Weights", result.weights), ("Progress", result.page), ("Samples", result.samples),
                       ("State", result.state)):  # fmt: skip
        out.print(f"{said}: {path}", markup=False, highlight=False)
    told = ", ".join(f"{name} {value:g}" for name, value in figures.items())
    out.print(f"{result.step} steps; {result.seconds:.0f} s. {told}", markup=False, highlight=False)
    if result.bad:
        out.print(
            f"{len(result.bad)} {'file' if len(result.bad) == 1 else 'files'} could not be read:",
            markup=False,
            highlight=False,
        )
        for sentence in result.bad.values():
            out.print(f"  {sentence}", markup=False, highlight=False)


def _warn(sentence: str) -> None:
    err.print(sentence, style="yellow", markup=False, highlight=False)
