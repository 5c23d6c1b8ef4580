"""Action coherence: whether things move when and where they move in the reference, and as smoothly.

R scores it from 0 to 100 by raters; this is a measure, and goes by its own name in reports (`coherence`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from ritual.errors import BadInput
from ritual.imagery.metrics.flow import flows
from ritual.imagery.metrics.pixels import see_that_they_pair

CELLS = 4  # the picture is parted into so many rows and columns
_STILL = 0.05  # a cell whose motion varies by less says nothing [px a frame]


@dataclass(frozen=True)
class Coherence:
    """
    Attributes:
        correlation: -1..1, 1 = the motion of each part of the picture rises and falls as in the reference.
        jerk: of the made clip over that of the reference; 1 = as smooth, above = jerkier, under = smoother.
    """

    correlation: float
    jerk: float


def coherence(made: Tensor, real: Tensor, fps: float) -> Coherence:
    """Compare how two clips move.

    Flow (`flow.NAME`) is found in each; in each of 4 x 4 cells the mean of its length and of its two components are
    signals over time. `correlation` is the mean of Pearson's r of each signal with the reference's, weighted by how
    much the reference moves there.

    Args:
        made, real: (T, 3, H, W) sRGB in -1..1, T of 5 or more, sides of 32 px or more. fps: frames per second.

    Raises:
        BadInput: too few frames, too small, other shapes, or nothing moves in the reference.

    Source: this project's definition.
    """
    see_that_they_pair(made, real)
    ours, theirs = _signals(made), _signals(real)
    weight = theirs.std(0)
    if not (weight > _STILL).any():
        raise BadInput("Nothing moves in the reference clip, so there is no coherence to measure.")
    weight = np.where(weight > _STILL, weight, 0.0)
    ours, theirs = ours - ours.mean(0), theirs - theirs.mean(0)
    scale = np.sqrt((ours**2).sum(0) * (theirs**2).sum(0))
    r = np.where(scale > 1e-12, (ours * theirs).sum(0) / np.maximum(scale, 1e-12), 0.0)
    return Coherence(float((weight * r).sum() / weight.sum()), jerk(made, fps) / max(jerk(real, fps), 1e-9))


def jerk(clip: Tensor, fps: float) -> float:
    """How jerkily a clip moves: root mean square of the second time derivative of the cells' flow velocity, in widths
    of the picture per s^3; 0 = everything moves evenly.

    Args:
        clip: as `coherence`.

    Raises:
        BadInput: fewer than 5 frames, or too small.
    """
    velocity = _signals(clip)[:, CELLS * CELLS :] / clip.shape[-1] * fps
    return float(np.sqrt(np.mean((np.diff(velocity, n=2, axis=0) * fps**2) ** 2)))


def _signals(clip: Tensor) -> np.ndarray:
    """(T - 1, 3 * CELLS^2): of each cell the mean length of its flow; then its components [px a frame]."""
    if len(clip) < 5:
        raise BadInput(f"Coherence is measured on 5 frames or more; there are {len(clip)}.")
    flow = flows(clip)
    both = np.concatenate((np.linalg.norm(flow, axis=-1, keepdims=True), flow), -1)
    rows = [part.mean((1, 2)) for band in np.array_split(both, CELLS, 1) for part in np.array_split(band, CELLS, 2)]
    return np.stack(rows, -1).transpose(0, 1, 2).reshape(len(flow), -1)
