"""`ritual motion show`: look at motion, as a contact sheet and as a turntable film."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import command, out, print_json, progress_bar
from ritual.errors import BadInput

EXAMPLES = """Examples:

A sheet and a film of one clip:  [cyan]ritual motion show out/peacock/variant-1.npz --out look[/cyan]

Three clips side by side:  [cyan]ritual motion show variant-1.npz variant-2.npz mocap/05_02.bvh --out look[/cyan]

Only the sheet, with more moments:  [cyan]ritual motion show dance.glb --moments 24 --no-film[/cyan]
"""


@command
def show_command(
    clips: Annotated[
        list[Path], typer.Argument(help="Motion files (.npz, .bvh, .glb, .gltf, .safetensors).", metavar="CLIP")
    ],
    folder: Annotated[Path, typer.Option("--out", help="Folder for the sheet and the film; made if need be.")] = Path(),
    moments: Annotated[int, typer.Option("--moments", help="Pictures of each clip on the sheet.")] = 12,
    film: Annotated[bool, typer.Option("--film/--no-film", help="Whether to make the film, too.")] = True,
    as_json: options.Json = False,
) -> None:
    """Draw clips as stick figures: a contact sheet (.png) and a film whose camera goes once round them (.mp4).

    Several clips stand side by side at one scale, with their names under them. What the report that travels with a
    clip has against it is red; what was put right has its span on the bar under the film.

    Exit status: 0 drawn, 1 the film failed (the sheet is there), 2 bad input.
    """
    from ritual.clip import files  # torch and pictures only now: other commands start without them
    from ritual.film.show import labels_of, stem_of, write_sheet, write_turntable

    motions, labels = [files.read(path) for path in clips], labels_of(clips)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"Cannot make the folder {folder}: {error.strerror or error}.") from None
    stem = stem_of(labels)
    made = {"sheet": str(write_sheet(motions, labels, folder / f"{stem}-sheet.png", moments))}
    if not as_json:
        out.print(f"Contact sheet: {made['sheet']}", markup=False, highlight=False)
    if film:
        with progress_bar("Film", quiet=as_json) as progress:
            done = write_turntable(motions, labels, folder / f"{stem}-turntable.mp4", progress)
        made |= {"film": str(done.path), "frames": done.frames, "fps": done.fps, "seconds": round(done.seconds, 2)}
        if not as_json:
            out.print(f"Film: {done.path} ({done.frames} frames)", markup=False, highlight=False)
    if as_json:
        print_json(made)
