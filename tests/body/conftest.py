"""What the tests of several parts of the body draw their cases with, and how they look between frames."""

import math

import numpy as np
import pytest
import torch

from ritual.body.angle_domain import AngleDomain, Reason, TabooBox
from ritual.body.kinematics import angles_from_local, local_rotations, matrix_to_quaternion
from ritual.body.rotations import quaternion_matrix, slerp
from ritual.body.skeleton import SKELETON

BODY = AngleDomain.physiological()
SLIVER = math.radians(0.1)


@pytest.fixture(scope="session")
def adversarial():
    return _adversarial


@pytest.fixture(scope="session")
def smooth_track():
    return _smooth_track


@pytest.fixture(scope="session")
def poses_outside():
    return _poses_outside


def _adversarial(rng, angles, boxes, widest=1.0):
    """Boxes that overlap, nest, touch each other and the limits, or leave slivers of 0.1 degree."""
    made = []
    for n in range(boxes):
        intervals = []
        for j in rng.choice(angles, rng.integers(1, len(angles) + 1), replace=False):
            low, high = BODY.lower[j], BODY.upper[j]
            a, b = np.sort(rng.uniform(low - 0.1, high + 0.1, 2))
            b = a + (b - a) * rng.uniform(0.2, widest)
            earlier = [(c, d) for other in made for k, c, d in other.intervals if k == j]
            kind = rng.integers(0, 12)
            if kind == 0:
                a = -math.inf
            elif kind == 1:
                b = math.inf
            elif kind == 2:
                a = low + rng.choice([0, SLIVER])
            elif kind == 3:
                b = high - rng.choice([0, SLIVER])
            elif kind in (4, 5) and earlier:
                c, d = earlier[rng.integers(len(earlier))]
                a, b = (d + rng.choice([0, SLIVER]), max(b, d + 0.2)) if np.isfinite(d) else (c - 0.1, d)
            if a < b:
                intervals.append((int(j), float(a), float(b)))
        if intervals:
            made.append(TabooBox(tuple(intervals), Reason(f"taboo-{n}")))
    return AngleDomain(BODY.lower, BODY.upper, tuple(made))


def _smooth_track(rng, frames, amplitude=1.0, fps=25):
    """Sinusoids over the whole range of every angle."""
    t = np.arange(frames)[:, None] / fps
    centre, half = (BODY.lower + BODY.upper) / 2, (BODY.upper - BODY.lower) / 2
    return centre + amplitude * half * np.sin(2 * np.pi * (rng.uniform(0.1, 1.0, 36) * t + rng.uniform(0, 1, 36)))


def _poses_outside(track, schedule, steps=64):
    """Brute force: poses at 1/64 frame in a forbidden part of the span that they lie in."""
    s = np.arange(steps + 1)[:, None, None] / steps
    count = 0
    for span in schedule:
        part = track[span.start : span.end + 1]
        dense = part if len(part) == 1 else (part[:-1] * (1 - s) + part[1:] * s).reshape(-1, 36)
        count += int(span.domain.violates(dense, 1e-9).sum())
    return count


@pytest.fixture(scope="session")
def slerped_angles():
    return _slerped_angles


def _slerped_angles(track, steps=64):
    """(T - 1, steps + 1, 36) angles of a rig that slerps each joint from frame to frame, read off its rotations.

    A rotation of three angles can be read in two ways; the one nearer to the line between the frames is meant.
    """
    quaternions = matrix_to_quaternion(local_rotations(torch.from_numpy(track))).numpy()
    share = np.arange(steps + 1) / steps
    between = np.broadcast_to(share[None, :, None], (len(track) - 1, len(share), 24))
    turned = quaternion_matrix(slerp(quaternions[:-1, None], quaternions[1:, None], between))
    read = angles_from_local(torch.from_numpy(turned)).numpy()
    line = track[:-1, None] * (1 - share[None, :, None]) + track[1:, None] * share[None, :, None]
    read += 2 * np.pi * np.round((line - read) / (2 * np.pi))
    for indices in SKELETON.joint_angles:
        if len(indices) == 3:
            one = read[..., list(indices)]
            other = np.stack((one[..., 0] + np.pi, np.pi - one[..., 1], one[..., 2] + np.pi), -1)
            aim = line[..., list(indices)]
            other += 2 * np.pi * np.round((aim - other) / (2 * np.pi))
            nearer = np.abs(one - aim).sum(-1) <= np.abs(other - aim).sum(-1)
            read[..., list(indices)] = np.where(nearer[..., None], one, other)
    return read
