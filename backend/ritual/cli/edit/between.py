"""`ritual edit between`: two clips are joined by a dance of some seconds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import command
from ritual.cli.edit import telling
from ritual.cli.generate import check_folder

EXAMPLES = (
    "Examples:  [cyan]ritual edit between entry.npz greeting.npz --seconds 1.5 --out out/joined[/cyan]   "
    "[cyan]ritual edit between a.bvh b.bvh --seconds 3 --keep-place --dance yi-torch --out out/joined[/cyan]"
)


@command
def between_command(
    first: Annotated[Path, typer.Argument(help="The motion that begins.")],
    second: Annotated[Path, typer.Argument(help="The motion that ends; resampled to the first one's frame rate.")],
    out_dir: options.OutFolder,
    seconds: Annotated[float, typer.Option("--seconds", help="Length of the new motion between them.")] = 1.0,
    keep_place: Annotated[
        bool,
        typer.Option("--keep-place", help="Leave the second where it is; else it begins where the new steps lead."),
    ] = False,
    prompt: telling.Prompt = None,
    dance: telling.Dance = None,
    performer: options.Performer = None,
    occasion: options.Occasion = None,
    variants: options.Variants = 1,
    seed: options.Seed = 0,
    device: options.Device = "cpu",
    graph: options.Graph = None,
    weights: options.Weights = None,
    as_json: options.Json = False,
) -> None:
    """Join two clips by a dance: variant-N.npz, .bvh, .glb and report.json in the folder.

    The angles of both stay bit for bit; what they break themselves is reported.
    Exit status: 0 done, 2 bad arguments, 3 refused by a rule.
    """
    check_folder(out_dir)
    from ritual import clip as clips
    from ritual.editing import Ask, between

    pair = clips.read(first), clips.read(second)
    ask = Ask(prompt, dance, performer, occasion, seed, variants)
    telling.edited(
        lambda engine, progress: between(*pair, seconds, engine, ask, keep_place, progress),
        graph, weights, device, out_dir, as_json,
    )  # fmt: skip
