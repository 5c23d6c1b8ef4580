"""Kernel inception distance: squared maximum mean discrepancy with a polynomial kernel, without bias.

Source: Binkowski, Sutherland, Arbel & Gretton (2018), eq. 4: k(x, y) = (x.y / d + 1)^3, mean and standard deviation
over subsets drawn without replacement.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from ritual.errors import BadInput

SUBSETS, SUBSET_SIZE, SEED = 100, 1000, 2020


@dataclass(frozen=True)
class Kid:
    """`mean` and `spread` (standard deviation) over `subsets` subsets of `size` pictures; may fall below 0."""

    mean: float
    spread: float
    subsets: int
    size: int


def kid(made: Tensor, real: Tensor, subsets: int = SUBSETS, size: int | None = None, seed: int = SEED) -> Kid:
    """
    Args:
        made, real: (N, D), (M, D) features of the pictures.
        size: of a subset; None = 1,000, or half of the smaller set where it has fewer than 2,000.

    Raises:
        BadInput: fewer than two pictures in a set, or a subset larger than a set.
    """
    least = min(len(made), len(real))
    if least < 2:
        raise BadInput(f"A distance between sets needs two pictures in each; there are {len(made)} and {len(real)}.")
    size = size or max(2, min(SUBSET_SIZE, least // 2))
    if not 2 <= size <= least:
        raise BadInput(f"A subset of {size} pictures cannot be drawn from {least}; choose 2 to {least}.")
    x, y = (part.detach().cpu().double().numpy() for part in (made, real))
    rng = np.random.RandomState(seed)  # the generator of torch-fidelity, so that its figures are met
    found = [
        _discrepancy(x[rng.choice(len(x), size, replace=False)], y[rng.choice(len(y), size, replace=False)])
        for _ in range(subsets)
    ]
    return Kid(float(np.mean(found)), float(np.std(found)), subsets, size)


def _discrepancy(x: np.ndarray, y: np.ndarray) -> float:
    n, d = x.shape
    xx, yy, xy = ((a @ b.T / d + 1) ** 3 for a, b in ((x, x), (y, y), (x, y)))
    within = (xx.sum() - np.trace(xx) + yy.sum() - np.trace(yy)) / (n * (n - 1))
    return float(within - 2 * xy.mean())
