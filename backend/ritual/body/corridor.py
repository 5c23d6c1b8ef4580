"""The corridor of a track: convex bounds for every frame, inside which nothing between frames can be forbidden.

Each segment of the track is given one convex cell that meets no taboo box (`cells.py`), and each frame the bounds
that the cells on its two sides have in common. Both ends of a segment then lie in its cell, the cell is convex, hence
so does every pose between. Which cells: dynamic programming over the whole track, at least cost in weighted squared
angle distance; boxes that share angles are treated together, the others each for itself.

Only boxes that the track cannot pass for nothing take part in the choice. The others are looked at again after each
choice and drawn in where it runs into them, so the last choice, found among fewer rules, is the best among all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ritual.body import cells
from ritual.body.angle_domain import AngleDomain, TabooBox, edges, groups
from ritual.body.checked import checked_track, checked_weights
from ritual.body.schedule import Schedule, check_spans, common, limits, scheduled
from ritual.errors import EmptyDomain

MOST_CELLS = 1500  # of one group of boxes in one domain; beyond it only the cells near the track are looked at


@dataclass(frozen=True, eq=False)
class Corridor:
    """Bounds of every frame.

    Attributes:
        lower, upper: (T, 36) [rad]; a track that keeps to them at the frames is legal there and between them.
        kept: (T - 1,) bool: segments that are legal as they are and have no cell; at their frames the two bounds of
            the angles concerned are the track's own values.
    """

    lower: np.ndarray
    upper: np.ndarray
    kept: np.ndarray


def corridor(
    track: np.ndarray, domain: AngleDomain | Schedule, weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of every frame: any track inside them is legal at and between frames.

    Among all sequences of convex cells the one that the track is nearest to, in weighted squared angle distance summed
    over the frames (plus `cells.TOUCH` for every frame that is moved at all).

    Args:
        track: (T, 36) [rad].
        domain: one for the whole track, or what holds when.
        weights: (36,) positive; None = all 1.

    Returns:
        (T, 36) lower and upper bounds [rad].

    Raises:
        BadInput: the track or the weights are not what they should be.
        EmptyDomain: no pose satisfies every rule, or no motion leads from one frame to another; names the rules.
    """
    found = find_corridor(track, domain, weights)
    return found.lower, found.upper


def find_corridor(
    track: np.ndarray,
    domain: AngleDomain | Schedule,
    weights: np.ndarray | None = None,
    keep: np.ndarray | None = None,
    switch: float = 0.0,
) -> Corridor:
    """The corridor, see `corridor`.

    Args:
        keep: (T - 1,) bool: segments that may stay as they are where they are legal; None = none.
        switch: [rad^2] what it costs to go from cell to cell at a frame that has to be moved.
    """
    track, weights = checked_track(track), checked_weights(weights)
    frames = len(track)
    schedule = scheduled(domain, frames)
    lower, upper = (np.array(bound) for bound in limits(schedule, frames))
    if (lower > upper).any():
        check_spans(schedule)
    plan = _Plan(schedule, frames, switch)
    keep = np.zeros(max(frames - 1, 1), bool) if keep is None else keep
    active: list[TabooBox] = []
    while True:
        low, high, kept = lower.copy(), upper.copy(), np.zeros(len(keep), bool)
        for group in groups(active):
            part = plan.way(track, group, weights, keep)
            _narrow(low, high, part, slice(None))
            kept |= part.kept
        inside = np.clip(track, low, high)
        blocking = []
        for box in plan.boxes:
            if box in active or _beyond_one_face(box, plan, inside, low, high):
                continue
            part = plan.way(inside, [box], weights, keep, free=True)
            if part.cost < cells.TOUCH:
                _narrow(low, high, part, slice(None))
                kept |= part.kept
            else:
                blocking.append(box)
        if not blocking:
            return Corridor(low, high, kept[: frames - 1])
        active += blocking


def _beyond_one_face(
    box: TabooBox, plan: _Plan, inside: np.ndarray, low: np.ndarray, high: np.ndarray
) -> bool:
    """Whether the track lies beyond one face of the box wherever the box stands; draws the bounds in there."""
    for first, last in plan.runs[box]:
        held = slice(first, last + 1)
        room = [
            (distance, j, sign, edge)
            for j, below, above in box.intervals
            for sign, edge in ((-1, below), (1, above))
            if (distance := (sign * (inside[held, j] - edge)).min()) >= 0
        ]
        if not room:
            return False
        _, j, sign, edge = max(room)
        if sign < 0:
            np.minimum(high[held, j], edge, out=high[held, j])
        else:
            np.maximum(low[held, j], edge, out=low[held, j])
    return True


