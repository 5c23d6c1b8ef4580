"""`ritual kg diff`: what has changed between two states of the graph, in words."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from ritual.cli import options
from ritual.cli.console import EXIT_FAILED, command, out, print_json

EXAMPLES = (
    "Examples:  [cyan]ritual kg diff old/dai.ttl knowledge_graph/groups/dai.ttl[/cyan]   "
    "[cyan]ritual kg diff HEAD:knowledge_graph knowledge_graph[/cyan]"
)
_COLOURS = {"added": "green", "removed": "red", "changed": "yellow"}
_MANY = 12  # lines of a thing that came or went; --all shows the rest


@command
def diff_command(
    before: Annotated[str, typer.Argument(help="A file, a folder, or REVISION:PATH of a git repository.")],
    after: Annotated[str, typer.Argument(help="The same, to compare it with.")],
    everything: Annotated[bool, typer.Option("--all", help="Every statement of what came or went.")] = False,
    graph: options.Graph = None,
    as_json: options.Json = False,
) -> None:
    """Say in words what has changed: what came, what went, and what is said differently of what stayed.

    Names that the two do not hold themselves are looked up in the graph (--graph).

    Exit status: 0 both say the same, 1 they differ, 2 it could not run.
    """
    from ritual.culture.curation.diff import compare
    from ritual.culture.curation.revisions import state
    from ritual.resources import resource

    context = state(str(graph or resource("knowledge_graph"))).data
    entries = compare(state(before), state(after), context)
    if as_json:
        print_json([asdict(entry) for entry in entries])
    for entry in () if as_json else entries:
        lines = list(entry.lines)
        name = entry.label if entry.label == entry.subject else f"{entry.label} ({entry.subject})"
        head = (entry.label, "bold") if entry.change == "changed" else (f"{entry.kind} {name}", "bold")
        if entry.change == "changed" and len(lines) == 1:
            out.print(Text.assemble(head, f": {lines[0]}"))
            continue
        out.print(Text.assemble((f"{entry.change} ", _COLOURS[entry.change]), head))
        shown = lines if everything or entry.change == "changed" else lines[:_MANY]
        for line in shown:
            out.print(Text(f"  {line}"))
        if more := len(lines) - len(shown):
            out.print(Text(f"  ... and {more} more statements (--all)", style="dim"))
    if not entries and not as_json:
        out.print("Both say the same.")
    if entries:
        raise typer.Exit(EXIT_FAILED)
