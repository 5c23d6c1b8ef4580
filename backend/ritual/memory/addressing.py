"""Where in a bank a feature looks: weights by likeness (spec eq. 1)."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F


def address(bank: Tensor, query: Tensor, tau: float) -> Tensor:
    """w_i = softmax_i(v_i . e / tau), both brought to length 1.

    Args:
        bank: (K, D) memory vectors. query: (..., D). tau: temperature > 0; small = one vector decides.

    Returns:
        (..., K) weights that sum to 1.

    Source: spec eq. 1.
    """
    return (likeness(bank, query) / tau).softmax(-1)


def likeness(bank: Tensor, query: Tensor) -> Tensor:
    """(..., K) cosine of the query and each memory vector."""
    return F.normalize(query, dim=-1) @ F.normalize(bank, dim=-1).mT


def settled(bank: Tensor, query: Tensor, tau: float) -> Tensor:
    """(..., K) weights of eq. 1 after the memory was asked with its own first answer.

    A query between two memories comes to rest at one of them, and what the query held beside them is gone.

    Source: Ramsauer et al. (2021), Hopfield networks is all you need: one more step of their retrieval.
    """
    return address(bank, read_out(bank, address(bank, query, tau)), tau)


def read_out(bank: Tensor, weights: Tensor) -> Tensor:
    """(..., D) the memory's answer M w."""
    return weights @ bank


def confidence(weights: Tensor) -> Tensor:
    """(...) 1 - H(w) / log K: 1 where one memory vector has all the weight, 0 where all have the same."""
    count = weights.shape[-1]
    if count < 2:
        return torch.ones_like(weights[..., 0])
    entropy = -(weights * weights.clamp_min(1e-12).log()).sum(-1)
    return (1 - entropy / math.log(count)).clamp(0, 1)
