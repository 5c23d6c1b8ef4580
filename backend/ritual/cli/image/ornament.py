"""`ritual image ornament`: patterns drawn from what the graph says, with the labels that it gives them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.brief import Progress
from ritual.cli import options
from ritual.cli.console import command, out, print_json, progress_bar

EXAMPLES = """Examples:

Spirals of the Miao, as silver wire would make them:  [cyan]ritual image ornament --form spiral --group miao --out spirals[/cyan]

The bare drawing, to cut or to print:  [cyan]ritual image ornament --symbol han-lotus --svg --count 3 --seed 7 --out lotus[/cyan]

A labelled collection of everything:  [cyan]ritual image ornament --count 2000 --size 128 --out corpus[/cyan]
"""  # noqa: E501


@command
def ornament_command(
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for pictures, labels.csv and sheet.png.")],
    form: Annotated[list[str] | None, typer.Option("--form", help="Slug of a form, as spiral; repeatable.")] = None,
    group: Annotated[list[str] | None, typer.Option("--group", help="Slug of a people, as miao; repeatable.")] = None,
    symbol: Annotated[list[str] | None, typer.Option("--symbol", help="Slug of a symbol; repeatable.")] = None,
    count: Annotated[int, typer.Option(help="How many, each another drawing.", min=1)] = 12,
    size: Annotated[int, typer.Option(help="Side of a picture in pixels.", min=16, max=2048)] = 256,
    seed: Annotated[int, typer.Option(help="The same seed gives the same patterns.", min=0)] = 0,
    svg: Annotated[bool, typer.Option("--svg/--png", help="The bare drawing, or it in its craft.")] = False,
    graph: options.Graph = None,
    as_json: options.Json = False,
) -> None:
    """Draw patterns of the graph's symbols: form, craft, colours and meaning as the graph says.

    The folder is a labelled collection: labels.csv says of each picture its form, symbol, people, meaning, occasion and
    place, and sheet.png shows them together. Exit status: 0 drawn; 2 a name that the graph does not know.
    """
    from ritual.culture.graph import load_graph
    from ritual.pictures.ornament_files import write_ornament

    with progress_bar("Drawing", quiet=as_json) as tell:
        written = write_ornament(
            load_graph(graph), out_folder, forms=form or (), groups=group or (), symbols=symbol or (), count=count,
            size=size, seed=seed, vector=svg, tell=lambda done, total, name: tell(Progress(name, done, total)),
        )  # fmt: skip
    if as_json:
        rows = [
            {"file": str(p), "form": x.form, "symbol": x.symbol, "group": x.group, "concepts": list(x.concepts),
             "occasion": x.occasion, "worn_on": x.worn_on, "craft": x.craft}
            for p, x in written
        ]  # fmt: skip
        print_json({"pictures": rows})
        return
    told = f"{len(written)} {'pattern' if len(written) == 1 else 'patterns'} drawn into {out_folder}"
    out.print(f"{told}.", markup=False, highlight=False)
    if len(written) < count:
        out.print("There are no more drawings of these; another --seed gives others.", markup=False, highlight=False)
