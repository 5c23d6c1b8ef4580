"""`ritual image prepare`: recordings become windows that video models learn from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import EXIT_BAD_INPUT, command, err, out, print_json, progress_bar

EXAMPLES = """Examples:

A folder of recordings of any make:  [cyan]ritual image prepare recordings --out clips[/cyan]

Larger, at full rate, the noise taken from the first moments:  [cyan]ritual image prepare fair.mov --size 256 --fps 25 --noise first --out fair[/cyan]
"""  # noqa: E501


@command
def prepare_command(
    inputs: Annotated[list[Path], typer.Argument(help="Recordings, or folders of them.", metavar="IN...")],
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for windows/, manifest.csv and prepared.json.")],
    size: Annotated[int, typer.Option(help="Side of the square cut from the middle, in pixels, even.")] = 128,
    fps: Annotated[float, typer.Option(help="Frames per second.")] = 12.5,
    shortest: Annotated[float, typer.Option(help="Least length of a window in seconds.")] = 2.0,
    longest: Annotated[float, typer.Option(help="Greatest length of a window in seconds.")] = 3.0,
    noise: Annotated[str, typer.Option(help="Take noise from: quietest, first; or keep it.")] = "quietest",
    as_json: options.Json = False,
) -> None:
    """Find the shots, cut windows of 2 to 3 s that cross none, take the noise off the sound, carry the labels over.

    Recordings that are ready stay, so a second call goes on where the first one stopped. Labels come from NAME.json
    or labels.csv beside a recording. Exit status: 0 done; 2 bad arguments, or a recording that cannot be read (the
    others are prepared).
    """
    from ritual.imagery.preparation.prepare import Recipe, prepare

    recipe = Recipe(side=size, fps=fps, shortest=shortest, longest=longest, noise=noise)
    with progress_bar("Preparing", quiet=as_json) as tell:
        result = prepare(inputs, out_folder, recipe, tell)
    if as_json:
        told = {
            name: [{"recording": str(p), "message": said} for p, said in getattr(result, name)]
            for name in ("bad", "noted")
        }
        print_json({"windows": result.rows, "ready_before": result.ready, **told,
                    "seconds_of_video": result.seconds, "took_seconds": result.took})  # fmt: skip
    else:
        for path, note in result.noted:
            err.print(f"{path}: {note}.", style="dim", markup=False, highlight=False)
        for _, said in result.bad:
            err.print(said, style="red", markup=False, highlight=False)
        told = f"{len(result.rows)} {'window' if len(result.rows) == 1 else 'windows'} in {out_folder}"
        told += f"; {len(result.bad)} could not be read." if result.bad else "."
        out.print(told, markup=False, highlight=False)
    if result.bad:
        raise typer.Exit(EXIT_BAD_INPUT)
