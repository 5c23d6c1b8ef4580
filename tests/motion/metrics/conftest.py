"""A small dance in the heading frame, and the same walked about the world, to measure on."""

import numpy as np
import pytest
import torch

from ritual.body.skeleton import ANGLE_INDEX
from ritual.motion.heading import STATE_SIZE, positions

_MOVES = ("left_shoulder_abduction", "right_shoulder_abduction", "left_hip_flexion", "right_hip_flexion",
          "left_knee_flexion", "right_knee_flexion", "left_elbow_flexion", "right_elbow_flexion",
          "spine1_rotation")  # fmt: skip


def _dancing(seconds=4.0, fps=15.0, beat=0.6, size=0.4, seed=0, one_sided=False):
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * fps)) / fps
    states = np.zeros((len(time), STATE_SIZE))
    for n, name in enumerate(_MOVES):
        phase, level = rng.uniform(0, 2 * np.pi), rng.uniform(0.5, 0.9)
        if one_sided and not name.startswith("left"):
            continue
        states[:, ANGLE_INDEX[name]] = level + size * np.sin(np.pi * time / beat * (1 + n % 2) + phase)
    return positions(torch.from_numpy(states)).numpy()


@pytest.fixture(scope="session")
def dancing():
    """(T, 24, 3) of `seconds` at `fps`: limbs swing about, each with its own phase."""
    return _dancing
