"""Legal and smooth: the track inside a domain with holes whose joints come nearest to where they should be.

Three steps. The corridor gives every frame convex bounds that no legal way between frames leaves (`corridor.py`). The
whole track is then fitted inside them (`track_fit.py`), so that other joints make up for those that a rule holds
back: first by least squares, then by least distances (reweighted, Huber 1964), for a joint that cannot arrive should
not drag the others off. Steps are tied to the motion's own until none is much faster than the motion is.

A hole in one angle's range cannot be crossed, and which side costs least is only known once the others have made up
for it: sides are changed one at a time as long as that brings the joints nearer, on a sample of the frames.

What is guaranteed does not rest on the fit: every iterate keeps to the bounds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import torch

from ritual.body import ik
from ritual.body.angle_domain import AngleDomain, TabooBox
from ritual.body.checked import checked_track
from ritual.body.corridor import corridor
from ritual.body.ik import TOLERANCE
from ritual.body.ik_holes import CLOSE, first_parts
from ritual.body.kinematics import forward
from ritual.body.schedule import DomainSpan, Schedule, limits, scheduled
from ritual.body.track import MARGIN, breaches
from ritual.body.track_fit import Goals, Ties, Track, fit
from ritual.body.tree import ROOT
from ritual.errors import BadInput, EmptyDomain

SAMPLE = 50  # frames on which sides are compared
BETTER = 0.99  # a change of side must bring the joints nearer by this factor
REWEIGHTED = 2
HUBER = 0.01  # [m]
CALM_ROUNDS = 6
SMOOTH = 1.25  # times the steps of the motion that knows no holes: what is followed may step no faster
RESTARTS = 4  # of a frame that is not reached from the one before
STIFFER = 4.0


@dataclass(frozen=True, eq=False)
class LegalTrack:
    """A track that keeps to the rules, and what that cost.

    Attributes:
        track: angles (T, 36) [rad] and root.
        error: (T, 24) distance of each joint from its target [m].
        step_ratio: 99th percentile over frames of the fastest angle's step, over that of the motion it comes from.
        changed_sides: boxes that the search led past on another side than the nearest.
    """

    track: Track
    error: np.ndarray
    step_ratio: float
    changed_sides: tuple[TabooBox, ...]


def fit_legal(
    targets: np.ndarray,
    reference: Track,
    domain: AngleDomain | Schedule,
    *,
    pull: float = 0.01,
    ties: Ties | None = None,
    calm: float = 1.15,
    margin: float = MARGIN,
    search: bool = True,
    root: str = "free",
) -> LegalTrack:
    """The nearest track to joint targets that no rule forbids, at frames or between them.

    Args:
        targets: (T, 24, 3) [m].
        reference: a pose for every frame that reaches the targets as if there were no holes (`ik.follow`).
        domain: what is allowed, all the time or when.
        pull: weight of keeping the reference's angles [m/rad].
        ties: weights of keeping its steps in time.
        calm: no faster than this times the reference's 99th percentile should the fastest angle step.
        margin: distance from a hole's edge that is kept where there is room [rad].
        search: whether other sides of holes are tried.
        root: `free`, or `fixed` where the reference has it.

    Returns:
        LegalTrack; a reference that is legal already comes back bit for bit.

    Raises:
        BadInput: shapes or numbers that are not what they should be.
        EmptyDomain: no pose or no motion satisfies every rule; names them.
    """
    checked_track(reference.angles)
    if targets.shape != (len(reference), 24, 3) or not np.isfinite(targets).all():
        expected = (len(reference), 24, 3)
        raise BadInput(f"The targets of this track are {expected} finite numbers; these have shape {targets.shape}.")
    schedule = scheduled(domain, len(reference))
    if not breaches(reference.angles, schedule):
        return LegalTrack(reference, _distances(reference, targets), 1.0, ())
    problem = _Problem(reference, targets, pull, Ties() if ties is None else ties, root)
    changed: list[TabooBox] = []
    bounds = _bounds(reference.angles, schedule, margin)
    if search:
        sample = problem.every(max(1, len(reference) // SAMPLE))
        least = sample.miss(bounds)
        for box, other in _other_sides(reference.angles, schedule, bounds):
            narrowed = _with_side(schedule, box, other)
            try:
                tried = _bounds(reference.angles, narrowed, margin)
            except EmptyDomain:
                continue
            cost = sample.miss(tried)
            if cost < BETTER * least:
                least, bounds, schedule = cost, tried, narrowed
                changed.append(box)
    track = problem.solved(bounds, calm)
    return LegalTrack(
        track, _distances(track, targets), _top_step(track) / max(_top_step(reference), 1e-9), tuple(changed)
    )


def follow_legal(
    targets: np.ndarray, first: Track, domain: AngleDomain | Schedule, *, tolerance: float = TOLERANCE, **how: object
) -> LegalTrack:
    """A clip's joint targets followed from its first pose by a track that no rule forbids.

    A motion that stays in the convex part of the domain in which it begins is followed there frame by frame, and is
    then legal between frames, too. One that does not is followed inside the limits alone and fitted (`fit_legal`).

    Args:
        targets: (T, 24, 3) [m].
        first: one frame: a pose that reaches the first target.
        domain: what is allowed, all the time or when.
        tolerance: how near every joint must come for the first way to do [m].
        how: as for `fit_legal`.

    Raises:
        BadInput, EmptyDomain: as `fit_legal`.
    """
    start = [torch.from_numpy(x[0]) for x in (first.angles, first.translation, first.rotation)]
    aims, root = torch.from_numpy(np.ascontiguousarray(targets, dtype=float)), str(how.get("root", "free"))

    def followed(inside: AngleDomain, restarts: int = 0) -> tuple[Track, float]:
        found = ik.follow(aims, *start, inside, tolerance=CLOSE, root=root, restarts=restarts)
        track = Track(*(x.numpy() for x in (found.angles, found.translation, found.rotation)))
        return track, float(found.error.max())

    schedule = scheduled(domain, len(targets))
    free, _ = followed(AngleDomain.physiological())
    if len(schedule) == 1:
        whole = schedule[0].domain
        lower, upper = first_parts(whole, first.angles[:1])
        for restarts in (0, RESTARTS):
            track, furthest = followed(replace(whole, lower=lower[0], upper=upper[0], boxes=()), restarts)
            ratio = _top_step(track) / max(_top_step(free), 1e-9)
            if furthest <= tolerance and ratio <= SMOOTH:  # another start may leap to a pose of other angles
                return LegalTrack(track, _distances(track, targets), ratio, ())
    return fit_legal(targets, free, schedule, **how)


@dataclass(frozen=True, eq=False)
class _Problem:
    reference: Track
    targets: np.ndarray
    pull: float
    ties: Ties
    root: str
    step: int = 1

    def every(self, step: int) -> _Problem:
        """The same for every n-th frame."""
        ref = self.reference
        part = Track(*(np.ascontiguousarray(x[::step]) for x in (ref.angles, ref.translation, ref.rotation)))
        return replace(self, reference=part, targets=self.targets[::step], step=step)

    def miss(self, bounds: tuple[np.ndarray, np.ndarray]) -> float:
        """Mean distance of a joint from its target [m] that is left inside these bounds, roughly."""
        track = self.fitted(self.reference, bounds, self.ties.weights(len(self.reference)), 8)
        return float(_distances(track, self.targets).mean())

    def solved(self, bounds: tuple[np.ndarray, np.ndarray], calm: float) -> Track:
        ties = self.ties.weights(len(self.reference))
        track = self.fitted(self.reference, bounds, ties, 30)
        for _ in range(REWEIGHTED):
            nearness = _nearness(_distances(track, self.targets))
            track = self.fitted(track, bounds, ties, 10, nearness)
        nearness = _nearness(_distances(track, self.targets))
        cap = calm * _top_step(self.reference)
        for _ in range(CALM_ROUNDS):  # what steps too fast is tied more firmly, with what lies beside it
            if _top_step(track) <= cap:
                break
            fast = np.abs(np.diff(track.angles, axis=0)) > 0.95 * cap
            fast |= np.roll(fast, 1, 0) | np.roll(fast, -1, 0)
            ties[:, ROOT:] *= np.where(fast, STIFFER**2, 1.0)
            track = self.fitted(track, bounds, ties, 12, nearness)
        return track

    def fitted(
        self, start: Track, bounds: tuple[np.ndarray, np.ndarray], ties: np.ndarray, rounds: int,
        nearness: np.ndarray | None = None,
    ) -> Track:  # fmt: skip
        goals = Goals.of_joints(self.targets, nearness)
        low, high = (x[:: self.step] for x in bounds)
        return fit(
            start, goals, low, high, reference=self.reference, pull=self.pull, ties=ties, root=self.root,
            iterations=rounds)  # fmt: skip


def _nearness(distances: np.ndarray) -> np.ndarray:
    """Weights under which squared distances beyond `HUBER` count as distances."""
    return np.minimum(1.0, HUBER / np.maximum(distances, 1e-9))


def _bounds(angles: np.ndarray, schedule: Schedule, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """(T, 36) bounds of the corridor, drawn in by the margin where a hole sets them and there is room."""
    lower, upper = corridor(angles, schedule)
    least, most = limits(schedule, len(angles))
    middle = (lower + upper) / 2
    low = np.where(lower > least, np.minimum(lower + margin, middle), lower)
    high = np.where(upper < most, np.maximum(upper - margin, middle), upper)
    return low, high


def _other_sides(
    angles: np.ndarray, schedule: Schedule, bounds: tuple[np.ndarray, np.ndarray]
) -> list[tuple[TabooBox, int]]:
    """(box, -1 below or 1 above) of every hole in one angle that the corridor passes on the other side, in a motion
    that meets it."""
    found = []
    for box in dict.fromkeys(box for span in schedule for box in span.domain.boxes):
        if len(box.intervals) != 1:
            continue
        ((j, low, high),) = box.intervals
        if angles[:, j].max() <= low or angles[:, j].min() >= high:
            continue
        beneath = bounds[1][:, j].max() <= low + 1e-9
        edge = high if beneath else low
        if math.isfinite(edge):
            found.append((box, 1 if beneath else -1))
    return found


def _with_side(schedule: Schedule, box: TabooBox, side: int) -> Schedule:
    """The schedule with one hole widened to all that lies on the side where the motion should not go."""
    ((j, low, high),) = box.intervals
    wide = replace(box, intervals=((j, low, math.inf) if side < 0 else (j, -math.inf, high),))
    swapped = dict[AngleDomain, AngleDomain]()
    for span in schedule:
        boxes = tuple(wide if other is box else other for other in span.domain.boxes)
        swapped.setdefault(span.domain, replace(span.domain, boxes=boxes))
    return tuple(DomainSpan(span.start, span.end, swapped[span.domain]) for span in schedule)


def _top_step(track: Track) -> float:
    """99th percentile over frames of the largest step of an angle [rad]."""
    if len(track) < 2:
        return 0.0
    return float(np.percentile(np.abs(np.diff(track.angles, axis=0)).max(1), 99))


def _distances(track: Track, targets: np.ndarray) -> np.ndarray:
    """(T, 24) [m]."""
    pose = forward(*(torch.from_numpy(x) for x in (track.angles, track.translation, track.rotation)))
    return np.linalg.norm(pose.positions.numpy() - targets, axis=-1)
