"""What a form draws with: a hand that knows the manner of a people, and a random generator that is handed in."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from ritual.pictures.ornament import curves
from ritual.pictures.ornament.drawing import ACCENT, GROUND, LINE, MAIN, SECOND, Drawing, Outline

__all__ = ["ACCENT", "GROUND", "LINE", "MAIN", "SECOND", "Manner", "Sketch"]


@dataclass(frozen=True)
class Manner:
    """How a people draws, after the pattern prototypes of the graph (Table 1), each from 0 to 1.

    Attributes:
        straight: whether lines run straight (linearity above curvature).
        order: whether both sides agree (symmetry).
        wealth: how much there is (complexity).
    """

    straight: float = 0.5
    order: float = 0.8
    wealth: float = 0.5


@dataclass
class Sketch:
    """Collects the outlines of one motif.

    Attributes:
        rng: where chance comes from.
        manner: of the people who draw.
        measures: what was drawn that a rule of the graph may ask for, by the slug of the measure.
    """

    rng: np.random.Generator
    manner: Manner = Manner()
    measures: dict[str, float] = field(default_factory=dict)
    _outlines: list[Outline] = field(default_factory=list)

    def drawing(self) -> Drawing:
        """What has been drawn, scaled to lie within -0.95..0.95 whole and centred."""
        points = np.concatenate([outline.points for outline in self._outlines])
        pad = max((outline.width for outline in self._outlines), default=0.0) / 2
        low, high = points.min(0) - pad, points.max(0) + pad
        scale, centre = 1.9 / max(high - low), (low + high) / 2
        return Drawing(
            tuple(Outline((o.points - centre) * scale, o.part, o.width * scale, o.closed) for o in self._outlines)
        )

    # ---- chance

    def between(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def count(self, low: int, high: int) -> int:
        """A whole number, the greater the more the people draw."""
        share = np.clip(self.manner.wealth + self.rng.normal(0, 0.28), 0, 1)
        return low + round(share * (high - low))

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    @property
    def angular(self) -> bool:
        """Whether this line is drawn straight: the more often the straighter the manner."""
        return self.chance(0.05 + 0.9 * self.manner.straight)

    # ---- drawing

    def fill(self, points: np.ndarray, part: int = MAIN) -> None:
        self._outlines.append(Outline(self._by_hand(points), part))

    def line(self, points: np.ndarray, width: float, part: int = MAIN, *, closed: bool = False) -> None:
        self._outlines.append(Outline(self._by_hand(points), part, width, closed))

    def both(self, points: np.ndarray, part: int = MAIN, width: float = 0.0) -> None:
        """The shape and its mirror image."""
        for side in (points, curves.mirrored(points)):
            self.line(side, width, part) if width else self.fill(side, part)

    def dot(self, x: float, y: float, r: float, part: int = ACCENT) -> None:
        self.fill(curves.ellipse(x, y, r, count=12), part)

    def ring(self, x: float, y: float, r: float, width: float, part: int = MAIN) -> None:
        self.line(curves.ellipse(x, y, r, count=32), width, part, closed=True)

    def around(self, points: np.ndarray, count: int, part: int = MAIN, width: float = 0.0, begin: float = 0.0) -> None:
        """`count` copies turned about the centre."""
        for k in range(count):
            copy = curves.turned(points, begin + 2 * math.pi * k / count)
            self.line(copy, width, part) if width else self.fill(copy, part)

    def path(self, points: np.ndarray, *, closed: bool = False) -> np.ndarray:
        """Through the points: in straight lines or in a curve, as the people draw."""
        return np.asarray(points, float) if self.angular else curves.smooth(points, closed=closed)

    def _by_hand(self, points: np.ndarray) -> np.ndarray:
        """A hand that keeps less order lets lines stray, slowly and not by much."""
        points = np.asarray(points, float)
        stray = 0.035 * (1 - self.manner.order)
        if stray < 1e-3:
            return points
        if not hasattr(self, "_sway"):
            self._sway = self.rng.normal(0, 1, (2, 4))
        a, b = self._sway
        x, y = points.T
        return points + stray * np.stack(
            [a[0] * np.sin(2.1 * y + a[1]) + a[2] * x * y, b[0] * np.sin(2.3 * x + b[1]) + b[2] * x * x], axis=1
        )
