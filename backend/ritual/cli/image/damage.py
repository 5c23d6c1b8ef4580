"""`ritual image damage`: pictures as time would leave them, with the mask of what was lost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.brief import Progress
from ritual.cli import options
from ritual.cli.console import EXIT_BAD_INPUT, command, err, out, print_json, progress_bar
from ritual.cli.image import using
from ritual.errors import BadInput

EXAMPLES = """Examples:

One picture, moth-eaten:  [cyan]ritual image damage frog.png --out old --kind insect[/cyan]

A folder, faded and torn, each as strongly as said:  [cyan]ritual image damage patterns --out old --kind fading=0.8 --kind occlusion=0.3 --seed 7[/cyan]

Everything at once on dark cloth:  [cyan]ritual image damage "patterns/*.webp" --out old --strength 0.3 --ground "#3a2f2a" --on-ground[/cyan]
"""  # noqa: E501


@command
def damage_command(
    inputs: using.Inputs,
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for pictures, masks and damage.jsonl.")],
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--kind",
            help="fading, abrasion, mould, insect, occlusion or curl, or KIND=STRENGTH; repeatable. Default: all six.",
        ),
    ] = None,
    strength: Annotated[float, typer.Option(help="0 (none) to 1 (the most), where a kind has none of its own.")] = 0.5,
    seed: Annotated[int, typer.Option(help="The same seed and file name give the same damage.")] = 0,
    ground: Annotated[str, typer.Option(help="Colour under the colour, #rrggbb.")] = "#f0e8d6",
    on_ground: Annotated[
        bool, typer.Option("--on-ground", help="Lay transparent pictures on the ground first.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Damage pictures: NAME-damaged.png and NAME-mask.png (white: changed) for each, and a line in damage.jsonl.

    An input is never written over. What cannot be read is told in one sentence and the rest goes on.
    Exit status: 0 all done; 2 some input was bad.
    """
    from ritual.pictures.damage import KINDS
    from ritual.pictures.damage.files import damage_folder

    strengths = dict(_strength(text, strength) for text in kind or KINDS)
    red, green, blue = using.colour(ground)
    with progress_bar("Damaging", quiet=as_json) as tell:
        result = damage_folder(
            using.places(inputs), out_folder, strengths, seed, (red / 255, green / 255, blue / 255), on_ground,
            lambda done, total, name: tell(Progress(name, done, total)),
        )  # fmt: skip
    if as_json:
        print_json({"pictures": result.lines, "bad": [{"input": str(p), "message": said} for p, said in result.bad]})
    else:
        for path, notes in result.noted:
            err.print(f"{path}: {'; '.join(notes)}.", style="dim", markup=False, highlight=False)
        for _, said in result.bad:
            err.print(said, style="red", markup=False, highlight=False)
        done = len(result.lines)
        told = f"{done} {'picture' if done == 1 else 'pictures'} damaged into {out_folder}"
        out.print(told + (f"; {len(result.bad)} could not be." if result.bad else "."), markup=False, highlight=False)
    if result.bad:
        raise typer.Exit(EXIT_BAD_INPUT)


def _strength(text: str, usual: float) -> tuple[str, float]:
    from ritual.pictures.damage import kind_of

    name, sign, number = text.partition("=")
    try:
        found = float(number) if sign else usual
    except ValueError:
        hint = "Write for example --kind mould=0.3."
        raise BadInput(f"'--kind {text}' is not KIND or KIND=STRENGTH.", hint=hint) from None
    if not 0 <= found <= 1:
        raise BadInput(f"The strength of '{name}' is {found:g}; it goes from 0 (none) to 1.")
    return kind_of(name).name, found