@dataclass(frozen=True, eq=False)
class _Way:
    """Bounds of some angles, (T, d), the segments kept as they are, (T - 1,), and what it costs."""

    angles: list[int]
    lower: np.ndarray
    upper: np.ndarray
    kept: np.ndarray
    cost: float


def _narrow(low: np.ndarray, high: np.ndarray, way: _Way, frames: slice) -> None:
    low[frames, way.angles] = np.maximum(low[frames, way.angles], way.lower)
    high[frames, way.angles] = np.minimum(high[frames, way.angles], way.upper)


class _Plan:
    """A schedule as what holds on each segment of a track, and at single frames."""

    def __init__(self, schedule: Schedule, frames: int, switch: float) -> None:
        self.schedule, self.frames, self.switch = schedule, frames, switch
        single = self.frames == 1
        self.spans = [span for span in schedule if span.end > span.start or single][: 1 if single else None]
        points: dict[int, list[AngleDomain]] = {}
        for span in schedule:
            if span.end == span.start and span not in self.spans:
                points.setdefault(span.start, []).append(span.domain)
        self.points = {frame: common(domains) for frame, domains in points.items()}
        self.runs: dict[TabooBox, list[tuple[int, int]]] = {}
        for span in schedule:
            for box in dict.fromkeys(span.domain.boxes):
                if not box.empty:
                    self.runs.setdefault(box, []).append((span.start, span.end))
        self.boxes = list(self.runs)

    def way(
        self, track: np.ndarray, group: list[TabooBox], weights: np.ndarray, keep: np.ndarray, *, free: bool = False
    ) -> _Way:
        """The cheapest way of a track round some boxes; `free`: where there is none, it costs infinitely much."""
        angles = sorted({j for box in group for j, _, _ in box.intervals})
        values = np.ascontiguousarray(track[:, angles])
        if self.frames == 1:
            values = np.repeat(values, 2, axis=0)
        lists = _Lists(angles, group, values)
        keep = keep.copy()
        of_segment = np.zeros(len(values) - 1, np.int64)
        for span in self.spans:
            start, end = span.start, max(span.end, span.start + 1)
            if keep[start:end].any():
                keep[start:end] &= self._legal(values[start : end + 1], lists, span.domain)
            before, after = self.points.get(span.start), self.points.get(span.end)
            of_segment[start:end] = lists.add(span.domain)
            if end - start == 1:
                of_segment[start] = lists.add(span.domain, before, after)
            else:
                of_segment[start] = lists.add(span.domain, before, None)
                of_segment[end - 1] = lists.add(span.domain, None, after)
        for frame, domain in self.points.items():
            if not self._legal(values[[frame, frame]], lists, domain).all():
                keep[max(frame - 1, 0) : frame + 1] = False
        table = lists.table()
        chosen, cost, reached = cells.cheapest(values, weights[angles], of_segment, *table, keep, self.switch)
        if reached < len(of_segment):
            if free:
                return _Way(angles, values, values, keep, np.inf)
            self._no_way(group, angles, reached)
        return self._laid_out(angles, values, chosen, table, cost)

    def _laid_out(
        self, angles: list[int], values: np.ndarray, chosen: np.ndarray, table: tuple, cost: float
    ) -> _Way:
        _, start_low, start_high, end_low, end_high = table
        kept = chosen < 0
        lower, upper = np.full(values.shape, -np.inf), np.full(values.shape, np.inf)
        free = ~kept
        lower[:-1][free], upper[:-1][free] = start_low[chosen[free]], start_high[chosen[free]]
        lower[1:][free] = np.maximum(lower[1:][free], end_low[chosen[free]])
        upper[1:][free] = np.minimum(upper[1:][free], end_high[chosen[free]])
        pinned = np.zeros(len(values), bool)
        pinned[:-1] |= kept
        pinned[1:] |= kept
        lower[pinned] = upper[pinned] = values[pinned]
        if self.frames == 1:
            lower, upper = lower.max(0, keepdims=True), upper.min(0, keepdims=True)
        return _Way(angles, lower, upper, kept, cost)

    @staticmethod
    def _legal(values: np.ndarray, lists: _Lists, domain: AngleDomain) -> np.ndarray:
        """(n - 1,) bool: segments of (n, d) values inside the limits that meet no box of the group."""
        low, high = domain.lower[lists.angles], domain.upper[lists.angles]
        within = ((values >= low) & (values <= high)).all(1)
        good = within[:-1] & within[1:]
        for box_low, box_high in zip(*lists.edges(domain), strict=True):
            good &= ~cells.meets(values, box_low, box_high)
        return good

    def _no_way(self, group: list[TabooBox], angles: list[int], reached: int) -> None:
        """Raises: EmptyDomain: says between which frames, and under which rules."""
        check_spans(self.schedule)
        stuck = next(n for n, span in enumerate(self.spans) if reached < max(span.end, 1))
        start, end = self.spans[max(stuck - 1, 0)].start, self.spans[stuck].end
        near = [span.domain for span in self.spans[max(stuck - 1, 0) : stuck + 1]]
        rules = {box.reason.rule for box in group if any(box in domain.boxes for domain in near)}
        rules |= {domain.limit_reasons[j].rule for domain in near for j in angles if j in domain.limit_reasons}
        raise EmptyDomain(
            f"No motion was found that passes from frame {start} to frame {end} under these rules: "
            f"{', '.join(sorted(rules))}.",
            hint="Leave more time between two changes of the rules, widen a range or narrow a taboo.",
        )


