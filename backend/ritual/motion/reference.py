"""The reference skeleton: sparse stances carried into a continuous track, and what the network reads off it.

Between stances every number moves on a monotone cubic (PCHIP, Fritsch and Carlson 1980): continuous velocity, and
never beyond the two stances it lies between, so what holds at both ends of a range holds on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from scipy.interpolate import PchipInterpolator
from torch import Tensor

from ritual.errors import BadInput
from ritual.motion.danced import DancedCycle
from ritual.motion.heading import ANGLE_COUNT, CLEARANCE, COORDINATES, STATE_SIZE, positions

FEATURES = 2 * COORDINATES + STATE_SIZE + 6
_TURN = 2 * np.pi


@dataclass(frozen=True, eq=False)
class Reference:
    """A reference track over T frames.

    Attributes:
        state: (T, 39) states (`heading.py`).
        heading: (T,) yaw [rad], continuous.
        cycle: (T,) place in the cycle, in cycles, not wrapped.
        local: (T,) place between the stance before (0) and the stance after (1).
        interval: (T,) time between those two stances [s].
        fps: frames per second.
    """

    state: np.ndarray
    heading: np.ndarray
    cycle: np.ndarray
    local: np.ndarray
    interval: np.ndarray
    fps: float

    @property
    def frames(self) -> int:
        return len(self.state)


@dataclass(frozen=True, eq=False)
class StanceCurve:
    """Stances along the cycle of a dance, interpolated.

    Attributes:
        phases: (N,) places in the cycle, rising, in [0, 1) when periodic.
        states: (N, 39).
        facing: (N,) yaw over the cycle [rad].
        cycle_seconds: length of a cycle [s].
        turn: yaw gained per cycle [rad].
        periodic: whether the last stance leads back to the first.
        danced: motion capture of the dance, in step with the stances; the curve does not follow it.
    """

    phases: np.ndarray
    states: np.ndarray
    facing: np.ndarray
    cycle_seconds: float
    turn: float = 0.0
    periodic: bool = True
    danced: tuple[DancedCycle, ...] = ()

    @staticmethod
    def of_rulebook(rulebook: object) -> StanceCurve:
        """The curve through a rulebook's canonical stances at its dance's tempo.

        Stances name no yaw for the end of a cycle; of the whole turns, the one that leaves the smallest step
        from the last stance to the first is taken (a last facing of 315 deg comes round once).

        Raises:
            BadInput: the dance has no stances, or two at one phase.
        """
        dance, stances = rulebook.dance, sorted(rulebook.stances, key=lambda stance: stance.phase)
        if not stances:
            raise BadInput(
                f"The dance '{dance.slug}' has no canonical stances.",
                hint="Add at least two rm:Stance to its file in the knowledge graph.",
            )
        phases = np.array([stance.phase for stance in stances], float)
        if (np.diff(phases) <= 1e-6).any() or phases[0] < 0 or phases[-1] >= 1:
            raise BadInput(f"The stances of '{dance.slug}' need different phases, each in [0, 1).")
        states = np.zeros((len(stances), STATE_SIZE))
        states[:, :ANGLE_COUNT] = [stance.angles for stance in stances]
        states[:, CLEARANCE] = [stance.lift for stance in stances]
        facing = np.array([stance.facing for stance in stances], float)
        turn = _TURN * np.round((facing[-1] - facing[0]) / _TURN)
        return StanceCurve(phases, states, facing, 60.0 * dance.beats_per_cycle / dance.bpm, turn)

    @cached_property
    def _knots(self) -> tuple[np.ndarray, np.ndarray]:
        """(M,) phases and (M, 40) states with facing; a periodic curve is repeated on both sides."""
        values = np.concatenate((self.states, self.facing[:, None]), 1)
        if not self.periodic:
            return self.phases, values
        gain = np.zeros((1, STATE_SIZE + 1))
        gain[0, -1] = self.turn
        rounds = (-2, -1, 0, 1, 2)  # two each way: PCHIP's slopes look one knot past the neighbour
        return (
            np.concatenate([self.phases + n for n in rounds]),
            np.concatenate([values + n * gain for n in rounds]),
        )

    @cached_property
    def _curve(self) -> PchipInterpolator:
        phases, values = self._knots
        if len(phases) == 1:
            phases, values = np.array([phases[0], phases[0] + 1]), np.repeat(values, 2, 0)
        return PchipInterpolator(phases, values)

    def at(self, cycle: np.ndarray, fps: float) -> Reference:
        """The reference at given places in the cycle (T,), in cycles, any real number when periodic."""
        knots = self._knots[0]
        whole = np.floor(cycle) if self.periodic else np.zeros_like(cycle)
        place = cycle - whole if self.periodic else np.clip(cycle, knots[0], knots[-1])
        values = self._curve(place)
        after = np.clip(np.searchsorted(knots, place, side="right"), 1, max(1, len(knots) - 1))
        start, end = knots[after - 1], knots[np.minimum(after, len(knots) - 1)]
        gap = np.maximum(end - start, 1e-6)
        return Reference(
            state=values[:, :STATE_SIZE],
            heading=values[:, STATE_SIZE] + whole * self.turn,
            cycle=cycle,
            local=np.clip((place - start) / gap, 0.0, 1.0),
            interval=gap * self.cycle_seconds,
            fps=fps,
        )


def features(reference: Reference) -> np.ndarray:
    """(T, 189) what the network reads of a reference, before its learnt projection to 128 numbers.

    Positions [m] and velocities [m/s, halved] of the 24 joints in the heading frame, the state itself (turns of head
    and forearm do not show in positions), sine and cosine of the place in the cycle and between stances, the
    interval between stances [s], and the yaw rate [rad/s].
    """
    place = positions(torch.from_numpy(reference.state)).flatten(1).numpy()
    single = reference.frames == 1
    speed = np.zeros_like(place) if single else np.gradient(place, axis=0) * reference.fps
    rate = np.zeros(1) if single else np.gradient(reference.heading) * reference.fps
    waves = [f(_TURN * place) for place in (reference.cycle, reference.local) for f in (np.sin, np.cos)]
    rest = np.stack((*waves, reference.interval, rate), -1)
    return np.concatenate((place, speed / 2, reference.state, rest), -1)


def batch_features(references: list[Reference], device: str | torch.device = "cpu") -> tuple[Tensor, Tensor]:
    """(B, T, 189) features and (B, T, 39) states of references of one length, float32."""
    read = torch.from_numpy(np.stack([features(r) for r in references])).float()
    state = torch.from_numpy(np.stack([r.state for r in references])).float()
    return read.to(device), state.to(device)
