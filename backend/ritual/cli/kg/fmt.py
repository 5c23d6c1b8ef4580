"""`ritual kg fmt`: Turtle files in one layout, so that a change shows as what changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import EXIT_FAILED, command, out, print_json, show_error

EXAMPLES = (
    "Examples:  [cyan]ritual kg fmt knowledge_graph[/cyan]   "
    "[cyan]ritual kg fmt --check knowledge_graph/groups/dai.ttl[/cyan]   [cyan]ritual kg fmt --diff .[/cyan]"
)


@command
def fmt_command(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files or folders; default: the graph.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; say which files are not in order.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; show what would change.")] = False,
    graph: options.Graph = None,
    as_json: options.Json = False,
) -> None:
    """Put Turtle files in order: one layout, comments kept, nothing said differently. Twice is the same as once.

    The statements before and after are compared; a file is replaced only when they are the same. When one file
    cannot be read, none is written.

    Exit status: 0 in order (or put in order), 1 --check or --diff found a change, or a file is no Turtle, 2 it
    could not run.
    """
    from ritual.culture.curation.fmt import layouts
    from ritual.resources import resource

    found, failed = layouts(paths or [graph or resource("knowledge_graph")])
    changed = [layout for layout in found if layout.changed]
    writes = not (check or diff or failed)
    if writes:
        for layout in changed:
            layout.write()
    if as_json:
        errors = [{"message": error.message, "hint": error.hint} for error in failed]
        names = [layout.path.as_posix() for layout in changed]
        print_json({"files": len(found), "changed": names, "written": writes and bool(changed), "errors": errors})
    else:
        for layout in changed:
            verb = "Put in order" if writes else "Not in order"
            out.print(layout.diff if diff else f"{verb}: {layout.path}", markup=False, highlight=False)
        if found:
            out.print(f"{len(found) - len(changed)} of {len(found)} files were in order.", highlight=False, style="dim")
        for error in failed:
            show_error(error)
    if failed or (changed and not writes):
        raise typer.Exit(EXIT_FAILED)
