"""`ritual check`: does any motion file, ours or not, keep a dance's rules?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ritual.cli import options
from ritual.cli.console import EXIT_FAILED, command, out, print_json

EXAMPLES = (
    "Examples:  [cyan]ritual check dance.bvh --dance dai-peacock --performer female[/cyan]   "
    "[cyan]ritual check dance.bvh --dance dai-peacock --fix allowed.bvh[/cyan]"
)


@command
def check_command(
    motion: Annotated[Path, typer.Argument(help="A .bvh, .npz, .glb or .safetensors motion.")],
    dance: Annotated[str, typer.Option("--dance", help="Slug of a dance; `ritual dances` lists them.")],
    performer: options.Performer = None,
    occasion: options.Occasion = None,
    fix: Annotated[Path | None, typer.Option("--fix", help="Write the nearest allowed motion to this file.")] = None,
    graph: options.Graph = None,
    as_json: options.Json = False,
) -> None:
    """Check a motion against a dance's rules, between frames too; list the offending spans as time codes.

    Exit status: 0 the motion is allowed, 1 it breaks a rule (also when --fix wrote a mended one), 2 bad input.
    """
    import torch  # only now: other commands start without it

    from ritual import clip as clips
    from ritual.body.kinematics import forward
    from ritual.culture.compliance import enforce, find_violations
    from ritual.culture.graph import load_graph

    rulebook = load_graph(graph).rulebook(dance, performer, occasion)
    clip = clips.read(motion)
    violations = find_violations(clip.angles, rulebook.domain, clip.fps)
    if fix is not None:
        angles, _ = enforce(clip.angles, rulebook.domain, clip.fps)
        q, translation, rotation = (torch.from_numpy(a) for a in (angles, clip.root_translation, clip.root_rotation))
        positions = forward(q, translation, rotation).positions.numpy()
        clips.write(fix, replace(clip, angles=angles, positions=positions))
    if as_json:
        print_json(
            {
                "motion": str(motion),
                "dance": dance,
                "performer": rulebook.performer,
                "frames": clip.frames,
                "fps": clip.fps,
                "compliant": not violations,
                "retarget": clip.meta.get("retarget"),
                "violations": [v.to_dict() for v in violations],
                "fixed": None if fix is None else str(fix),
            }
        )
    else:
        _show(clip, rulebook, violations, fix)
    if violations:
        raise typer.Exit(EXIT_FAILED)


def _show(clip, rulebook, violations, fix: Path | None) -> None:
    if fit := clip.meta.get("retarget"):
        errors = f"{fit['position_error_mm']:.1f} mm and {fit['angle_error_deg']:.1f} deg on average"
        out.print(f"Retargeted from another skeleton; off by {errors}.", style="dim", highlight=False)
    what = f"{clip.frames} frames at {clip.fps:g} fps, {rulebook.dance.label} ({rulebook.performer})"
    if not violations:
        out.print(f"[green]Allowed.[/green] {what}", highlight=False)
    else:
        out.print(f"[red]{len(violations)} violations.[/red] {what}", highlight=False)
    for v in violations:
        low, high = v.allowed_deg
        span = f"{timecode(v.start, clip.fps)} - {timecode(v.end, clip.fps)}"
        out.print(f"  {span}  {v.angle} {v.value_deg:.1f} deg; allowed {low:g} to {high:g} deg", highlight=False)
        out.print(f"      {v.text}  Source: {v.source}", style="dim", highlight=False)
    if fix is not None:
        out.print(f"Nearest allowed motion: {fix}", highlight=False)


def timecode(seconds: float, fps: float) -> str:
    """HH:MM:SS:FF at the clip's frame rate (rounded up to a whole number of frames per second)."""
    per_second = max(1, round(fps))
    frame = round(seconds * fps)
    total, frames = divmod(frame, per_second)
    minutes, secs = divmod(total, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{secs:02d}:{frames:02d}"
