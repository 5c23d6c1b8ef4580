"""What a generator is asked for and what it answers: the two messages between the corridor and the models."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from torch import Tensor

from ritual.body.tempo import Tempo
from ritual.brief import ENERGY, STYLE, check_slider
from ritual.errors import BadInput
from ritual.motion.prior import curve_of
from ritual.motion.reference import StanceCurve


@dataclass(frozen=True)
class Variation:
    """How far variants may stray. Zero everywhere is the model's middle.

    Attributes:
        temperature: of the noise: in sigmas of the mixture, or of the flow's starting point.
        timing: standard deviation of early and late [s], over seconds, where no clock is given.
        start: variants begin up to this much before or after the first stance, in beats, where no clock is given.
        size: most by which gestures are larger or smaller than the stances say, as a share, over seconds.
    """

    temperature: float = 0.35
    timing: float = 0.2
    start: float = 1.5
    size: float = 0.2


@dataclass(frozen=True, eq=False)
class Request:
    """One request for proposals.

    Attributes:
        curves: the reference skeleton: one curve for all variants, or one for each.
        text: (384,) from `TextEncoder.encode`.
        frames, fps: of the clips.
        variants: how many.
        seed: the same seed and inputs give the same bytes on one machine; the frame rate does not
            change the motion, only how often it is looked at.
        beats_per_cycle: of the curves.
        variation: how far variants stray; None = what the model was tuned for.
        tempo: the beats that the stances fall on, in every variant; None = each variant keeps its own, about the
            curve's tempo, or the curve's own in a loop.
        loop: the frame after the last one is the first again: the clip is a whole number of cycles long.
        style, energy: see `sliders.py`.
    """

    curves: tuple[StanceCurve, ...]
    text: Tensor
    frames: int
    fps: float
    variants: int = 1
    seed: int = 0
    beats_per_cycle: float = 8.0
    variation: Variation | None = field(default=None)
    tempo: Tempo | None = None
    loop: bool = False
    style: float = 1.0
    energy: float = 1.0

    def __post_init__(self) -> None:
        if self.frames < 1 or self.variants < 1 or not self.fps > 0:
            raise BadInput(f"{self.variants} variants of {self.frames} frames at {self.fps} fps cannot be drawn.")
        if len(self.curves) not in (1, self.variants):
            raise BadInput(f"{len(self.curves)} references do not fit {self.variants} variants; give one, or one each.")
        check_slider("style", self.style, STYLE)
        check_slider("energy", self.energy, ENERGY)

    @staticmethod
    def of_rulebook(rulebook: object, text: Tensor, frames: int, fps: float, **rest: object) -> Request:
        """A request for a dance, its canonical stances as the reference.

        Raises:
            BadInput: no frames or variants; the dance has no stances, or motion capture that cannot be used.
        """
        beats = rulebook.dance.beats_per_cycle
        return Request((curve_of(rulebook),), text, frames, fps, beats_per_cycle=beats, **rest)

    def curve(self, variant: int) -> StanceCurve:
        return self.curves[variant if len(self.curves) > 1 else 0]

    def tempo_of(self, curve: StanceCurve) -> Tempo:
        """The beats that a curve is danced to."""
        bpm = 60.0 * self.beats_per_cycle / curve.cycle_seconds
        return self.tempo or Tempo.steady(bpm, self.beats_per_cycle, heard=False)


@dataclass(frozen=True, eq=False)
class Proposal:
    """V variants of T frames in the heading frame, float64, before any rule is enforced.

    Attributes:
        targets: (V, T, 24, 3) joint positions [m], pelvis over the origin, yaw removed, floor at z = 0.
        angles: (V, T, 36) [rad], the angles those positions come from; IK starts here.
        tilt: (V, T, 4) pelvis rotation without yaw, w x y z.
        heading: (V, T) yaw [rad] as the stances' facing gives it, adding up over the cycles.
        components: (V, P) the component that each phrase was drawn from; empty where a model has none.
        turn: (V,) yaw [rad] that every round of a loop gains; zeros where it is none.
        tempos: V, the beats that each variant keeps.
    """

    targets: np.ndarray
    angles: np.ndarray
    tilt: np.ndarray
    heading: np.ndarray
    components: np.ndarray
    turn: np.ndarray
    tempos: tuple[Tempo, ...]
