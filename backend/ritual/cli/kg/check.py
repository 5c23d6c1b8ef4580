"""`ritual kg check`: does the knowledge graph hold together, and if not, where and why?"""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from ritual.cli import options
from ritual.cli.console import EXIT_FAILED, command, out, print_json

if TYPE_CHECKING:
    from ritual.culture.curation.check import Report

EXAMPLES = (
    "Examples:  [cyan]ritual kg check[/cyan]   [cyan]ritual kg check my-group.ttl[/cyan]   "
    "[cyan]ritual kg check knowledge_graph --format github[/cyan]"
)
_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}


class Format(StrEnum):
    """How a report is printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    JUNIT = "junit"


@command
def check_command(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files or folders; default: the whole graph.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also say what is thin, in one line per file.")] = False,
    form: Annotated[Format, typer.Option("--format", help="How to print what was found.")] = Format.TEXT,
    graph: options.Graph = None,
    as_json: options.Json = False,
) -> None:
    """Check the knowledge graph, or files on their way into it, and tell every problem at its line.

    A file outside the graph is checked together with it, and only what is wrong with that file is told. One that has
    the name of a file of the graph and describes the same things is checked as its new version.

    Exit status: 0 sound (warnings are allowed), 1 something is wrong, 2 it could not run.
    """
    from ritual.culture.curation import reports
    from ritual.culture.curation.check import check

    report = check(paths or (), graph, everything=everything)
    if as_json or form is Format.JSON:
        print_json(reports.as_rows(report))
    elif form is Format.GITHUB:
        sys.stdout.writelines(f"{line}\n" for line in reports.as_github(report))
    elif form is Format.JUNIT:
        sys.stdout.write(f"{reports.as_junit(report)}\n")
    else:
        _show(report)
    if report.count("error"):
        raise typer.Exit(EXIT_FAILED)


def _show(report: Report) -> None:
    lines: dict[str, list[str]] = {}
    for finding in report.findings:
        colour = _COLOURS[finding.severity]
        place = f"{finding.file}:{finding.line}"
        out.print(Text.assemble((place, "bold"), ": ", (finding.severity, f"bold {colour}"), f": {finding.message}"))
        if finding.file not in lines:
            lines[finding.file] = _lines(report.paths[finding.file])
        if finding.severity != "info" and finding.line <= len(lines[finding.file]):
            out.print(Text(f"  {finding.line:5d} | {lines[finding.file][finding.line - 1].strip()[:110]}", style="dim"))
        if finding.suggestion:
            out.print(Text(f"        {finding.suggestion}", style=colour))
    counts = [_counted(report.count(severity), severity) for severity in ("error", "warning")]
    verdict, style = ("Not sound", "bold red") if report.count("error") else ("Sound", "bold green")
    files = f"{report.files} file{'s' if report.files != 1 else ''}"
    out.print(Text.assemble((verdict, style), f": {' and '.join(counts)} in {files}."))


def _counted(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"


def _lines(path: Path) -> list[str]:
    """The file's lines to quote; none of a file that could not be read as text."""
    from ritual.culture.reading import BadFile, read_text

    try:
        return read_text(path, path.name).split("\n")
    except BadFile:
        return []
