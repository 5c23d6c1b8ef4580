"""How near a retargeted clip came to its source, and how its joints were found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np

from ritual.body.calm_fit import joint_steps, jumps_and_leaps
from ritual.body.joint_map import JointMap
from ritual.body.joint_names import SIDES
from ritual.body.retarget_source import NEXT, Source
from ritual.body.skeleton import ANGLES, JOINT_INDEX, JOINTS, SKELETON


@dataclass(frozen=True)
class RetargetReport:
    """How near the clip came to its source.

    Attributes:
        position_error_mm, position_error_mm_p95: distance of each joint from where the source's bone directions
            put it on our bone lengths (mean and 95th percentile over joints and frames).
        angle_error_deg, angle_error_deg_p95: angle between corresponding limb bones.
        clamped_share: share of angle values that lie on a limit of the body.
        mapped: our joint -> the source's joint.
        metres_per_unit: the scale that makes the source's legs as long as ours.
        trusted_rotations: False where only positions were believed.
        found_by: `names`, `fit` or `map`: how the joints were found.
        sureness: of the joints found, 0 to 1.
        notes: what a person should know: a fit, a rest pose that was replaced.
        worst_joint, worst_frame, worst_mm: where the position error is greatest.
        clamped_most, clamped_most_share: the angle that lies on a limit most often, and in what share of frames.
        jumps: frames into which an angle moves faster than 18 rad/s; jumps_of_source: those of them in which the
            source's own joint does, too, and the angle goes no more than twice as far.
        worst_jump_deg, worst_jump_angle, worst_jump_frame: the greatest step of one angle between two frames.
        frames: how many.
    """

    position_error_mm: float
    position_error_mm_p95: float
    angle_error_deg: float
    angle_error_deg_p95: float
    clamped_share: float
    mapped: dict[str, str]
    metres_per_unit: float
    trusted_rotations: bool
    found_by: str
    sureness: float
    notes: tuple[str, ...]
    worst_joint: str
    worst_frame: int
    worst_mm: float
    clamped_most: str
    clamped_most_share: float
    jumps: int
    jumps_of_source: int
    worst_jump_deg: float
    worst_jump_angle: str
    worst_jump_frame: int
    frames: int

    def to_dict(self) -> dict:
        """For JSON."""
        return {**asdict(self), "notes": list(self.notes)}


def measured(
    source: Source, joints: JointMap, angles: np.ndarray, positions: np.ndarray, targets: np.ndarray,
    rotations: np.ndarray, notes: tuple[str, ...] = (),
) -> RetargetReport:  # fmt: skip
    """The report of a fit.

    Args:
        source, joints: what was fitted and how its joints were found.
        angles: (T, 36) [rad] the outcome; positions: (T, 24, 3) [m] its joints.
        targets, rotations: (T, 24, 3) [m] and (T, 24, 3, 3) what was asked for.
        notes: added to those of `joints`.
    """
    distance = 1000 * np.linalg.norm(positions - targets, axis=-1)
    frame, joint = np.unravel_index(distance.argmax(), distance.shape)
    turn = _bone_turns(positions, targets)
    lower, upper = np.array(SKELETON.limits).T
    on_limit = (angles <= lower) | (angles >= upper)
    most = int(on_limit.mean(0).argmax())
    return RetargetReport(
        float(distance.mean()), float(np.percentile(distance, 95)),
        float(turn.mean()), float(np.percentile(turn, 95)), float(on_limit.mean()),
        {ours: source.motion.names[i] for ours, i in joints.joints.items()},
        source.scale, source.trusted, joints.found_by, joints.sureness, (*joints.notes, *notes),
        JOINTS[joint], int(frame), float(distance.max()), ANGLES[most], float(on_limit.mean(0)[most]),
        *_jumps(angles, rotations, source.motion.fps), len(angles),
    )  # fmt: skip


def _bone_turns(positions: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """(T, B) angle [deg] between corresponding limb bones."""
    starts = [JOINT_INDEX[f"{s}_{n}"] for n in NEXT for s in SIDES]
    ends = [JOINT_INDEX[f"{s}_{n}"] for n in NEXT.values() for s in SIDES]
    bones = [(x[:, ends] - x[:, starts]) for x in (positions, targets)]
    ours, theirs = (b / np.linalg.norm(b, axis=-1, keepdims=True) for b in bones)
    return np.degrees(np.arccos(np.clip((ours * theirs).sum(-1), -1, 1)))


def _jumps(angles: np.ndarray, rotations: np.ndarray, fps: float) -> tuple[int, int, float, str, int]:
    """Jumps, those of the source's own joints, and the worst: degrees, angle, frame."""
    steps = np.abs(np.diff(angles, axis=0))
    if not len(steps):
        return 0, 0, 0.0, "", 0
    jumps, leaps = jumps_and_leaps(angles, joint_steps(rotations), fps)
    own = jumps & ~leaps
    frame, angle = np.unravel_index(steps.argmax(), steps.shape)
    worst = float(np.degrees(steps.max()))
    return int(jumps.any(1).sum()), int(own.any(1).sum()), worst, ANGLES[angle], int(frame) + 1


@dataclass(frozen=True)
class Summary:
    """Several reports in one line, frames weighing alike; `jumps` are counted, `worst_jump_deg` is the greatest."""

    clips: int
    frames: int
    position_error_mm: float
    position_error_mm_p95: float
    angle_error_deg: float
    angle_error_deg_p95: float
    clamped_share: float
    jumps: int
    jumps_of_source: int
    worst_jump_deg: float


def summary(reports: Iterable[RetargetReport]) -> Summary | None:
    """Of a folder's reports (the percentiles are means of the clips' percentiles); None of none."""
    reports = list(reports)
    if not reports:
        return None
    frames = np.array([r.frames for r in reports])

    def mean(name: str) -> float:
        return float(np.average([getattr(r, name) for r in reports], weights=frames))

    return Summary(
        len(reports), int(frames.sum()), mean("position_error_mm"), mean("position_error_mm_p95"),
        mean("angle_error_deg"), mean("angle_error_deg_p95"), mean("clamped_share"),
        sum(r.jumps for r in reports), sum(r.jumps_of_source for r in reports),
        max(r.worst_jump_deg for r in reports),
    )  # fmt: skip
