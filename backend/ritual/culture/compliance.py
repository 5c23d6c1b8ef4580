"""Is this motion allowed here? What was found, what was intercepted, and the report that travels with a clip."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np

from ritual.body.angle_domain import AngleDomain
from ritual.body.fade import hurried
from ritual.body.schedule import Schedule, scheduled, violates
from ritual.body.skeleton import ANGLES
from ritual.body.track import Breach, Rig, breaches, mend

CHECK_TOLERANCE = math.radians(0.05)  # what float32 and text files may round


@dataclass(frozen=True)
class Violation:
    """A span in which a motion breaks a rule.

    Attributes:
        start, end: [s], first and last moment.
        angle: name of the angle that is cheapest to put right; `heading` where the dancer turns, `path` where the
            dancer goes round the forbidden way.
        value_deg: its value furthest from what is allowed [deg]; of `heading` and `path` how far it has turned,
            counter-clockwise positive, since the furthest point reached the right way.
        allowed_deg: (low, high) it may have there [deg].
        rule, text, source: the rule's identifier, its words and its source.
    """

    start: float
    end: float
    angle: str
    value_deg: float
    allowed_deg: tuple[float, float]
    rule: str
    text: str
    source: str

    def to_dict(self) -> dict:
        return {**asdict(self), "allowed_deg": list(self.allowed_deg)}


@dataclass(frozen=True)
class Interception:
    """A span that was forbidden and what stands there now.

    Attributes:
        start_frame, end_frame: inclusive.
        angle: name of the angle that was moved, or `heading` (see `Violation`).
        value_deg: the forbidden value furthest out [deg].
        replaced_deg: what the angle has in that frame now [deg].
        replaced_by: the same in words.
        rule, text, source: the rule.
    """

    start_frame: int
    end_frame: int
    angle: str
    value_deg: float
    replaced_deg: float
    replaced_by: str
    rule: str
    text: str
    source: str


@dataclass(frozen=True)
class ComplianceReport:
    """What the culture's rules found in one clip, and whether the clip that stands now is allowed.

    Attributes:
        frames: length of the clip.
        compliant: no violating frame and no violating pose between two frames, nor any turning the forbidden way.
        compliance_before: share of frames inside the domain before the projection.
        interceptions: what was put right.
        ik_error_mm: mean distance of a joint from where the model wanted it, before the projection [mm].
        violations: what the clip that stands now breaks all the same; empty where it is compliant.
        slerped: whether rigs that slerp between frames (glTF) keep every rule, too.
        hurried: frames in which a correction moves faster than `body.fade` lets it, for the rules left it no room.
    """

    frames: int
    compliant: bool
    compliance_before: float
    interceptions: tuple[Interception, ...]
    ik_error_mm: float = 0.0
    violations: tuple[Violation, ...] = ()
    slerped: bool = False
    hurried: int = 0

    def to_dict(self) -> dict:
        return {
            **asdict(self),
            "interceptions": [asdict(i) for i in self.interceptions],
            "violations": [v.to_dict() for v in self.violations],
        }


def find_violations(
    angles: np.ndarray, domain: AngleDomain | Schedule, fps: float, tolerance: float = CHECK_TOLERANCE
) -> list[Violation]:
    """Every span of a (T, 36) track [rad] that breaks a rule, between frames included."""
    return [_violation(b, fps) for b in breaches(angles, domain, tolerance)]


def enforce(
    angles: np.ndarray, domain: AngleDomain | Schedule, fps: float, rig: Rig = "euler"
) -> tuple[np.ndarray, ComplianceReport]:
    """The nearest allowed track and the report of what was intercepted.

    Args:
        angles: (T, 36) [rad].
        domain: what the rulebook allows, all the time or when.
        fps: frames per second.
        rig: "quaternion" keeps the rules between frames for rigs that slerp (glTF), too.

    Returns:
        (T, 36) [rad]: the same array's values, bit for bit, wherever nothing had to be moved.
    """
    found = breaches(angles, domain, rig=rig)
    before = 1.0 - float(violates(angles, scheduled(domain, len(angles))).mean())
    mended = mend(angles, domain, fps, rig=rig) if found else angles
    report = ComplianceReport(
        frames=len(angles),
        compliant=not breaches(mended, domain, rig=rig),
        compliance_before=before,
        interceptions=tuple(_interception(b, angles, mended) for b in found),
        hurried=int(hurried(angles, mended, fps).any(1).sum()) if found else 0,
    )
    return mended, report


def _violation(breach: Breach, fps: float) -> Violation:
    low, high = (round(math.degrees(bound), 2) for bound in breach.allowed)
    return Violation(
        start=breach.start / fps,
        end=breach.end / fps,
        angle=ANGLES[breach.angle],
        value_deg=round(math.degrees(breach.value), 2),
        allowed_deg=(low, high),
        rule=breach.reason.rule,
        text=breach.reason.text,
        source=breach.reason.source,
    )


def _interception(breach: Breach, before: np.ndarray, after: np.ndarray) -> Interception:
    """Told at the frame that was furthest out, by the breach's angle, or if that one stayed by the one that moved."""
    part = slice(breach.start, breach.end + 1)
    angle = breach.angle
    frame = breach.start + int(np.abs(before[part, angle] - breach.value).argmin())
    moved = np.abs(after[part] - before[part])
    if moved[:, angle].max() < 1e-9 and moved.max() > 0:
        angle = int(moved.max(0).argmax())
        frame = breach.start + int(moved[:, angle].argmax())
    was, now = math.degrees(before[frame, angle]), math.degrees(after[frame, angle])
    name = ANGLES[angle].replace("_", " ")
    return Interception(
        start_frame=breach.start,
        end_frame=breach.end,
        angle=ANGLES[angle],
        value_deg=round(was, 2),
        replaced_deg=round(now, 2),
        replaced_by=f"{name} held at {now:.1f} deg instead of {was:.1f} deg",
        rule=breach.reason.rule,
        text=breach.reason.text,
        source=breach.reason.source,
    )
