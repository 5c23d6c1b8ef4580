"""`ritual image translate`: pictures as paper-cuts or paintings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ritual.cli import options
from ritual.cli.console import command
from ritual.cli.image import using

if TYPE_CHECKING:
    from pathlib import Path

    from ritual.imagery.use.translate import Cut

EXAMPLES = """Examples:

A photograph as a paper-cut:  [cyan]ritual image translate house.jpg --to papercut --out made[/cyan]

Two clean colours and curves for a plotter, in the red of the Han:  [cyan]ritual image translate houses --to papercut --bilevel --svg --colour-of han --out made[/cyan]

A backdrop for a dance, judged by its rules:  [cyan]ritual image translate "photos/*.jpg" --to painting --dance jingpo-munao --occasion wedding --out made[/cyan]

With a model of your own:  [cyan]ritual image translate house.jpg --weights runs/batik --out made[/cyan]
"""  # noqa: E501


@command
def translate_command(
    inputs: using.Inputs,
    out_folder: using.Out,
    to: Annotated[str, typer.Option("--to", help="papercut or painting; with --weights any name for the result.")] = "",
    bilevel: Annotated[bool, typer.Option("--bilevel", help="Two colours alone, specks taken away.")] = False,
    svg: Annotated[
        bool, typer.Option("--svg", help="Curves in NAME.svg beside the picture, too; implies two colours.")
    ] = False,
    cut_out: Annotated[bool, typer.Option("--cut-out", help="No ground under the paper; implies two colours.")] = False,
    paper: Annotated[str | None, typer.Option("--paper", help='Colour of the paper, as "#c8102e".')] = None,
    colour_of: Annotated[
        str | None, typer.Option("--colour-of", help="The paper in a people's colour; its slug.")
    ] = None,
    weights: using.Weights = None,
    dance: using.Dance = None,
    group: using.Group = None,
    occasion: using.Occasion = None,
    performer: using.Performer = None,
    device: using.Device = "cpu",
    tile: using.Tile = None,
    threads: using.Threads = None,
    graph: options.Graph = None,
    as_json: options.Json = False,
) -> None:
    """Translate pictures of any size into another manner: NAME-papercut.png for each. Transparency is kept.

    Where a place is said (--dance, --group, --occasion), the rules on colours and symbols judge what comes out.
    Exit status: 0 all done; 2 some input was bad, the rest is done; 3 a rule refused a picture, which is kept out.
    """
    from ritual.errors import BadInput
    from ritual.imagery.use.folder import Result, work_through
    from ritual.imagery.use.network import STYLES, network
    from ritual.imagery.use.translate import paper_cut, translated

    using.use_threads(threads)
    if not to and weights is None:
        raise BadInput("Say with --to into what.", hint=f"Choose {' or '.join(STYLES)}, or a model with --weights.")
    to = to or weights.stem
    tiles, cut = using.tiling(tile), _cut(bilevel or svg or cut_out, cut_out, paper, colour_of, graph)
    judge = using.judge_of(dance, group, occasion, performer, graph)
    net = network("translation", to, weights, device)

    def work(picture, tell):
        canvas = translated(net, picture.rgba, tiles, tell)
        if cut is None:
            return Result(canvas)
        made = paper_cut(canvas, cut)
        alpha = picture.rgba[..., 3] if canvas.channels == 4 else None
        return Result(
            made.cut_out(alpha) if cut_out else made.canvas(alpha), using.curves(made, cut_out=cut_out) if svg else {}
        )

    with using.telling("translated", "Translating", out_folder, as_json) as (done, tell):
        work_through(using.places(inputs), out_folder, to, work, judge, tell, done)


def _cut(two: bool, cut_out: bool, paper: str | None, people: str | None, graph: Path | None) -> Cut | None:
    """How the paper-cut is cleaned; None = it is not."""
    from ritual.errors import BadInput
    from ritual.imagery.use.translate import Cut

    if paper and people:
        raise BadInput("--paper and --colour-of both say the paper's colour.", hint="Give one of them.")
    if not (two or paper or people):
        return None
    if people:
        from ritual.culture.graph import load_graph
        from ritual.imagery.use.palette import paper_of

        return Cut(paper_of(load_graph(graph), people), cut_out)
    return Cut(using.colour(paper) if paper else None, cut_out)
