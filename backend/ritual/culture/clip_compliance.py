"""A whole clip under its course: the poses, the turning of the dancer and the path."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from ritual.body import facing
from ritual.body.kinematics import forward
from ritual.body.legal_track import fit_legal
from ritual.body.track import Rig, breaches, mend
from ritual.body.track_fit import Track
from ritual.body.turning import TurnBack, TurningSpan, circles_back, ratchet, turns_back
from ritual.clip.clip import MotionClip
from ritual.culture.compliance import (
    CHECK_TOLERANCE,
    ComplianceReport,
    Interception,
    Violation,
    enforce,
    find_violations,
)
from ritual.culture.course import Course
from ritual.culture.rulebook import DressBreach
from ritual.culture.wardrobe import table_breaches
from ritual.errors import EmptyDomain

ROUNDING = 1e-9  # of a heading that is read off quaternions [rad]


def clip_violations(clip: MotionClip, course: Course, tolerance: float = CHECK_TOLERANCE) -> list[Violation]:
    """Every span of a clip that breaks a rule: poses, also between frames, turning (`heading`) and circling (`path`).

    Args:
        tolerance: how far beyond a rule counts as kept [rad].
    """
    found = find_violations(clip.angles, course.schedule, clip.fps, tolerance)
    found += turning_violations(clip.root_translation, clip.root_rotation, course, tolerance)
    return sorted(found, key=lambda v: (v.start, v.end, v.angle))


def turning_violations(
    translation: np.ndarray, rotation: np.ndarray, course: Course, tolerance: float = CHECK_TOLERANCE
) -> list[Violation]:
    """Where a root, (T, 3) [m] and (T, 4) w, x, y, z, turns (`heading`) or circles (`path`) the forbidden way."""
    if not course.turning:
        return []
    back = turns_back(facing.heading(rotation), course.turning, max(tolerance, ROUNDING))
    circles = circles_back(translation[:, :2], course.turning)
    told = [("heading", turn) for turn in back] + [("path", turn) for turn in circles]
    return [_violation(what, turn, course.fps) for what, turn in told]


def enforce_turning(
    heading: np.ndarray, turning: Sequence[TurningSpan], fps: float
) -> tuple[np.ndarray, tuple[Interception, ...]]:
    """The nearest allowed heading, (T,) [rad], and what was intercepted; a legal one is returned bit for bit."""
    found = turns_back(heading, turning)
    held = ratchet(heading, turning, fps)
    return held, tuple(_interception(turn, heading, held, turning) for turn in found)


def mended(clip: MotionClip, course: Course, keep_joints: bool = False, rig: Rig = "euler") -> MotionClip:
    """The nearest clip whose poses and turning are allowed; its path is what the turned steps make of it.

    Args:
        keep_joints: move the whole body, so that joints stay where they are as far as the rules let them; False moves
            only the angles that break a rule, near where they do.
        rig: as in `enforce`.

    Raises:
        EmptyDomain: as `enforce`.
    """
    if keep_joints:
        reference = Track(clip.angles, clip.root_translation, clip.root_rotation)
        found = fit_legal(clip.positions, reference, course.schedule).track
        clip = replace(clip, angles=found.angles, root_translation=found.translation, root_rotation=found.rotation)
    angles, _ = enforce(clip.angles, course.schedule, clip.fps, rig)
    heading = facing.heading(clip.root_rotation)
    held, _ = enforce_turning(heading, course.turning, clip.fps)
    translation, rotation = facing.turned(angles, clip.root_translation, clip.root_rotation, held - heading)
    q, t, r = (torch.from_numpy(np.asarray(a)) for a in (angles, translation, rotation))
    positions = forward(q, t, r).positions.numpy()
    return replace(
        clip, angles=angles, root_translation=translation, root_rotation=rotation, positions=positions
    )


def kept_when_slerped(clip: MotionClip, course: Course) -> MotionClip:
    """The clip, moved where a rig that slerps (glTF) would break a rule between its frames, if that can be helped."""
    if not breaches(clip.angles, course.schedule, rig="quaternion"):
        return clip
    try:
        angles = mend(clip.angles, course.schedule, clip.fps, rig="quaternion")
    except EmptyDomain:  # legal on our own rig all the same
        return clip
    q, t, r = (torch.from_numpy(np.asarray(a)) for a in (angles, clip.root_translation, clip.root_rotation))
    return replace(clip, angles=angles, positions=forward(q, t, r).positions.numpy())


def verified(report: ComplianceReport, clip: MotionClip, course: Course) -> ComplianceReport:
    """The report with `compliant`, `violations` and `slerped` measured again on the clip that is handed on."""
    violations = tuple(clip_violations(clip, course, tolerance=0.0))
    slerped = not violations and not breaches(clip.angles, course.schedule, rig="quaternion")
    return replace(report, compliant=not violations, violations=violations, slerped=slerped)


def _violation(what: str, turn: TurnBack, fps: float) -> Violation:
    low, high = (round(math.degrees(bound), 2) for bound in turn.allowed)
    reason = turn.limit.reason
    return Violation(
        start=turn.start / fps,
        end=turn.end / fps,
        angle=what,
        value_deg=round(math.degrees(turn.value), 2),
        allowed_deg=(low, high),
        rule=reason.rule,
        text=reason.text,
        source=reason.source,
    )


def _interception(
    turn: TurnBack, before: np.ndarray, after: np.ndarray, turning: Sequence[TurningSpan]
) -> Interception:
    """Told at the frame that had turned back furthest."""
    since = max(span.start for span in turning if span.limit == turn.limit and span.start <= turn.start)
    sign, part = turn.limit.direction, slice(since, turn.end + 1)
    back = [sign * track[part] - np.maximum.accumulate(sign * track[part]) for track in (before, after)]
    frame = turn.start - since + int(back[0][turn.start - since :].argmin())
    was, now = (sign * math.degrees(track[frame]) for track in back)
    way = "clockwise" if sign > 0 else "counter-clockwise"
    reason = turn.limit.reason
    return Interception(
        start_frame=turn.start,
        end_frame=turn.end,
        angle="heading",
        value_deg=round(was, 2),
        replaced_deg=round(now, 2),
        replaced_by=f"heading turned back {abs(now):.1f} deg {way} instead of {abs(was):.1f} deg",
        rule=reason.rule,
        text=reason.text,
        source=reason.source,
    )


def dress_breaches(clip: MotionClip, course: Course) -> list[DressBreach]:
    """What the costume that travels with a clip shows although a rule of its course takes it off; each once."""
    costume = clip.meta.get("costume")
    if not isinstance(costume, dict):
        return []
    worn = clip.meta.get("patterns")  # of each part, as the corridor wrote them
    tables = [costume] * len(course.parts)
    if isinstance(worn, list) and len(worn) == len(tables):
        tables = [{**costume, "patterns": patterns} for patterns in worn]
    parts = zip(tables, course.parts, strict=True)
    return list(dict.fromkeys(b for table, (_, book) in parts for b in table_breaches(table, book.dress_code)))
