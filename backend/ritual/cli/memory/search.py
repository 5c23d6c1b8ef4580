"""`ritual memory search`: pictures that look alike, mean alike, or are what a word says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.brief import Progress
from ritual.cli import options
from ritual.cli.console import EXIT_BAD_INPUT, command, err, out, print_json, progress_bar
from ritual.cli.memory.options import Occasion, Weights

EXAMPLES = """Examples:

What looks like it:  [cyan]ritual memory search frog.png patterns[/cyan]

What means what it means at a wedding:  [cyan]ritual memory search frog.png patterns --by meaning --occasion wedding[/cyan]

By a form, a concept or a symbol, in any language of the graph:  [cyan]ritual memory search 漩涡纹 patterns --count 20[/cyan]
"""  # noqa: E501


@command
def search_command(
    query: Annotated[str, typer.Argument(metavar="IMAGE|TEXT", help="An image file, or a word of the graph.")],
    places: Annotated[list[Path], typer.Argument(metavar="FOLDER...", help="Folders or image files to search.")],
    by: Annotated[str, typer.Option(help="Of a picture: form or meaning.")] = "form",
    count: Annotated[int, typer.Option(min=1, help="Pictures told.")] = 10,
    occasion: Occasion = None,
    weights: Weights = None,
    graph: options.Graph = None,
    as_json: options.Json = False,
) -> None:
    """Find pictures of a folder by a picture or a word, the nearest first.

    Exit status: 0 searched; 2 bad input, or some picture could not be read: the others are searched.
    """
    from ritual.culture.graph import load_graph
    from ritual.memory.search import index_of_folder, search
    from ritual.memory.weights import read_memory

    memory = read_memory(weights)
    with progress_bar("Looking", quiet=as_json) as tell:
        index = index_of_folder(memory, places, occasion, lambda i, n: tell(Progress("pictures", i, n)))
    hits = search(memory, load_graph(graph), index, query, by, occasion, count)
    if as_json:
        print_json({"hits": [{"path": str(hit.path), "likeness": hit.likeness} for hit in hits], "bad": index.bad})
    else:
        for hit in hits:
            out.print(f"{hit.likeness:.3f}  {hit.path}", markup=False, highlight=False)
    for sentence in index.bad:
        err.print(sentence, style="red", markup=False, highlight=False)
    if index.bad:
        err.print(f"{len(index.paths)} pictures searched, {len(index.bad)} not.", highlight=False)
        raise typer.Exit(EXIT_BAD_INPUT)
