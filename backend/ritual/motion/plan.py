"""The plan of a proposal: what its variants share, and what each draws at random, in a fixed order.

When the reference reaches which place in its cycle, how large its poses are, and smooth noise. A model adds its
correction on the plan's grid, at the network's rate; the clip is looked at afterwards at any frame rate.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy.interpolate import CubicSpline

from ritual.motion.heading import ANGLE_COUNT
from ritual.motion.network import RATE
from ritual.motion.noise import smooth_noise
from ritual.motion.proposal import Request, Variation
from ritual.motion.reference import Reference, StanceCurve

CONTEXT = 1.5  # [s] of dance before and after the clip, so that its ends are danced like its middle
LONGEST_PHRASE = 6.0  # [s]; a longer cycle is danced in two phrases


@dataclass(frozen=True, eq=False)
class VariantPlan:
    """One variant.

    Attributes:
        curve: the reference's poses at this variant's size.
        grid: the reference on the plan's grid; at_output: at the clip's frames.
        phrase: (N,) number of the phrase that each point of the grid belongs to, from 0.
        noise: (N, 36) smooth standard normal numbers.
        generator: what is left of this variant's randomness.
    """

    curve: StanceCurve
    grid: Reference
    at_output: Reference
    phrase: np.ndarray
    noise: np.ndarray
    generator: torch.Generator


class Plan:
    """What all variants of one request share.

    Attributes:
        clock: (T,) times of the clip's frames [s].
        grid: (N,) times at the network's rate [s], from before the first frame to after the last.
        variation: how far variants stray.
    """

    def __init__(self, request: Request, variation: Variation) -> None:
        self.request, self.variation = request, variation
        self.clock = np.arange(request.frames) / request.fps
        pad = int(np.ceil(CONTEXT * RATE))
        inner = int(np.ceil(self.clock[-1] * RATE)) + 1
        self.grid = np.arange(-pad, inner + pad) / RATE

    def variants(self) -> list[VariantPlan]:
        return [self._variant(n) for n in range(self.request.variants)]

    def at_output(self, values: np.ndarray) -> np.ndarray:
        """(N, D) values on the grid -> (T, D) at the clip's frames."""
        return CubicSpline(self.grid, values)(self.clock)

    def _variant(self, n: int) -> VariantPlan:
        v, size, generator = self.variation, len(self.grid), _generator(self.request.seed, n)
        start, size_of = torch.rand(2, generator=generator, dtype=torch.float64).tolist()
        warp = v.timing * smooth_noise((size, 1), 1 / RATE, generator)[:, 0]
        noise = smooth_noise((size, ANGLE_COUNT), 1 / RATE, generator)
        curve = self.request.curve(n)
        middle = curve.states.mean(0)
        amplitude = v.amplitude[0] + (v.amplitude[1] - v.amplitude[0]) * size_of
        curve = replace(curve, states=middle + amplitude * (curve.states - middle))
        first = curve.begin + v.start * (2 * start - 1) / self.request.beats_per_cycle
        cycle = first + (self.grid + warp) / curve.cycle_seconds
        spline = CubicSpline(self.grid, cycle)
        grid, at_output = curve.at(cycle, RATE), curve.at(spline(self.clock), self.request.fps)
        return VariantPlan(curve, grid, at_output, _phrases(grid, curve), noise, generator)


def _phrases(grid: Reference, curve: StanceCurve) -> np.ndarray:
    """(N,) phrase of each point: a cycle, or half of a long one."""
    phrase = np.floor(grid.cycle * (2 if curve.cycle_seconds > LONGEST_PHRASE else 1)).astype(int)
    return np.maximum.accumulate(phrase - phrase.min())


def _generator(seed: int, variant: int) -> torch.Generator:
    """Of its own per variant, so that a variant stays the same however many are asked for."""
    state = np.random.SeedSequence((seed, variant)).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(state) >> 1)
