"""Inverse kinematics reaches what can be reached and stays inside the domain."""

import math

import numpy as np
import pytest
import torch

from ritual.body.angle_domain import AngleDomain, Reason, TabooBox
from ritual.body.ik import solve
from ritual.body.kinematics import forward
from ritual.body.skeleton import ANGLE_INDEX, SKELETON
from ritual.errors import BadInput

LIMITS = torch.tensor(SKELETON.limits, dtype=torch.double)
DOMAIN = AngleDomain.physiological()


def dance(frames=50, seed=0, amplitude=0.5):
    """Angles of a smooth full-body motion inside the limits, and its joint positions."""
    generator = torch.Generator().manual_seed(seed)
    t = torch.arange(frames, dtype=torch.double)[:, None] / 25
    rate, phase = torch.rand(2, 36, dtype=torch.double, generator=generator)
    wave = torch.sin(2 * math.pi * (0.6 * rate * t + phase))
    angles = LIMITS.mean(1) + amplitude * (LIMITS[:, 1] - LIMITS[:, 0]) / 2 * wave
    return angles, forward(angles).positions


def start(frames, angles=None):
    angles = torch.zeros(frames, 36, dtype=torch.double) if angles is None else angles
    rest = torch.tensor(SKELETON.joints[0].offset, dtype=torch.double).expand(frames, 3)
    return angles, rest, torch.tensor([1.0, 0, 0, 0], dtype=torch.double).expand(frames, 4)


def test_it_reaches_the_frames_of_a_dance_from_a_nearby_pose():
    angles, targets = dance()
    near = angles + 0.05 * torch.randn(50, 36, dtype=torch.double, generator=torch.Generator().manual_seed(1))
    solution = solve(targets, *start(50, near), DOMAIN)
    assert solution.error.max() < 0.03 and solution.iterations.max() <= 3


def test_it_finds_the_root_as_well():
    angles, targets = dance(20)
    moved = targets @ torch.tensor([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]], dtype=torch.double) + 0.3
    rotation = torch.tensor([0.75, 0, 0, 0.65], dtype=torch.double).expand(20, 4)
    q, translation, _ = start(20, angles)
    assert solve(moved, q, translation, rotation, DOMAIN, tolerance=1e-3).error.max() < 1e-3


def test_the_jacobian_transpose_gets_there_too_and_needs_more_steps():
    angles, targets = dance(20, amplitude=0.3)
    near = angles + 0.1
    reference = solve(targets, *start(20, near), DOMAIN, method="jt")
    assert reference.error.max() < 0.03
    assert reference.iterations.sum() > solve(targets, *start(20, near), DOMAIN).iterations.sum()


@pytest.mark.parametrize("method", ["lm", "jt"])
def test_no_solution_lies_in_a_hole_of_the_domain(method):
    angles, targets = dance(30)
    j = ANGLE_INDEX["left_elbow_flexion"]
    hole = TabooBox(((j, math.radians(60), math.radians(90)),), Reason("hole"))
    domain = AngleDomain(DOMAIN.lower, DOMAIN.upper, (hole,))
    solution = solve(targets, *start(30, angles), domain, method=method, max_iterations=10)
    assert not domain.violates(solution.angles.numpy()).any()


def test_an_unreachable_target_is_flagged_by_its_error():
    _, targets = dance(3)
    assert solve(targets * 3, *start(3), DOMAIN).error.min() > 0.3


def test_bad_targets_are_named():
    with pytest.raises(BadInput, match="not a number"):
        solve(torch.full((1, 24, 3), np.nan, dtype=torch.double), *start(1), DOMAIN)
