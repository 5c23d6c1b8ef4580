"""`ritual kg show`: everything that the graph says of one node."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from ritual.cli import options
from ritual.cli.console import command, out, print_json

EXAMPLES = (
    "Examples:  [cyan]ritual kg show dai-peacock[/cyan]   [cyan]ritual kg show 孔雀舞[/cyan]   "
    "[cyan]ritual kg show kg:concept-harvest --json[/cyan]"
)


@command
def show_command(
    node: Annotated[str, typer.Argument(help="A slug, a name in English or Chinese, or kg:... .", metavar="NODE")],
    graph: options.Graph = None,
    as_json: options.Json = False,
) -> None:
    """Say all that the graph says of a node: names, properties, referrers, rules, source, review, file and line."""
    from ritual.culture.curation.cards import Cards
    from ritual.culture.curation.show import find, lines, where
    from ritual.culture.graph import load_graph

    loaded = load_graph(graph)
    found = find(loaded.triples, node)
    card, place = Cards(loaded).card(found), where(found, graph)
    if as_json:
        print_json({**asdict(card), "file": place and place.file, "line": place and place.line})
        return
    out.print(Text.assemble((card.label, "bold"), f"  {card.label_zh}".rstrip(), (f"  {card.short}", "dim")))
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for heading, text in lines(card, place):
        table.add_row(Text(heading), Text(text))
    out.print(table)
