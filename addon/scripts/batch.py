"""Generates, saves and renders a list of jobs, one after another.

    blender -b -P addon/scripts/batch.py -- --jobs jobs.toml --out DIR
    .venv-bpy/bin/python addon/scripts/batch.py -- --jobs jobs.toml --out DIR

Writes for every job DIR/NAME.blend, DIR/NAME.mp4 (PNGs where there is no ffmpeg), DIR/NAME/variant-N.safetensors and
DIR/NAME/report.json, and for all of them DIR/summary.json. A job that fails is reported and does not stop the others.
Exit status: 0 all done, 1 some failed, 2 the jobs file or the arguments are no good.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import build_scene
import jobs_file
import render_scene
from ritual_motion import action, backend_process
from ritual_motion.backend_client import BackendError
from ritual_motion.backend_process import Launch
from ritual_motion.job import Outcome, Session, run
from ritual_motion.preferences import default_interpreter

DONE, FAILED, BAD_JOBS = 0, 1, 2
Say = Callable[[str], None]


def main(arguments: list[str]) -> int:
    """Do every job; the exit status."""
    options = _parse(arguments)
    try:
        jobs = jobs_file.read(options.jobs)
        options.out.mkdir(parents=True, exist_ok=True)
    except (jobs_file.BadJobs, OSError) as error:
        print(f"Error: {error}", file=sys.stderr, flush=True)
        return BAD_JOBS
    launch = Launch(options.python or default_interpreter(), graph=options.graph, device=options.device)
    results = []
    try:
        for number, job in enumerate(jobs, 1):
            results.append(_attempt(job, launch, options.out, f"[{number}/{len(jobs)}] {job.name}"))
            _write_json(options.out / "summary.json", {"jobs": results, "unfinished": len(jobs) - number})
    finally:
        backend_process.stop()
    failed = [result["name"] for result in results if result["status"] != "done"]
    print(f"{len(jobs) - len(failed)} of {len(jobs)} jobs done" + (f"; failed: {', '.join(failed)}" if failed else ""))
    return FAILED if failed else DONE


def _attempt(job: jobs_file.Job, launch: Launch, out: Path, title: str) -> dict:
    """Do one job; what came of it, as the summary tells it."""
    begun, result = time.perf_counter(), {"name": job.name, "status": "done", "files": []}

    def say(text: str) -> None:
        print(f"{title}: {text}", flush=True)

    try:
        _do(job, launch, out, say, result["files"])
    except BackendError as error:
        result.update(status="refused" if error.code == "refused" else "failed", error=_error(error))
    except (ValueError, OSError, RuntimeError) as error:  # RuntimeError: what Blender's operators raise
        result.update(status="failed", error={"code": "failed", "message": str(error).strip(), "hint": ""})
    result["seconds"] = round(time.perf_counter() - begun, 2)
    if result["status"] == "done":
        say(f"done in {result['seconds']:.1f} s")
    else:
        sentence = f"{result['error']['message']} {result['error']['hint']}".strip()
        print(f"{title}: {result['status']}: {sentence}", file=sys.stderr, flush=True)
    return result


def _do(job: jobs_file.Job, launch: Launch, out: Path, say: Say, files: list[str]) -> None:
    """Generate, save and render one job; `files` grows with what has been written."""
    if job.render is not None and job.render.variant > job.variants:
        raise ValueError(f"Variant {job.render.variant} cannot be rendered: the job makes {job.variants}.")
    outcome = run(Session(launch, job.brief()), say)
    folder = out / job.name
    folder.mkdir(parents=True, exist_ok=True)

    def wrote(path: Path) -> None:
        files.append(path.relative_to(out).as_posix())

    for number, data in enumerate(outcome.files, 1):
        path = folder / f"variant-{number}.safetensors"
        _replace(path, lambda part, data=data: part.write_bytes(data))
        wrote(path)
    _write_json(folder / "report.json", outcome.report or {"variants": [v["report"] for v in outcome.variants]})
    wrote(folder / "report.json")
    say("building the scene")
    _build(job, outcome)
    blend = out / f"{job.name}.blend"
    _replace(blend, lambda part: bpy.ops.wm.save_as_mainfile(filepath=str(part.resolve()), compress=True, copy=True))
    wrote(blend)
    if job.render is not None:
        for path in _film(job, outcome, out, say):
            wrote(path)


def _build(job: jobs_file.Job, outcome: Outcome) -> None:
    """Fill an empty scene with the performer, its actions and the stage; the variant to be rendered plays."""
    render = job.render or jobs_file.Render()
    dancer = build_scene.build(list(outcome.clips), None, render.width / render.height)
    clip = outcome.clips[render.variant - 1]
    action.play(dancer, clip.name)
    scene = bpy.context.scene
    action.apply_markers(scene, outcome.variants[render.variant - 1]["report"], clip.fps)
    samples = render.samples or render_scene.SAMPLES[render.engine]
    render_scene.configure(scene, render.engine, samples, render.width, render.height)


def _film(job: jobs_file.Job, outcome: Outcome, out: Path, say: Say) -> list[Path]:
    """Render the open scene and encode it; the film, or the PNGs where there is no ffmpeg."""
    scene, fps = bpy.context.scene, outcome.clips[0].fps
    say(f"rendering {scene.frame_end - scene.frame_start + 1} frames with {job.render.engine}")
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        folder = out / job.name / "frames"
        render_scene.render(scene, folder, scene.frame_start, scene.frame_end)
        say("there is no ffmpeg: the frames stay as PNG files")
        return sorted(folder.glob("frame_*.png"))
    with tempfile.TemporaryDirectory(prefix="ritual-frames-", dir=out) as frames:
        render_scene.render(scene, Path(frames), scene.frame_start, scene.frame_end)
        film = out / f"{job.name}.mp4"
        _replace(film, lambda part: _encode(ffmpeg, Path(frames), scene.frame_start, fps, part))
    return [film]


def _encode(ffmpeg: str, frames: Path, first: int, fps: float, target: Path) -> None:
    command = [
        ffmpeg, "-loglevel", "error", "-y", "-framerate", str(fps), "-start_number", str(first),
        "-i", str(frames / "frame_%05d.png"), "-c:v", "libx264", "-crf", "18", "-pix_fmt", "yuv420p",
        "-movflags", "+faststart", str(target),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise RuntimeError(f"ffmpeg could not encode the film: {said[-1] if said else done.returncode}")


def _error(error: BackendError) -> dict:
    found = {"code": error.code, "message": error.message, "hint": error.hint}
    return {**found, "refusals": error.refusals} if error.refusals else found


def _write_json(path: Path, content: dict) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    _replace(path, lambda part: part.write_text(text, encoding="utf-8"))


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` make the file beside its place and move it there: nobody sees half of it."""
    part = path.with_name(f".part-{path.name}")
    try:
        write(part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="batch.py", description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=Path, required=True, help="list of jobs, TOML (see jobs_file.py)")
    parser.add_argument("--out", type=Path, required=True, help="folder for what is made")
    parser.add_argument("--python", default="", help="Python of the backend; default: RITUAL_PYTHON or the project's")
    parser.add_argument("--graph", default="", help="folder of the knowledge graph")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]))
