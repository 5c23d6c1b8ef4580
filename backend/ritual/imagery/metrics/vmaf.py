"""VMAF, by libvmaf in an ffmpeg that has it: that of imageio-ffmpeg, else one on the PATH.

Source: Li, Aaron, Katsavounidis, Moorthy and Manohara, "Toward a practical perceptual video quality metric", Netflix
2016; model vmaf_v0.6.1. It was fitted to 1080p watched from three heights away, so smaller clips are read relatively.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from torch import Tensor

from ritual.errors import BadInput, RitualError
from ritual.imagery.metrics.pixels import see_that_they_pair, unit

SMALLEST = 32


class NoVmaf(RitualError):
    """There is no ffmpeg with libvmaf."""

    code = "missing_extra"


def vmaf(made: Tensor, real: Tensor, fps: float) -> float:
    """0..100, 100 = cannot be told from the reference; mean over the frames.

    Args:
        made, real: (T, 3, H, W) sRGB in -1..1, H and W even and 32 px or more. fps: frames per second.

    Raises:
        BadInput: other shapes, an odd size, or too small.
        NoVmaf: no ffmpeg with libvmaf, or it failed.
    """
    see_that_they_pair(made, real)
    height, width = made.shape[-2:]
    if min(height, width) < SMALLEST or height % 2 or width % 2:
        raise BadInput(f"VMAF needs even sides of {SMALLEST} px at least; these are {height} x {width}.")
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("made.rgb", "real.rgb")]
        command = [ffmpeg_with_vmaf(), "-hide_banner", "-loglevel", "error", "-nostdin"]
        for file, clip in zip(files, (made, real), strict=True):
            pixels = (unit(clip) * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy()
            file.write_bytes(np.ascontiguousarray(pixels).tobytes())
            command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", f"{fps:g}", "-i"]
            command += [str(file)]
        graph = "[0:v]format=yuv420p[a];[1:v]format=yuv420p[b];[a][b]libvmaf=log_fmt=json:log_path=vmaf.json"
        done = subprocess.run([*command, "-lavfi", graph, "-f", "null", "-"], cwd=folder, capture_output=True)
        log = Path(folder) / "vmaf.json"
        if done.returncode != 0 or not log.is_file():
            raise NoVmaf(f"ffmpeg could not compute VMAF: {done.stderr.decode(errors='replace').strip()[-300:]}.")
        return float(json.loads(log.read_text())["pooled_metrics"]["vmaf"]["mean"])


@cache
def ffmpeg_with_vmaf() -> str:
    """The program.

    Raises:
        NoVmaf: there is none; says what to install.
    """
    found = [shutil.which("ffmpeg")]
    try:
        import imageio_ffmpeg

        found.insert(0, imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        pass
    for program in filter(None, found):
        filters = subprocess.run([program, "-hide_banner", "-filters"], capture_output=True, stdin=subprocess.DEVNULL)
        if b"libvmaf" in filters.stdout:
            return program
    raise NoVmaf("No ffmpeg with libvmaf is here.", hint="Install the extra: pip install 'ritual-motion[video]'.")
