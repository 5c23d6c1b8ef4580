"""`ritual memory add`: teach a memory a concept or a prototype from a few pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import command, err, out
from ritual.cli.memory.options import Occasion, Weights
from ritual.errors import BadInput

EXAMPLES = """Examples:

A concept of the graph that the memory has not met:  [cyan]ritual memory add swans/ --concept grace --out mine.safetensors[/cyan]

A prototype:  [cyan]ritual memory add whorl1.png whorl2.png --form spiral --group miao --out mine.safetensors[/cyan]

A collection, one by one; what is like nothing becomes a prototype:  [cyan]ritual memory add whorls/ --form spiral --group miao --online --out mine.safetensors[/cyan]
"""  # noqa: E501


@command
def add_command(
    pictures: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Image files or folders.")],
    out_file: Annotated[Path, typer.Option("--out", help="File for the memory that knows more.")],
    concept: Annotated[str | None, typer.Option(help="Slug of a concept of the graph that the pictures show.")] = None,
    form: Annotated[str | None, typer.Option(help="Of a prototype: slug of its form.")] = None,
    group: Annotated[str | None, typer.Option(help="Of a prototype: slug of its people.")] = None,
    name: Annotated[str | None, typer.Option(help="Of a prototype; default: the next number.")] = None,
    online: Annotated[
        bool, typer.Option("--online", help="Let each picture move the prototype of its form that it is like.")
    ] = False,
    occasion: Occasion = None,
    weights: Weights = None,
    graph: options.Graph = None,
) -> None:
    """Add a concept or a prototype; it takes effect at once, nothing is trained and nothing else changes.

    Exit status: 0 added; 2 bad input. A picture that cannot be read is told, and the others count.
    """
    from ritual.culture.graph import load_graph
    from ritual.memory.teaching import add_concept, add_prototype, take_in
    from ritual.memory.weights import read_memory, write_memory

    if (concept is None) == (form is None or group is None):
        raise BadInput("Say what to add: --concept, or --form and --group.")
    memory, known = read_memory(weights), load_graph(graph)
    if concept is not None:
        memory, bad = add_concept(memory, known, concept, pictures, occasion)
    elif online:
        memory, bad = take_in(memory, known, form, group, pictures)
    else:
        memory, bad = add_prototype(memory, known, form, group, pictures, name)
    write_memory(out_file, memory)
    for sentence in bad:
        err.print(sentence, style="red", markup=False, highlight=False)
    bank, concepts = memory.model.visual_bank, memory.names.concepts
    told = f"{len(bank.vectors)} prototypes, {len(concepts)} concepts"
    out.print(f"Memory: {out_file} ({told})", markup=False, highlight=False)
