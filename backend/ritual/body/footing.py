"""Which point of which sole is planted when.

A point is planted where it is low and slow (hysteresis), long enough to be seen, and stays near one place. The heights
and speeds lie where published foot-skating measures look for contact (toe under 5 cm, 0.2 to 0.5 m/s; Karunratanakul
et al. 2023, GMD; Lodge counts 1 cm a frame at 30 fps), on their strict side: what is taken for planted is held still.

A body that is not in the air stands on something. So where every low point moves too fast to be planted and this does
not last, the weight is passed on: the point that was planted before stays until the one that is planted next has
come down, and for one frame both stand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ritual.body.contact import SHARPNESS

HEIGHT, SPEED = 0.02, 0.25  # [m], [m/s]: lower and slower than this a point comes to stand
FLAT = 0.012  # [m]: a point this much above the lowest of its sole hovers
LEAVING = 1.6  # times as high or as fast it has left: a foot that settles trembles less than that
AIR = 0.03  # [m]: with both soles higher the dancer is in the air
TIPTOE = 0.003  # [m]: the toes are this much lower than the ball: the foot stands on them
SHORTEST = 0.12  # [s]: a shorter touch is not seen as standing
STRAY = 0.03  # [m]: a planted point that strays further from its place takes a step
STEP = 0.16  # [s] that such a step takes at least
HASTY = 4.0  # times as fast as what stands: a foot that is dragged on, not one that the weight is passed to
PACE = 0.8  # [m/s] of a foot that has to step where the motion has it stand
LONGEST_HANDOVER = 0.5  # [s]: beyond it the foot glides over the floor on purpose


@dataclass(frozen=True)
class Stand:
    """One point of a sole on one spot: foot 0 left, 1 right; point 0 heel, 1 ball, 2 toe; frames inclusive."""

    foot: int
    point: int
    first: int
    last: int

    @property
    def frames(self) -> slice:
        return slice(self.first, self.last + 1)


@dataclass(frozen=True, eq=False)
class Footing:
    """Attributes:
        stands: every stand of a clip, by foot, point and time.
        airborne: (T,) bool: both soles are off the floor.
        gliding: (T,) bool: on the floor, and nothing is planted.
    """

    stands: tuple[Stand, ...]
    airborne: np.ndarray
    gliding: np.ndarray

    def part(self, first: int, last: int) -> Footing:
        """Of the frames from `first` to `last`, counted from `first`."""
        inside = [s for s in self.stands if s.last >= first and s.first <= last]
        cut = (replace(s, first=max(s.first, first) - first, last=min(s.last, last) - first) for s in inside)
        held = slice(first, last + 1)
        return Footing(tuple(cut), self.airborne[held], self.gliding[held])

    @property
    def planted(self) -> np.ndarray:
        """(T, 2, 3) bool."""
        out = np.zeros((len(self.airborne), 2, 3), bool)
        for stand in self.stands:
            out[stand.frames, stand.foot, stand.point] = True
        return out


def find_footing(points: np.ndarray, fps: float, airborne: np.ndarray | None = None) -> Footing:
    """The footing of (T, 2, 3, 3) sole points [m] (see `contact.soles`) over the floor z = 0.

    Args:
        airborne: (T,) bool where it is known from elsewhere, as from a stance's lift; None = read off the heights.
    """
    frames = len(points)
    heights = points[..., 2].reshape(frames, 6)
    aloft = heights.min(1) > AIR if airborne is None else np.asarray(airborne, bool)
    lowest = np.repeat(points[..., 2].min(2), 3, axis=1)
    score = np.maximum.reduce(
        (lowest / HEIGHT, LEAVING * (heights - lowest) / FLAT, _speeds(points, fps).reshape(frames, 6) / SPEED)
    )
    for ball, toe in ((1, 2), (4, 5)):  # the sole rolls over one of them
        tiptoe = heights[:, toe] < heights[:, ball] - TIPTOE
        score[tiptoe, ball] = score[~tiptoe, toe] = np.inf
    planted = np.zeros((frames, 6), bool)
    for p in range(6):
        for first, last in _hysteresis(score[:, p]):
            for a, b in _staying(points.reshape(frames, 6, 3)[first : last + 1, p, :2], fps):
                if b - a + 1 >= min(SHORTEST * fps, frames):
                    planted[first + a : first + b + 1, p] = True
    planted[aloft] = False
    cost = np.minimum(score, 1e3) ** 2 + (4 * heights / FLAT) ** 2
    if airborne is None:  # nobody has said that it is not a jump
        cost[score > HASTY] = np.inf
    gliding = _hand_over(planted, cost, aloft, fps)
    stands = tuple(
        Stand(p // 3, p % 3, first, last) for p in range(6) for first, last in runs(planted[:, p])
    )
    return Footing(stands, aloft, gliding)


def path_of(points: np.ndarray, footing: Footing) -> np.ndarray:
    """(T, 2) how the body must be shifted over the floor [m] so that what is planted stays put on the whole.

    Args:
        points: (T, 2, 3, 3) sole points [m] as they are.
    """
    frames = len(points)
    flat, planted = points.reshape(frames, 6, 3), footing.planted.reshape(frames, 6)
    weight = np.exp(-np.maximum(flat[..., 2], 0) / SHARPNESS) * planted
    pair = weight[1:] * planted[:-1] + weight[:-1] * planted[1:]
    total = pair.sum(1, keepdims=True)
    slide = (pair[..., None] * np.diff(flat[..., :2], axis=0)).sum(1) / np.where(total > 0, total, 1)
    return np.concatenate((np.zeros((1, 2)), -np.cumsum(slide, axis=0)))


def let_go(footing: Footing, points: np.ndarray, held: np.ndarray, fps: float) -> Footing:
    """The footing, with time for a foot to arrive where it stands next to a border of held frames.

    A foot that steps as the border is passed can not be moved on the held side; so on the free side nothing comes to
    stand within `STEP` of it, and what counts as planted through it, for the weight is passed on there, is let go as
    long as it moves.

    Args:
        points: (T, 2, 3, 3) sole points [m].
        held: (T,) bool.
    """
    fast, planted, reach = _speeds(points, fps) > SPEED, footing.planted, max(1, round(STEP * fps))
    for border in np.flatnonzero(held[1:] != held[:-1]):
        ahead = range(border + 1, len(held)) if held[border] else range(border, -1, -1)
        going = staying = planted[border] & planted[border + 1]
        for step, t in enumerate(ahead):
            staying = staying & planted[t]
            going = going & staying & fast[t]
            if held[t] or not (going.any() or step < reach):
                break
            planted[t] &= staying & ~going if step < reach else ~going
    return _footing_of(planted, footing.airborne)


def stepping(footing: Footing, start: int, end: int, way: float, fps: float) -> Footing:
    """The footing with a step for every foot that stands from before a span until after it, though it has a way to go.

    It lifts where the other foot stands for longest, nearest to the middle of the span.

    Args:
        start, end: the span, `end` exclusive.
        way: how far the body is led over the floor on its way through the span [m].
    """
    planted, frames = footing.planted, np.arange(start, end)
    length = min(round(max(STEP, way / PACE) * fps), end - start)
    for foot in (0, 1):
        if way < STRAY / 3 or length < 1 or not planted[max(start - 1, 0) : end + 1, foot].any(1).all():
            continue
        firsts = frames[: len(frames) - length + 1]
        borne = [planted[a : a + length, 1 - foot].any(1).sum() for a in firsts]
        off = np.abs(firsts + length / 2 - (start + end) / 2) / len(frames)
        first = int(firsts[np.argmax(borne - off)])
        planted[first : first + length, foot] = False
    return _footing_of(planted, footing.airborne)


def _footing_of(planted: np.ndarray, airborne: np.ndarray) -> Footing:
    """The footing of (T, 2, 3) bool."""
    flat = planted.reshape(len(planted), 6)
    stands = tuple(Stand(p // 3, p % 3, first, last) for p in range(6) for first, last in runs(flat[:, p]))
    return Footing(stands, airborne, ~flat.any(1) & ~airborne)


def runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """Maximal runs of True as (first, last), both inclusive."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in edges.reshape(-1, 2)]


