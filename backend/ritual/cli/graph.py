"""`ritual dances` and `ritual explain`: what the knowledge graph holds, in words."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Column, Table

from ritual.cli import options
from ritual.cli.console import command, out, print_json

EXAMPLES = "Example:  [cyan]ritual explain dai-peacock --performer female[/cyan]"


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
    table = Table(Column("Slug", no_wrap=True), "Dance", Column("", no_wrap=True), "Group", "Performers", "Occasions")
    for d in dances:
        row = (d.slug, d.label, d.label_zh, d.group_label, ", ".join(d.performers), ", ".join(d.occasions))
        table.add_row(*row)
    out.print(table)


@command
def explain_command(
    dance: Annotated[str, typer.Argument(help="Slug of a dance; `ritual dances` lists them.")],
    performer: options.Performer = None,
    occasion: options.Occasion = None,
    graph: options.Graph = None,
    as_json: options.Json = False,
) -> None:
    """Say every rule that bears on a dance in words, with its source and its review state."""
    from ritual.culture.graph import load_graph

    loaded = load_graph(graph)
    rules = loaded.explain(dance, performer, occasion)
    if as_json:
        print_json([{**asdict(rule), "source": rule.source.citation} for rule in rules])
        return
    out.print(f"[bold]{loaded.dance(dance).label}[/bold]: {len(rules)} rules", highlight=False)
    for rule in rules:
        out.print(f"\n[bold]{rule.kind}[/bold]  {rule.text}", highlight=False)
        out.print(f"  Source: {rule.source.citation}  ({rule.review})", style="dim", highlight=False)
