"""`ritual kg query`: ask the graph in SPARQL."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from ritual.cli import options
from ritual.cli.console import command, out
from ritual.errors import BadInput, nearest

EXAMPLES = """Examples:

Dances and their groups:  [cyan]ritual kg query "SELECT ?dance ?group { ?dance a rm:Dance ; rm:group ?group }"[/cyan]

What nobody has reviewed, kind by kind:  [cyan]ritual kg query "SELECT ?kind (COUNT(?s) AS ?n)
{ ?s rm:review rm:Unreviewed ; a ?kind } GROUP BY ?kind ORDER BY DESC(?n)"[/cyan]

Symbols that stand for life, as a table for a spreadsheet:  [cyan]ritual kg query --format csv
"SELECT ?name { ?s rm:meaning kg:concept-life ; skos:prefLabel ?name }" > life.csv[/cyan]
"""


@command
def query_command(
    query: Annotated[str, typer.Argument(help="SPARQL in quotes, or a file (.rq).", metavar="QUERY|FILE.rq")],
    form: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
    seconds: Annotated[float, typer.Option("--seconds", min=0.1, help="Give up after this long.")] = 30.0,
    graph: options.Graph = None,
) -> None:
    """Ask the graph in SPARQL; it only reads. Our prefixes (rm:, kg:, angle: ...) and the standard ones are known."""
    from ritual.culture.curation import query as querying
    from ritual.culture.graph import load_graph

    if form not in querying.FORMATS:
        raise BadInput(f"Unknown format '{form}'.", hint=nearest(form, querying.FORMATS))
    text = querying.read(query)
    querying.checked(text)  # before the graph is loaded: a slip costs no wait
    answer = querying.ask(load_graph(graph).triples, text, seconds)
    if form == "table" and answer.truth is not None:
        out.print("yes" if answer.truth else "no")
    elif form == "table" and answer.columns:
        _show(answer)
    else:
        sys.stdout.write(querying.to_text(answer, form))


def _show(answer) -> None:
    table = Table(*answer.columns)
    for row in answer.rows:
        table.add_row(*map(Text, row))
    out.print(table)
    out.print(f"{len(answer.rows)} row{'' if len(answer.rows) == 1 else 's'}", style="dim", highlight=False)
