"""Every tile normalised alike: instance normalisation takes its means and variances from the whole picture.

Left to itself a network with instance normalisation sees each tile as a picture of its own: a tile of sky and a tile of
roof come out in other tones, and blending only spreads the step between them. Here the statistics are taken once, from
windows spread over the picture in its own size, pooled as if they were one picture, and stand for all tiles.

Source: the idea of one set of statistics for all patches, Chen et al., "Towards Ultra-Resolution Neural Style Transfer
via Thumbnail Instance Normalization" (AAAI 2022); windows instead of a thumbnail, because a smaller picture has other
edges and so other variances.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from ritual.imagery.use.tiles import Run, Tiling, window

_WINDOWS = 4  # along each side


@contextmanager
def steadied(model: nn.Module, run: Run, picture: np.ndarray, tiling: Tiling, multiple: int) -> Iterator[None]:
    """In here `run`, which runs `model`, normalises by the statistics of the whole picture, if it needs several tiles.

    Args:
        picture: (H, W, 3) or (H, W, 4) uint8.
    """
    norms = [m for m in model.modules() if isinstance(m, nn.InstanceNorm2d) and not m.track_running_stats]
    if max(picture.shape[:2]) <= tiling.side or not norms:
        yield
        return
    hooks = [norm.register_forward_pre_hook(_pooled) for norm in norms]
    try:
        with torch.inference_mode():
            run(_spread(picture, tiling.side, multiple))
        for hook in hooks:
            hook.remove()
        yield
    finally:
        for hook in hooks:
            hook.remove()
        for norm in norms:
            norm.track_running_stats, norm.running_mean, norm.running_var = False, None, None


def _pooled(norm: nn.InstanceNorm2d, inputs: tuple[Tensor, ...]) -> None:
    """Before the layer runs: its statistics become those of all windows together, and it uses them from now on."""
    (x,) = inputs
    norm.running_mean, norm.running_var = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
    norm.track_running_stats = True


def _spread(picture: np.ndarray, side: int, multiple: int) -> Tensor:
    """Windows in the picture's own size, spread evenly, together as large as one tile; in -1..1."""
    height, width = picture.shape[:2]
    length = max(multiple, side // _WINDOWS // multiple * multiple)
    tall, wide = min(length, height // multiple * multiple), min(length, width // multiple * multiple)
    tops = np.linspace(0, height - tall, _WINDOWS).astype(int)
    lefts = np.linspace(0, width - wide, _WINDOWS).astype(int)
    cuts = np.stack([window(picture, top, left, tall, wide) for top in tops for left in lefts])
    return torch.from_numpy(cuts).permute(0, 3, 1, 2).float() / 127.5 - 1
