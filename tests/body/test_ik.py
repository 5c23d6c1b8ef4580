"""Inverse kinematics reaches what can be reached and stays inside the domain."""

import math

import numpy as np
import pytest
import torch

from ritual.body import ik_torch
from ritual.body.angle_domain import AngleDomain, Reason, TabooBox
from ritual.body.ik import follow, solve
from ritual.body.kinematics import forward
from ritual.body.skeleton import ANGLE_INDEX, JOINT_INDEX, SKELETON
from ritual.errors import BadInput, EmptyDomain

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


def clip_start(angles):
    rest = torch.tensor(SKELETON.joints[0].offset, dtype=torch.double)
    return angles[0], rest, torch.tensor([1.0, 0, 0, 0], dtype=torch.double)


@pytest.mark.parametrize("method", ["lm", "jt", "momentum"])
@pytest.mark.parametrize("root", [True, False])
def test_torch_takes_the_same_way_as_the_compiled_loop(method, root):
    angles, targets = dance(25)
    begin = start(25, torch.cat((angles[:1], angles[:-1])))
    settings = {"method": method, "tolerance": 0.005, "max_iterations": 30, "pull": 0.002}
    ours = solve(targets, *begin, DOMAIN, root="free" if root else "fixed", **settings)
    found = ik_torch.solve_frames(
        targets, None, *begin, DOMAIN.lower, DOMAIN.upper, None, 1, method, 0.005, 30, 0.002, root
    )
    assert torch.allclose(found[3], ours.error, atol=1e-6)
    assert torch.equal(found[4], ours.iterations)


def test_a_round_in_torch_is_one_graph():
    angles, targets = dance(8)
    q, t, r = start(8, torch.cat((angles[:1], angles[:-1])))
    limits = (torch.from_numpy(DOMAIN.lower), torch.from_numpy(DOMAIN.upper))
    weights = torch.ones(24, dtype=torch.double)
    problem = ik_torch.Problem(targets, weights, q, *limits, None, "lm", 1e-3, 0.002, True)
    begun = ik_torch.begin(problem, q, t, r)
    compiled = ik_torch.fused("aot_eager")(problem, begun)  # raises where Python would have to step in
    for one, other in zip(compiled, ik_torch.one_round(problem, begun), strict=True):
        assert torch.allclose(one, other)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device is here")
def test_a_cuda_device_finds_what_the_cpu_finds():
    angles, targets = dance(50)
    begin = start(50, torch.cat((angles[:1], angles[:-1])))
    here = solve(targets, *begin, DOMAIN, tolerance=1e-3)
    there = solve(targets.cuda(), *(x.cuda() for x in begin), DOMAIN, tolerance=1e-3)
    assert there.error.max() < 1e-3 and torch.allclose(there.error.cpu(), here.error, atol=1e-6)


def test_a_clip_is_followed_frame_by_frame():
    angles, targets = dance(20)
    whole = follow(targets, *clip_start(angles), DOMAIN)
    q, t, r = clip_start(angles)
    for frame in range(20):
        one = solve(targets[frame], q, t, r, DOMAIN, pull=0.002)
        q, t, r = one.angles, one.translation, one.rotation
        assert torch.allclose(one.angles, whole.angles[frame], atol=1e-9)
        assert one.iterations == whole.iterations[frame]


def test_clips_in_one_call_do_not_mix():
    pairs = [dance(12, seed=s) for s in range(3)]
    starts = [torch.stack(x) for x in zip(*(clip_start(a) for a, _ in pairs), strict=True)]
    together = follow(torch.stack([t for _, t in pairs]), *starts, DOMAIN)
    for n, (angles, targets) in enumerate(pairs):
        assert torch.equal(together.angles[n], follow(targets, *clip_start(angles), DOMAIN).angles)


def test_a_millimetre_takes_three_iterations_a_frame():
    angles, targets = dance(100)
    solution = follow(targets, *clip_start(angles), DOMAIN, tolerance=1e-3)
    assert solution.error.max() < 1e-3 and solution.iterations.double().mean() <= 3


def test_limits_hold_in_every_solution():
    _, targets = dance(30, amplitude=1.0)
    solution = solve(targets * 1.2, *start(30), DOMAIN)
    assert not DOMAIN.violates(solution.angles.numpy()).any()


def test_restarts_reach_what_one_start_does_not():
    generator = torch.Generator().manual_seed(0)
    angles = LIMITS[:, 0] + (LIMITS[:, 1] - LIMITS[:, 0]) * torch.rand(60, 36, dtype=torch.double, generator=generator)
    targets = forward(angles).positions
    alone = solve(targets, *start(60), DOMAIN, pull=0.002)
    several = solve(targets, *start(60), DOMAIN, pull=0.002, restarts=16)
    assert (several.error > 0.03).sum() <= 1 < (alone.error > 0.03).sum()


def test_a_held_root_stays_where_it_is():
    angles, targets = dance(10)
    q, t, r = start(10, angles + 0.1)
    solution = solve(targets + 0.2, q, t, r, DOMAIN, root="fixed")
    assert torch.equal(solution.translation, t) and torch.allclose(solution.rotation, r)


