"""`ritual check`: does any motion file, ours or not, keep a dance's rules?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ritual.brief import change_frames
from ritual.cli import options
from ritual.cli.console import EXIT_FAILED, command, out, print_json

if TYPE_CHECKING:
    from ritual.clip.clip import MotionClip
    from ritual.culture.compliance import Violation
    from ritual.culture.rulebook import DressBreach, Rulebook

EXAMPLES = (
    "Examples:  [cyan]ritual check dance.bvh --dance dai-peacock --performer female[/cyan]   "
    "[cyan]ritual check dance.bvh --dance dai-peacock --occasion wedding --then 4s=funeral --fix allowed.bvh[/cyan]   "
    "[cyan]ritual check dance.bvh --dance dai-peacock --fix allowed.bvh --keep-joints[/cyan]"
)


@command
def check_command(
    motion: Annotated[Path, typer.Argument(help="A .bvh, .npz, .glb or .safetensors motion.")],
    dance: Annotated[str, typer.Option("--dance", help="Slug of a dance; `ritual dances` lists them.")],
    performer: options.Performer = None,
    occasion: options.Occasion = None,
    then: options.Then = None,
    fix: Annotated[Path | None, typer.Option("--fix", help="Write the nearest allowed motion to this file.")] = None,
    keep_joints: Annotated[
        bool,
        typer.Option("--keep-joints", help="With --fix: let the whole body make up for an angle that is held back."),
    ] = False,
    graph: options.Graph = None,
    as_json: options.Json = False,
) -> None:
    """Check a motion against a dance's rules, between frames too; list the offending spans as time codes.

    The beats that a motion of ours was made for are read from its file (a .bvh cannot say them), and so are its
    occasions where no --occasion or --then is given.
    Exit status: 0 the motion is allowed, 1 it breaks a rule (also when --fix wrote a mended one), 2 bad input.
    """
    from ritual import clip as clips  # torch only now: other commands start without it
    from ritual.culture.clip_compliance import clip_violations, dress_breaches, mended
    from ritual.culture.course import course_of, occasions_of, tempo_of
    from ritual.culture.graph import load_graph

    changes = options.changes(then)
    loaded, clip = load_graph(graph), clips.read(motion)
    occasions = [(0, occasion), *change_frames(changes, clip.frames, clip.fps)]
    if occasion is None and not changes:
        occasions = occasions_of(clip) or occasions
    course = course_of(loaded, dance, performer, occasions, clip.frames, clip.fps, tempo=tempo_of(clip))
    violations = clip_violations(clip, course)
    dress = dress_breaches(clip, course)
    left = []
    if fix is not None:
        slerped = fix.suffix.lower() == ".glb"  # glTF turns joints by quaternions between frames
        allowed = mended(clip, course, keep_joints, "quaternion" if slerped else "euler")
        left = clip_violations(allowed, course)
        clips.write(fix, allowed)
    rulebook = course.first
    if as_json:
        print_json(
            {
                "motion": str(motion),
                "dance": dance,
                "performer": rulebook.performer,
                "occasions": course.occasions,
                "frames": clip.frames,
                "fps": clip.fps,
                "compliant": not violations and not dress,
                "retarget": clip.meta.get("retarget"),
                "violations": [v.to_dict() for v in violations],
                "dress": [
                    {"shows": b.what, "rule": b.rule.iri, "text": b.rule.text, "source": b.rule.source.citation}
                    for b in dress
                ],
                "fixed": None if fix is None else str(fix),
                "left": [v.to_dict() for v in left],
            }
        )
    else:
        _show(clip, rulebook, violations, dress, fix, left)
    if violations or dress:
        raise typer.Exit(EXIT_FAILED)


def _show(
    clip: MotionClip,
    rulebook: Rulebook,
    violations: list[Violation],
    dress: list[DressBreach],
    fix: Path | None,
    left: list[Violation],
) -> None:
    if fit := clip.meta.get("retarget"):
        errors = f"{fit['position_error_mm']:.1f} mm and {fit['angle_error_deg']:.1f} deg on average"
        out.print(f"Retargeted from another skeleton; off by {errors}.", style="dim", highlight=False)
    what = f"{clip.frames} frames at {clip.fps:g} fps, {rulebook.dance.label} ({rulebook.performer})"
    if not violations and not dress:
        out.print(f"[green]Allowed.[/green] {what}", highlight=False)
    else:
        out.print(f"[red]{len(violations) + len(dress)} violations.[/red] {what}", highlight=False)
    for v in violations:
        low, high = v.allowed_deg
        span = f"{timecode(v.start, clip.fps)} - {timecode(v.end, clip.fps)}"
        out.print(f"  {span}  {v.angle} {v.value_deg:.1f} deg; allowed {low:g} to {high:g} deg", highlight=False)
        out.print(f"      {v.text}  Source: {v.source}", style="dim", highlight=False)
    for b in dress:
        out.print(f"  The costume shows {b.what}.", highlight=False)
        out.print(f"      {b.rule.text}  Source: {b.rule.source.citation}", style="dim", highlight=False)
    if fix is not None:
        out.print(f"{'Nearest allowed' if not left else 'Mended'} motion: {fix}", highlight=False)
    if any(v.angle == "path" for v in left):
        out.print(
            "[yellow]It still goes round the forbidden way.[/yellow] No frame of a path is wrong by itself, so it "
            "cannot be mended here: choreograph it the other way round.",
            highlight=False,
        )


def timecode(seconds: float, fps: float) -> str:
    """HH:MM:SS:FF at the clip's frame rate (rounded up to a whole number of frames per second)."""
    per_second = max(1, round(fps))
    frame = round(seconds * fps)
    total, frames = divmod(frame, per_second)
    minutes, secs = divmod(total, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{secs:02d}:{frames:02d}"
