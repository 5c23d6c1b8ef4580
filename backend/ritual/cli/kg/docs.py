"""`ritual kg docs`: the knowledge graph as a static site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.brief import Progress
from ritual.cli import options
from ritual.cli.console import command, out, progress_bar

EXAMPLES = "Example:  [cyan]ritual kg docs --out site[/cyan], then open [cyan]site/index.html[/cyan] in a browser."


@command
def docs_command(
    out_folder: Annotated[Path, typer.Option("--out", help="Folder of the site; an earlier site there is replaced.")],
    graph: options.Graph = None,
) -> None:
    """Write a static site: a page per group, dance, symbol and so on, rules, a map, the ontology, search.

    It works from a folder on disk and asks the network for nothing.
    """
    from ritual.culture.curation import docs
    from ritual.culture.graph import load_graph
    from ritual.resources import resource

    folder = resource("knowledge_graph") if graph is None else graph
    loaded = load_graph(graph)
    docs.vacant(out_folder)
    with progress_bar("Site") as tell:
        files = docs.build(loaded, folder, lambda what, done, total: tell(Progress(what, done, total)))
    site = docs.publish(files, out_folder)
    out.print(f"{sum(name.endswith('.html') for name in files)} pages: {site / 'index.html'}", highlight=False)
