"""What the figures are, in one place: all from angles, by our forward kinematics and plain numpy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import torch

from benchmarks.ik.clips import LOWER, UPPER, Clip, place
from benchmarks.ik.holes import HEADLESS, Holes, violations
from benchmarks.ik.jobs import TOLERANCE
from ritual.body.kinematics import jacobian

Track = tuple[np.ndarray, np.ndarray, np.ndarray]  # angles, translation, rotation of the pelvis


@cache
def determined() -> np.ndarray:
    """(36,) bool: joint positions determine the angle; of 36 they fix 31 combinations, by the Jacobian's rank.

    Not told apart are the head's turns, which move no joint; the forearm's turn and the wrist's two, of which only
    the hand's direction is seen; and how the trunk's turn is shared by its two joints.
    """
    poses = np.random.default_rng(3).uniform(LOWER, UPPER, (32, 36))
    _, singular, rows = np.linalg.svd(jacobian(torch.from_numpy(poses)).numpy(), full_matrices=False)
    return ((rows**2 * (singular > 1e-6)[..., None]).sum(1) > 0.999).all(0)


def worst_joint(found: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """(T,) distance of the joint furthest from its target [m], of (T, 24, 3) positions."""
    return np.linalg.norm(found - targets, axis=-1).max(-1)


def unreached(found: np.ndarray, targets: np.ndarray, tolerance: float = TOLERANCE) -> int:
    """Frames with a joint further than the tolerance from its target; rounding of 1 um forgiven."""
    return int((worst_joint(found, targets) > tolerance + 1e-6).sum())


def quality(angles: np.ndarray, true: np.ndarray, tolerance: float = TOLERANCE) -> dict:
    """Errors of (N, 36) angles found for the joint positions of (N, 36) true ones, root fixed."""
    miss = np.linalg.norm(place(angles) - place(true), axis=-1)
    off = np.degrees(np.abs(angles - true))
    return {
        "failures": int((miss.max(-1) > tolerance + 1e-6).sum()),
        "position_error_mm": round(1000 * float(miss.mean()), 3),
        "worst_joint_mm_p95": round(1000 * float(np.percentile(miss.max(-1), 95)), 3),
        "angle_error_deg": round(float(off[:, determined()].mean()), 3),
        "angle_error_deg_without_head": round(float(off[:, HEADLESS].mean()), 3),
        "angle_error_deg_all_36": round(float(off.mean()), 3),
    }


def joint_step_p99(tracks: Sequence[np.ndarray]) -> float:
    """99th percentile, over the frames of all tracks, of the largest change of an angle from frame to frame [deg]."""
    steps = [np.abs(np.diff(angles, axis=0)).max(1) for angles in tracks]
    return float(np.degrees(np.percentile(np.concatenate(steps), 99)))


def corrected(clips: list[Clip], found: Sequence[Track], holes: list[Holes]) -> dict:
    """How well tracks stand for motions that are not legal, one domain of holes each."""
    miss = np.concatenate(
        [np.linalg.norm(place(*track) - clip.targets, axis=-1) for track, clip in zip(found, clips, strict=True)]
    )
    step, source = joint_step_p99([track[0] for track in found]), joint_step_p99([clip.angles for clip in clips])
    return {
        "violations": sum(violations(track[0], one) for track, one in zip(found, holes, strict=True)),
        "step_p99_deg": round(step, 2),
        "step_p99_ratio": round(step / source, 3),
        "mpjpe_mm": round(1000 * float(miss.mean()), 2),
        "worst_joint_mm_p95": round(1000 * float(np.percentile(miss.max(-1), 95)), 1),
        "frames": len(miss),
    }


def over_seeds(rows: list[dict]) -> dict:
    """Mean of each figure, violations and frames added up, with the worst seed and every seed beside it."""
    out = {}
    for key in rows[0]:
        values = [row[key] for row in rows]
        out[key] = sum(values) if key in ("violations", "frames") else round(float(np.mean(values)), 3)
    worst = {f"{key}_worst_seed": max(row[key] for row in rows) for key in ("step_p99_ratio", "mpjpe_mm")}
    return {**out, **worst, "seeds": rows}


def milliseconds(seconds: list[float], frames: int) -> dict:
    """Median of the repeats, and their spread."""
    each = [1000 * s / frames for s in seconds]
    return {"ms": round(float(np.median(each)), 4), "ms_min": round(min(each), 4), "ms_max": round(max(each), 4)}
