"""Jerk: how suddenly joints change their acceleration. Noise and foot pops raise it, over-smoothing lowers it.

Third differences grow with the frame rate (noise by its cube): compare only at one rate, `track.at_rate(..., RATE)`.
"""

from __future__ import annotations

import numpy as np

RATE = 25.0  # [Hz] at which proposals are measured


def jerk(positions: np.ndarray, fps: float) -> float:
    """Mean over joints and frames of the length of the third difference [m/s^3] of (..., T, 24, 3) positions."""
    return float(_lengths(positions, fps).mean())


def peak_jerk(positions: np.ndarray, fps: float) -> float:
    """Largest jerk of any joint in any frame [m/s^3]: FlowMDM's PJ with the Euclidean length and in seconds."""
    return float(_lengths(positions, fps).max())


def jerk_curve(positions: np.ndarray, fps: float) -> np.ndarray:
    """(T - 3,) jerk of the joint that has most of it, frame by frame [m/s^3]."""
    return _lengths(positions, fps).max(-1)


def area_under_jerk(positions: np.ndarray, fps: float, real: float) -> float:
    """Mean distance of `jerk_curve` from what real motion has on average [m/s^3].

    FlowMDM's AUJ (Barquero et al. 2024) sums over the frames of one transition; the mean does not grow with
    the length. Both a pop and a stretch that is too smooth raise it.

    Args:
        positions: (T, 24, 3) [m]. real: mean of `jerk_curve` over real motion at this rate [m/s^3].
    """
    return float(np.abs(jerk_curve(positions, fps) - real).mean())


def _lengths(positions: np.ndarray, fps: float) -> np.ndarray:
    return np.linalg.norm(np.diff(positions, n=3, axis=-3), axis=-1) * fps**3