def _speeds(points: np.ndarray, fps: float) -> np.ndarray:
    """(T, 2, 3) [m/s] over the floor, the mean of the ways to and from a frame."""
    if len(points) < 2:
        return np.zeros(points.shape[:3])
    step = np.linalg.norm(np.diff(points[..., :2], axis=0), axis=-1) * fps
    return (np.concatenate((step[:1], step)) + np.concatenate((step, step[-1:]))) / 2


def _hysteresis(score: np.ndarray) -> list[tuple[int, int]]:
    """Runs below `LEAVING` that fall below 1 somewhere."""
    return [(a, b) for a, b in runs(score < LEAVING) if (score[a : b + 1] < 1).any()]


def _staying(places: np.ndarray, fps: float) -> list[tuple[int, int]]:
    """Parts of a run of (n, 2) places [m] in each of which none is further than `STRAY` from their middle."""
    parts, first = [], 0
    low = high = places[0]
    for t, place in enumerate(places):
        if t < first:
            continue
        low, high = np.minimum(low, place), np.maximum(high, place)
        if np.linalg.norm(high - low) > 2 * STRAY:
            parts.append((first, t - 1))
            first = t + max(1, round(STEP * fps))
            if first >= len(places):
                return parts
            low = high = places[first]
    return [*parts, (first, len(places) - 1)]


def _hand_over(planted: np.ndarray, cost: np.ndarray, aloft: np.ndarray, fps: float) -> np.ndarray:
    """Fill what lies between two stands in (T, 6) `planted`, in place; (T,) bool: where nothing stands even so."""
    frames = len(planted)
    for first, last in runs(~planted.any(1) & ~aloft):
        if last - first + 1 > LONGEST_HANDOVER * fps:
            continue
        held = slice(first, last + 1)
        befores = np.flatnonzero(planted[first - 1]) if first > 0 else []
        afters = np.flatnonzero(planted[last + 1]) if last + 1 < frames else []
        staying = np.concatenate((np.zeros((1, 6)), np.cumsum(cost[held], axis=0)))
        coming = np.concatenate((np.cumsum(cost[held][::-1], axis=0)[::-1], np.zeros((1, 6))))
        if not len(befores) or not len(afters):
            ends = [*befores, *afters]
            best = min(ends, key=staying[-1].__getitem__, default=None)
            if best is not None and np.isfinite(staying[-1][best]):
                planted[held, best] = True
            continue
        ways = [(staying[n, a] + coming[n, b], n, a, b) for a in befores for b in afters for n in range(len(staying))]
        total, change, before, after = min(ways)
        if not np.isfinite(total):
            continue
        planted[first : first + change, before] = True
        planted[first + change : last + 1, after] = True
    for t in range(1, frames):  # nobody leaves one spot before the next is reached
        if planted[t].any() and planted[t - 1].any() and not (planted[t] & planted[t - 1]).any():
            reached = int(np.where(planted[t], cost[t - 1], np.inf).argmin())
            planted[t - 1, reached] |= np.isfinite(cost[t - 1, reached])
    return ~planted.any(1) & ~aloft
