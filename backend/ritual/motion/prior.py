"""p_prior of a dance (eq. 8): where its reference motion puts the 72 coordinates at a given moment.

A mixture around the interpolated canonical stances: the moment itself and the moments up to half a beat to either
side of it, for dancers arrive a little early or late. Tight at a stance, looser on the way to the next: the
stances are what the rite prescribes, the way between them is the dancer's.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ritual.motion.heading import positions
from ritual.motion.mixture import Mixture, table_sigmas
from ritual.motion.reference import Reference, StanceCurve

SHIFTS = (-0.24, -0.12, 0.0, 0.12, 0.24)  # [s]: a quarter of a second is half a beat at 120 beats a minute
_SHIFT_SPREAD = 0.12  # [s]
WAY_LOOSENESS = 1.0  # halfway between two stances sigma is (1 + this) times the table


def looseness(local: np.ndarray | Tensor) -> np.ndarray | Tensor:
    """0 at a stance, 1 halfway to the next, smooth: 4 u (1 - u) squared."""
    return (4 * local * (1 - local)) ** 2


def prior_mixture(
    curve: StanceCurve, reference: Reference, device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32
) -> Mixture:
    """(T)-batched mixture of 5 components over 72 coordinates, at the reference's places in the cycle."""
    shifts = np.array(SHIFTS)
    cycle = reference.cycle[:, None] + shifts / curve.cycle_seconds
    states = curve.at(cycle.ravel(), reference.fps).state
    means = positions(torch.from_numpy(states)).flatten(1).unflatten(0, cycle.shape)
    weights = torch.from_numpy(-0.5 * (shifts / _SHIFT_SPREAD) ** 2).log_softmax(0)
    widen = torch.from_numpy(1 + WAY_LOOSENESS * looseness(reference.local))
    sigmas = widen[:, None, None] * table_sigmas(means)
    frames = len(means)
    move = {"device": device, "dtype": dtype}
    return Mixture(
        weights.expand(frames, -1).to(**move), means.to(**move), sigmas.expand(means.shape).to(**move)
    )