def test_joints_without_a_target_are_left_out():
    angles, targets = dance(10)
    weights = torch.ones(24, dtype=torch.double)
    hidden = [JOINT_INDEX["left_hand"], JOINT_INDEX["head"]]
    weights[hidden] = 0
    targets[:, hidden] = 50.0
    solution = solve(targets, *start(10, angles + 0.05), DOMAIN, weights=weights, tolerance=1e-3)
    assert solution.error.max() < 1e-3


def test_another_performers_bones_are_used():
    angles, _ = dance(10)
    offsets = 1.2 * torch.tensor([j.offset for j in SKELETON.joints], dtype=torch.double)
    q, t, r = start(10, angles)
    targets = forward(angles, t, r, offsets).positions
    assert solve(targets, q + 0.05, t, r, DOMAIN, offsets=offsets, tolerance=1e-3).error.max() < 1e-3
    assert solve(targets, q + 0.05, t, r, DOMAIN, tolerance=1e-3).error.min() > 1e-3


def holed(rng, angles):
    """A domain with a hole in 14 angles, and the motion drawn to one side of each, up to its very edge."""
    angles, boxes = angles.numpy().copy(), []
    for j in rng.choice(36, 14, replace=False):
        low, high = (float(x) for x in LIMITS[j])
        width = min(math.radians(rng.uniform(9, 41)), 0.5 * (high - low))
        a = rng.uniform(low, high - width)
        boxes.append(TabooBox(((int(j), a, a + width),), Reason(f"hole-{j}")))
        near, far = (low, a) if a - low > high - a - width else (a + width, high)
        share = (angles[:, j] - angles[:, j].min()) / np.ptp(angles[:, j])
        angles[:, j] = np.clip(near + share * (far - near), near, far)
    domain = AngleDomain(DOMAIN.lower, DOMAIN.upper, tuple(boxes))
    assert not domain.violates(angles).any()
    return domain, torch.from_numpy(angles)


@pytest.mark.parametrize("seed", range(8))
def test_every_legal_target_is_reached_without_touching_a_hole(seed):
    domain, angles = holed(np.random.default_rng(seed), dance(60, seed=seed)[0])
    targets = forward(angles).positions
    solution = follow(targets, *clip_start(angles), domain, root="fixed")
    assert not domain.violates(solution.angles.numpy()).any()
    assert solution.error.max() < 0.03


@pytest.mark.parametrize("seed", range(4))
def test_legal_targets_on_the_edges_of_holes_are_reached(seed):
    domain, angles = holed(np.random.default_rng(seed), dance(30, seed=seed)[0])
    for box in domain.boxes:
        ((j, low, high),) = box.intervals
        angles[:, j] = low if (angles[:, j] <= low).all() else high
    solution = follow(forward(angles).positions, *clip_start(angles), domain, root="fixed")
    assert not domain.violates(solution.angles.numpy()).any()
    assert solution.error.max() < 0.03


def test_no_hole_no_change():
    angles, targets = dance(30)
    far = TabooBox(((ANGLE_INDEX["left_knee_flexion"], math.radians(149), math.radians(150)),), Reason("far"))
    domain = AngleDomain(DOMAIN.lower, DOMAIN.upper, (far,))
    free = follow(targets, *clip_start(angles), DOMAIN)
    assert torch.equal(follow(targets, *clip_start(angles), domain).angles, free.angles)


def test_rules_that_leave_no_pose_are_named():
    j = ANGLE_INDEX["left_elbow_flexion"]
    boxes = (TabooBox(((j, -9.0, 1.0),), Reason("not-straight")), TabooBox(((j, 0.9, 9.0),), Reason("not-bent")))
    domain = AngleDomain(DOMAIN.lower, DOMAIN.upper, boxes)
    angles, targets = dance(2)
    with pytest.raises(EmptyDomain, match=r"not-bent.*not-straight"):
        solve(targets, *start(2, angles), domain)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"targets": torch.zeros(5, 23, 3)}, "must end in"),
        ({"angles": torch.zeros(5, 35)}, "angles has shape"),
        ({"angles": torch.full((5, 36), torch.inf)}, "angles holds a value"),
        ({"rotation": torch.zeros(5, 4)}, "length 0"),
        ({"method": "newton"}, "valid methods: lm, jt, momentum"),
        ({"root": "loose"}, "valid: free, fixed"),
        ({"weights": -torch.ones(24)}, "not negative"),
        ({"offsets": torch.zeros(24, 3)}, "from pelvis to left_hip has no length"),
    ],
)
def test_bad_input_is_one_clear_sentence(change, message):
    angles, targets = dance(5)
    q, t, r = start(5, angles)
    values = {"targets": targets, "angles": q, "translation": t, "rotation": r, "domain": DOMAIN, **change}
    with pytest.raises(BadInput, match=message):
        solve(**values)


def test_no_frames_are_no_trouble():
    assert solve(torch.zeros(0, 24, 3, dtype=torch.double), *start(0), DOMAIN).angles.shape == (0, 36)
