"""Smooth random numbers, and the angle noise that gives the joints the spread that eq. 7 asks of them."""

from __future__ import annotations

import numpy as np
import torch
from scipy.ndimage import gaussian_filter1d

from ritual.body.kinematics import jacobian
from ritual.motion.mixture import SIGMA

LENGTH_SCALE = 0.6  # [s] over which noise stays alike: a gesture, not a tremor
_UNSEEN = 0.05  # [rad] for turns that move no joint (head, forearms with a straight wrist)
_START, _MOST = 0.15, 0.35  # [rad]
_UPDATES = 30


def smooth_noise(
    shape: tuple[int, ...], seconds_per_step: float, generator: torch.Generator, length: float = LENGTH_SCALE
) -> np.ndarray:
    """(..., T, D) standard normal numbers, alike over `length` [s] along T (squared-exponential covariance)."""
    width = length / seconds_per_step / np.sqrt(2)
    pad = int(np.ceil(4 * width))
    *batch, frames, size = shape
    white = torch.randn((*batch, frames + 2 * pad, size), generator=generator, dtype=torch.float64).numpy()
    impulse = np.zeros(2 * pad + 1)
    impulse[pad] = 1.0
    gain = np.sqrt((gaussian_filter1d(impulse, width, truncate=4.0, mode="constant") ** 2).sum())
    smooth = gaussian_filter1d(white, width, axis=-2, truncate=4.0, mode="constant")
    return smooth[..., pad : pad + frames, :] / gain


def circular_noise(
    shape: tuple[int, int], seconds_per_step: float, generator: torch.Generator, length: float = LENGTH_SCALE
) -> np.ndarray:
    """(T, D) as `smooth_noise`, whose end goes on as it begins."""
    width = length / seconds_per_step / np.sqrt(2)
    white = torch.randn(shape, generator=generator, dtype=torch.float64).numpy()
    impulse = np.zeros(shape[0])
    impulse[0] = 1.0
    gain = np.sqrt((gaussian_filter1d(impulse, width, truncate=4.0, mode="wrap") ** 2).sum())
    return gaussian_filter1d(white, width, axis=0, truncate=4.0, mode="wrap") / gain


def angle_sigmas(angles: np.ndarray) -> np.ndarray:
    """(36,) angle spreads [rad] whose noise moves the joints, about a pose (36,) [rad], by the table of eq. 7.

    To first order independent angle noise d moves a coordinate with variance (J * J) d^2. Multiplicative updates
    (Richardson 1972, Lucy 1974) from equal shares bring that to the table and leave every angle its part, where
    least squares would give a limb's whole spread to one angle.
    """
    squared = jacobian(torch.from_numpy(angles)).square().numpy().reshape(-1, 3, len(angles)).sum(1) / 3
    moved = squared.max(1) > 1e-9
    squared, wanted = squared[moved], np.square(SIGMA)[moved]
    seen = squared.max(0) > 1e-9
    variance = np.where(seen, _START**2, 0.0)
    for _ in range(_UPDATES):
        ratio = wanted / (squared @ variance)
        variance = variance * (squared.T @ ratio) / np.maximum(squared.sum(0), 1e-12)
    return np.where(seen, np.minimum(np.sqrt(variance), _MOST), _UNSEEN)
