"""Clips to look at, small enough to be drawn in a moment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from ritual.body.kinematics import forward
from ritual.body.skeleton import ANGLE_INDEX
from ritual.clip.clip import MotionClip


@pytest.fixture
def standing():
    """Makes a clip that stands on the floor with its arms held out, `seconds` long, and walks `travel` metres."""

    def make(seconds: float = 0.4, fps: float = 25.0, travel: float = 0.0, **meta) -> MotionClip:
        frames = round(seconds * fps)
        angles = np.zeros((frames, 36))
        for side in ("left", "right"):
            angles[:, ANGLE_INDEX[f"{side}_shoulder_abduction"]] = 1.5
        root = np.tile((0.0, 0.0, 0.92), (frames, 1))
        root[:, 1] = -np.linspace(0, travel, frames)
        turn = np.tile((1.0, 0.0, 0.0, 0.0), (frames, 1))
        positions = forward(*map(torch.as_tensor, (angles, root, turn))).positions.numpy()
        return MotionClip(angles, root, turn, positions, fps, "arms out", meta)

    return make


@pytest.fixture
def breaking(standing):
    """A second long; the right wrist breaks a rule from 0.4 to 0.6 s, and the left elbow was put right at 0.8 s."""
    violation = {"start": 0.4, "end": 0.6, "angle": "right_wrist_flexion", "text": "The wrist stays below 65 deg."}
    interception = {"start_frame": 20, "end_frame": 20, "angle": "left_elbow_flexion", "text": "The elbow stays open."}
    clip = standing(1.0)
    return replace(clip, meta={"report": {"violations": [violation], "interceptions": [interception]}})
