"""Optical flow between two frames, by OpenCV's DIS, and what of it is hidden behind something.

Source: Kroeger, Timofte, Dai and Van Gool, "Fast optical flow using dense inverse search", ECCV 2016. Reports name it:
RAFT, which much of the literature takes, needs weights that do not come with a library.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from torch import Tensor

from ritual.errors import BadInput
from ritual.imagery.metrics.opencv import greys, opencv

NAME = "OpenCV DIS, medium preset"
SMALLEST = 32
"""Side of a picture from which flow can be found [px]."""


def flows(clip: Tensor, *, back: bool = False) -> np.ndarray:
    """Where each pixel of a frame goes to in the next one.

    Args:
        clip: (T, 3, H, W) sRGB in -1..1.
        back: where each pixel of the next frame comes from, instead.

    Returns:
        (T - 1, H, W, 2) float32, right and down [px].

    Raises:
        BadInput: fewer than two frames, or a side under 32 px.
    """
    if len(clip) < 2 or min(clip.shape[-2:]) < SMALLEST:
        raise BadInput(
            f"Motion is measured on two frames of {SMALLEST} x {SMALLEST} pixels or more; this is {tuple(clip.shape)}."
        )
    cv2 = opencv()
    dis = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    frames = greys(clip)
    pairs = ((b, a) if back else (a, b) for a, b in pairwise(frames))
    return np.stack([dis.calc(one, other, None) for one, other in pairs])


def fetched(pictures: np.ndarray, flow: np.ndarray) -> np.ndarray:
    """(H, W, C) float32 as it looks from where a flow (H, W, 2) points: out(x) = in(x + flow(x)), bilinear."""
    cv2 = opencv()
    height, width = flow.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return cv2.remap(pictures, x + flow[..., 0], y + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def seen(forward: np.ndarray, backward: np.ndarray) -> np.ndarray:
    """(H, W) bool: pixels of the later frame that the earlier one shows, too.

    There the flow back (H, W, 2) and the flow forward where it arrives cancel: |b + f|^2 < 0.01 (|b|^2 + |f|^2) + 0.5.

    Source: Sundaram, Brox and Keutzer, ECCV 2010, eq. 5, as Ruder et al. (2016) and Lai et al. (2018) use it.
    """
    there = fetched(forward, backward)
    apart, long = ((backward + there) ** 2).sum(-1), (backward**2).sum(-1) + (there**2).sum(-1)
    height, width = apart.shape
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    x, y = x + backward[..., 0], y + backward[..., 1]
    inside = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    return (apart < 0.01 * long + 0.5) & inside
