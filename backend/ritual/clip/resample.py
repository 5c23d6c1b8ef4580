"""The same motion at another frame rate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from ritual.body.kinematics import forward
from ritual.body.rotations import continuous, slerp
from ritual.clip.clip import MotionClip
from ritual.errors import BadInput


def resample(clip: MotionClip, fps: float) -> MotionClip:
    """Angles and root travel interpolated linearly, root rotation along the shortest way, positions recomputed.

    The first frame stays; the last is the last that still lies within the clip. A clip already at `fps` is returned as
    it is.

    Raises:
        BadInput: `fps` is not a positive number.
    """
    if not (np.isfinite(fps) and fps > 0):
        raise BadInput(f"{fps} frames per second is no frame rate; give a positive number such as 25 or 30.")
    if fps == clip.fps:
        return clip
    count = int(np.floor((clip.frames - 1) / clip.fps * fps + 1e-6)) + 1
    at = np.minimum(np.arange(count) * clip.fps / fps, clip.frames - 1)
    before = np.minimum(at.astype(int), max(clip.frames - 2, 0))
    after = np.minimum(before + 1, clip.frames - 1)
    share = at - before

    def between(values: np.ndarray) -> np.ndarray:
        return values[before] + share[:, None] * (values[after] - values[before])

    angles, root = between(clip.angles), between(clip.root_translation)
    rotation = continuous(slerp(clip.root_rotation[before], clip.root_rotation[after], share))
    positions = forward(*(torch.from_numpy(x) for x in (angles, root, rotation))).positions.numpy()
    return replace(
        clip, angles=angles, root_translation=root, root_rotation=rotation, positions=positions, fps=float(fps)
    )
