"""How steady a figure is over a training (R's stability analysis): its spread over the last third."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Fluctuation:
    """A figure over a run.

    Attributes:
        name: of the figure. last: its last value. least, most: of all. mean, spread: mean and standard deviation
            (of a sample) over the last third of the evaluations. count: how many those are.
    """

    name: str
    last: float
    least: float
    most: float
    mean: float
    spread: float
    count: int

    @property
    def variation(self) -> float:
        """Coefficient of variation: spread / |mean|; no number where the mean is 0 or there are fewer than 3 values."""
        return self.spread / abs(self.mean) if self.count >= 3 and self.mean else math.nan


def fluctuation(name: str, values: np.ndarray) -> Fluctuation:
    """Of a figure's values, in the order of the evaluations; one value at least."""
    late = values[-max(1, math.ceil(len(values) / 3)) :]
    spread = float(late.std(ddof=1)) if len(late) > 1 else math.nan
    return Fluctuation(
        name, float(values[-1]), float(values.min()), float(values.max()), float(late.mean()), spread, len(late)
    )


def running(values: np.ndarray, width: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each value and those before it, `width` of them at most."""
    windows = [values[max(0, at + 1 - width) : at + 1] for at in range(len(values))]
    return np.array([w.mean() for w in windows]), np.array([w.std(ddof=1) if len(w) > 1 else 0.0 for w in windows])
