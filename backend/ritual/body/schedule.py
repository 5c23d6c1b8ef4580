"""Which domain holds in which frames of a track."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ritual.body.angle_domain import AngleDomain, TabooBox
from ritual.errors import BadInput, EmptyDomain


@dataclass(frozen=True, eq=False)
class DomainSpan:
    """A domain and the frames in which it holds.

    Attributes:
        start, end: first and last frame, inclusive; neighbouring spans share one frame, which keeps to both.
        domain: what is allowed in these frames and between them.
    """

    start: int
    end: int
    domain: AngleDomain


Schedule = tuple[DomainSpan, ...]


def scheduled(domain: AngleDomain | Schedule, frames: int) -> Schedule:
    """The schedule of a track, neighbouring spans of one domain made one; a single domain holds throughout.

    Raises:
        BadInput: the spans do not follow each other from the first frame to the last.
    """
    last = max(frames - 1, 0)
    if isinstance(domain, AngleDomain):
        return (DomainSpan(0, last, domain),)
    expected, spans = 0, list[DomainSpan]()
    for span in domain:
        if span.start != expected or span.end < span.start:
            raise BadInput(
                f"A span of rules lies at frames {span.start} to {span.end}; it must begin at frame {expected}, "
                "where the one before it ends."
            )
        expected = span.end
        begun = spans.pop().start if spans and spans[-1].domain is span.domain else span.start
        spans.append(DomainSpan(begun, span.end, span.domain))
    if not domain or expected != last:
        raise BadInput(f"The rules are laid out up to frame {expected}; the motion ends at frame {last}.")
    return tuple(spans)


def joined(parts: Iterable[tuple[int, Schedule]]) -> Schedule:
    """One schedule of several, each counted from the frame at which it begins."""
    return tuple(
        DomainSpan(start + span.start, start + span.end, span.domain) for start, part in parts for span in part
    )


def pinned(schedule: Schedule, pins: Iterable[tuple[int, np.ndarray]]) -> Schedule:
    """The schedule with one pose alone allowed at some frames, (frame, (36,) angles [rad]); what else holds there still
    does, so a pose that is forbidden leaves nothing."""
    spans = list(schedule)
    for frame, pose in pins:
        n = next(n for n, span in enumerate(spans) if span.start <= frame <= span.end)
        span, only = spans[n], DomainSpan(frame, frame, AngleDomain(pose, pose))
        halves = DomainSpan(span.start, frame, span.domain), DomainSpan(frame, span.end, span.domain)
        spans[n : n + 1] = [half for half in (halves[0], only, halves[1]) if half is only or half.start < half.end]
    return tuple(spans)


def violates(angles: np.ndarray, schedule: Schedule, tolerance: float = 0.0) -> np.ndarray:
    """(T,) bool: frames of a (T, 36) track [rad] outside a domain that holds there."""
    bad = np.zeros(len(angles), bool)
    for span in schedule:
        frames = slice(span.start, span.end + 1)
        bad[frames] |= span.domain.violates(angles[frames], tolerance)
    return bad


def limits(schedule: Schedule, frames: int) -> tuple[np.ndarray, np.ndarray]:
    """(T, 36) lower and upper limits of every frame [rad]; a shared frame has the narrower ones."""
    if len(schedule) == 1:
        shape = (frames, len(schedule[0].domain.lower))
        return np.broadcast_to(schedule[0].domain.lower, shape), np.broadcast_to(schedule[0].domain.upper, shape)
    lower = np.full((frames, len(schedule[0].domain.lower)), -np.inf)
    upper = -lower
    for span in schedule:
        held = slice(span.start, span.end + 1)
        np.maximum(lower[held], span.domain.lower, out=lower[held])
        np.minimum(upper[held], span.domain.upper, out=upper[held])
    return lower, upper


def limit_runs(schedule: Schedule, angle: int) -> Iterator[tuple[int, int, AngleDomain]]:
    """(first frame, last frame, domain) of every run in which the limits of one angle stay what they are."""
    run: tuple[int, int, AngleDomain] | None = None
    for span in schedule:
        if run is not None and _same_limits(run[2], span.domain, angle):
            run = (run[0], span.end, run[2])
            continue
        if run is not None:
            yield run
        run = (span.start, span.end, span.domain)
    if run is not None:
        yield run


def _same_limits(a: AngleDomain, b: AngleDomain, angle: int) -> bool:
    if a is b:
        return True
    same = a.lower[angle] == b.lower[angle] and a.upper[angle] == b.upper[angle]
    return same and a.limit_reasons.get(angle) == b.limit_reasons.get(angle)


def box_runs(schedule: Schedule) -> list[tuple[TabooBox, int, int, AngleDomain]]:
    """(box, first frame, last frame, domain at the first) of every run of spans in which a taboo box stands."""
    runs: dict[TabooBox, list[tuple[int, int, AngleDomain]]] = {}
    for span in schedule:
        for box in dict.fromkeys(span.domain.boxes):
            found = runs.setdefault(box, [])
            if found and found[-1][1] == span.start:
                found[-1] = (found[-1][0], span.end, found[-1][2])
            else:
                found.append((span.start, span.end, span.domain))
    return [(box, *run) for box, found in runs.items() for run in found]


def common(domains: Iterable[AngleDomain]) -> AngleDomain:
    """Poses that every one of the domains allows.

    Raises:
        EmptyDomain: two ranges exclude each other; names the rules.
    """
    first, *others = dict.fromkeys(domains)
    lower, upper, boxes, reasons = first.lower.copy(), first.upper.copy(), list(first.boxes), dict(first.limit_reasons)
    for domain in others:
        for j in map(int, np.flatnonzero((domain.lower > lower) | (domain.upper < upper))):
            before = reasons.get(j, first.limit_reason(j))
            lower[j], upper[j] = max(lower[j], domain.lower[j]), min(upper[j], domain.upper[j])
            reasons[j] = domain.limit_reason(j)
            if lower[j] > upper[j]:
                rules = ", ".join(dict.fromkeys((before.rule, reasons[j].rule)))
                raise EmptyDomain(f"No pose satisfies these rules together: {rules}.")
        boxes += domain.boxes
    return AngleDomain(lower, upper, tuple(dict.fromkeys(boxes)), reasons)


def seams(schedule: Schedule) -> dict[int, list[AngleDomain]]:
    """Every frame that more than one span shares, and their domains."""
    shared: dict[int, list[AngleDomain]] = {}
    for before, after in pairwise(schedule):
        shared.setdefault(after.start, [before.domain]).append(after.domain)
    return {frame: domains for frame, domains in shared.items() if len(dict.fromkeys(domains)) > 1}


def check_spans(schedule: Schedule) -> None:
    """Raises: EmptyDomain: the rules leave no pose in a span, or at a frame that two share; names rules and frames."""
    for span in schedule:
        try:
            span.domain.check()
        except EmptyDomain as error:
            if len(schedule) == 1:
                raise
            where = f"From frame {span.start} to frame {span.end}"
            raise EmptyDomain(f"{where}: {error.message}", hint=error.hint) from error
    for frame, domains in seams(schedule).items():
        try:
            common(domains).check()
        except EmptyDomain as error:
            raise EmptyDomain(
                f"The rules change at frame {frame}, and no pose there satisfies both sides. {error.message}",
                hint="Widen a range, narrow a taboo or move a phase in the knowledge graph.",
            ) from error
