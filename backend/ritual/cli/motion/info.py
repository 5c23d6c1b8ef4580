"""`ritual motion info`: what a weights file is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import command, out, print_json


@command
def info_command(
    weights: Annotated[Path | None, typer.Argument(help="A weights file; default: the one that ships.")] = None,
    as_json: options.Json = False,
) -> None:
    """Sizes and training recipe of a weights file."""
    from ritual.motion.sample import Generator

    generator = Generator.load(weights)
    count = sum(p.numel() for p in generator.network.parameters())
    facts = {"parameters": count, "network": generator.network.config.to_dict(), **generator.facts}
    if as_json:
        print_json(facts)
        return
    for name, value in facts.items():
        out.print(f"{name}: {value}", highlight=False)
