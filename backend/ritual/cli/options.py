"""Options that several commands share, each written down once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.errors import BadInput

Graph = Annotated[
    Path | None, typer.Option("--graph", help="Folder of TTL files to use instead of the graph that ships.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Performer = Annotated[
    str | None,
    typer.Option("--performer", help="female, male or another role of the graph; default: the dance's own."),
]
Occasion = Annotated[str | None, typer.Option("--occasion", help="Slug of an occasion, such as wedding or funeral.")]
Then = Annotated[
    list[str] | None,
    typer.Option("--then", help="Another occasion from a second on, as 4s=funeral; may be given several times."),
]
Weights = Annotated[Path | None, typer.Option("--weights", help="Safetensors of another motion model.")]
Device = Annotated[str, typer.Option("--device", help="cpu or cuda.")]
Reference = Annotated[
    Path | None,
    typer.Option("--reference", help="A motion file to dance after instead of the dance's canonical stances."),
]
OutFolder = Annotated[Path, typer.Option("--out", help="Folder for the clips and report.json.")]
Variants = Annotated[int, typer.Option("--variants", help="How many different clips.")]
Seed = Annotated[int, typer.Option("--seed", help="The same seed gives the same motion.")]


def changes(texts: list[str] | None) -> tuple[tuple[float, str], ...]:
    """(seconds, slug) of every `--then`.

    Raises:
        BadInput: a text is not `SECONDS=OCCASION`.
    """
    found = []
    for text in texts or ():
        seconds, sign, occasion = text.partition("=")
        try:
            found.append((float(seconds.strip().removesuffix("s")), occasion.strip()))
        except ValueError:
            sign = ""
        if not sign or not occasion.strip():
            raise BadInput(f"'--then {text}' is not SECONDS=OCCASION.", hint="Write for example --then 4s=funeral.")
    return tuple(found)
