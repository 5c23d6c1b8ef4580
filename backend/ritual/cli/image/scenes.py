"""`ritual image scenes`: pictures to learn from, drawn from our own scenes: houses, paper-cuts, paintings."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import command, out, print_json, progress_bar
from ritual.errors import BadInput, nearest

EXAMPLES = """Examples:

Pairs of photo and paper-cut, and of photo and painting, of the same houses:  [cyan]ritual image scenes --set papercut --set painting --count 480 --size 128 --out sets[/cyan]

House pictures to learn synthesis from:  [cyan]ritual image scenes --set rural --count 1000 --size 256 --out sets[/cyan]

Window flowers to learn enlargement from (needs no Blender):  [cyan]ritual image scenes --set enlarge --count 400 --out sets[/cyan]
"""  # noqa: E501


@command
def scenes_command(
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for the sets, each in a folder of its name.")],
    wanted: Annotated[
        list[str],
        typer.Option(
            "--set",
            help="papercut, painting (pairs), artwork (unpaired), rural, enlarge.",
            show_default=False,
        ),
    ],
    count: Annotated[int, typer.Option(help="How many scenes; 70, 15, 15 in 100 in train, val, test.", min=1)] = 480,
    size: Annotated[int, typer.Option(help="Side of a picture in pixels; enlarge has 512.", min=32, max=2048)] = 256,
    seed: Annotated[int, typer.Option(help="The same seed gives the same scenes.", min=0)] = 0,
    samples: Annotated[
        int, typer.Option(help="Of Cycles for each pixel; 64 where Blender has no denoiser.", min=1)
    ] = 4,
    threads: Annotated[int, typer.Option(help="That Blender may use.", min=1)] = 1,
    graph: options.Graph = None,
    as_json: options.Json = False,
) -> None:
    """Render village houses with performers, and cut and paint them, as folders to train on.

    All sets of one folder share its scenes (folder `scenes`), and a scene is in one split in every set. A run that was
    stopped goes on where it was. Exit status: 0 drawn; 1 no Blender; 2 bad arguments; 130 cancelled.
    """
    from ritual.culture.graph import load_graph
    from ritual.scenes import sets
    from ritual.scenes.houses import render_scenes
    from ritual.scenes.plan import Planner

    for name in wanted:
        if name not in sets.SETS:
            raise BadInput(f"There is no set '{name}'.", hint=nearest(name, sets.SETS))
    loaded = load_graph(graph)
    planner = Planner(loaded, seed)
    made = {}
    with progress_bar("Scenes", quiet=as_json) as tell:
        drawn = []
        if set(wanted) - {"enlarge"}:
            drawn = render_scenes(
                loaded,
                out_folder / "scenes",
                count,
                size=size,
                seed=seed,
                samples=samples,
                threads=threads,
                progress=tell,
            )
        write = {
            "papercut": partial(sets.write_papercuts, drawn),
            "painting": partial(sets.write_paintings, planner, drawn),
            "artwork": partial(sets.write_artwork, planner, drawn),
            "rural": partial(sets.write_rural, drawn),
            "enlarge": lambda folder, tell: sets.write_enlarge(loaded, folder, count, seed=seed, progress=tell),
        }
        for name in dict.fromkeys(wanted):
            made[name] = write[name](out_folder / name, tell)
    if as_json:
        print_json({"out": str(out_folder), "sets": made, "size": size, "seed": seed})
        return
    for name, number in made.items():
        out.print(f"{name}: {number} scenes in {out_folder / name}", markup=False, highlight=False)
