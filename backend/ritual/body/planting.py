"""Feet that stay where the motion plants them: root and angles solved together over the whole clip.

What gives way to what, if not everything can be met:
    the limits (taboo domain) > the floor > planted feet > hands out of the body > balance > the pose as it was.
The limits hold in every iterate. Floor, feet and balance are goals of one fit whose weights lie orders of magnitude
apart; it moves the root, the trunk and the legs and leaves arms and head bit for bit. Hands come after it: root and
legs stand, only the arms move, so nothing above them in the order can suffer.

A planted point keeps its place over the floor, and its height above the lowest of its sole that is planted, which is on
the floor. A ball that is planted alone lets the foot turn about it: that is a pivot. Soles that
are not planted clear the floor by a few millimetres.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ritual.body import balance, selfcollision
from ritual.body.checked import checked_track
from ritual.body.contact import ANKLES, SOLE
from ritual.body.footing import Footing, Stand, find_footing, path_of, runs
from ritual.body.homing import homeward
from ritual.body.skeleton import JOINT_INDEX, JOINTS, SKELETON
from ritual.body.track_fit import Goals, Ties, Track, fit
from ritual.body.track_kernel import NO_FLOOR
from ritual.errors import BadInput

PLANTED, FLOOR, BALANCE, HANDS = 300.0, 1000.0, 0.4, 30.0  # weights [1]
UNTHROWN = 0.7  # of an arm's own steps: a hand that changes sides of the body takes its time and may graze it
CARRIED = 10.0  # weight of a foot's way over a step
CLEARANCE = 0.006  # [m] under a sole that is not planted
HOVER = 0.002  # [m] under the points of a planted sole that are not planted themselves: a pivot scrapes nothing
RISING = 0.08  # [s] over which it gets there
RISE, HIGHEST = 0.3, 0.055  # of a step's length, at most [m]: how high a foot is carried over it
KNEE = 0.05  # [m]: flesh between the knee joint and the floor
PASSES = 30  # of the fit, at most
FALLING = 0.12  # [m]: a centre of mass further outside the soles is not balanced by a shift of weight
EASE = 0.4  # [s] over which balance is asked for and let go
_KNEES = [JOINT_INDEX["left_knee"], JOINT_INDEX["right_knee"]]
_CARRIERS = np.array([joint for joint in ANKLES for _ in SOLE] + _KNEES, dtype=np.int64)
_OFFSETS = np.concatenate((np.tile(SOLE.numpy(), (2, 1)), np.zeros((2, 3))))
_ARMS = np.array([any(p in a.name for p in ("shoulder", "elbow", "forearm", "wrist")) for a in SKELETON.angles])
_PULL = np.array([0.06 if a.name.endswith("inversion") else 0.02 for a in SKELETON.angles])  # ankles twist last
_ABOVE = _ARMS | np.array([a.name.startswith(("neck", "head")) for a in SKELETON.angles])


@dataclass(frozen=True, eq=False)
class Planted:
    """A track whose feet stand, and the footing that it keeps."""

    track: Track
    footing: Footing


def plant(
    track: Track,
    lower: np.ndarray,
    upper: np.ndarray,
    fps: float,
    *,
    airborne: np.ndarray | None = None,
    keep_path: bool = True,
    upright: bool = False,
    touching: np.ndarray | None = None,
    footing: Footing | None = None,
    held: np.ndarray | None = None,
    stay: bool = False,
) -> Planted:
    """A track near this one whose planted feet do not slide and whose soles are not under the floor z = 0.

    Args:
        track: inside its limits.
        lower, upper: (T, 36) limits of every frame [rad], as of `corridor.corridor`.
        fps: frames per second.
        airborne: (T,) bool where it is known; None = read off the heights.
        keep_path: whether the path over the floor is the motion's own, as a recorded one is, or is to be what the
            planted feet make of it.
        upright: the pelvis keeps its rotation, as where a rule on turning has just been made to hold.
        touching: (6, P) depth of hands in the body that is meant [m], see `meant_depth`; None = none is.
        footing: what is planted when, where it is known; None = read off the track.
        held: (T,) bool: frames that come back bit for bit; what stands through one stands where it does there.
        stay: on the stage: a path that strays far is slowly led back, see `homing.py`.

    Raises:
        BadInput: an angle or the root is no finite number.
    """
    _check(track)
    points = sole_points(*track.pose())
    if held is not None:
        lower, upper = (np.where(held[:, None], track.angles, bound) for bound in (lower, upper))
    if footing is None:
        footing = find_footing(points, fps, airborne)
    if not keep_path:
        for _ in range(2):  # what slides through a path that is off shows only when it is put right
            track = _shifted(track, path_of(points, footing))
            points = sole_points(*track.pose())
            footing = find_footing(points, fps, airborne)
    if stay and (back := homeward(track.translation[:, :2], fps)).any():
        track = _shifted(track, back)
        points = sole_points(*track.pose())
    if footing.stands or points[..., 2].min() < 0:
        track = _stand(track, footing, lower, upper, fps, upright, held, lifted=not keep_path)
    return Planted(_free_hands(track, lower, upper, touching), footing)


def meant_depth(poses: np.ndarray) -> np.ndarray:
    """(6, P) how deep hands may lie in the body [m]: as deep as in any of (N, 36) stances, or as in the zero pose."""
    angles = np.concatenate((np.zeros((1, len(SKELETON.angles))), poses))
    upright = np.tile((1.0, 0.0, 0.0, 0.0), (len(angles), 1))
    pose = Track(angles, np.zeros((len(angles), 3)), upright).pose()
    return np.maximum(selfcollision.depths(*pose)[0].max(0), 0.0)


def _stand(
    track: Track, footing: Footing, lower: np.ndarray, upper: np.ndarray, fps: float, upright: bool,
    held: np.ndarray | None, lifted: bool,
) -> Track:  # fmt: skip
    low, high = lower.copy(), upper.copy()
    low[:, _ABOVE] = high[:, _ABOVE] = track.angles[:, _ABOVE]
    return fit(
        track, _Goals(track, footing, fps, held, lifted), low, high, pull=_PULL, root_pull=(0.02, 0.05),
        ties=Ties(0.1, 0.5, 0.3), root="upright" if upright else "free", held=held, iterations=PASSES,
    )  # fmt: skip


class _Goals:
    """Where soles, knees and the centre of mass should be; the last said anew from the track so far."""

    def __init__(
        self, track: Track, footing: Footing, fps: float, held: np.ndarray | None, lifted: bool
    ) -> None:
        frames = len(track)
        positions, rotations = track.pose()
        points = sole_points(positions, rotations)
        planted = footing.planted
        places = np.zeros((frames, 2, 3, 3))
        for stand, place in _places(points, footing, held):
            places[stand.frames, stand.foot, stand.point, :2] = place
        lowest = np.where(planted, points[..., 2], np.inf).min(2, keepdims=True)
        places[..., 2] = np.where(planted, points[..., 2] - lowest, 0.0)
        weights, marks, floors = np.zeros((frames, 8, 3)), np.zeros((frames, 8, 3)), np.full((frames, 8), KNEE)
        if lifted:
            places, carried = _carried(points, places, planted)
            weights[:, :6, :2] = CARRIED * carried.reshape(frames, 6, 1)
        marks[:, :6] = places.reshape(frames, 6, 3)
        weights[:, :6] = np.where(planted.reshape(frames, 6, 1), PLANTED, weights[:, :6])
        clear = _clearance(planted, footing.airborne, fps)
        if lifted:
            clear = np.maximum(clear, _step_height(points, planted, footing.airborne)[..., None])
        floors[:, :6] = clear.reshape(frames, 6)
        centre = balance.centre_of_mass(positions)
        calm = balance.standing(centre, footing, fps)
        held = planted & calm[:, None, None]  # nobody asks for balance elsewhere
        self.outline = balance.outlines(np.where(planted[..., None], places, points), held)
        off = balance.outside(self.outline, centre)
        self.asked = BALANCE * _eased(calm & (off < FALLING), EASE * fps)
        self.outline[~(self.asked > 0)] = 0.0
        self.goals = Goals(
            np.zeros((frames, len(JOINTS), 3)), np.zeros((frames, len(JOINTS))), _CARRIERS, _OFFSETS, marks, weights,
            floors, FLOOR, balance.masses(), centre, self.asked,
        )  # fmt: skip

    def __call__(self, track: Track) -> Goals:
        centre = balance.centre_of_mass(track.pose()[0])
        aim = np.where(self.asked[:, None] > 0, balance.nearest_inside(self.outline, centre, balance.INSIDE), centre)
        return replace(self.goals, balance=aim)


def _free_hands(track: Track, lower: np.ndarray, upper: np.ndarray, touching: np.ndarray | None) -> Track:
    """Arms that lead the hands round the body; the track itself where no hand is inside."""
    allowed = np.zeros((6, len(selfcollision.PARTS))) if touching is None else touching
    if not selfcollision.pushed_out(*track.pose(), allowed)[1].any():
        return track
    low, high = (np.where(_ARMS, bound, track.angles) for bound in (lower, upper))
    frames = len(track)
    count = len(selfcollision.HAND_OFFSETS)
    nothing = Goals.of_joints(np.zeros((frames, len(JOINTS), 3)), np.zeros(len(JOINTS)))

    ever = np.zeros((frames, count), bool)

    def goals(now: Track) -> Goals:
        nonlocal ever
        places, inside = selfcollision.pushed_out(*now.pose(), allowed)
        ever |= inside
        return replace(
            nothing, carriers=selfcollision.HAND_JOINTS, offsets=selfcollision.HAND_OFFSETS, marks=places,
            mark_weights=np.repeat(HANDS * ever[..., None], 3, axis=2), floors=np.full((frames, count), NO_FLOOR),
        )  # fmt: skip

    ties = Ties(angles=UNTHROWN)
    return fit(track, goals, low, high, pull=0.02, ties=ties, root="fixed", iterations=PASSES)


def _clearance(planted: np.ndarray, airborne: np.ndarray, fps: float) -> np.ndarray:
    """(T, 2, 3) the least height of every sole point [m]: what is not planted clears the floor where another stands."""
    out = np.zeros(planted.shape)
    some = planted.any(2)
    for foot in range(2):
        away = np.full(len(planted), np.inf)
        stands = np.flatnonzero(some[:, foot])
        if len(stands):
            away = np.abs(np.arange(len(planted))[:, None] - stands).min(1)
        rise = CLEARANCE * np.minimum(away / max(RISING * fps, 1.0), 1.0)
        out[:, foot] = np.where(some[:, foot, None], HOVER, (rise * some[:, 1 - foot])[:, None])
    out[planted] = 0.0
    out[airborne] = 0.0
    return out


def _carried(points: np.ndarray, places: np.ndarray, planted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The places (T, 2, 3, 3), and those of feet between two stands: on their own way, so led aside that it begins
    where the one stand was and ends where the next one is; and (T, 2, 3) bool, where they are led.

    What a stand moves a foot aside is given back over the whole step, not at once (Kovar et al. 2002).
    """
    out, carried = places.copy(), np.zeros(planted.shape, bool)
    some = planted.any(2)
    for foot in range(2):
        for first, last in runs(~some[:, foot]):
            if first == 0 or last + 1 == len(some):
                continue
            aside = []
            for t in (first - 1, last + 1):
                on = planted[t, foot]
                aside.append((places[t, foot, on, :2] - points[t, foot, on, :2]).mean(0))
            part = (np.arange(first, last + 1) - first + 1) / (last - first + 2)
            part = (part * part * (3 - 2 * part))[:, None]
            led = ((1 - part) * aside[0] + part * aside[1])[:, None]
            out[first : last + 1, foot, :, :2] = points[first : last + 1, foot, :, :2] + led
            carried[first : last + 1, foot] = True
    return out, carried


