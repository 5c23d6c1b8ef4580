"""p_prior of a dance (eq. 8): where its reference motion puts the 72 coordinates at a given moment.

A mixture around the interpolated canonical stances: the moment itself and the moments up to half a beat to either
side of it, for dancers arrive a little early or late. Tight at a stance, looser on the way to the next: the
stances are what the rite prescribes, the way between them is the dancer's.

Where the dance points to motion capture, that has half of the mass, each recording an equal part of it, and its own
five moments around where its dancers are; the other half stays with the stances, which hold the rite (decision 0020).
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from ritual.culture.rulebook import Rulebook
from ritual.motion.heading import positions
from ritual.motion.mixture import Mixture, table_sigmas
from ritual.motion.recordings import danced_cycles
from ritual.motion.reference import Reference, StanceCurve

SHIFTS = (-0.24, -0.12, 0.0, 0.12, 0.24)  # [s]: a quarter of a second is half a beat at 120 beats a minute
_SHIFT_SPREAD = 0.12  # [s]
WAY_LOOSENESS = 1.0  # halfway between two stances sigma is (1 + this) times the table
DANCED_MASS = 0.5  # of the prior, where there is motion capture


def curve_of(rulebook: Rulebook) -> StanceCurve:
    """All that a dance's prior is built from: its stances, its rhythm, and the motion capture that it points to.

    Training and sampling both begin here, so that they hold a dance to be the same.

    Raises:
        BadInput: the dance has no stances, or motion capture that cannot be used.
    """
    curve = StanceCurve.of_rulebook(rulebook)
    danced = danced_cycles(rulebook, curve)
    return replace(curve, danced=danced) if danced else curve


def looseness(local: np.ndarray | Tensor) -> np.ndarray | Tensor:
    """0 at a stance, 1 halfway to the next, smooth: 4 u (1 - u) squared."""
    return (4 * local * (1 - local)) ** 2


def prior_mixture(
    curve: StanceCurve, reference: Reference, device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32
) -> Mixture:
    """(T)-batched mixture over 72 coordinates, at the reference's places in the cycle.

    5 components of the stances, and 5 of each recording in `curve.danced`.
    """
    shifts = np.array(SHIFTS)
    cycle = reference.cycle[:, None] + shifts / curve.cycle_seconds
    states = curve.at(cycle.ravel(), reference.fps).state
    means = positions(torch.from_numpy(states)).flatten(1).unflatten(0, cycle.shape)
    weights = torch.from_numpy(-0.5 * (shifts / _SHIFT_SPREAD) ** 2).log_softmax(0)
    widen = torch.from_numpy(1 + WAY_LOOSENESS * looseness(reference.local))
    sigmas = widen[:, None, None] * table_sigmas(means)
    frames = len(means)
    move = {"device": device, "dtype": dtype}
    if curve.danced:
        weights, means, sigmas = _with_danced(curve, cycle, weights, means, sigmas)
    return Mixture(
        weights.expand(frames, -1).to(**move), means.to(**move), sigmas.expand(means.shape).to(**move)
    )


def _with_danced(
    curve: StanceCurve, cycle: np.ndarray, weights: Tensor, means: Tensor, sigmas: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The stances' components and those of the recordings, at (T, 5) places in the cycle."""
    share = math.log(DANCED_MASS / len(curve.danced))
    parts = [(weights + math.log(1 - DANCED_MASS), means, sigmas.expand(means.shape))]
    for danced in curve.danced:
        parts.append((weights + share, *map(torch.from_numpy, danced.at(cycle))))
    return torch.cat([part[0] for part in parts]), *(torch.cat([part[n] for part in parts], 1) for n in (1, 2))


def stacked(mixtures: list[Mixture]) -> Mixture:
    """(B, ...) mixtures of equal size but for their components; the fewer are filled up with some of no weight."""
    most = max(mixture.log_weights.shape[-1] for mixture in mixtures)
    rows = [_filled_up(mixture, most) for mixture in mixtures]
    return Mixture(*(torch.stack([getattr(row, name) for row in rows]) for name in ("log_weights", "means", "sigmas")))


def _filled_up(mixture: Mixture, count: int) -> Mixture:
    missing = count - mixture.log_weights.shape[-1]
    if not missing:
        return mixture
    again = [0] * missing  # any component does: it weighs nothing
    return Mixture(
        torch.nn.functional.pad(mixture.log_weights, (0, missing), value=-torch.inf),
        torch.cat((mixture.means, mixture.means[..., again, :]), -2),
        torch.cat((mixture.sigmas, mixture.sigmas[..., again, :]), -2),
    )
