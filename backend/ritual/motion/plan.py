"""The plan of a proposal: what its variants share, and what each draws at random, in a fixed order.

When the reference reaches which place in its cycle, how large its poses are, and smooth noise. A model adds its
correction on the plan's grid, at the network's rate; the clip is looked at afterwards at any frame rate. Where nobody
gives a clock, each variant keeps a time of its own: beats a little early or late, the first of them not at 0 s.

In a loop everything that is drawn comes round after `period` points of the grid. What a model says need not, for it
hears what comes before and after the grid as silence: it is folded, every point the weighted mean of its copies,
and those near the grid's ends weigh least.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy.interpolate import CubicSpline

from ritual.body.skeleton import ANGLES
from ritual.body.tempo import LOCAL, Tempo
from ritual.errors import BadInput
from ritual.motion.heading import ANGLE_COUNT, STATE_SIZE
from ritual.motion.network import RATE
from ritual.motion.noise import LENGTH_SCALE, circular_noise, smooth_noise
from ritual.motion.proposal import Request, Variation
from ritual.motion.reference import Reference, StanceCurve
from ritual.motion.sliders import bounded, energised, lively, sharpened, styled

CONTEXT = 1.5  # [s] of dance before and after the clip, so that its ends are danced like its middle
UNHURRIED = 2.0  # [s] over which a variant's own time and the size of its gestures stay alike
ROUNDING = 0.03  # [s], standard deviation
_REACH = np.linspace(-2, 2, 5)
_SHARE = np.exp(-0.5 * _REACH**2) / np.exp(-0.5 * _REACH**2).sum()
_PARTS = (("hip", "knee", "ankle"), ("shoulder", "elbow", "forearm", "wrist"))  # left and right alike; the rest: trunk
_PART = np.zeros(STATE_SIZE, int)
for _number, _joints in enumerate(_PARTS, 1):
    _PART[[a for a, name in enumerate(ANGLES) if any(joint in name for joint in _joints)]] = _number
WHOLE = 1e-3  # cycles
LONGEST_PHRASE = 6.0  # [s]; a longer cycle is danced in two phrases


@dataclass(frozen=True, eq=False)
class VariantPlan:
    """One variant.

    Attributes:
        curve: the reference's poses.
        tempo: the beats that this variant keeps.
        grid: the reference on the plan's grid; at_output: at the clip's frames.
        phrase: (N,) number of the phrase that each point of the grid belongs to, from 0; a loop's come round.
        noise: (N, 36) smooth standard normal numbers.
        generator: what is left of this variant's randomness.
    """

    curve: StanceCurve
    tempo: Tempo
    grid: Reference
    at_output: Reference
    phrase: np.ndarray
    noise: np.ndarray
    generator: torch.Generator


class Plan:
    """What all variants of one request share.

    Attributes:
        clock: (T,) times of the clip's frames [s].
        grid: (N,) times [s], from before the first frame to after the last.
        rate: of the grid [Hz]: the network's, or the nearest that divides a loop.
        period: points of the grid in one round of a loop; None = no loop.
        variation: how far variants stray.
    """

    def __init__(self, request: Request, variation: Variation) -> None:
        self.request, self.variation = request, lively(variation, request.energy)
        self.clock = np.arange(request.frames) / request.fps
        self.pad = int(np.ceil(CONTEXT * RATE))
        self.period: int | None = None
        self.rate, inner = RATE, int(np.ceil(self.clock[-1] * RATE)) + 1
        if request.loop:
            seconds = request.frames / request.fps
            self.period = inner = max(2, round(seconds * RATE))
            self.rate = inner / seconds
        self.grid = np.arange(-self.pad, inner + self.pad) / self.rate

    def variants(self) -> list[VariantPlan]:
        """Raises BadInput: a loop that is no whole number of cycles long."""
        return [self._variant(n) for n in range(self.request.variants)]

    def at_output(self, values: np.ndarray) -> np.ndarray:
        """(N, D) values on the grid -> (T, D) at the clip's frames; a loop's come round."""
        if self.period is None:
            return CubicSpline(self.grid, values)(self.clock)
        round_about = self._folded(values)
        times = np.arange(self.period + 1) / self.rate
        return CubicSpline(times, np.concatenate((round_about, round_about[:1])), bc_type="periodic")(self.clock)

    def _folded(self, values: np.ndarray) -> np.ndarray:
        """(N, D) on the grid -> (period, D)."""
        at = np.arange(len(self.grid))
        inward = np.clip((np.minimum(at, at[::-1]) + 0.5) / (2 * self.pad), 0, 1)
        weight = np.sin(0.5 * np.pi * inward)[:, None] ** 2
        sums, total = np.zeros((self.period, values.shape[1])), np.zeros((self.period, 1))
        where = (at - self.pad) % self.period
        np.add.at(sums, where, weight * values)
        np.add.at(total, where, weight)
        return sums / total

    def noise(self, size: int, generator: torch.Generator, length: float = LENGTH_SCALE) -> np.ndarray:
        """(N, size) standard normal numbers on the grid, alike over `length` [s]; a loop's come round."""
        if self.period is None:
            return smooth_noise((len(self.grid), size), 1 / self.rate, generator, length)
        once = circular_noise((self.period, size), 1 / self.rate, generator, length)
        return once[(np.arange(len(self.grid)) - self.pad) % self.period]

    def _variant(self, n: int) -> VariantPlan:
        request, generator = self.request, _generator(self.request.seed, n)
        curve = energised(styled(request.curve(n), request.style), request.energy)
        tempo = request.tempo_of(curve)
        if request.tempo is None and not request.loop:
            tempo = self._own_tempo(tempo, generator)
        curve = replace(curve, cycle_seconds=tempo.cycle_seconds)
        sizes = 1 + self.variation.size * np.tanh(self.noise(1 + len(_PARTS), generator, UNHURRIED))
        noise = self.noise(ANGLE_COUNT, generator)
        grid = sharpened(curve, tempo.cycle(self.grid), request.energy)
        grid = _sized(curve.at(grid, self.rate), curve, sizes)
        phrase = _phrases(grid, curve, self.cycles(n))
        at_output = _sized(self._rounded(curve, tempo), curve, self.at_output(sizes))
        return VariantPlan(curve, tempo, grid, at_output, phrase, noise, generator)

    def _rounded(self, curve: StanceCurve, tempo: Tempo) -> Reference:
        """The reference at the clip's frames, rounded off where the way turns at a stance: a body has mass."""
        energy, fps = self.request.energy, self.request.fps
        at = [curve.at(sharpened(curve, tempo.cycle(self.clock + dt), energy), fps) for dt in ROUNDING * _REACH]
        state, heading = (np.tensordot(_SHARE, [getattr(r, name) for r in at], 1) for name in ("state", "heading"))
        return replace(at[len(at) // 2], state=state, heading=heading)

    def _own_tempo(self, tempo: Tempo, generator: torch.Generator) -> Tempo:
        """The beats of a variant that nobody gives a clock."""
        beat = 60.0 / tempo.bpm
        count = int(np.ceil(self.clock[-1] / beat)) + LOCAL
        start = 2 * torch.rand(1, generator=generator, dtype=torch.float64).item() - 1
        early = self.variation.timing * smooth_noise((count, 1), beat, generator, UNHURRIED)[:, 0]
        beats = (np.arange(count) - self.variation.start * start) * beat + early
        return Tempo(beats.round(6), tempo.per_cycle, heard=False)  # as it is written into the clip

    def cycles(self, variant: int) -> int:
        """In one round of a variant's loop; 0 where it is none.

        Raises:
            BadInput: they are not whole.
        """
        if not self.request.loop:
            return 0
        tempo = self.request.tempo_of(self.request.curve(variant))
        first, last = tempo.cycle(np.array((0.0, self.request.frames / self.request.fps)))
        cycles = round(last - first)
        if cycles < 1 or abs(last - first - cycles) > WHOLE:
            raise BadInput(f"A loop of {last - first:.3f} cycles does not come round; it needs a whole number of them.")
        return cycles


def _phrases(grid: Reference, curve: StanceCurve, cycles: int) -> np.ndarray:
    """(N,) phrase of each point: a cycle, or half of a long one; they come round after `cycles`."""
    parts = 2 if curve.cycle_seconds > LONGEST_PHRASE else 1
    phrase = np.floor(grid.cycle * parts).astype(int)
    return np.maximum.accumulate(phrase - phrase.min()) if not cycles else phrase % (cycles * parts)


def _sized(reference: Reference, curve: StanceCurve, sizes: np.ndarray) -> Reference:
    """The reference with its trunk, legs and arms (T, 3) times as far from the mean of the cycle, inside the limits."""
    middle = curve.states.mean(0)
    return replace(reference, state=bounded(middle + sizes[:, _PART] * (reference.state - middle)))


def _generator(seed: int, variant: int) -> torch.Generator:
    """Of its own per variant, so that a variant stays the same however many are asked for."""
    state = np.random.SeedSequence((seed, variant)).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(state) >> 1)
