"""`ritual image restore`: damaged pictures made whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import command
from ritual.cli.image import using

EXAMPLES = """Examples:

What time took from a pattern:  [cyan]ritual image restore old/frog.png --out whole[/cyan]

Only where a mask is white:  [cyan]ritual image restore frog-damaged.png --mask frog-mask.png --out whole[/cyan]

A folder of `ritual image damage`, each with the mask beside it:  [cyan]ritual image restore "old/*-damaged.png" --masks --out whole[/cyan]
"""  # noqa: E501


@command
def restore_command(
    inputs: using.Inputs,
    out_folder: using.Out,
    mask: Annotated[
        Path | None, typer.Option("--mask", help="White where the picture is damaged; the rest stays.")
    ] = None,
    masks: Annotated[bool, typer.Option("--masks", help="NAME-mask.png beside each picture is its mask.")] = False,
    weights: using.Weights = None,
    device: using.Device = "cpu",
    tile: using.Tile = None,
    threads: using.Threads = None,
    as_json: options.Json = False,
) -> None:
    """Restore damaged pictures of any size: NAME-restored.png for each. Transparency is kept.

    Exit status: 0 all done; 2 some input was bad, the rest is done.
    """
    from ritual.errors import BadInput
    from ritual.imagery.use.folder import Result, work_through
    from ritual.imagery.use.network import network
    from ritual.imagery.use.restore import read_mask, restored

    using.use_threads(threads)
    if mask and masks:
        raise BadInput("--mask and --masks both say where the masks are.", hint="Give one of them.")
    tiles, net = using.tiling(tile), network("restoration", "restore", weights, device)

    def work(picture, tell):
        where = _beside(picture.path) if masks else mask
        damaged = read_mask(where, picture.rgba) if where else None
        return Result(restored(net, picture.rgba, damaged, tiles, tell))

    with using.telling("restored", "Restoring", out_folder, as_json) as (done, tell):
        work_through(using.places(inputs), out_folder, "restored", work, None, tell, done)


def _beside(picture: Path) -> Path:
    return picture.with_name(f"{picture.stem.removesuffix('-damaged')}-mask.png")