def _step_height(points: np.ndarray, planted: np.ndarray, airborne: np.ndarray) -> np.ndarray:
    """(T, 2) how high a foot is carried over a step [m]: an arc from stand to stand, the higher the longer the step.

    Key poses hold a foot where it stands, hardly ever on its way, so the way between them scrapes the floor.
    """
    out = np.zeros(planted.shape[:2])
    some = planted.any(2)
    for foot in range(2):
        for first, last in runs(~some[:, foot]):
            start, end = max(first - 1, 0), min(last + 1, len(some) - 1)
            way = points[start : end + 1, foot, :, :2].mean(1)
            length = np.linalg.norm(way - way[0], axis=-1).max()
            part = (np.arange(first, last + 1) - start) / max(end - start, 1)
            height = min(HIGHEST, RISE * length) * np.sin(np.pi * part) ** 0.75
            stands = some[first : last + 1, 1 - foot] & ~airborne[first : last + 1]
            out[first : last + 1, foot] = np.where(stands, height, 0.0)
    return out


def _eased(mask: np.ndarray, width: float) -> np.ndarray:
    """(T,) 0 to 1: a mask whose ends rise and fall over `width` frames inside it."""
    out = np.zeros(len(mask))
    off = np.flatnonzero(~mask)
    if not len(off):
        return mask.astype(float)
    away = np.abs(np.arange(len(mask))[:, None] - off).min(1)
    out[mask] = np.clip(away[mask] / max(width, 1.0), 0, 1)
    return out * out * (3 - 2 * out)


