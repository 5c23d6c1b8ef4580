"""`ritual edit regenerate`: a span of a clip is danced anew, the rest stays."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import command
from ritual.cli.edit import telling
from ritual.cli.generate import check_folder
from ritual.cli.moments import frame_of

EXAMPLES = (
    "Examples:  [cyan]ritual edit regenerate out/variant-1.npz --from 2s --to 4.5s --out out/again[/cyan]   "
    "[cyan]ritual edit regenerate mocap.bvh --from 120 --to 180 --dance han-yangko --variants 4 --out out/fill[/cyan]"
)


@command
def regenerate_command(
    motion: Annotated[Path, typer.Argument(help="A .bvh, .npz, .glb or .safetensors motion.")],
    out_dir: options.OutFolder,
    start: Annotated[str, typer.Option("--from", help="First new frame: a frame (50) or seconds (2s).")] = "0",
    end: Annotated[
        str | None, typer.Option("--to", help="First frame that is kept after it; default: nothing is.")
    ] = None,
    prompt: telling.Prompt = None,
    dance: telling.Dance = None,
    performer: options.Performer = None,
    occasion: options.Occasion = None,
    variants: options.Variants = 1,
    seed: options.Seed = 0,
    device: options.Device = "cpu",
    graph: options.Graph = None,
    weights: options.Weights = None,
    as_json: options.Json = False,
) -> None:
    """Dance a part of a clip anew: variant-N.npz, .bvh, .glb and report.json in the folder.

    Frames outside the part stay bit for bit; what they break themselves is reported.
    Exit status: 0 done, 2 bad arguments, 3 refused by a rule.
    """
    check_folder(out_dir)
    from ritual import clip as clips
    from ritual.editing import Ask, regenerate

    clip = clips.read(motion)
    span = frame_of(start, clip.fps), clip.frames if end is None else frame_of(end, clip.fps)
    ask = Ask(prompt, dance, performer, occasion, seed, variants)
    telling.edited(
        lambda engine, progress: regenerate(clip, *span, engine, ask, progress),
        graph, weights, device, out_dir, as_json,
    )  # fmt: skip
