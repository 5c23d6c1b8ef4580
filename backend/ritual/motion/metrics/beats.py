"""Beats of a motion and how they fall on those of the music (Bailando, Siyao et al. 2022, beat_align_score.py).

Its sigmas are frames at 60 fps; here they are seconds, 5/60 for smoothing and 3/60 for what counts as on the beat.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from ritual.errors import BadInput
from ritual.motion.metrics.track import at_rate

RATE = 60.0  # [Hz]
SMOOTHING, ON_BEAT = 5 / 60, 3 / 60  # [s]


def motion_beats(positions: np.ndarray, fps: float) -> np.ndarray:
    """(N,) times [s] at which the body pauses: minima of the smoothed mean speed of the joints.

    Args:
        positions: (T, 24, 3) [m], world as in Bailando, or heading frame. fps: frames per second.
    """
    track = at_rate(positions, fps, RATE, 4)
    speed = np.linalg.norm(np.diff(track, axis=0), axis=-1).mean(-1) * RATE
    smooth = gaussian_filter1d(speed, SMOOTHING * RATE)
    found = find_peaks(-smooth, plateau_size=1)[1]
    low = (found["left_edges"] + found["right_edges"]) / 2
    return (low + 0.5) / RATE  # the speed between frames k and k + 1


def beat_alignment(motion: np.ndarray, music: np.ndarray) -> float:
    """BAS in 0..1: mean over the music's beats of exp(-dt^2 / (2 ON_BEAT^2)), dt [s] to the nearest motion beat.

    It asks whether every beat is danced, and does not mind pauses between beats (see `beat_precision`).

    Args:
        motion, music: times [s].

    Raises:
        BadInput: the music has no beat.
    """
    return _share(music, motion, "The music has no beat to dance to.")


def beat_precision(motion: np.ndarray, music: np.ndarray) -> float:
    """The same the other way round (AIST++, Li et al. 2021): mean over the motion's beats; 0 where it has none."""
    return _share(motion, music, "") if len(motion) else 0.0


def _share(of: np.ndarray, near: np.ndarray, empty: str) -> float:
    of, near = np.asarray(of, float), np.asarray(near, float)
    if not len(of):
        raise BadInput(empty)
    if not len(near):
        return 0.0
    apart = np.abs(of[:, None] - near).min(1)
    return float(np.exp(-(apart**2) / (2 * ON_BEAT**2)).mean())
