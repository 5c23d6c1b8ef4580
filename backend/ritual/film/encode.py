"""Frames as they are drawn become a film: raw pixels piped to ffmpeg."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from ritual.errors import BadInput
from ritual.film.render import FilmFailed


def encode(frames: Iterable[bytes], path: Path, width: int, height: int, fps: float) -> None:
    """Write H.264 that every player and browser reads; the film appears whole or not at all.

    Args:
        frames: width x height pixels each, 3 bytes to a pixel (red, green, blue), row by row from the top.
        path: .mp4.
        width, height: pixels, even numbers.
        fps: frames per second; kept exactly, also where it is broken (30000/1001).

    Raises:
        FilmFailed: there is no ffmpeg, or it failed.
        BadInput: the film cannot be written there.
    """
    if not path.parent.is_dir():
        raise BadInput(f"Cannot write {path}: there is no folder {path.parent}.")
    check_ffmpeg()
    rate = Fraction(fps).limit_denominator(1001)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.mp4")
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y"]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}"]
    command += ["-framerate", f"{rate.numerator}/{rate.denominator}", "-i", "pipe:0"]
    command += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p"]
    command += ["-movflags", "+faststart", "-f", "mp4", str(temporary)]
    try:
        with tempfile.TemporaryFile() as log:
            _pipe(command, frames, log)
        os.replace(temporary, path)
    except OSError as error:
        raise BadInput(f"Cannot write {path}: {error.strerror or error}.") from None
    finally:
        temporary.unlink(missing_ok=True)


def check_ffmpeg() -> None:
    """Raises FilmFailed where there is no ffmpeg."""
    if shutil.which("ffmpeg") is None:
        raise FilmFailed("ffmpeg is not on the PATH.", hint="Install it: `apt install ffmpeg`.")


def _pipe(command: list[str], frames: Iterable[bytes], log) -> None:
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log)
    try:
        for frame in frames:
            process.stdin.write(frame)
        process.stdin.close()
    except BrokenPipeError:
        pass  # it has failed: its status says so below
    except BaseException:
        process.kill()
        raise
    finally:
        process.wait()
    if process.returncode != 0:
        log.seek(0)
        said = log.read().decode(errors="replace").strip().splitlines()
        raise FilmFailed(f"ffmpeg failed (status {process.returncode}): {said[-1] if said else 'it said nothing'}")
