"""A clip whose feet stand, still inside what its course allows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ritual.body.contact_report import ContactReport, contact_report
from ritual.body.corridor import find_corridor
from ritual.body.footing import Footing, find_footing
from ritual.body.planting import meant_depth, plant, sole_points
from ritual.body.skeleton import SKELETON
from ritual.body.track_fit import Track
from ritual.clip.clip import MotionClip
from ritual.culture.clip_compliance import turning_violations
from ritual.culture.course import Course


def planted(
    clip: MotionClip,
    course: Course | None = None,
    *,
    airborne: np.ndarray | None = None,
    keep_path: bool = True,
    stay: bool = False,
    floor: float | None = 0.0,
    footing: Footing | None = None,
    held: np.ndarray | None = None,
) -> tuple[MotionClip, ContactReport, Footing]:
    """The nearest clip whose planted feet stay planted, how it stands, and what is planted when.

    Args:
        clip: any clip; of a course, one that it allows.
        course: its rules: the clip stays inside the corridor of its own poses, so it is allowed as before. Where a
            rule says which way to turn, the pelvis keeps its rotation; should the steps lead round the forbidden way
            only now, the clip is left as it came. None = the body's limits, as far as the clip keeps them.
        airborne: (T,) bool where it is known; None = read off the heights of the soles.
        keep_path, stay: see `planting.plant`.
        floor: height of the floor in the clip [m]; None = as low as a sole is in a tenth of the frames. The clip
            that comes back stands on z = 0.
        footing, held: see `planting.plant`; with held frames the report is of the others and their neighbours.
    """
    came = Track(clip.angles, clip.root_translation, clip.root_rotation)
    came = _lowered(came, floor)
    if course is None:
        low, high = np.array(SKELETON.limits).T
        lower, upper = np.minimum(low, clip.angles), np.maximum(high, clip.angles)
        touching = meant_depth(np.zeros((0, clip.angles.shape[1])))
    else:
        bounds = find_corridor(clip.angles, course.schedule, keep=np.ones(max(clip.frames - 1, 1), bool))
        lower, upper = bounds.lower, bounds.upper
        touching = _meant(course)
    turning = course is not None and bool(course.turning)
    stood = plant(
        came, lower, upper, clip.fps, airborne=airborne, keep_path=keep_path, upright=turning, touching=touching,
        stay=stay, footing=footing, held=held,
    )  # fmt: skip
    track = stood.track
    if turning and _turns_worse(came, track, course):
        track = came
    first, last = 0, clip.frames - 1
    if held is not None and not held.all():
        free = np.flatnonzero(~held)
        first, last = max(int(free[0]) - 1, 0), min(int(free[-1]) + 1, last)
    before, after = (_cut(t, slice(first, last + 1)) for t in (came, track))
    report = contact_report(before, after, stood.footing.part(first, last), touching, clip.fps)
    return replace(
        clip,
        angles=track.angles,
        root_translation=track.translation,
        root_rotation=track.rotation,
        positions=track.pose()[0],
        meta={**clip.meta, "contact": report.to_dict()},
    ), report, stood.footing


def standing(clip: MotionClip, course: Course, footing: Footing | None = None) -> ContactReport:
    """How a clip stands as it is, on what is said to be planted; None = on what its heights and speeds say."""
    track = Track(clip.angles, clip.root_translation, clip.root_rotation)
    footing = find_footing(sole_points(*track.pose()), clip.fps) if footing is None else footing
    return contact_report(track, track, footing, _meant(course), clip.fps)


def _meant(course: Course) -> np.ndarray:
    stances = [stance.angles for _, book in course.parts for stance in book.stances]
    return meant_depth(np.array(stances).reshape(-1, len(SKELETON.angles)))


def _cut(track: Track, rows: slice) -> Track:
    return Track(track.angles[rows], track.translation[rows], track.rotation[rows])


def _lowered(track: Track, floor: float | None) -> Track:
    if floor is None:
        floor = float(np.percentile(sole_points(*track.pose())[..., 2].min((1, 2)), 10))
    return replace(track, translation=track.translation - np.array((0.0, 0.0, floor))) if floor else track


def _turns_worse(before: Track, after: Track, course: Course) -> bool:
    was, now = (turning_violations(t.translation, t.rotation, course, 0.0) for t in (before, after))
    return len(now) > len(was)
