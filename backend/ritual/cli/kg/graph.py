"""`ritual kg graph`: the semantic graph as a picture or as a page to explore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import command, out
from ritual.errors import BadInput

EXAMPLES = (
    "Examples:  [cyan]ritual kg graph --out graph.html[/cyan]   "
    "[cyan]ritual kg graph --out dai.svg --around dai --depth 2[/cyan]   "
    "[cyan]ritual kg graph --out concepts.svg --kind symbol --kind concept[/cyan]"
)


@command
def graph_command(
    out_file: Annotated[Path, typer.Option("--out", help="The file to write: .svg a picture, .html a page.")],
    around: Annotated[str | None, typer.Option("--around", help="Only what lies near this node.")] = None,
    depth: Annotated[int, typer.Option("--depth", min=1, max=9, help="How many steps from it.")] = 2,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", help="Only these kinds (repeat it): group, dance, ritual, symbol, concept, occasion, "
                     "scene, rule; on demand also performer, colour, dress, place."),
    ] = None,
    graph: options.Graph = None,
) -> None:
    """Draw what the graph joins: kinds in colours, opposition and nearness told apart, with a legend."""
    from ritual.culture.curation import graph_view
    from ritual.culture.curation.cards import Cards
    from ritual.culture.curation.show import find
    from ritual.culture.graph import load_graph
    from ritual.files import write_text

    suffix = out_file.suffix.lower()
    if suffix not in (".svg", ".html"):
        raise BadInput(f"Cannot draw to {out_file}: its name must end in .svg or .html.")
    loaded = load_graph(graph)
    centre = None if around is None else find(loaded.triples, around)
    cards = Cards(loaded)
    drawn = graph_view.network(cards, kind or graph_view.DEFAULT_KINDS, centre, depth)
    title = "Semantic graph" if centre is None else f"Semantic graph around {cards.label(centre)}"
    draw = graph_view.svg(drawn, title) if suffix == ".svg" else graph_view.page(cards, drawn, title)
    write_text(out_file, draw)
    out.print(f"{len(drawn.things)} nodes and {len(drawn.links)} links: {out_file}", highlight=False)
