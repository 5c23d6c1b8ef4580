"""`ritual image folk-clips`: recordings of folk activities made of our own dances, with everything known of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.brief import Progress
from ritual.cli import options
from ritual.cli.console import command, out, print_json, progress_bar

EXAMPLES = """Examples:

Twenty recordings of four shots each:  [cyan]ritual image folk-clips --count 20 --out recordings[/cyan]

Then windows that a model can learn from:  [cyan]ritual image prepare recordings --out clips[/cyan]
"""


@command
def folk_clips_command(
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for the recordings, their labels and clean sound.")],
    count: Annotated[int, typer.Option(help="How many recordings.", min=1)] = 20,
    shots: Annotated[int, typer.Option(help="Shots in each.")] = 4,
    size: Annotated[int, typer.Option(help="Side of the picture in pixels, even.")] = 256,
    fps: Annotated[float, typer.Option(help="Frames per second.")] = 25.0,
    snr: Annotated[float, typer.Option(help="Drum over wind, in dB.")] = 10.0,
    dissolves: Annotated[float, typer.Option(help="Part of the transitions that are dissolves, 0 to 1.")] = 0.15,
    seed: Annotated[int, typer.Option(help="The same seed gives the same recordings.", min=0)] = 0,
    graph: options.Graph = None,
    weights: options.Weights = None,
    as_json: options.Json = False,
) -> None:
    """Draw recordings of dances with drum, wind and scene cuts: NAME.mp4, NAME.json, clean/NAME.wav, labels.csv.

    Those that are in the folder already stay. Exit status: 0 made; 2 bad arguments.
    """
    from ritual.generate import Engine
    from ritual.scenes.folk_clips import Recipe, write_folk_clips

    recipe = Recipe(shots=shots, side=size, fps=fps, snr=snr, dissolves=dissolves, seed=seed).checked()
    with progress_bar("Recording", quiet=as_json) as tell:
        made = write_folk_clips(
            Engine.load(graph, weights), out_folder, count, recipe,
            lambda done, total, name: tell(Progress(name, done, total)),
        )  # fmt: skip
    if as_json:
        print_json({"recordings": [str(path) for path in made]})
        return
    told = f"{len(made)} {'recording' if len(made) == 1 else 'recordings'} in {out_folder}"
    out.print(f"{told}.", markup=False, highlight=False)
