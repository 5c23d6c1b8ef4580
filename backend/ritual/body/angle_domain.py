"""The allowed angle domain Omega: a physiological box minus a union of taboo boxes (eq. 10, as mended in spec §5).

Knows numbers and the names of rules, nothing of culture. A taboo box is a conjunction of intervals on named
angles; its edges belong to the allowed side.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from ritual.body.emptiness import has_pose, needed
from ritual.body.skeleton import SKELETON
from ritual.errors import EmptyDomain

DEFAULT_LIMIT_RULE = "physiological-limit"


@dataclass(frozen=True)
class Reason:
    """Why an interval is there: the rule's identifier, its text and its source."""

    rule: str
    text: str = ""
    source: str = ""


@dataclass(frozen=True)
class TabooBox:
    """Open box of forbidden poses.

    Attributes:
        intervals: (angle index, low, high) [rad]; a bound may be infinite; angles not named are free.
        reason: the rule that forbids it.
    """

    intervals: tuple[tuple[int, float, float], ...]
    reason: Reason

    def contains(self, angles: np.ndarray, tolerance: float = 0.0) -> np.ndarray:
        """(...,) bool: (..., 36) angles [rad] lie deeper than `tolerance` inside the box."""
        inside = np.ones(angles.shape[:-1], bool)
        for j, low, high in self.intervals:
            inside &= (angles[..., j] > low + tolerance) & (angles[..., j] < high - tolerance)
        return inside


