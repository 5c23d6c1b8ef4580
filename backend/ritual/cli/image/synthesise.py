"""`ritual image synthesise`: pictures and clips out of noise, or the nearest one to a picture at hand."""

from __future__ import annotations

from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import command
from ritual.cli.image import using

EXAMPLES = """Examples:

Nine houses and a sheet of them:  [cyan]ritual image synthesise --count 9 --out made[/cyan]

The houses that come nearest to your photographs:  [cyan]ritual image synthesise photos --out made[/cyan]

With a model of your own, the fourth of them again:  [cyan]ritual image synthesise --weights runs/ornament --count 1 --seed 3 --out made[/cyan]
"""  # noqa: E501


@command
def synthesise_command(
    out_folder: using.Out,
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="IN",
            help="Pictures, folders or quoted patterns, to come near to; without any, chance decides.",
        ),
    ] = None,
    what: Annotated[
        str, typer.Option("--what", help="Another name of what ships; with --weights any, for the files' names.")
    ] = "",
    count: Annotated[int, typer.Option("--count", help="How many.")] = 4,
    seed: Annotated[int, typer.Option("--seed", help="Of the first; the next ones count on from it.")] = 0,
    sheet: Annotated[
        bool, typer.Option("--sheet/--no-sheet", help="All of them together in NAME-sheet.png, too.")
    ] = True,
    mp4: Annotated[bool, typer.Option("--mp4", help="Clips as MP4 instead of animated WebP.")] = False,
    weights: using.Weights = None,
    dance: using.Dance = None,
    group: using.Group = None,
    occasion: using.Occasion = None,
    performer: using.Performer = None,
    device: using.Device = "cpu",
    threads: using.Threads = None,
    graph: options.Graph = None,
    as_json: options.Json = False,
) -> None:
    """Make pictures that were not there before: NAME-SEED.png for each (a clip: .webp or .mp4), the same for its seed.
    Given pictures, make the nearest ones to them instead: PICTURE-synthesised.png for each.

    Where a place is said (--dance, --group, --occasion), the rules on colours and symbols judge what comes out.
    Exit status: 0 all done; 2 bad input; 3 a rule refused a picture, which is kept out.
    """
    from ritual.imagery.use.canvas import Canvas
    from ritual.imagery.use.folder import Result, work_through
    from ritual.imagery.use.network import network
    from ritual.imagery.use.synthesise import nearest_to
    from ritual.imagery.use.synthesised_files import write_synthesised

    using.use_threads(threads)
    what = what or (weights.stem if weights else "houses")
    judge = using.judge_of(dance, group, occasion, performer, graph)
    net = network(("synthesis", "video"), what, weights, device)

    def work(picture, _):
        made = nearest_to(net, picture.rgba)
        return Result(Canvas(*made.shape, iter([made])))

    with using.telling("made", "Making", out_folder, as_json) as (done, tell):
        if inputs:
            work_through(using.places(inputs), out_folder, "synthesised", work, judge, tell, done)
        else:
            write_synthesised(net, out_folder, what, count, seed, judge, tell, done, together=sheet, film=mp4)
