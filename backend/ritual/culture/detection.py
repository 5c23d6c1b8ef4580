"""How well the checker does on cases whose answer is known (`violating.py`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ritual.clip.clip import MotionClip
from ritual.culture.clip_compliance import clip_violations, mended
from ritual.culture.compliance import CHECK_TOLERANCE, Violation
from ritual.culture.course import Course
from ritual.culture.violating import Case
from ritual.errors import EmptyDomain

UNMENDABLE = "path"  # no frame of a path is wrong by itself: it is told, not mended


@dataclass(frozen=True, eq=False)
class Detection:
    """What the checker found in labelled cases.

    Attributes:
        violating, legal: how many cases of each there were.
        missed: violating cases in which it did not name the rule in any of the frames that break it.
        mendable: violating cases that can be mended at all (no paths).
        left: those of them that still break a rule, by however little, after mending.
        alarms: legal cases in which it named any rule, and what it named first.
    """

    violating: int
    legal: int
    missed: tuple[Case, ...]
    mendable: int
    left: tuple[Case, ...]
    alarms: tuple[tuple[Case, Violation], ...]

    @property
    def interception(self) -> float:
        """Share of violating cases whose rule was named where it is broken, 0..1; nan without such cases."""
        return 1.0 - len(self.missed) / self.violating if self.violating else float("nan")

    @property
    def mended(self) -> float:
        """Share of mendable cases that break nothing after mending, 0..1; nan without such cases."""
        return 1.0 - len(self.left) / self.mendable if self.mendable else float("nan")

    @property
    def false_alarm(self) -> float:
        """Share of legal cases in which a rule was named, 0..1; nan without such cases."""
        return len(self.alarms) / self.legal if self.legal else float("nan")


def detected(cases: Iterable[Case], tolerance: float = CHECK_TOLERANCE, mend: bool = True) -> Detection:
    """Check every case as `ritual check` does, and mend the violating ones as `ritual check --fix` does.

    Args:
        cases: made by `violating` and `legal`.
        tolerance: of the check [rad]; what was mended is looked at without any.
        mend: False leaves mending out (`mendable` is 0 then): it takes most of the time.
    """
    violating = legal = mendable = 0
    missed, left, alarms = [], [], []
    for case in cases:
        found = clip_violations(case.clip, case.course, tolerance)
        if case.rule is None:
            legal += 1
            alarms += [(case, found[0])] if found else []
            continue
        violating += 1
        missed += [] if any(_names(v, case) for v in found) else [case]
        if mend and case.kind != UNMENDABLE:
            mendable += 1
            left += [] if _mended(case.clip, case.course) else [case]
    return Detection(violating, legal, tuple(missed), mendable, tuple(left), tuple(alarms))


def _names(violation: Violation, case: Case) -> bool:
    first, last = round(violation.start * case.course.fps), round(violation.end * case.course.fps)
    return violation.rule == case.rule and first <= case.end and case.start <= last


def _mended(clip: MotionClip, course: Course) -> bool:
    try:
        return not clip_violations(mended(clip, course), course, tolerance=0.0)
    except EmptyDomain:
        return False
