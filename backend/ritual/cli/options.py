"""Options that several commands share, each written down once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Graph = Annotated[
    Path | None, typer.Option("--graph", help="Folder of TTL files to use instead of the graph that ships.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Performer = Annotated[
    str | None,
    typer.Option("--performer", help="female, male or another role of the graph; default: the dance's own."),
]
Occasion = Annotated[str | None, typer.Option("--occasion", help="Slug of an occasion, such as wedding or funeral.")]
