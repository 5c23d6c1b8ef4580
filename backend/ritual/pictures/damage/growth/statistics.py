"""Simple statistics of growth masks, and a Frechet distance on them.

What an eye would name: how much is covered, how ragged it is, in how many pieces, how thick, how deep into plain
ground one can go, and how much of it is fine or coarse. Not the FID: no network is asked.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg, ndimage

NAMES = (
    "coverage", "rim", "pieces", "largest", "holes", "thickness", "thickest", "emptiest", "fine", "middle", "coarse",
    "grey",
)  # fmt: skip


def statistics(growth: np.ndarray) -> np.ndarray:
    """(N, S, S) growth in 0..1 -> (N, 12) of NAMES.

    coverage, rim and grey are shares of the square (rim: neighbours that differ; grey: between 0.1 and 0.9);
    pieces and holes are log(1 + number), largest the biggest piece's share of what is covered;
    thickness is the mean, thickest the greatest depth in a piece, emptiest the greatest distance from any (shares of
    a side); fine, middle and coarse are shares of the spectrum's energy over 1/6, between, and under 1/16 per cell.
    """
    return np.stack([_one(one) for one in np.asarray(growth, dtype=np.float64)])


def _one(growth: np.ndarray) -> np.ndarray:
    side = len(growth)
    mask = growth > 0.5
    rim = (mask[1:] != mask[:-1]).mean() + (mask[:, 1:] != mask[:, :-1]).mean()
    labels, pieces = ndimage.label(mask)
    largest = np.bincount(labels.ravel())[1:].max() / mask.sum() if pieces else 0.0
    holes = max(ndimage.label(~mask)[1] - 1, 0)
    inside = ndimage.distance_transform_edt(mask)
    outside = ndimage.distance_transform_edt(~mask).max() if pieces else side
    thickness = inside[mask].mean() if pieces else 0.0
    grey = ((growth > 0.1) & (growth < 0.9)).mean()
    shape = [np.log1p(pieces), largest, np.log1p(holes), thickness / side, inside.max() / side, outside / side]
    return np.array([mask.mean(), rim, *shape, *_bands(growth), grey])


def _bands(growth: np.ndarray) -> tuple[float, float, float]:
    energy = np.abs(np.fft.fft2(growth - growth.mean())) ** 2
    rate = np.fft.fftfreq(len(growth))
    rate = np.hypot(rate[:, None], rate[None])
    total = energy.sum() + 1e-12
    fine, coarse = energy[rate > 1 / 6].sum() / total, energy[rate < 1 / 16].sum() / total
    return fine, 1 - fine - coarse, coarse


def frechet(real: np.ndarray, drawn: np.ndarray) -> float:
    """Frechet distance of two clouds of statistics, as Gaussians, in units of the real ones' standard deviation.

    |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) after each column was divided by its spread in `real`.
    """
    spread = real.std(0) + 1e-9
    one, other = real / spread, drawn / spread
    cov = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
    root = np.sqrt(np.clip(linalg.eigvals(cov[0] @ cov[1]).real, 0, None)).sum()  # trace of the root
    away = np.square(one.mean(0) - other.mean(0)).sum()
    return float(away + np.trace(cov[0]) + np.trace(cov[1]) - 2 * root)
