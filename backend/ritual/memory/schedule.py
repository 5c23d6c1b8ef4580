"""One step of any training here: AdamW whose rate warms up and then falls as a cosine."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn

from ritual.errors import RitualError

_DECAY = 0.05
_LONGEST = 5.0  # of a gradient


def optimiser_of(parameters: Iterable[nn.Parameter], peak: float) -> torch.optim.Optimizer:
    """Args: peak: the greatest learning rate."""
    return torch.optim.AdamW(parameters, lr=peak, weight_decay=_DECAY)


def step_of(optimiser: torch.optim.Optimizer, loss: Tensor, progress: float) -> None:
    """Move all weights once.

    Args:
        progress: part of the training that is done, 0..1: a twentieth of it warms up, then the rate falls as a cosine
            to a hundredth of its peak.

    Raises:
        RitualError: the loss is no finite number any more; nothing is moved.
    """
    if not math.isfinite(float(loss.detach())):
        raise RitualError(
            f"The loss is no finite number any more, {100 * progress:.0f} % through the training.",
            hint="Train with another --seed, or with --precision float32.",
        )
    warm = min(1.0, progress * 20 + 0.05)
    for group in optimiser.param_groups:
        group["lr"] = optimiser.defaults["lr"] * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_([p for group in optimiser.param_groups for p in group["params"]], _LONGEST)
    optimiser.step()
