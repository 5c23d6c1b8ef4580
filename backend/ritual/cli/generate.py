"""`ritual generate`: a sentence becomes checked motion files."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ritual.brief import Brief
from ritual.cli import options
from ritual.cli.console import command, out, print_json, progress_bar
from ritual.errors import BadInput
from ritual.files import write_text

if TYPE_CHECKING:
    from ritual.clip.clip import MotionClip

PENDING = (0.0, 0.5)  # beats that stand for those of a piece of music
EXAMPLES = (
    'Examples:  [cyan]ritual generate "a peacock greets the dawn" --dance dai-peacock --out out/peacock[/cyan]   '
    '[cyan]ritual generate "鹰步入场" --dance mongolian-wrestling --seconds 12 --variants 5 --out out/eagle[/cyan]   '
    '[cyan]ritual generate "fire" --dance yi-torch --audio song.ogg --energy 1.2 --out out/fire[/cyan]   '
    '[cyan]ritual generate "a ring" --dance tibetan-guozhuang --bpm 96 --loop --out out/ring[/cyan]   '
    '[cyan]ritual generate "after a recording" --dance han-yangko --reference salsa.bvh --out out/after[/cyan]'
)


@command
def generate_command(
    prompt: Annotated[str, typer.Argument(help="What should be danced, in a sentence (English or Chinese).")],
    dance: Annotated[str, typer.Option("--dance", help="Slug of a dance; `ritual dances` lists them.")],
    out_dir: Annotated[Path, typer.Option("--out", help="Folder for the clips and report.json.")],
    performer: options.Performer = None,
    occasion: options.Occasion = None,
    then: options.Then = None,
    seconds: Annotated[float, typer.Option("--seconds", help="Length of each clip in seconds.")] = 8.0,
    bpm: Annotated[
        float | None, typer.Option("--bpm", help="Beats a minute, 30 to 240; default: the dance's own tempo.")
    ] = None,
    audio: Annotated[
        Path | None, typer.Option("--audio", help="Dance to the beats of this wav, flac, ogg or mp3.")
    ] = None,
    loop: Annotated[
        bool, typer.Option("--loop", help="Let the clip begin anew where it ends; its length becomes whole cycles.")
    ] = False,
    style: Annotated[
        float, typer.Option("--style", help="0 = plain upright, 1 = as the dance is known, up to 1.5 = exaggerated.")
    ] = 1.0,
    energy: Annotated[float, typer.Option("--energy", help="Size and liveliness of the motion, 0.5 to 1.5.")] = 1.0,
    fps: Annotated[float, typer.Option("--fps", help="Frames per second.")] = 25.0,
    variants: Annotated[int, typer.Option("--variants", help="How many different clips.")] = 3,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same motion.")] = 0,
    device: Annotated[str, typer.Option("--device", help="cpu or cuda.")] = "cpu",
    graph: options.Graph = None,
    weights: options.Weights = None,
    reference: options.Reference = None,
    from_pose: Annotated[
        str | None, typer.Option("--from-pose", help="Begin in a pose of a motion file, as CLIP@FRAME or CLIP@1.5s.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Generate motion that the culture allows: variant-N.npz, .bvh, .glb and report.json in the folder.

    Exit status: 0 generated, 2 bad arguments, 3 refused by a rule (the rule and its source are shown).
    """
    changes = options.changes(then)
    brief = Brief(
        prompt, dance, performer, occasion, seconds, fps, variants, seed, changes,
        bpm=bpm, loop=loop, style=style, energy=energy,
    ).checked()  # fmt: skip
    check_folder(out_dir)
    if audio is not None:
        from ritual.motion.music import beats_of

        brief = replace(brief, beats=PENDING).checked()  # what cannot go with music is said before it is listened to
        brief = replace(brief, beats=beats_of(audio, seconds)).checked()
    from ritual import clip as clips  # the models load in seconds: only after the arguments are right
    from ritual.cli.moments import key_pose
    from ritual.generate import Engine
    from ritual.generate import generate as run

    after = None if reference is None else clips.read(reference)
    keys = [] if from_pose is None else [key_pose(from_pose, 0)]
    with progress_bar("Generating", quiet=as_json) as progress:
        engine = Engine.load(graph, weights, device)
        result = run(brief, engine, progress, reference=after, keys=keys)
    report = result.report()
    if audio is not None:
        report["tempo"]["audio"] = audio.name
    deliver(report, [variant.clip for variant in result.variants], out_dir, as_json)


