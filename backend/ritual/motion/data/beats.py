"""Beats of a motion: the moments at which the body is slowest, and how far a moment lies between two of them.

The same definition as the beat alignment score's: minima of the mean speed of the joints, smoothed with a
Gaussian of five frames at 60 frames per second.

Source: Siyao et al. (2022), "Bailando", utils/beat_align_score.py; after Li et al. (2021), "AI choreographer".
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

SMOOTHING = 5 / 60  # [s]


def motion_beats(positions: np.ndarray, fps: float) -> np.ndarray:
    """(N,) times [s] of the beats of (T, J, 3) world positions, the first frame being 0."""
    if len(positions) < 4:
        return np.zeros(0)
    speed = np.linalg.norm(np.diff(positions, axis=0), axis=-1).mean(-1)
    slowest, _ = find_peaks(-gaussian_filter1d(speed, SMOOTHING * fps))  # finds level minima, too
    return (slowest + 0.5) / fps  # a speed lies between two frames


def beat_count(beats: np.ndarray, seconds: np.ndarray, whole: float) -> np.ndarray:
    """How many beats have passed at given times, with fractions: 2.25 is a quarter of the way from beat 2 to beat 3.

    Before the first beat and after the last, time goes on in their nearest interval.

    Args:
        beats: (N,) rising times [s]. seconds: (T,) times [s].
        whole: length of the motion [s], which is one interval where there are fewer than two beats.
    """
    knots = beats if len(beats) > 1 else np.array([0.0, max(whole, 1e-6)])
    index = np.clip(np.searchsorted(knots, seconds, side="right") - 1, 0, len(knots) - 2)
    return index + (seconds - knots[index]) / (knots[index + 1] - knots[index])
