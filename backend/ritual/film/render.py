"""A clip becomes a film: scene in one Blender, frames in another, H.264 by ffmpeg."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from ritual.brief import CancelCheck, Progress, ProgressCallback
from ritual.clip import files, tensors
from ritual.clip.clip import MotionClip
from ritual.errors import BadInput, RitualError
from ritual.film.blender import BlenderFailed, find_blender

ENGINES = ("cycles", "eevee", "workbench")
MAX_SIDE = 8192
_PROGRESS = re.compile(r"progress (\d+)/(\d+)")


class FilmFailed(RitualError):
    """The film could not be made; the message names the file with the log."""

    code = "film_failed"


@dataclass(frozen=True)
class RenderResult:
    """What `render` made.

    Attributes:
        film: the .mp4.
        blend: the scene, where one was asked for.
        frames: frames in the film.
        seconds: wall time of the whole [s].
    """

    film: Path
    blend: Path | None
    frames: int
    seconds: float


def render(
    clip: MotionClip | Path | str,
    out: Path | str,
    *,
    blend: Path | str | None = None,
    variants: Sequence[MotionClip | Path | str] = (),
    width: int = 640,
    height: int = 360,
    engine: str | None = None,
    samples: int | None = None,
    progress: ProgressCallback | None = None,
    cancelled: CancelCheck | None = None,
) -> RenderResult:
    """Render a clip with the built-in performer on the stage.

    Args:
        clip: a clip or a motion file of any supported kind.
        out: the film to write (.mp4); it appears whole or not at all.
        blend: also keep the scene here.
        variants: further clips that the scene carries as actions; the film shows the first.
        width, height: pixels, even numbers.
        engine: "cycles", "eevee" or "workbench"; None = what looks best in this Blender.
        samples: per pixel; None = the engine's default in `render_scene.py`.

    Raises:
        BadInput: an argument is out of range.
        BlenderMissing, FilmFailed: no Blender or ffmpeg, or one of them failed; the log lies beside `out`.
        Cancelled: `cancelled` said so.
    """
    begun = time.perf_counter()
    out, blend = Path(out), Path(blend) if blend is not None else None
    _check(out, width, height, engine, samples)
    clips = [c if isinstance(c, MotionClip) else files.read(c) for c in (clip, *variants)]
    log = out.with_suffix(".log")
    with tempfile.TemporaryDirectory(prefix="ritual-film-") as name:
        folder = Path(name)
        try:
            scene = _build(clips, folder, width, height, cancelled)
            _draw(scene, folder / "frames", clips[0].frames, width, height, engine, samples, progress, cancelled)
        except BlenderFailed as error:
            log.write_text(error.log + "\n", encoding="utf-8")
            raise FilmFailed(f"{error.message} Blender's output is in {log}.", hint=error.hint) from error
        if blend is not None:
            _place(scene, blend)
        _encode(folder, out, clips[0].fps, log)
    log.unlink(missing_ok=True)
    return RenderResult(out, blend, clips[0].frames, time.perf_counter() - begun)


def _check(out: Path, width: int, height: int, engine: str | None, samples: int | None) -> None:
    if out.suffix.lower() != ".mp4":
        raise BadInput(f"Cannot write {out}: a film's name must end in .mp4.")
    if not out.parent.is_dir():
        raise BadInput(f"Cannot write {out}: there is no folder {out.parent}.")
    for name, value in (("width", width), ("height", height)):
        if not 16 <= value <= MAX_SIDE or value % 2:
            raise BadInput(
                f"A {name} of {value} pixels cannot be encoded; choose an even number from 16 to {MAX_SIDE}."
            )
    if engine is not None and engine not in ENGINES:
        raise BadInput(f"Unknown engine '{engine}'.", hint=f"Valid values: {', '.join(ENGINES)}.")
    if samples is not None and not 1 <= samples <= 4096:
        raise BadInput(f"{samples} samples is out of range; choose 1 to 4096.")
    if shutil.which("ffmpeg") is None:
        raise FilmFailed("ffmpeg is not on the PATH.", hint="Install it: `apt install ffmpeg`.")


def _build(clips: Sequence[MotionClip], folder: Path, width: int, height: int, cancelled: CancelCheck | None) -> Path:
    """Write the scene with the oldest Blender at hand, so that every other can open it."""
    arguments = ["--out", str(folder / "scene.blend"), "--width", str(width), "--height", str(height)]
    for number, clip in enumerate(clips, 1):
        path = folder / f"variant-{number}.safetensors"
        path.write_bytes(tensors.to_bytes(clip))
        arguments += ["--clip", str(path)]
    find_blender("scene").run("build_scene.py", arguments, cancelled=cancelled)
    return folder / "scene.blend"


def _draw(
    scene: Path, frames: Path, count: int, width: int, height: int, engine: str | None, samples: int | None,
    progress: ProgressCallback | None, cancelled: CancelCheck | None,
) -> None:  # fmt: skip
    """Render every frame; one that is missing is an error."""
    blender = find_blender("render")
    engine = engine or ("cycles" if blender.module else "eevee")
    arguments = ["--blend", str(scene), "--out", str(frames), "--width", str(width), "--height", str(height)]
    arguments += ["--engine", engine, *(["--samples", str(samples)] if samples else [])]
    lines = blender.run("render_scene.py", arguments, on_line=_teller(progress), cancelled=cancelled)
    missing = [f for f in range(1, count + 1) if not (frames / f"frame_{f:05d}.png").exists()]
    if missing:
        raise BlenderFailed(f"Blender left out {len(missing)} of {count} frames, the first is {missing[0]}.", lines)


def _teller(progress: ProgressCallback | None) -> Callable[[str], None] | None:
    """Turns the script's `progress 12/125` into Progress with the seconds left."""
    if progress is None:
        return None
    begun: list[float] = []

    def tell(line: str) -> None:
        found = _PROGRESS.fullmatch(line.strip())
        if found:
            step, total = int(found[1]), int(found[2])
            begun.append(time.perf_counter())
            pace = (begun[-1] - begun[0]) / (step - 1) if step > 1 else None
            progress(Progress("rendering", step, total, pace * (total - step) if pace else None))

    return tell


def _encode(folder: Path, out: Path, fps: float, log: Path) -> None:
    """Join the frames: H.264 that every player reads, at exactly the clip's rate."""
    rate = Fraction(fps).limit_denominator(1001)
    film = folder / "film.mp4"
    command = [
        "ffmpeg",
        "-hide_banner",
        "-y",
        "-framerate",
        f"{rate.numerator}/{rate.denominator}",
        "-start_number",
        "1",
    ]
    command += ["-i", str(folder / "frames" / "frame_%05d.png"), "-c:v", "libx264", "-crf", "18", "-preset", "medium"]
    command += ["-pix_fmt", "yuv420p", "-movflags", "+faststart", str(film)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        log.write_text(done.stderr, encoding="utf-8")
        raise FilmFailed(f"ffmpeg could not join the frames (status {done.returncode}); its output is in {log}.")
    _place(film, out)


def _place(source: Path, target: Path) -> None:
    """Copy beside the target under a temporary name, then rename: the target is whole or absent."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        shutil.copyfile(source, temporary)
        os.replace(temporary, target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise BadInput(f"Cannot write {target}: {error.strerror or error}.") from None
