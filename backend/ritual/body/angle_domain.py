"""The allowed angle domain Omega: a physiological box minus a union of taboo boxes (eq. 10, as mended in spec §5).

Knows numbers and the names of rules, nothing of culture. A taboo box is a conjunction of intervals on named
angles; its edges belong to the allowed side: two boxes that touch leave their common face, and a sliver between two
boxes counts as allowed however thin it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ritual.body.checked import checked_poses, checked_weights
from ritual.body.emptiness import has_pose, needed
from ritual.body.projection import holding, project
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

    @cached_property
    def empty(self) -> bool:
        """It holds no pose: some angle would have to lie above and below."""
        return any(
            max(low for k, low, _ in self.intervals if k == j) >= min(high for k, _, high in self.intervals if k == j)
            for j, _, _ in self.intervals
        )

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
        ranges = [(j, self.limit_reason(j).rule) for j in range(len(self.lower))]
        ranges += [(j, DEFAULT_LIMIT_RULE) for j, rule in ranges if rule != DEFAULT_LIMIT_RULE]
        guilty = needed([*ranges, *dict.fromkeys(self.boxes)], self._exclude_each_other)
        body = [SKELETON.angles[j].name for j, _ in ranges if (j, DEFAULT_LIMIT_RULE) in guilty]
        rules = {rule[1] if isinstance(rule, tuple) else rule.reason.rule for rule in guilty} - {DEFAULT_LIMIT_RULE}
        within = f" (within the body's range of {', '.join(body).replace('_', ' ')})" if body and rules else ""
        raise EmptyDomain(
            f"No pose satisfies these rules together: {', '.join(sorted(rules)) or DEFAULT_LIMIT_RULE}{within}.",
            hint="Widen a range or narrow a taboo in the knowledge graph.",
        )

    def _exclude_each_other(self, rules: Sequence[TabooBox | tuple[int, str]]) -> bool:
        """Whether some boxes, and some angles' ranges as (angle, the rule that sets it), leave no pose."""
        lower, upper = np.full(len(self.lower), -np.inf), np.full(len(self.lower), np.inf)
        for j, rule in (rule for rule in rules if isinstance(rule, tuple)):
            own = rule == self.limit_reason(j).rule
            low, high = (self.lower[j], self.upper[j]) if own else SKELETON.limits[j]
            lower[j], upper[j] = max(lower[j], low), min(upper[j], high)
        return not has_pose(lower, upper, [rule.intervals for rule in rules if isinstance(rule, TabooBox)])

    def violates(self, angles: np.ndarray, tolerance: float = 0.0) -> np.ndarray:
        """(...,) bool: (..., 36) poses [rad] outside the domain by more than `tolerance` [rad]."""
        bad = ((angles < self.lower - tolerance) | (angles > self.upper + tolerance)).any(-1)
        for box in self.boxes:
            bad |= box.contains(angles, tolerance)
        return bad

    def project(self, angles: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
        """Nearest allowed pose in weighted Euclidean angle distance, exact.

        Boxes that share no angles are left one by one, those that do together (`projection.py`).

        Args:
            angles: (..., 36) [rad].
            weights: (36,) positive; None = all 1.

        Returns:
            (..., 36) [rad] inside the domain; rows already inside are returned bit for bit.

        Raises:
            BadInput: not 36 finite angles, or not 36 positive weights.
            EmptyDomain: no pose satisfies every rule; names the rules that exclude each other.
        """
        points, weights = checked_poses(angles), checked_weights(weights)
        out = np.ascontiguousarray(np.clip(points, self.lower, self.upper))
        rows, given = out.reshape(-1, out.shape[-1]), points.reshape(-1, out.shape[-1])
        for named, low, high in self.hole_groups:
            held = holding(rows, named, low, high)
            if held.any():
                inside = np.ascontiguousarray(given[held][:, named])
                done = project(inside, self.lower[named], self.upper[named], low, high, weights[named])
                if done < len(inside):
                    self.check()
                rows[np.ix_(held, named)] = inside
        return np.where(out == points, points, out)  # a zero keeps its sign

    @cached_property
    def hole_groups(self) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """The angles that a group of boxes names, and the (m, d) edges of the boxes."""
        found = []
        for group in groups([box for box in self.boxes if not box.empty]):
            named = np.array(sorted({j for box in group for j, _, _ in box.intervals}), np.int64)
            found.append((named, *edges(group, named.tolist())))
        return found


def groups(boxes: list[TabooBox]) -> list[list[TabooBox]]:
    """Boxes that share angles, directly or through others."""
    groups: list[tuple[set[int], list[TabooBox]]] = []
    for box in boxes:
        angles, members = {j for j, _, _ in box.intervals}, [box]
        for other in [g for g in groups if g[0] & angles]:
            groups.remove(other)
            angles, members = angles | other[0], other[1] + members
        groups.append((angles, members))
    return [members for _, members in groups]


def edges(boxes: Sequence[TabooBox], angles: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """(m, d) lower and upper edges of boxes that name no other angles than these; infinite where one is not named."""
    low, high = np.full((len(boxes), len(angles)), -np.inf), np.full((len(boxes), len(angles)), np.inf)
    place = {j: n for n, j in enumerate(angles)}
    for n, box in enumerate(boxes):
        for j, a, b in box.intervals:
            low[n, place[j]], high[n, place[j]] = max(low[n, place[j]], a), min(high[n, place[j]], b)
    return low, high
