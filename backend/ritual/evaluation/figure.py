"""A measured value with its spread, its number of samples, what it means and what it is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from ritual.motion.report_figures import Target

__all__ = ["Figure", "Target"]


@dataclass(frozen=True)
class Figure:
    """One figure of the report.

    Attributes:
        value: of the measure. spread: standard deviation of `value` over its n samples.
        n: how many samples, of what `unit` says. what: one sentence on how it is measured.
    """

    value: float
    spread: float
    n: int
    unit: str
    what: str
    target: Target | None = None

    @staticmethod
    def of(samples: Sequence[float] | np.ndarray, unit: str, what: str, target: Target | None = None) -> Figure:
        """The mean of some samples and their standard deviation."""
        array = np.asarray(samples, float)
        return Figure(float(array.mean()), float(array.std()), array.size, unit, what, target)

    @staticmethod
    def ratio(
        made: Sequence[float], real: Sequence[float], what: str, target: Target | None = None, rounds: int = 400
    ) -> Figure:
        """Mean of the made over mean of the real; the spread is that of the ratio, by the bootstrap."""
        a, b = (np.asarray(x, float) for x in (made, real))
        rng = np.random.default_rng(0)
        drawn = [rng.choice(a, a.size).mean() / max(rng.choice(b, b.size).mean(), 1e-12) for _ in range(rounds)]
        ratio = float(a.mean() / max(b.mean(), 1e-12))
        return Figure(ratio, float(np.std(drawn)), a.size, "of real", f"{what} {b.size} real windows.", target)

    def to_dict(self) -> dict:
        return {**asdict(self), "met": None if self.target is None else bool(self.target.met_by(self.value))}
