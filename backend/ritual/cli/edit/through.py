"""`ritual edit through`: a dance that passes through given poses."""

from __future__ import annotations

from typing import Annotated

import typer

from ritual.brief import Brief
from ritual.cli import options
from ritual.cli.console import command, progress_bar
from ritual.cli.generate import check_folder, deliver
from ritual.cli.moments import timed_key

EXAMPLES = (
    'Examples:  [cyan]ritual edit through "a peacock drinks" --dance dai-peacock --key bow.npz@40=2s '
    "--key stand.bvh@0=5s --out out/through[/cyan]"
)


@command
def through_command(
    prompt: Annotated[str, typer.Argument(help="What should be danced, in a sentence (English or Chinese).")],
    dance: Annotated[str, typer.Option("--dance", help="Slug of a dance; `ritual dances` lists them.")],
    out_dir: options.OutFolder,
    key: Annotated[
        list[str],
        typer.Option("--key", help="A pose and when it is reached, as CLIP@FRAME=2s; may be given several times."),
    ],
    performer: options.Performer = None,
    occasion: options.Occasion = None,
    then: options.Then = None,
    seconds: Annotated[float, typer.Option("--seconds", help="Length of each clip in seconds.")] = 8.0,
    fps: Annotated[float, typer.Option("--fps", help="Frames per second.")] = 25.0,
    variants: options.Variants = 3,
    seed: options.Seed = 0,
    reference: options.Reference = None,
    device: options.Device = "cpu",
    graph: options.Graph = None,
    weights: options.Weights = None,
    as_json: options.Json = False,
) -> None:
    """Generate motion that passes through poses: variant-N.npz, .bvh, .glb and report.json in the folder.

    A pose that is allowed is reached as it is, whichever way the dancer faces then; one that is not, as nearly as the
    rules allow, and the report says so.
    Exit status: 0 generated, 2 bad arguments, 3 refused by a rule.
    """
    changes = options.changes(then)
    brief = Brief(prompt, dance, performer, occasion, seconds, fps, variants, seed, changes).checked()
    check_folder(out_dir)
    from ritual import clip as clips
    from ritual.generate import Engine, generate

    keys = [timed_key(text, fps) for text in key]
    after = None if reference is None else clips.read(reference)
    with progress_bar("Generating", quiet=as_json) as progress:
        result = generate(brief, Engine.load(graph, weights, device), progress, reference=after, keys=keys)
    deliver(result.report(), [variant.clip for variant in result.variants], out_dir, as_json)