def _places(
    points: np.ndarray, footing: Footing, held: np.ndarray | None = None
) -> list[tuple[Stand, np.ndarray]]:
    """The spot of every stand, (2,) or (frames, 2) [m]: of one that reaches into held frames where it is in these, of
    the longest of a foot's other stands that hang together where it is on the mean, of the rest so far from that as the
    foot is long and wide where they meet."""
    found: dict[Stand, np.ndarray] = {}
    if held is not None:
        found = {s: _held_place(points[s.frames, s.foot, s.point, :2], held[s.frames])
                 for s in footing.stands if held[s.frames].any()}  # fmt: skip
    waiting = sorted((s for s in footing.stands if s not in found), key=lambda s: s.first - s.last)
    while waiting:
        near = [(s, o) for o in found for s in waiting if s.foot == o.foot and _overlap(s, o) >= 0]
        stand, other = max(near, key=lambda pair: _overlap(*pair), default=(waiting[0], None))
        own = points[:, stand.foot, stand.point, :2]
        if other is None:
            found[stand] = own[stand.frames].mean(0)
        else:
            ends = sorted((max(stand.first, other.first), min(stand.last, other.last)))  # or the frames they meet at
            apart = own - points[:, other.foot, other.point, :2]
            met = slice(ends[0], ends[1] + 1)
            spot = found[other]
            if spot.ndim == 2:
                spot = spot[np.clip(np.arange(met.start, met.stop), other.first, other.last) - other.first].mean(0)
            found[stand] = spot + apart[met].mean(0)
        waiting.remove(stand)
    return list(found.items())


