"""`ritual kg impact`: which existing motions are judged otherwise under a changed graph."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ritual.brief import Progress
from ritual.cli import options
from ritual.cli.check import timecode
from ritual.cli.console import EXIT_FAILED, command, out, print_json, progress_bar
from ritual.errors import BadInput

EXAMPLES = (
    "Examples:  [cyan]ritual kg impact HEAD:knowledge_graph knowledge_graph clips/[/cyan]   "
    "[cyan]ritual kg impact old new walk.bvh --dance dai-peacock --performer female[/cyan]"
)
_COLOURS = {"allowed": "green", "forbidden": "red", "refused": "red", "unknown": "yellow"}


@command
def impact_command(
    before: Annotated[str, typer.Argument(help="The graph as it was: a folder, or REVISION:PATH of git.", metavar="A")],
    after: Annotated[str, typer.Argument(help="The graph as it is to be: the same.", metavar="B")],
    motions: Annotated[list[Path], typer.Argument(help="Motion files, or folders that are searched for them.")],
    dance: Annotated[str | None, typer.Option("--dance", help="Judge all as this dance.")] = None,
    performer: options.Performer = None,
    occasion: options.Occasion = None,
    as_json: options.Json = False,
) -> None:
    """Say which motions change their verdict between two graphs, and which violations are new or gone.

    Dance, performer and occasion come from each motion unless they are given here; the words of its prompt are not
    read again. Exit status: 0 nothing changes, 1 something changes, 2 it could not run.
    """
    from ritual.culture.curation import impact

    graphs = impact.graph_of(before), impact.graph_of(after)
    files = impact.motions(motions)
    with progress_bar("Motions", quiet=as_json) as tell:
        found = list(
            impact.impact(*graphs, files, impact.Role(dance, performer, occasion), lambda *step: tell(Progress(*step)))
        )
    judged = [one for one in found if isinstance(one, impact.Judged)]
    skipped = [one for one in found if isinstance(one, impact.Skipped)]
    if not judged:
        raise BadInput(f"None of the {len(files)} motions could be judged. {skipped[0].path}: {skipped[0].why}")
    changed = [one for one in judged if one.changed]
    if as_json:
        print_json({"judged": [_as_dict(one) for one in judged], "skipped": [_as_dict(one) for one in skipped]})
    else:
        _show(changed, len(judged), skipped)
    if changed:
        raise typer.Exit(EXIT_FAILED)


def _as_dict(one) -> dict:
    data = {**asdict(one), "path": str(one.path)}
    if hasattr(one, "changed"):
        data |= {"changed": one.changed}
        data |= {"new": [asdict(f) for f in one.new], "vanished": [asdict(f) for f in one.vanished]}
    return data


def _show(changed, count: int, skipped) -> None:
    for one in changed:
        states = " -> ".join(f"[{_COLOURS[v.state]}]{v.state}[/{_COLOURS[v.state]}]" for v in (one.before, one.after))
        occasions = " then ".join(slug for _, slug in one.occasions if slug)
        role = ", ".join(part for part in (one.dance, one.performer, occasions) if part)
        out.print(f"{one.path} ({role}): {states}", highlight=False)
        for sign, findings in (("-", one.vanished), ("+", one.new)):
            for finding in findings:
                out.print(f"  {sign} {_when(finding, one.fps)}{finding.text}", highlight=False, markup=False)
    for one in skipped:
        out.print(f"Not judged: {one.path}: {one.why}", style="yellow", highlight=False, markup=False)
    unchanged = count - len(changed)
    out.print(f"{len(changed)} of {count} motions change; {unchanged} stay as they were.", highlight=False)


def _when(finding, fps: float) -> str:
    if finding.start is None:
        return ""
    return f"{timecode(finding.start, fps)} - {timecode(finding.end, fps)}  "
