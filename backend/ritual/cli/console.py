"""What every command shares: one sentence per error, exit statuses, progress bars and JSON."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ritual.brief import Progress as Step
from ritual.brief import ProgressCallback
from ritual.errors import BadInput, Cancelled, Refused, RitualError

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

EXIT_FAILED, EXIT_BAD_INPUT, EXIT_REFUSED, EXIT_CANCELLED = 1, 2, 3, 130


def exit_status(error: RitualError) -> int:
    """0 done, 1 failed, 2 bad arguments or files, 3 refused by a rule, 130 cancelled."""
    if isinstance(error, Refused):
        return EXIT_REFUSED
    if isinstance(error, Cancelled):
        return EXIT_CANCELLED
    return EXIT_BAD_INPUT if isinstance(error, BadInput) else EXIT_FAILED


def command(function: Callable[..., Any]) -> Callable[..., Any]:
    """A command whose `RitualError`s become one sentence on stderr (and JSON on stdout with --json)."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except RitualError as error:
            if kwargs.get("as_json"):
                print_json(error_to_dict(error))
            show_error(error)
            raise typer.Exit(exit_status(error)) from None
        except KeyboardInterrupt:
            err.print("[yellow]Cancelled.[/yellow] Nothing half-written was left behind.")
            raise typer.Exit(EXIT_CANCELLED) from None

    return wrapped


def error_to_dict(error: RitualError) -> dict:
    data = {"code": error.code, "message": error.message, "hint": error.hint}
    if isinstance(error, Refused):
        data["refusals"] = error.refusals
    return data


def show_error(error: RitualError) -> None:
    title = "Refused" if isinstance(error, Refused) else "Error"
    err.print(f"[bold red]{title}:[/bold red] {_plain(error.message)}", highlight=False)
    for refusal in getattr(error, "refusals", ()):
        err.print(f"  Rule:    {_plain(refusal.get('text', ''))} ({_plain(refusal.get('rule', ''))})", highlight=False)
        err.print(f"  Source:  {_plain(refusal.get('source', ''))}", highlight=False)
        if refusal.get("allowed"):
            err.print(f"  Allowed: {_plain(refusal['allowed'])}", highlight=False)
    if error.hint and not isinstance(error, Refused):  # a refusal has just said what is allowed
        err.print(f"  {_plain(error.hint)}", style="dim", highlight=False)


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


def print_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


@contextmanager
def progress_bar(title: str, quiet: bool = False) -> Iterator[ProgressCallback]:
    """A bar on stderr with the stage, the share done and the time left; silent where nobody looks."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[left]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=quiet or not err.is_terminal) as bar:
        task = bar.add_task(title, total=1.0, left="")

        def update(step: Step) -> None:
            left = "" if step.eta is None else f"{step.eta:.0f} s left"
            done = step.step / max(step.total, 1)
            bar.update(task, completed=done, description=f"{title}: {step.stage}", left=f"{left}  {step.note}".strip())

        yield update
