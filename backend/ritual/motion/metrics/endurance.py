"""What goes wrong in long clips: the body freezes, its pose drifts, or it wanders off."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import uniform_filter1d

from ritual.errors import BadInput
from ritual.motion.metrics.track import at_rate, bare, checked

RATE = 25.0  # [Hz]
WINDOW = 2.0  # [s] over which a speed is averaged: longer than any pause that the stances of a dance make


def rolling_speed(positions: np.ndarray, fps: float, window: float = WINDOW) -> np.ndarray:
    """(N,) mean joint speed [m/s], about the pelvis, over every `window` seconds of a clip, at 25 fps.

    Args:
        positions: (T, 24, 3) [m], world or heading frame: the pelvis' place does not count.

    Raises:
        BadInput: the clip is shorter than the window.
    """
    track = bare(at_rate(positions, fps, RATE))
    speed = np.linalg.norm(np.diff(track, axis=0), axis=-1).mean(-1) * RATE
    size = max(1, round(window * RATE))
    if len(speed) < size:
        raise BadInput(f"The clip is {len(speed) / RATE:.1f} s long; {window:g} s are needed to tell a freeze.")
    start = size // 2
    return uniform_filter1d(speed, size)[start : start + len(speed) - size + 1]


def slowest(positions: np.ndarray, fps: float, window: float = WINDOW) -> float:
    """The least of `rolling_speed` [m/s]: beside that of real clips it tells whether the body freezes."""
    return float(rolling_speed(positions, fps, window).min())


def frozen_share(positions: np.ndarray, fps: float, threshold: float, window: float = WINDOW) -> float:
    """Share of a clip's windows with less speed than `threshold` [m/s], say the 1 % quantile of real windows."""
    return float((rolling_speed(positions, fps, window) < threshold).mean())


def fading(positions: np.ndarray, fps: float) -> float:
    """Mean joint speed of the last third over that of the first: below 1 the motion dies away; 1 where none moves."""
    track = bare(at_rate(positions, fps, RATE, 12))
    speed = np.linalg.norm(np.diff(track, axis=0), axis=-1).mean(-1)
    third = len(speed) // 3
    first, last = speed[:third].mean(), speed[-third:].mean()
    return float(last / first) if first > 1e-9 else (1.0 if last <= 1e-9 else float("inf"))


def pose_drift(positions: np.ndarray, fps: float) -> float:
    """Mean joint distance [cm] between the mean pose of the first third and of the last; heading frame."""
    track = bare(checked(positions, fps, 6))
    third = len(track) // 3
    return float(100 * np.linalg.norm(track[:third].mean(0) - track[-third:].mean(0), axis=-1).mean())


def root_drift(positions: np.ndarray, fps: float) -> tuple[float, float]:
    """How far the pelvis is from where it began, in the plan of the world [m]: at the end, and at most."""
    root = checked(positions, fps)[:, 0, :2]
    away = np.linalg.norm(root - root[0], axis=-1)
    return float(away[-1]), float(away.max())