def _held_place(own: np.ndarray, held: np.ndarray) -> np.ndarray:
    """(n, 2) where a stand's point, (n, 2) [m], is in held frames, and on the straight way from one to the next."""
    frames, known = np.arange(len(own)), np.flatnonzero(held)
    return np.stack([np.interp(frames, known, own[known, axis]) for axis in (0, 1)], -1)


def _overlap(a: Stand, b: Stand) -> int:
    """Frames in which both stand; 0 where one follows the other at once."""
    return min(a.last, b.last) - max(a.first, b.first) + 1


def _check(track: Track) -> None:
    checked_track(track.angles)
    root = np.concatenate((track.translation, track.rotation), axis=1)
    bad = np.flatnonzero(~np.isfinite(root).all(1))
    if len(bad):
        raise BadInput(f"The track's root is no finite number at frame {bad[0]}.")


def _shifted(track: Track, by: np.ndarray) -> Track:
    translation = track.translation.copy()
    translation[:, :2] += by
    return replace(track, translation=translation)


def sole_points(positions: np.ndarray, rotations: np.ndarray) -> np.ndarray:
    """(T, 2, 3, 3) as `contact.soles`, of the joints' positions and rotations."""
    return positions[:, ANKLES, None] + (rotations[:, ANKLES, None] @ SOLE.numpy()[:, :, None])[..., 0]
