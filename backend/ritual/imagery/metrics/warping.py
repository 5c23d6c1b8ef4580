"""Temporal warping error: how a frame differs from the one before it, moved to where it should be by now.

Source: Lai, Huang, Wang, Shechtman, Yumer and Yang, "Learning blind video temporal consistency", ECCV 2018, eq. 9-10,
with the flow of `flow.NAME` instead of FlowNet2.
"""

from __future__ import annotations

import numpy as np
from torch import Tensor

from ritual.imagery.metrics.flow import fetched, flows, seen
from ritual.imagery.metrics.pixels import see_that_they_pair, unit


def warping_error(made: Tensor, real: Tensor | None = None) -> float:
    """0 = moves as the reference does, without flicker; squared sRGB in 0..1, mean over channels and visible pixels.

    Args:
        made: (T, 3, H, W) sRGB in -1..1, T of 2 or more, sides of 32 px or more.
        real: the reference, of the same shape, whose motion counts; None = the clip's own motion.

    Raises:
        BadInput: too few frames, too small, or other shapes.
    """
    if real is not None:
        see_that_they_pair(made, real)
    guide = made if real is None else real
    forward, backward = flows(guide), flows(guide, back=True)
    frames = unit(made).permute(0, 2, 3, 1).cpu().numpy().astype(np.float32)
    errors = []
    for before, after, there, back in zip(frames[:-1], frames[1:], forward, backward, strict=True):
        visible = seen(there, back)
        if visible.any():
            errors.append(((after - fetched(before, back)) ** 2).mean(-1)[visible].mean())
    return float(np.mean(errors)) if errors else 0.0
