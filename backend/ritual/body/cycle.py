"""Rules that hold in a part of a dance's cycle, laid out over the frames of a track."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from ritual.body.angle_domain import AngleDomain, Reason, TabooBox
from ritual.body.schedule import DomainSpan, Schedule
from ritual.errors import EmptyDomain


@dataclass(frozen=True)
class Phased:
    """What is narrower in a part of the cycle.

    Attributes:
        start, end: part of the cycle, 0..1; start > end goes across its end.
        limits: (angle index, low, high, why) [rad]: the angle stays from low to high.
        boxes: poses that are forbidden.
    """

    start: float
    end: float
    limits: tuple[tuple[int, float, float, Reason], ...] = ()
    boxes: tuple[TabooBox, ...] = ()

    def touches(self, phase: np.ndarray, step: np.ndarray | float) -> np.ndarray:
        """Bool: the part of the cycle from `phase` on, `step` long, has a part in common with this one."""
        length = (self.end - self.start) % 1.0 or 1.0
        since = (phase - self.start) % 1.0
        return (since < length) | (since + step > 1.0)


def narrowed(domain: AngleDomain, parts: tuple[Phased, ...]) -> AngleDomain:
    """The domain in which all parts hold, too.

    Raises:
        EmptyDomain: no pose satisfies all ranges and taboos; names the rules that exclude each other.
    """
    lower, upper, reasons = domain.lower.copy(), domain.upper.copy(), dict(domain.limit_reasons)
    for j, low, high, reason in (limit for part in parts for limit in part.limits):
        before = reasons.get(j)
        if low > lower[j] or high < upper[j]:
            lower[j], upper[j], reasons[j] = max(lower[j], low), min(upper[j], high), reason
        if lower[j] > upper[j]:
            rules = ", ".join(dict.fromkeys(r.rule for r in (before, reason) if r))
            raise EmptyDomain(f"No pose satisfies these rules together: {rules}.")
    boxes = (*domain.boxes, *(box for part in parts for box in part.boxes))
    both = AngleDomain(lower, upper, boxes, reasons)
    both.check()
    return both


def cycle_schedule(domain: AngleDomain, parts: tuple[Phased, ...], cycle: np.ndarray) -> Schedule:
    """Where each part of the cycle falls in a track; a part holds from the frame before it to the frame after it.

    Args:
        domain: what is allowed all through the cycle.
        parts: what is narrower in a part of it.
        cycle: (T,) place in the cycle at every frame, in cycles, rising.
    """
    last = max(len(cycle) - 1, 0)
    if not parts:
        return (DomainSpan(0, last, domain),)
    starts, steps = (cycle[:-1], np.diff(cycle)) if last else (cycle, 0.0)
    active = np.stack([part.touches(starts, steps) for part in parts], axis=1)
    domains: dict[tuple[bool, ...], AngleDomain] = {}
    spans = []
    for on, run in groupby(range(len(starts)), key=lambda k: tuple(active[k])):
        if on not in domains:
            held = tuple(part for part, holds in zip(parts, on, strict=True) if holds)
            domains[on] = narrowed(domain, held)
        run = list(run)
        spans.append(DomainSpan(run[0], min(run[-1] + 1, last), domains[on]))
    return tuple(spans)
