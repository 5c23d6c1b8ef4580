"""Angles and weights as they were given, checked: one sentence where they are not what they should be."""

from __future__ import annotations

import numpy as np

from ritual.body.skeleton import ANGLES
from ritual.errors import BadInput


def checked_track(track: np.ndarray) -> np.ndarray:
    """The (T, 36) track as float64.

    Raises:
        BadInput: it has another shape, no frame, or a value that is no finite number.
    """
    values = np.asarray(track, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] != len(ANGLES) or not len(values):
        shape = " x ".join(map(str, values.shape)) or "a single number"
        raise BadInput(f"A track has frames x {len(ANGLES)} angles; this one is {shape}.")
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        frame, angle = bad[0]
        raise BadInput(f"The track's {ANGLES[angle]} is no finite number at frame {frame}.")
    return values


def checked_poses(angles: np.ndarray) -> np.ndarray:
    """(..., 36) poses as float64.

    Raises:
        BadInput: another number of angles, or a value that is no finite number.
    """
    values = np.asarray(angles, dtype=np.float64)
    if values.ndim < 1 or values.shape[-1] != len(ANGLES):
        shape = " x ".join(map(str, values.shape)) or "a single number"
        raise BadInput(f"A pose has {len(ANGLES)} angles; this is {shape}.")
    if not np.isfinite(values).all():
        angle = np.argwhere(~np.isfinite(values))[0][-1]
        raise BadInput(f"A pose's {ANGLES[angle]} is no finite number.")
    return values


def checked_weights(weights: np.ndarray | None) -> np.ndarray:
    """(36,) weights, all 1 where none are given.

    Raises:
        BadInput: not one positive number for each angle.
    """
    if weights is None:
        return np.ones(len(ANGLES))
    values = np.asarray(weights, dtype=np.float64)
    if values.shape != (len(ANGLES),) or not (np.isfinite(values) & (values > 0)).all():
        raise BadInput(f"The weights must be {len(ANGLES)} positive numbers, one for each angle.")
    return values
