"""`ritual retarget`: anybody's motion put on our body, and how near it came."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from ritual.cli import options
from ritual.cli.console import EXIT_FAILED, command, err, out, print_json, progress_bar
from ritual.files import write_text

if TYPE_CHECKING:
    from ritual.clip.clip import MotionClip
    from ritual.clip.conversion import Converted

EXAMPLES = (
    "Examples:  [cyan]ritual retarget dance.bvh --out dance.npz[/cyan]   "
    "[cyan]ritual retarget mocap/ --out converted/ --format glb --plant --report report.json[/cyan]   "
    "[cyan]ritual retarget odd.glb --map joints.json[/cyan] (only measures; joints.json: "
    '{"left_knee": "joint_12", ...})'
)
OURS = ("", "", "", "", "", "", "", "", "ours")  # the row of a motion that was on our body already


@command
def retarget_command(
    source: Annotated[Path, typer.Argument(help="A .bvh, .glb or .gltf motion, or a folder of them.")],
    target: Annotated[
        Path | None, typer.Option("--out", help="File (or folder, for a folder) to write; without it only measure.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="Written to a folder: npz, bvh, glb, safetensors.")] = "npz",
    report: Annotated[Path | None, typer.Option("--report", help="Write the accuracy report to this file.")] = None,
    joints: Annotated[
        Path | None, typer.Option("--map", help="JSON or TOML: our joint -> theirs, where names do not say it.")
    ] = None,
    fps: Annotated[float | None, typer.Option("--fps", help="Frames per second to write; default: the file's.")] = None,
    plant: Annotated[
        bool, typer.Option("--plant", help="Hold planted feet still and soles on the floor, which retargeting loosens.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Put motion on our body and say how near it came: Mixamo, Rigify, SMPL, VRM, Unreal, Biped, HumanIK, CMU, or any
    skeleton whose shape is a body's.

    Errors are distances of joints on our bone lengths in mm and angles between limb bones in degrees. A jump is a
    frame into which an angle moves faster than 18 rad/s; it is the source's own where its joint does, too.

    Exit status: 0 all converted, 1 some files of a folder are broken (the rest are done), 2 bad input.
    """
    import torch

    from ritual.clip import conversion  # torch only now: other commands start without it

    torch.set_num_threads(1)  # the tensors are small: a second thread only waits
    own_map = None if joints is None else conversion.load_map(joints)
    finish = None
    if plant:
        from ritual.culture.clip_planting import planted

        def finish(clip: MotionClip) -> MotionClip:
            return planted(clip, floor=None)[0]

    with progress_bar("Retargeting", quiet=as_json) as tell:
        results = conversion.convert(source, target, f".{form.lstrip('.')}", own_map, fps, tell, finish)
    told = conversion.report_of(results)
    if report is not None:
        write_text(report, json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    if as_json:
        print_json(told)
    else:
        _show(results, told, target, report)
    if told["summary"]["broken"]:
        raise typer.Exit(EXIT_FAILED)


def _show(results: list[Converted], told: dict, target: Path | None, report: Path | None) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("file", overflow="fold", min_width=20)
    for title in ("frames", "mm", "p95", "deg", "p95", "clamped", "jumps", "own", "worst", "by"):
        table.add_column(title, justify="right", no_wrap=True)
    for r in (r for r in results if not r.error):
        table.add_row(r.source, str(r.frames), *(_figures(r.report.to_dict()) if r.report else OURS))
    if len(results) > 1:
        for name, inside in {**told["folders"], "all": told["summary"]}.items():
            if inside["retarget"]:
                figures = _figures({**inside["retarget"], "found_by": ", ".join(inside["found_by"])})
                table.add_row(name, str(inside["retarget"]["frames"]), *figures, style="bold")
    out.print(table, highlight=False)
    for r in results:
        if r.error:
            err.print(f"[red]{r.source}:[/red] {escape(r.error)}", highlight=False)
        if r.contact:
            slide, before = r.contact["sliding_mm"], r.contact["sliding_before_mm"]
            words = f"planted feet slide at most {slide:.1f} mm a frame instead of {before:.0f}"
            out.print(f"{r.source}: {words}", style="dim", highlight=False)
        for note in r.report.notes if r.report else ():
            out.print(escape(f"{r.source}: {note}"), style="yellow", highlight=False)
    if target is not None:
        out.print(f"Written: {target}", highlight=False)
    if report is not None:
        out.print(f"Report: {report}", highlight=False)


def _figures(r: dict) -> tuple[str, ...]:
    where = f" @{r['worst_jump_frame']}" if "worst_jump_frame" in r else ""
    return (
        f"{r['position_error_mm']:.1f}", f"{r['position_error_mm_p95']:.1f}",
        f"{r['angle_error_deg']:.1f}", f"{r['angle_error_deg_p95']:.1f}", f"{100 * r['clamped_share']:.1f} %",
        str(r["jumps"]), str(r["jumps_of_source"]), f"{r['worst_jump_deg']:.0f} deg{where}", r["found_by"],
    )  # fmt: skip
