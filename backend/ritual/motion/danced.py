"""Motion capture of a dance, folded onto its cycle: where the body is at each place of it, and how far rounds stray."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from ritual.motion.heading import COORDINATES, STATE_SIZE, positions
from ritual.motion.mixture import SIGMA

PLACES = 240  # of a cycle; 30 a beat in a cycle of eight
LEAST_ROUNDS = 0.95  # a file of exactly one round lacks its last frame, and its length is only known so well
_TAPER = 0.08  # of a cycle: over it a recording fades in and out, so that its ends leave no step
_FAINT = 1e-4


@dataclass(frozen=True, eq=False)
class DancedCycle:
    """A recording of a dance, round upon round.

    Attributes:
        means: (240, 72) joint positions at places evenly spaced over the cycle, the first at phase 0, in the
            heading frame [m].
        sigmas: (240, 72) how far the rounds stray there, at least the table of `mixture` [m].
        rounds: how many rounds it holds.
        seconds: that a round takes in it.
    """

    means: np.ndarray
    sigmas: np.ndarray
    rounds: float
    seconds: float

    def at(self, cycle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(..., 72) means and sigmas at places in the cycle (...,), in cycles, any real number."""
        place = np.mod(cycle, 1.0) * PLACES
        before = np.floor(place).astype(int)
        part = (place - before)[..., None]
        start, end = before % PLACES, (before + 1) % PLACES
        return tuple((1 - part) * track[start] + part * track[end] for track in (self.means, self.sigmas))


def folded(states: np.ndarray, cycle: np.ndarray, fps: float) -> DancedCycle:
    """A recording of at least `LEAST_ROUNDS` folded onto the cycle.

    What is folded are poses, not positions: the mean of two poses is a pose, that of two places shortens a limb.

    Args:
        states: (T, 39) in the heading frame.
        cycle: (T,) place in the cycle, in cycles, rising.
        fps: frames per second.
    """
    samples, weights = _samples(states, cycle)
    total = weights.sum(0)
    mean = (weights[..., None] * samples).sum(0) / np.maximum(total, _FAINT**2)[:, None]
    mean = _filled(mean, total > 0)
    means = _positions(mean)
    apart = (weights[..., None] * (_positions(samples) - means) ** 2).sum(0)
    spread = np.sqrt(apart / np.maximum(total, _FAINT**2)[:, None])
    sigmas = np.maximum(np.repeat(SIGMA, 3), spread)
    rounds = float(cycle[-1] - cycle[0])
    return DancedCycle(means, sigmas, rounds, (len(states) - 1) / fps / rounds)


def _samples(states: np.ndarray, cycle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(R, 240, 39) poses of each round at each place, and (R, 240) weights; 0 where the recording has not begun."""
    first, last = cycle[0], cycle[-1]
    rounds = np.arange(np.floor(first), np.floor(last) + 1)
    places = rounds[:, None] + np.arange(PLACES) / PLACES
    inside = (places >= first) & (places <= last)
    samples = np.stack([np.interp(places, cycle, states[:, n]) for n in range(STATE_SIZE)], -1)
    near_end = np.minimum(places - first, last - places)
    fade = 0.5 - 0.5 * np.cos(np.pi * np.clip(near_end / _TAPER, 0.0, 1.0))
    return samples, np.where(inside, np.maximum(fade, _FAINT), 0.0)


def _filled(states: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(240, 39) with the few places that the recording does not reach led from one of its ends to the other."""
    if known.all():
        return states
    places = np.arange(PLACES)
    columns = [np.interp(places, places[known], states[known, n], period=PLACES) for n in range(STATE_SIZE)]
    return np.stack(columns, -1)


def _positions(states: np.ndarray) -> np.ndarray:
    """(..., 39) -> (..., 72) [m]."""
    return positions(torch.from_numpy(states)).flatten(-2).numpy().reshape(*states.shape[:-1], COORDINATES)
