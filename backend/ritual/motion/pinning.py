"""Key poses under the rules: each kept as it is where it is allowed, else the nearest pose that is, and said so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from ritual.body.schedule import common
from ritual.culture.compliance import Violation, find_violations
from ritual.culture.course import Course
from ritual.errors import BadInput
from ritual.motion.heading import ANGLE_COUNT
from ritual.motion.key_poses import KeyPose


@dataclass(frozen=True)
class MovedPose:
    """A key pose that the rules moved: at which frame, how far its furthest angle [deg], and what it broke."""

    frame: int
    moved_deg: float
    broken: tuple[Violation, ...]

    def to_dict(self) -> dict:
        return {**asdict(self), "broken": [v.to_dict() for v in self.broken]}


def led_through(
    course: Course, keys: Sequence[KeyPose]
) -> tuple[Course, tuple[KeyPose, ...], tuple[MovedPose, ...]]:
    """The course pinned to key poses, the poses as the rules allow them, and which were moved.

    Raises:
        BadInput: a key lies outside the clip, or two lie at one frame.
        EmptyDomain: the rules at a key's frame leave no pose.
    """
    keys = sorted(keys, key=lambda key: key.frame)
    allowed, moved = [], []
    for n, key in enumerate(keys):
        if not 0 <= key.frame < course.frames:
            raise BadInput(
                f"There is no frame {key.frame} to hold a key pose; the clip's frames are 0 to {course.frames - 1}."
            )
        if n and keys[n - 1].frame == key.frame:
            raise BadInput(f"Two key poses are given for frame {key.frame}; a dancer has one body.")
        domain = common(span.domain for span in course.schedule if span.start <= key.frame <= span.end)
        pose = domain.project(key.angles)
        if (pose != key.angles).any():
            broken = find_violations(key.angles[None], domain, course.fps, 0.0)
            far = float(np.degrees(np.abs(pose - key.angles).max()))
            at = key.frame / course.fps
            moved.append(
                MovedPose(key.frame, round(far, 3), tuple(replace(v, start=at, end=at) for v in broken))
            )
        allowed.append(replace(key, state=np.concatenate((pose, key.state[ANGLE_COUNT:]))))
    pins = tuple((key.frame, key.angles) for key in allowed)
    return replace(course, pins=pins), tuple(allowed), tuple(moved)
