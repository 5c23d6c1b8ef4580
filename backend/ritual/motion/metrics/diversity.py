"""How different clips of one request are from each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from ritual.errors import BadInput
from ritual.motion.metrics.dtw import RATE, align
from ritual.motion.metrics.track import at_rate


def same_frame_diversity(tracks: Sequence[np.ndarray]) -> float:
    """Mean joint distance [cm] between two clips at the same frame, over all pairs.

    The average pairwise distance of DLow (Yuan and Kitani 2020), per joint and frame, so that it does not grow
    with the number of frames; the longer of two clips is cut. Two clips of one step out of time count as different.

    Args:
        tracks: (T, 24, 3) [m] each, one frame rate, heading frame.
    """
    return float(np.mean([100 * np.linalg.norm(_cut(a, b) - _cut(b, a), axis=-1).mean() for a, b in _pairs(tracks)]))


def warped_diversity(tracks: Sequence[np.ndarray], fps: float) -> float:
    """Mean DTW distance [cm, `dtw.align`] over all pairs: what is left when timing does not count."""
    slow = [at_rate(track, fps, RATE) for track in tracks]
    return float(np.mean([align(a, b).distance for a, b in _pairs(slow)]))


def feature_diversity(features: np.ndarray) -> float:
    """Mean distance between two clips in a feature space, over all pairs (Div_k, Div_g of AIST++; all of HumanML3D).

    Args:
        features: (N, D), standardised by real motion (`features.Standard`).
    """
    return float(np.mean([np.linalg.norm(a - b) for a, b in _pairs(np.asarray(features, float))]))


def multimodality(groups: Sequence[np.ndarray]) -> float:
    """Mean over requests of the mean distance between its own clips in a feature space (Guo et al. 2022).

    HumanML3D draws pairs at random; here every pair of a request counts.

    Args:
        groups: per request (N, D) standardised features of its clips, N >= 2.
    """
    if not len(groups):
        raise BadInput("Multimodality needs at least one request with two clips.")
    return float(np.mean([feature_diversity(group) for group in groups]))


def _pairs(items: Sequence[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
    if len(items) < 2:
        raise BadInput(f"Diversity is between clips; {len(items)} given, at least 2 are needed.")
    return list(combinations(items, 2))


def _cut(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a[: min(len(a), len(b))]