def check_folder(out_dir: Path) -> None:
    """Raises BadInput where --out names a file."""
    if out_dir.exists() and not out_dir.is_dir():
        raise BadInput(f"'{out_dir}' is a file; --out needs a folder.")


def deliver(report: dict, made: list[MotionClip], out_dir: Path, as_json: bool) -> None:
    """Write the clips of a generation and its report into a folder, and tell what was made."""
    from ritual import clip as clips

    out_dir.mkdir(parents=True, exist_ok=True)
    files = []
    for n, clip in enumerate(made, start=1):
        paths = {suffix: out_dir / f"variant-{n}.{suffix}" for suffix in ("npz", "bvh", "glb")}
        for path in paths.values():
            clips.write(path, clip)
        files.append({suffix: str(path) for suffix, path in paths.items()})
    for entry, paths in zip(report["variants"], files, strict=True):
        entry["files"] = {suffix: Path(path).name for suffix, path in paths.items()}
    write_text(out_dir / "report.json", json.dumps(report, ensure_ascii=False, indent=2) + "\n")
    if as_json:
        print_json({"out": str(out_dir), "files": files, **report})
        return
    _summary(report, out_dir)


def _summary(report: dict, out_dir: Path) -> None:
    took = sum(report["seconds_per_stage"].values())
    who = f"{report['performer']}, {report['occasion']}"
    out.print(f"[bold]{report['dance']['label']}[/bold] ({who}), generated in {took:.2f} s", highlight=False)
    for note in report["notes"]:
        out.print(f"  {note}", highlight=False, style="yellow")
    for change in report["changes"]:
        count = f"rules that begin: {len(change['begins'])}, that cease: {len(change['ceases'])}"
        out.print(f"  from {change['seconds']:g} s on {change['occasion']}; {count}", highlight=False)
    for moved in report["moved_poses"]:
        out.print(f"  {_moved(moved)}", highlight=False, style="yellow")
    for entry in report["variants"]:
        verdict = "[green]compliant[/green]" if entry["compliant"] else "[red]not compliant[/red]"
        count = len(entry["interceptions"]) or "nothing"
        out.print(f"  {entry['files']['npz']}: {verdict}, {count} intercepted", highlight=False)
        out.print(f"    {_standing(entry['contact'])}", highlight=False, style="dim")
        if "loop" in entry:
            out.print(f"    {_travel(entry['loop'])}", highlight=False, style="dim")
        for hit in entry["interceptions"]:
            span = f"frames {hit['start_frame']}-{hit['end_frame']}"
            out.print(f"    {span}: {hit['replaced_by']}. {hit['text']}", highlight=False, style="dim")
        for hit in entry["violations"]:
            span = f"{hit['start']:.2f}-{hit['end']:.2f} s"
            broken = f"{hit['angle']} {hit['value_deg']:g} deg. {hit['text']}"
            out.print(f"    {span}: {broken}", highlight=False, style="red")
    out.print(f"Report: {out_dir / 'report.json'}", highlight=False)


def _travel(loop: dict) -> str:
    """What a round of a loop adds, in one line."""
    far, turned = math.hypot(*loop["translation"]), math.degrees(loop["yaw"])
    return f"every round moves the dancer by {far:.2f} m and turns it by {turned:.0f} deg"


def _moved(pose: dict) -> str:
    """A key pose that the rules moved, in one line."""
    why = "; ".join(dict.fromkeys(hit["text"] for hit in pose["broken"]))
    return f"The pose at frame {pose['frame']} is forbidden and was moved by {pose['moved_deg']:.1f} deg: {why}"


def _standing(contact: dict) -> str:
    """How a clip stands, in one line."""
    slide, under, hands = (contact[name] for name in ("sliding_mm", "under_floor_mm", "hand_depth_mm"))
    said = f"planted feet slide {slide:.1f} mm a frame at most, soles {under:.1f} mm under the floor"
    return said + (f", a hand {hands:.0f} mm in the body" if hands >= 1 else "")
