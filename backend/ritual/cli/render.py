"""`ritual render`: a clip becomes a film with the built-in performer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import command, out, print_json, progress_bar

EXAMPLES = "Example:  [cyan]ritual render out/peacock/variant-1.npz --out peacock.mp4 --blend peacock.blend[/cyan]"


@command
def render_command(
    clip: Annotated[Path, typer.Argument(help="A .npz, .bvh, .glb or .safetensors motion.")],
    film: Annotated[Path, typer.Option("--out", help="The film to write (.mp4).")],
    blend: Annotated[Path | None, typer.Option("--blend", help="Also keep the Blender scene in this file.")] = None,
    also: Annotated[
        list[Path] | None, typer.Option("--also", help="A further clip that the scene carries as an Action.")
    ] = None,
    width: Annotated[int, typer.Option("--width", help="Pixels.")] = 640,
    height: Annotated[int, typer.Option("--height", help="Pixels.")] = 360,
    engine: Annotated[str | None, typer.Option("--engine", help="cycles, eevee or workbench.")] = None,
    samples: Annotated[int | None, typer.Option("--samples", help="Samples per pixel.")] = None,
    as_json: options.Json = False,
) -> None:
    """Render a clip with the built-in performer on a lit stage, in a real Blender without a window."""
    from ritual.film import render

    with progress_bar("Rendering", quiet=as_json) as progress:
        result = render(
            clip,
            film,
            blend=blend,
            variants=also or (),
            width=width,
            height=height,
            engine=engine,
            samples=samples,
            progress=progress,
        )
    if as_json:
        print_json({"film": str(result.film), "blend": str(blend) if blend else None, "frames": result.frames})
        return
    out.print(f"Film: {result.film} ({result.frames} frames)", highlight=False)
    if blend is not None:
        out.print(f"Scene: {blend}", highlight=False)
