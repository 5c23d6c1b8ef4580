"""MotionClip: one dancer's motion, what every door hands on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ritual.body.skeleton import ANGLES, JOINTS
from ritual.errors import BadMotion


@dataclass(frozen=True, eq=False)
class MotionClip:
    """Angles, root and positions of the 24-joint body over T frames; frames first.

    Attributes:
        angles: (T, 36) joint angles [rad], order of `skeleton.ANGLES`.
        root_translation: (T, 3) world position of the pelvis [m], Z up.
        root_rotation: (T, 4) world rotation of the pelvis, unit quaternion w, x, y, z.
        positions: (T, 24, 3) world joint positions [m], order of `skeleton.JOINTS`.
        fps: frames per second.
        name: shown to people; the action's and the file's name.
        meta: JSON-able facts that travel with the clip (dance, prompt, seed, report ...).
    """

    angles: np.ndarray
    root_translation: np.ndarray
    root_rotation: np.ndarray
    positions: np.ndarray
    fps: float
    name: str = "clip"
    meta: dict = field(default_factory=dict)

    def __post_init__(self) -> None:
        frames = len(self.angles)
        shapes = {
            "angles": (frames, len(ANGLES)),
            "root_translation": (frames, 3),
            "root_rotation": (frames, 4),
            "positions": (frames, len(JOINTS), 3),
        }
        for name, shape in shapes.items():
            array = getattr(self, name)
            if array.shape != shape:
                raise BadMotion(f"{name} has shape {array.shape}; expected {shape}.")
            if not np.isfinite(array).all():
                frame = int(np.argwhere(~np.isfinite(array))[0][0])
                raise BadMotion(f"{name} holds a value that is not a number in frame {frame}.")
        if frames < 1:
            raise BadMotion("The clip has no frames.")
        if not (np.isfinite(self.fps) and self.fps > 0):
            raise BadMotion(f"{self.fps} frames per second is no frame rate.")

    @property
    def frames(self) -> int:
        return len(self.angles)

    @property
    def seconds(self) -> float:
        return self.frames / self.fps
