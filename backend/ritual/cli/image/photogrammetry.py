"""`ritual image photogrammetry`: T3DRM, the baseline that measures a house instead of learning it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import command, out, print_json, progress_bar

EXAMPLES = """Examples:

A house from 24 pictures, scored at 8 others:  [cyan]ritual image photogrammetry --out house[/cyan]

Another house, from more and larger pictures:  [cyan]ritual image photogrammetry --scene 8 --views 48 --size 512 --out house-8[/cyan]
"""  # noqa: E501


@command
def photogrammetry_command(
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for truth, made, sheet.png and report.json.")],
    views: Annotated[int, typer.Option(help="Pictures around the house; every fourth is held out.", min=8)] = 32,
    size: Annotated[int, typer.Option(help="Side of a picture in pixels.", min=128, max=2048)] = 384,
    scene: Annotated[int, typer.Option(help="Number of the house in the row of the seed.", min=0)] = 1,
    seed: Annotated[int, typer.Option(help="Of the houses, as `ritual image scenes` draws them.", min=0)] = 0,
    threads: Annotated[int, typer.Option(help="That Blender and COLMAP may use.", min=1)] = 1,
    graph: options.Graph = None,
    as_json: options.Json = False,
) -> None:
    """Render a house from all around, let COLMAP rebuild it, and score it where it was not looked at from.

    Needs Blender and COLMAP (`apt install colmap`); sparse only, since COLMAP's dense stereo needs CUDA. Exit status:
    0 done; 1 one of them is missing or failed; 2 bad arguments.
    """
    from ritual.culture.graph import load_graph
    from ritual.files import write_bytes
    from ritual.pictures.png import png
    from ritual.scenes.photogrammetry import beside, photogrammetry

    with progress_bar("Photogrammetry", quiet=as_json) as tell:
        report = photogrammetry(
            load_graph(graph),
            out_folder,
            views=views,
            size=size,
            scene=scene,
            seed=seed,
            threads=threads,
            progress=tell,
        )
    write_bytes(out_folder / "sheet.png", png(beside(out_folder)))
    if as_json:
        print_json(report)
        return
    out.print(
        f"{report['registered']} of {report['of']} cameras and {report['points']} points; at {report['held_out']} "
        f"held-out views SSIM {report['ssim']:.3f}, PSNR {report['psnr']:.1f} dB. {out_folder / 'report.json'}",
        markup=False, highlight=False,
    )  # fmt: skip
