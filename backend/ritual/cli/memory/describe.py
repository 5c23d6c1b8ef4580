"""`ritual memory describe`: what a picture is, in words."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ritual.cli import options
from ritual.cli.console import EXIT_BAD_INPUT, command, err, out, print_json
from ritual.cli.memory.options import Occasion, Weights
from ritual.errors import BadInput

if TYPE_CHECKING:
    from ritual.memory.describe import Description, Likely

EXAMPLES = """Examples:

What a picture is, and what it means at which occasion:  [cyan]ritual memory describe frog.png[/cyan]

At one occasion:  [cyan]ritual memory describe frog.png --occasion harvest[/cyan]

For a program, with small pictures of the prototypes:  [cyan]ritual memory describe patterns/*.webp --json[/cyan]
"""


@command
def describe_command(
    pictures: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Image files or folders.")],
    occasion: Occasion = None,
    weights: Weights = None,
    graph: options.Graph = None,
    as_json: options.Json = False,
) -> None:
    """Say what a picture is: Table 1, the prototypes it is like, likely meanings by occasion, taboos that attach.

    A concept stands under an occasion where it differs from what the picture means with nothing said.
    Exit status: 0 all described; 2 some picture could not be read: it is told in one sentence and the rest goes on.
    """
    from ritual.culture.graph import load_graph
    from ritual.memory.describe import describe_file
    from ritual.memory.weights import read_memory
    from ritual.pictures.folder import Folder

    memory, known = read_memory(weights), load_graph(graph)
    memory.names.context(occasion)  # a wrong one is said once, not for every picture
    made, bad = [], []
    for path in Folder(*pictures).paths:
        try:
            made.append(describe_file(memory, known, path, occasion))
        except BadInput as error:
            bad.append(str(error))
            continue
        if not as_json:
            _print(made[-1])
    if as_json:
        print_json({"pictures": [asdict(one) for one in made], "bad": bad})
    for sentence in bad:
        err.print(sentence, style="red", markup=False, highlight=False)
    if bad:
        err.print(f"{len(made)} described, {len(bad)} not.", highlight=False)
        raise typer.Exit(EXIT_BAD_INPUT)


def _print(one: Description) -> None:
    def say(text: str, style: str | None = None) -> None:
        out.print(text, style=style, markup=False, highlight=False)

    say(one.path, "bold")
    for note in one.notes:
        say(f"  ({note})", "dim")
    say(f"  Form: {_listed(one.form)}")
    figures = ", ".join(f"{name} {value:.2f}" for name, value in one.descriptors.items())
    say(f"  Table 1: {figures}" + (f"; repeats every 1/{one.folds} turn" if one.folds > 1 else ""))
    for near in one.prototypes:
        say(f"  Like {near['name']}: {near['form']}, mostly {near['group']} ({near['likeness']:.2f})")
    for occasion, concepts in one.concepts.items():
        say(f"  Means {'' if not occasion else f'at or on {occasion} '}{_listed(concepts)}")
    if one.symbols:
        say(f"  May be: {_listed(one.symbols)}")
    for _, sentence in one.taboos:
        say(f"  Taboo: {sentence}", "yellow")


def _listed(likely: tuple[Likely, ...]) -> str:
    return ", ".join(f"{one.label} ({one.confidence:.2f})" for one in likely)
