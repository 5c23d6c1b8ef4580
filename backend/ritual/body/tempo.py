"""The clock of a dance: where in its cycle it is when. Rules of a part of the cycle and the motion read this one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.interpolate import PchipInterpolator

from ritual.errors import BadInput

LOCAL = 4  # intervals at either end whose mean goes on beyond the beats
SHORTEST, LONGEST = 0.1, 4.0  # [s] between two beats
ROUNDING = 1e-6  # [s]: of times that are written down


@dataclass(frozen=True, eq=False)
class Tempo:
    """Beats, and how many of them make a cycle.

    Attributes:
        beats: (B,) times [s], rising, at least two; the first begins a cycle. Between them time runs on a monotone
            cubic (Fritsch and Carlson 1980), before and after them at the pace of the `LOCAL` nearest intervals.
        per_cycle: beats in a cycle.
        heard: whether somebody hears them, so that accents must fall on them; False = only a clock.
    """

    beats: np.ndarray
    per_cycle: float
    heard: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "beats", checked_beats(self.beats))
        if not self.per_cycle > 0:
            raise BadInput(f"A cycle of {self.per_cycle} beats cannot be danced.")

    @staticmethod
    def steady(bpm: float, per_cycle: float, seconds: float = 0.0, heard: bool = True) -> Tempo:
        """Even beats from 0 s until `seconds` have gone by."""
        count = max(2, int(np.ceil(seconds * bpm / 60 - 1e-9)))
        return Tempo(np.arange(count) * 60.0 / bpm, per_cycle, heard)

    @property
    def bpm(self) -> float:
        """Beats a minute, on the mean."""
        return 60.0 * (len(self.beats) - 1) / float(self.beats[-1] - self.beats[0])

    @property
    def cycle_seconds(self) -> float:
        """How long a cycle takes on the mean [s]."""
        return 60.0 * self.per_cycle / self.bpm

    def cycle(self, seconds: np.ndarray) -> np.ndarray:
        """Place in the cycle, in cycles, not wrapped, at times [s] of any shape; its slope is continuous."""
        times, curve = self._curve
        low, high = times[1], times[-2]
        beyond = np.minimum(seconds - low, 0) / (low - times[0]) + np.maximum(seconds - high, 0) / (times[-1] - high)
        return (curve(np.clip(seconds, low, high)) + beyond) / self.per_cycle

    def later(self, seconds: float) -> Tempo:
        """The same beats, `seconds` later."""
        return Tempo(self.beats + seconds, self.per_cycle, self.heard)

    def to_dict(self) -> dict:
        """As it travels with a clip."""
        beats = [round(float(beat), 6) for beat in self.beats]
        return {"beats": beats, "per_cycle": self.per_cycle, "heard": self.heard}

    @cached_property
    def _curve(self) -> tuple[np.ndarray, PchipInterpolator]:
        """Times of the beats and of two more at either end, and the number of the beat at a time."""
        steps = np.diff(self.beats)
        before, after = steps[:LOCAL].mean(), steps[-LOCAL:].mean()
        start, end = self.beats[0] - before * np.array((2, 1)), self.beats[-1] + after * np.array((1, 2))
        times = np.concatenate((start, self.beats, end))
        return times, PchipInterpolator(times, np.arange(len(times)) - 2.0)


def checked_beats(beats: Sequence[float] | np.ndarray) -> np.ndarray:
    """The beats as an array.

    Raises:
        BadInput: fewer than two, not numbers, or not from `SHORTEST` to `LONGEST` apart, in order.
    """
    times = np.array(beats, float)
    if times.ndim != 1 or len(times) < 2 or not np.isfinite(times).all():
        raise BadInput("A list of beats needs at least two times in seconds.")
    steps = np.diff(times)
    bad = np.flatnonzero(~((steps >= SHORTEST - ROUNDING) & (steps <= LONGEST + ROUNDING)))
    if len(bad):
        raise BadInput(
            f"The beat at {times[bad[0] + 1]:g} s comes {steps[bad[0]]:g} s after the one at {times[bad[0]]:g} s; "
            f"beats lie {SHORTEST:g} to {LONGEST:g} s apart, in order."
        )
    return times
