"""The targets: real motion that training never saw, on our body, at 25 frames a second, inside every limit."""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ritual.body.kinematics import forward
from ritual.body.skeleton import SKELETON
from ritual.clip.files import READERS
from ritual.errors import BadInput
from ritual.motion.data import load_corpus, split_of
from ritual.motion.heading import ANGLE_COUNT, TILT, positions, tilt_quaternion

FPS = 25.0
LOWER, UPPER = np.array(SKELETON.limits).T
DANCE = ("dance", "twirl", "balance")  # captions of the held-out clips that are danced
LEAST_DANCE = 3.0  # [s]
LONGEST = 400  # frames of a piece


@dataclass(frozen=True, eq=False)
class Clip:
    """A motion that reaches its targets by construction.

    Attributes:
        angles: (T, 36) [rad]; translation: (T, 3) [m]; rotation: (T, 4) w, x, y, z of the pelvis.
        targets: (T, 24, 3) world joint positions of that motion [m].
        local: (T, 24, 3) the same with the pelvis held at the origin, unturned: the fixed root.
    """

    name: str
    caption: str
    angles: np.ndarray
    translation: np.ndarray
    rotation: np.ndarray

    @property
    def targets(self) -> np.ndarray:
        return place(self.angles, self.translation, self.rotation)

    @property
    def local(self) -> np.ndarray:
        return place(self.angles)

    @property
    def danced(self) -> bool:
        return any(word in self.caption for word in DANCE) and len(self.angles) >= LEAST_DANCE * FPS

    def moved(self, angles: np.ndarray) -> Clip:
        """The clip with other angles; its targets follow."""
        return Clip(self.name, self.caption, angles, self.translation, self.rotation)


def place(angles: np.ndarray, translation: np.ndarray | None = None, rotation: np.ndarray | None = None) -> np.ndarray:
    """(..., 24, 3) joint positions [m]; without translation the pelvis is at the origin, unturned."""
    at = np.zeros((*angles.shape[:-1], 3)) if translation is None else translation
    turn = None if rotation is None else torch.from_numpy(rotation)
    return forward(torch.from_numpy(angles), torch.from_numpy(at), turn).positions.numpy()


def held_out(folder: Path, most: int | None = None) -> list[Clip]:
    """The held-out clips of the training's own split, read by its own pipeline, limits kept by clamping.

    Heading and height are the motion's; the pipeline does not keep the path over the floor, so the pelvis stays over
    the origin. A long clip comes in pieces of at most `LONGEST` frames.

    Args:
        folder: of motion files, as `ritual motion train` takes it.
        most: only so many files, spread over the list; None = all.

    Raises:
        BadInput: no folder, or nothing held out in it.
    """
    names = sorted(p.relative_to(folder) for p in folder.rglob("*") if p.suffix.lower() in READERS)
    names = [name for name in names if split_of(name.as_posix()) == "test"]
    if not names:
        raise BadInput(
            f"No held-out motion in '{folder}'.",
            hint="Name the folder of mocap that the model card lists: --data ../shared/data/mocap",
        )
    if most and most < len(names):
        names = [names[i] for i in np.linspace(0, len(names) - 1, most).astype(int)]
    with tempfile.TemporaryDirectory() as links:  # only what is held out is read
        for name in (*names, Path("MANIFEST.csv")):
            link = Path(links) / name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to((folder / name).resolve())
        takes = load_corpus(Path(links)).of("test")
    pieces = []
    for take in takes:
        times = np.arange(0, take.seconds, 1 / FPS)
        for part in np.array_split(times, math.ceil(len(times) / LONGEST)):
            pieces.append(_clip(take.name, take.caption, *take.at(part)))
    return pieces


def _clip(name: str, caption: str, states: np.ndarray, heading: np.ndarray) -> Clip:
    states[:, :ANGLE_COUNT] = np.clip(states[:, :ANGLE_COUNT], LOWER, UPPER)
    angles = states[:, :ANGLE_COUNT].copy()
    tilt = tilt_quaternion(torch.from_numpy(states[:, TILT])).numpy()
    w, x, y, z = tilt.T
    c, s = np.cos(heading / 2), np.sin(heading / 2)
    rotation = np.stack((c * w - s * z, c * x - s * y, c * y + s * x, c * z + s * w), -1)  # yaw about Z, then the tilt
    return Clip(name, caption, angles, positions(torch.from_numpy(states)).numpy()[:, 0].copy(), rotation)
