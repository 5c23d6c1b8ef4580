"""`ritual image enlarge`: pictures made larger by a network."""

from __future__ import annotations

from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import command
from ritual.cli.image import using

EXAMPLES = """Examples:

Twice as large:  [cyan]ritual image enlarge frog.png --out large[/cyan]

A paper-cut for print, its edges crisp, and as curves:  [cyan]ritual image enlarge cuts --factor 4 --papercut --svg --out large[/cyan]
"""  # noqa: E501


@command
def enlarge_command(
    inputs: using.Inputs,
    out_folder: using.Out,
    factor: Annotated[float, typer.Option("--factor", help="How many times larger, above 1 and up to 8.")] = 2.0,
    papercut: Annotated[
        bool, typer.Option("--papercut", help="Two colours alone, those of the small picture.")
    ] = False,
    svg: Annotated[
        bool, typer.Option("--svg", help="Curves in NAME.svg beside the picture, too; implies --papercut.")
    ] = False,
    weights: using.Weights = None,
    device: using.Device = "cpu",
    tile: using.Tile = None,
    threads: using.Threads = None,
    as_json: options.Json = False,
) -> None:
    """Enlarge pictures of any size: NAME-large.png for each. Transparency is enlarged with them.

    Exit status: 0 all done; 2 some input was bad, the rest is done.
    """
    from ritual.imagery.use.enlarge import crisp, enlarged
    from ritual.imagery.use.folder import Result, work_through
    from ritual.imagery.use.network import network

    using.use_threads(threads)
    tiles, net = using.tiling(tile), network("enlargement", "enlarge-2x", weights, device)

    def work(picture, tell):
        canvas = enlarged(net, picture.rgba, factor, tiles, tell)
        if not (papercut or svg):
            return Result(canvas)
        made, alpha = crisp(canvas, picture.rgba)
        return Result(made.canvas(alpha), using.curves(made) if svg else {})

    with using.telling("enlarged", "Enlarging", out_folder, as_json) as (done, tell):
        work_through(using.places(inputs), out_folder, "large", work, None, tell, done)
