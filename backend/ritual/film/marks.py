"""What a clip's report has against it, as spans that a picture can mark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ritual.body.skeleton import ANGLE_INDEX, SKELETON
from ritual.clip.clip import MotionClip
from ritual.errors import BadMotion
from ritual.film.stick import LIMBS


@dataclass(frozen=True)
class Mark:
    """A span of a clip that breaks a rule, or did.

    Attributes:
        start, end: [s].
        angle: name of the angle, or `heading` or `path`.
        text: the rule in words.
        broken: it is broken still; False: it was put right.
    """

    start: float
    end: float
    angle: str
    text: str
    broken: bool

    @property
    def limbs(self) -> tuple[int, ...]:
        """The limbs that show it: those that its joint moves, or all of them for a turn of the whole body."""
        index = ANGLE_INDEX.get(self.angle)
        joint = None if index is None else SKELETON.angles[index].joint
        shown = tuple(n for n, limb in enumerate(LIMBS) if limb.joint == joint)
        return shown or tuple(range(len(LIMBS)))


def marks_of(clip: MotionClip) -> tuple[Mark, ...]:
    """The violations and interceptions of the report in the clip's meta; none where it carries no report.

    Raises:
        BadMotion: the report is not one that this program writes.
    """
    report = clip.meta.get("report") or {}
    try:
        broken = [_mark(v, v["start"], v["end"], True) for v in report.get("violations", ())]
        mended = [
            _mark(i, i["start_frame"] / clip.fps, i["end_frame"] / clip.fps, False)
            for i in report.get("interceptions", ())
        ]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise BadMotion(f"The report in {clip.name} is not one that this program writes.") from None
    return tuple(sorted(broken + mended, key=lambda m: (m.start, m.end, m.angle)))


def _mark(entry: dict, start: float, end: float, broken: bool) -> Mark:
    return Mark(float(start), float(end), str(entry["angle"]), str(entry["text"]), broken)


def broken_limbs(marks: tuple[Mark, ...], frames: int, fps: float) -> np.ndarray:
    """(T, L) bool: which limbs break a rule in which frame."""
    out = np.zeros((frames, len(LIMBS)), bool)
    for mark in marks:
        if mark.broken:
            first, last = (min(max(round(s * fps), 0), frames - 1) for s in (mark.start, mark.end))
            out[first : last + 1, list(mark.limbs)] = True
    return out