@dataclass(frozen=True, eq=False)
class AngleDomain:
    """Omega of one rulebook.

    Attributes:
        lower, upper: (36,) limits [rad]: physiological, narrowed by the dance's own ranges.
        boxes: taboo boxes, cut out of the limits.
        limit_reasons: angle index -> the rule that set its limits, where a rule narrowed them.
    """

    lower: np.ndarray
    upper: np.ndarray
    boxes: tuple[TabooBox, ...] = ()
    limit_reasons: dict[int, Reason] = field(default_factory=dict)

    @staticmethod
    def physiological() -> AngleDomain:
        """The human body's limits, no rule of any culture."""
        low, high = np.array(SKELETON.limits).T
        return AngleDomain(low.copy(), high.copy())

    def limit_reason(self, angle: int) -> Reason:
        if angle in self.limit_reasons:
            return self.limit_reasons[angle]
        spec = SKELETON.angles[angle]
        text = f"{spec.name.replace('_', ' ')} moves from {spec.min_deg:g} to {spec.max_deg:g} deg"
        return Reason(DEFAULT_LIMIT_RULE, text, spec.source)

    def shrunk(self, margin: float) -> AngleDomain:
        """The domain with every taboo box grown and every limit drawn in by `margin` [rad].

        A limit interval narrower than twice the margin keeps its middle.
        """
        middle = (self.lower + self.upper) / 2
        boxes = tuple(
            TabooBox(tuple((j, lo - margin, hi + margin) for j, lo, hi in box.intervals), box.reason)
            for box in self.boxes
        )
        lower = np.minimum(self.lower + margin, middle)
        upper = np.maximum(self.upper - margin, middle)
        return AngleDomain(lower, upper, boxes, self.limit_reasons)

    def check(self) -> None:
        """Raises: EmptyDomain: no pose satisfies every rule; names the rules that exclude each other, and no others."""
        if has_pose(self.lower, self.upper, [box.intervals for box in self.boxes]):
            return
        body, angles = SKELETON.limits, range(len(self.lower))
        narrowed = [j for j in angles if (self.lower[j], self.upper[j]) != body[j]]

        def empty(rules: list[TabooBox | tuple[int, str]]) -> bool:
            lower, upper = [-math.inf] * len(angles), [math.inf] * len(angles)
            for rule in rules:
                if isinstance(rule, tuple):
                    j, by = rule
                    low, high = body[j] if by == DEFAULT_LIMIT_RULE else (self.lower[j], self.upper[j])
                    lower[j], upper[j] = max(lower[j], low), min(upper[j], high)
            return not has_pose(lower, upper, [rule.intervals for rule in rules if isinstance(rule, TabooBox)])

        ranges = [(j, self.limit_reason(j).rule) for j in narrowed]
        ranges += [(j, DEFAULT_LIMIT_RULE) for j in angles if (j, DEFAULT_LIMIT_RULE) not in ranges]
        guilty = needed([*ranges, *dict.fromkeys(self.boxes)], empty)
        named = {rule.reason.rule if isinstance(rule, TabooBox) else rule[1] for rule in guilty} - {DEFAULT_LIMIT_RULE}
        within = [SKELETON.angles[rule[0]].name.replace("_", " ") for rule in guilty if isinstance(rule, tuple) and rule[1] == DEFAULT_LIMIT_RULE]
        raise EmptyDomain(
            f"No pose satisfies these rules together: {', '.join(sorted(named) or [DEFAULT_LIMIT_RULE])}"
            + (f" (within the body's range of {', '.join(within)})." if within and named else "."),
            hint="Widen a range or narrow a taboo in the knowledge graph.",
        )

    def violates(self, angles: np.ndarray, tolerance: float = 0.0) -> np.ndarray:
        """(...,) bool: (..., 36) poses [rad] outside the domain by more than `tolerance` [rad]."""
        bad = ((angles < self.lower - tolerance) | (angles > self.upper + tolerance)).any(-1)
        for box in self.boxes:
            bad |= box.contains(angles, tolerance)
        return bad

    def project(self, angles: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
        """Nearest allowed pose in weighted Euclidean angle distance, exact.

        The nearest point outside a box lies beyond one of its faces, so branching over the faces of
        whichever box still holds the point, cheapest first, finds the optimum.

        Args:
            angles: (..., 36) [rad].
            weights: (36,) positive; None = all 1.

        Returns:
            (..., 36) [rad] inside the domain; rows already inside are returned bit for bit.

        Raises:
            EmptyDomain: no pose satisfies every rule; names the rules.
        """
        out = np.clip(angles, self.lower, self.upper)
        held = np.zeros(out.shape[:-1], bool)
        for box in self.boxes:
            held |= box.contains(out)
        for row in map(tuple, np.argwhere(held)):
            out[row] = self._nearest(np.asarray(angles[row]), weights, free_cell=False)[0]
        return out

    def free_cell(
        self, angles: np.ndarray, weights: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """(lower, upper) of a convex box that meets no taboo box, the one nearest to (36,) `angles`."""
        _, lower, upper = self._nearest(angles, weights, free_cell=True)
        return lower, upper

    def free_cells(
        self, angles: np.ndarray, touching: tuple[np.ndarray, np.ndarray] | None = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """(lower, upper) of every convex box that meets no taboo box, from near to (36,) `angles` to far.

        Of parts that are equally near the one cut last is looked at first: it leads to a box soonest.

        Args:
            touching: (lower, upper) of a box with which each must have a pose in common; None = any.
        """
        found = self._search(angles, None, free_cell=True, touching=touching, newest_first=True)
        return ((lower, upper) for _, lower, upper in found)

    def _nearest(
        self, point: np.ndarray, weights: np.ndarray | None, *, free_cell: bool
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        found = next(self._search(point, weights, free_cell=free_cell), None)
        if found is not None:
            return found
        rules = sorted({b.reason.rule for b in self.boxes} | {r.rule for r in self.limit_reasons.values()})
        raise EmptyDomain(
            f"No pose satisfies these rules together: {', '.join(rules)}.",
            hint="Widen a range or narrow a taboo in the knowledge graph.",
        )

    def _search(
        self,
        point: np.ndarray,
        weights: np.ndarray | None,
        *,
        free_cell: bool,
        touching: tuple[np.ndarray, np.ndarray] | None = None,
        newest_first: bool = False,
    ) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        weight = np.ones(len(point)) if weights is None else weights
        count = 0
        best = np.clip(point, self.lower, self.upper)
        queue = [(0.0, count, best, self.lower, self.upper)]
        seen = set()
        while queue:
            _, _, near, lower, upper = heapq.heappop(queue)
            if touching is not None and (np.maximum(lower, touching[0]) > np.minimum(upper, touching[1])).any():
                continue
            holder = next((b for b in self.boxes if _holds(b, near, lower, upper, free_cell)), None)
            if holder is None:
                yield near, lower, upper
                continue
            for j, low, high in holder.intervals:
                for side, bound in ((0, low), (1, high)):
                    if not (lower[j] <= bound <= upper[j]) or not math.isfinite(bound):
                        continue
                    lo, up = lower.copy(), upper.copy()
                    (up if side == 0 else lo)[j] = bound
                    key = (lo.tobytes(), up.tobytes())
                    if key in seen:
                        continue
                    seen.add(key)
                    count += -1 if newest_first else 1
                    new = np.clip(point, lo, up)
                    cost = float((weight * (new - point) ** 2).sum())
                    heapq.heappush(queue, (cost, count, new, lo, up))


def _holds(box: TabooBox, near: np.ndarray, lower: np.ndarray, upper: np.ndarray, cell: bool) -> bool:
    """Whether the box holds the point (or, for a free cell, meets the interior of the cell at all)."""
    if cell:
        return all(upper[j] > low and lower[j] < high for j, low, high in box.intervals)
    return all(low < near[j] < high for j, low, high in box.intervals)
