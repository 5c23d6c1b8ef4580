"""`ritual dances`: the dances of the knowledge graph."""

from __future__ import annotations

from rich.table import Column, Table

from ritual.cli import options
from ritual.cli.console import command, out, print_json


@command
def dances_command(graph: options.Graph = None, as_json: options.Json = False) -> None:
    """List the dances of the knowledge graph."""
    from ritual.culture.graph import load_graph

    dances = load_graph(graph).dances()
    if as_json:
        print_json(
            [
                {
                    "slug": d.slug,
                    "label": d.label,
                    "label_zh": d.label_zh,
                    "group": d.group_label,
                    "performers": list(d.performers),
                    "default_performer": d.default_performer,
                    "occasions": list(d.occasions),
                    "bpm": d.bpm,
                    "beats_per_cycle": d.beats_per_cycle,
                    "iri": d.iri,
                }
                for d in dances
            ]
        )
        return
    table = Table(Column("Slug", no_wrap=True), "Dance", Column("", no_wrap=True), Column("Performers", no_wrap=True))
    for d in dances:
        table.add_row(d.slug, d.label, d.label_zh, ", ".join(d.performers))
    out.print(table)
    out.print("`ritual explain SLUG` tells each one's occasions and rules.", style="dim")
