"""Frechet distance between the features of two sets of pictures, each taken for a normal distribution.

Source: Heusel et al. (2017), eq. 6. The trace of the root comes from singular values: with X and Y the centred
features, the eigenvalues of S_x S_y are the squares of the singular values of X Y^T / sqrt((n-1)(m-1)). So it is exact
and never complex where there are fewer pictures than features, and needs no root of a singular matrix.
"""

from __future__ import annotations

import numpy as np
from torch import Tensor

from ritual.errors import BadInput

ENOUGH = 2048
"""Pictures of each set below which the distance is biased upwards markedly and only sets of one size compare."""


def frechet(made: Tensor, real: Tensor) -> float:
    """Squared distance, 0 = the same.

    Args:
        made, real: (N, D), (M, D) features of the pictures.

    Raises:
        BadInput: fewer than two pictures in a set, or features of two networks.
    """
    if min(len(made), len(real)) < 2:
        raise BadInput(f"A distance between sets needs two pictures in each; there are {len(made)} and {len(real)}.")
    if made.shape[1] != real.shape[1]:
        raise BadInput(f"Features of {made.shape[1]} and {real.shape[1]} figures cannot be compared.")
    x, y = (part.detach().cpu().double().numpy() for part in (made, real))
    apart = float(((x.mean(0) - y.mean(0)) ** 2).sum())
    x, y = ((part - part.mean(0)) / np.sqrt(len(part) - 1) for part in (x, y))
    root = float(np.linalg.svd(_short(x) @ _short(y).T, compute_uv=False).sum())
    return max(0.0, apart + float((x**2).sum() + (y**2).sum()) - 2 * root)


def _short(x: np.ndarray) -> np.ndarray:
    """Of no more rows than columns, with the same covariance."""
    return np.linalg.qr(x, mode="r") if len(x) > x.shape[1] else x