class _Lists:
    """The lists of cells that the segments of one group of boxes choose from."""

    def __init__(self, angles: list[int], group: list[TabooBox], values: np.ndarray) -> None:
        self.angles, self.group, self.values = angles, group, values
        self._index: dict[tuple, int] = {}
        self._cells: dict[tuple, cells.Cells] = {}
        self._lists: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []

    def add(self, domain: AngleDomain, before: AngleDomain | None = None, after: AngleDomain | None = None) -> int:
        """The list for a domain, with what else must hold at a segment's first and at its last frame."""
        key = tuple(self._key(held) for held in (domain, before, after))
        if key not in self._index:
            low, high = starts = ends = self._of(domain)
            if before is not None:
                rows, starts = _shared(low, high, self._of(before))
                low, high = ends = low[rows], high[rows]
            if after is not None:
                rows, ends = _shared(low, high, self._of(after))
                starts = starts[0][rows], starts[1][rows]
            self._index[key] = len(self._lists)
            self._lists.append((*starts, *ends))
        return self._index[key]

    def edges(self, domain: AngleDomain) -> tuple[np.ndarray, np.ndarray]:
        """(m, d) lower and upper edges of the group's boxes that the domain holds; infinite where not named."""
        held = set(domain.boxes)
        boxes = [box for box in self.group if box in held]
        return edges(boxes, self.angles)

    def table(self) -> tuple[np.ndarray, ...]:
        """Where each list begins, and the four bounds of all cells."""
        first = np.cumsum([0, *(len(starts) for starts, *_ in self._lists)])
        return first, *(np.ascontiguousarray(np.concatenate(bound)) for bound in zip(*self._lists, strict=True))

    def _key(self, domain: AngleDomain | None) -> tuple | None:
        if domain is None:
            return None
        held = set(domain.boxes)
        boxes = tuple(box in held for box in self.group)
        return boxes, domain.lower[self.angles].tobytes(), domain.upper[self.angles].tobytes()

    def _of(self, domain: AngleDomain) -> cells.Cells:
        key = self._key(domain)
        if key not in self._cells:
            sample = self.values[np.linspace(0, len(self.values) - 1, min(len(self.values), 32)).astype(int)]
            limits = domain.lower[self.angles], domain.upper[self.angles]
            self._cells[key] = cells.free_cells(*limits, *self.edges(domain), sample, MOST_CELLS)
        return self._cells[key]


def _shared(low: np.ndarray, high: np.ndarray, others: cells.Cells) -> tuple[np.ndarray, cells.Cells]:
    """What each of (c, d) cells has in common with each of some others, and which of the cells that is."""
    lower, upper = np.maximum(low[:, None], others[0][None]), np.minimum(high[:, None], others[1][None])
    met = (lower <= upper).all(-1)
    return np.nonzero(met)[0], (lower[met], upper[met])
