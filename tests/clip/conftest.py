"""Clips that use every joint over its whole range, so that no channel can be forgotten unnoticed."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from ritual.body.kinematics import forward
from ritual.body.rotations import continuous
from ritual.body.skeleton import SKELETON
from ritual.clip import MotionClip


@pytest.fixture
def make_clip() -> Callable[..., MotionClip]:
    def make(frames: int = 40, seed: int = 0, fps: float = 25.0, reach: float = 1.0) -> MotionClip:
        random = np.random.default_rng(seed)
        low, high = np.array(SKELETON.limits).T
        middle = (low + high) / 2
        angles = middle + reach * (random.uniform(low, high, (frames, 36)) - middle)
        rotation = random.normal(size=(frames, 4))
        rotation = continuous(rotation / np.linalg.norm(rotation, axis=1, keepdims=True))
        root = random.normal(size=(frames, 3))
        positions = forward(*(torch.from_numpy(x) for x in (angles, root, rotation))).positions.numpy()
        meta = {"dance": "dai-peacock", "prompt": "孔雀", "seed": seed}
        return MotionClip(angles, root, rotation, positions, fps, "three bends", meta)

    return make


@pytest.fixture
def clip(make_clip: Callable[..., MotionClip]) -> MotionClip:
    return make_clip()
