"""What the commands that edit share: run an edit, write what came of it, and tell what was kept and noted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from ritual.brief import ProgressCallback
from ritual.cli.console import out, progress_bar
from ritual.cli.generate import deliver

if TYPE_CHECKING:
    from ritual.editing import Edited
    from ritual.generate import Engine

Prompt = Annotated[str | None, typer.Option("--prompt", help="What is danced there; default: the clip's own.")]
Dance = Annotated[str | None, typer.Option("--dance", help="Slug of a dance, where the motion does not say its own.")]


def edited(
    run: Callable[[Engine, ProgressCallback], Edited],
    graph: Path | None,
    weights: Path | None,
    device: str,
    out_dir: Path,
    as_json: bool,
) -> None:
    """Load the engine, run an edit and deliver it."""
    from ritual.generate import Engine  # the models load in seconds: only after the arguments are right

    with progress_bar("Editing", quiet=as_json) as progress:
        result = run(Engine.load(graph, weights, device), progress)
    report = result.report()
    deliver(report, [variant.clip for variant in result.generation.variants], out_dir, as_json)
    if as_json:
        return
    edit = report["edit"]
    out.print(f"New: frames {edit['start_frame']}-{edit['end_frame']}; all others are as they came.", highlight=False)
    for hit in edit["kept_violations"]:
        span = f"{hit['start']:.2f}-{hit['end']:.2f} s"
        told = f"Kept although it breaks a rule, {span}: {hit['angle']} {hit['value_deg']:g} deg. {hit['text']}"
        out.print(escape(told), style="yellow", highlight=False)
    for note in edit["notes"]:
        out.print(escape(note), style="yellow", highlight=False)
