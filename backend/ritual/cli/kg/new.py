"""`ritual kg new`: begin a group, a dance, a symbol or a taboo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import command, out, print_json

EXAMPLES = (
    'Examples:  [cyan]ritual kg new group "Dong 侗族"[/cyan]   '
    '[cyan]ritual kg new dance "umbrella dance" --group dai[/cyan]   '
    '[cyan]ritual kg new taboo "high elbow" --dance dai-peacock --out elbow.ttl[/cyan]'
)


@command
def new_command(
    kind: Annotated[str, typer.Argument(help="group, dance, symbol or taboo.")],
    name: Annotated[str, typer.Argument(help="Its name in English, in Chinese, or both.")],
    group: Annotated[str | None, typer.Option("--group", help="Slug of the group that it belongs to.")] = None,
    dance: Annotated[str | None, typer.Option("--dance", help="Slug of the dance that a taboo holds for.")] = None,
    slug: Annotated[str | None, typer.Option("--slug", help="Short name; default: from the English name.")] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="The file; default: SLUG.ttl in this folder.")] = None,
    graph: options.Graph = None,
    as_json: options.Json = False,
) -> None:
    """Begin a group, a dance, a symbol or a taboo: a file with a remark on every line that needs one.

    It holds together as it is; `ritual kg check` says what is still marked TODO. A file is never written over.

    Exit status: 0 written, 2 bad arguments, or the file is there already.
    """
    from ritual.culture.curation.new import Kind, begin
    from ritual.errors import BadInput, nearest

    if kind not in list(Kind):
        raise BadInput(f"Unknown kind '{kind}'.", hint=nearest(kind, list(Kind)))
    path = begin(Kind(kind), name, group=group, dance=dance, slug=slug, out=out_file, graph=graph)
    if as_json:
        print_json({"file": str(path)})
        return
    out.print(f"Written: {path}", markup=False, highlight=False)
    out.print(f"Fill in what is marked TODO, then: ritual kg check {path}", markup=False, highlight=False, style="dim")
