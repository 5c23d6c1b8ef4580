"""CVRM, R's baseline "conventional video recording": the clip itself, as a camera's encoder leaves it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ritual.errors import BadInput
from ritual.imagery.metrics.pixels import unit
from ritual.imagery.preparation.media import pictures, write_video


def recorded(clip: Tensor, fps: float, *, crf: float = 28.0, bitrate: int | None = None) -> Tensor:
    """A clip encoded as H.264 (libx264, 4:2:0) and decoded again.

    Args:
        clip: (T, 3, H, W) sRGB in -1..1, H and W even.
        fps: frames per second.
        crf: libx264's constant rate factor, 0..51, larger = fewer bits; bitrate: [bit/s], instead of it.

    Returns:
        The same shape and range.

    Raises:
        BadInput: an odd size, no frame, or a value out of range.
        NoVideoLibrary: PyAV is not installed.
    """
    if not 0 <= crf <= 51 or (bitrate is not None and bitrate < 1000):
        raise BadInput(f"crf is {crf:g} and bitrate {bitrate}; crf lies in 0..51, a bitrate is 1000 bit/s or more.")
    frames = (unit(clip) * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy()
    with tempfile.TemporaryDirectory() as folder:
        path = write_video(Path(folder) / "recording.mp4", frames, fps, crf=crf, bitrate=bitrate)
        back = np.stack(list(pictures(path)))
    if len(back) != len(clip):
        raise BadInput(f"{len(clip)} frames were recorded and {len(back)} came back.")
    return (torch.from_numpy(back).permute(0, 3, 1, 2).float() / 127.5 - 1).to(clip.device)
