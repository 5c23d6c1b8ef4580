"""The nearest allowed pose and the conflicts of rules, against brute force that shares no code with them."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ritual.body.angle_domain import DEFAULT_LIMIT_RULE, AngleDomain, Reason, TabooBox
from ritual.body.skeleton import ANGLE_INDEX
from ritual.errors import BadInput, EmptyDomain

BODY = AngleDomain.physiological()
WRIST, ELBOW = ANGLE_INDEX["left_wrist_flexion"], ANGLE_INDEX["left_elbow_flexion"]


def box(*intervals, rule="rule"):
    return TabooBox(tuple((j, math.radians(a), math.radians(b)) for j, a, b in intervals), Reason(rule))


def domain(*boxes):
    return AngleDomain(BODY.lower, BODY.upper, boxes)


def least_cost(region, pose, weights, angles):
    """Least weighted squared distance of an allowed pose: every angle has its own clamped value or one of a face.

    Each such value leaves a set of boxes, one bit for each; all sums of costs over the angles are formed, and of those
    that leave the same set the least is kept. Infinite where no pose leaves all boxes.
    """
    best = np.full(1 << len(region.boxes), np.inf)
    best[0] = 0.0
    every = np.arange(len(best))
    for j in angles:
        low, high = region.lower[j], region.upper[j]
        values = {min(max(pose[j], low), high)}
        values |= {e for b in region.boxes for k, *edges in b.intervals if k == j for e in edges if low <= e <= high}
        new = np.full_like(best, np.inf)
        for value in values:
            left = sum(
                1 << n
                for n, b in enumerate(region.boxes)
                if any(k == j and not a < value < c for k, a, c in b.intervals)
            )
            np.minimum.at(new, every | left, best + weights[j] * (value - pose[j]) ** 2)
        best = new
    return best[-1]


def grid_cost(region, pose, weights, angles):
    """The same by looking at every combination of such values, one by one."""
    choices = []
    for j in angles:
        low, high = region.lower[j], region.upper[j]
        edges = [e for b in region.boxes for k, *both in b.intervals if k == j for e in both if low <= e <= high]
        choices.append([min(max(pose[j], low), high), *edges])
    points = np.tile(pose, (math.prod(map(len, choices)), 1))
    points[:, angles] = np.array(list(itertools.product(*choices)))
    allowed = points[~region.violates(points)]
    return (weights * (allowed - pose) ** 2).sum(1).min() if len(allowed) else np.inf


def one_case(adversarial, seed, dims, boxes):
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.choice(36, dims, replace=False))
    region = adversarial(rng, angles, boxes)
    poses = np.tile((BODY.lower + BODY.upper) / 2, (4, 1))
    poses[:, angles] = rng.uniform(BODY.lower[angles] - 0.3, BODY.upper[angles] + 0.3, (4, dims))
    weights = rng.uniform(0.1, 10, 36) if rng.random() < 0.5 else np.ones(36)
    return region, poses, weights, angles


@settings(max_examples=400, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), dims=st.integers(1, 6), boxes=st.integers(0, 12))
def test_the_projection_costs_what_brute_force_finds(adversarial, seed, dims, boxes):
    region, poses, weights, angles = one_case(adversarial, seed, dims, boxes)
    best = np.array([least_cost(region, pose, weights, angles) for pose in poses])
    if np.isinf(best).any():
        assert np.isinf(best).all()
        with pytest.raises(EmptyDomain):
            region.check()
        return
    region.check()
    projected = region.project(poses, weights)
    assert not region.violates(projected).any()
    np.testing.assert_allclose((weights * (projected - poses) ** 2).sum(1), best, rtol=1e-12, atol=1e-14)
    legal = ~region.violates(poses)
    assert np.array_equal(projected[legal], poses[legal])


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), dims=st.integers(1, 3), boxes=st.integers(0, 4))
def test_the_brute_force_is_what_every_combination_gives(adversarial, seed, dims, boxes):
    region, poses, weights, angles = one_case(adversarial, seed, dims, boxes)
    for pose in poses:
        expected = grid_cost(region, pose, weights, angles)
        assert least_cost(region, pose, weights, angles) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_no_point_of_a_fine_grid_is_nearer(adversarial):
    rng = np.random.default_rng(2)
    w, e = np.meshgrid(np.radians(np.arange(-70, 80.5, 0.5)), np.radians(np.arange(0, 150.5, 0.5)))
    for _ in range(20):
        region = adversarial(rng, [WRIST, ELBOW], 6)
        pose = np.zeros(36)
        pose[[WRIST, ELBOW]] = rng.uniform(BODY.lower[[WRIST, ELBOW]], BODY.upper[[WRIST, ELBOW]])
        grid = np.tile(pose, (w.size, 1))
        grid[:, WRIST], grid[:, ELBOW] = w.ravel(), e.ravel()
        allowed = grid[~region.violates(grid)]
        if len(allowed):
            best = np.linalg.norm(allowed - pose, axis=1).min()
            assert np.linalg.norm(region.project(pose) - pose) <= best + 1e-9


def test_many_poses_at_once_are_projected_as_each_for_itself(adversarial):
    rng = np.random.default_rng(4)
    region = adversarial(rng, rng.choice(36, 6, replace=False), 4, widest=0.7)
    poses = rng.uniform(BODY.lower - 0.2, BODY.upper + 0.2, (5, 30, 36))
    together = region.project(poses)
    assert together.shape == poses.shape
    assert np.array_equal(together, np.array([[region.project(pose) for pose in row] for row in poses]))


def test_a_legal_pose_keeps_every_bit():
    region = domain(box((WRIST, 20, 30)))
    poses = np.random.default_rng(0).uniform(BODY.lower, BODY.upper, (200, 36))
    poses[:, ELBOW] = -0.0
    poses[np.random.default_rng(1).random((200, 36)) < 0.1] = -0.0
    poses = poses[~region.violates(poses)]
    assert region.project(poses).tobytes() == poses.tobytes()


def test_holes_of_single_angles_are_left_one_by_one():
    """Fourteen holes: as one tree of choices they would be 2^14 leaves a pose."""
    rng = np.random.default_rng(9)
    taboo, middle = [], (BODY.lower + BODY.upper) / 2
    for j in rng.choice(36, 14, replace=False):
        taboo.append(TabooBox(((int(j), middle[j] - 0.1, middle[j] + 0.12),), Reason(f"taboo-{j}")))
    region = domain(*taboo)
    projected = region.project(np.tile(middle, (1000, 1)))
    assert np.allclose(np.abs(projected - middle).sum(1), 1.4)


def test_a_sliver_between_two_boxes_counts_as_allowed():
    low, high = math.radians(20), math.radians(20.1)
    region = domain(
        TabooBox(((WRIST, -9.0, low),), Reason("below")), TabooBox(((WRIST, high, 9.0),), Reason("above"))
    )
    region.check()
    for start, end in ((-0.5, low), (1.0, high), (low + 0.0005, low + 0.0005)):
        pose = np.zeros(36)
        pose[WRIST] = start
        assert region.project(pose)[WRIST] == end


def test_where_two_boxes_touch_their_common_edge_is_allowed():
    region = domain(box((WRIST, -90, 20), rule="below"), box((WRIST, 20, 90), rule="above"))
    region.check()
    assert np.degrees(region.project(np.zeros(36))[WRIST]) == pytest.approx(20)


def test_a_conflict_names_the_rules_that_exclude_each_other_and_no_others():
    region = domain(
        box((ELBOW, 10, 40), rule="innocent"),
        box((WRIST, -90, 20), rule="not-back"),
        box((WRIST, 10, 90), (ELBOW, -10, 80), rule="not-forth-straight"),
        box((ELBOW, 70, 200), rule="not-bent"),
        box((WRIST, -20, -10), rule="innocent-too"),
    )
    with pytest.raises(EmptyDomain) as error:
        region.check()
    named = error.value.message
    assert "not-back, not-bent, not-forth-straight (" in named and "innocent" not in named
    assert "left elbow flexion, left wrist flexion" in named


def test_a_range_takes_part_in_a_conflict():
    lower, upper, reasons = BODY.lower.copy(), BODY.upper.copy(), {WRIST: Reason("range"), ELBOW: Reason("other")}
    lower[WRIST], upper[WRIST] = 0.1, 0.4
    upper[ELBOW] = 1.0
    region = AngleDomain(lower, upper, (TabooBox(((WRIST, 0.0, 0.5),), Reason("taboo")),), reasons)
    with pytest.raises(EmptyDomain, match=r"together: range, taboo\."):
        region.check()
    with pytest.raises(EmptyDomain, match=r"together: range, taboo\."):
        region.project(np.full(36, 0.2))


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), dims=st.integers(1, 4), boxes=st.integers(2, 10))
def test_the_rules_of_a_conflict_are_all_needed(adversarial, seed, dims, boxes):
    """Without any one of them there is a pose; with them alone there is none."""
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.choice(36, dims, replace=False))
    region = adversarial(rng, angles, boxes, widest=3.0)
    middle, ones = (BODY.lower + BODY.upper) / 2, np.ones(36)
    try:
        region.check()
    except EmptyDomain as error:
        assert np.isinf(least_cost(region, middle, ones, angles))
        named = error.message.split(": ")[1].split(" (")[0].rstrip(".").split(", ")
        guilty = [b for b in region.boxes if b.reason.rule in named]
        assert guilty or named == [DEFAULT_LIMIT_RULE]
        assert np.isinf(least_cost(domain(*guilty), middle, ones, angles))
        for rule in guilty:
            assert np.isfinite(least_cost(domain(*(b for b in guilty if b is not rule)), middle, ones, angles))
    else:
        assert np.isfinite(least_cost(region, middle, ones, angles))


@pytest.mark.parametrize(
    ("poses", "weights", "says"),
    [
        (np.zeros((3, 35)), None, "36 angles; this is 3 x 35"),
        (np.full(36, math.nan), None, "is no finite number"),
        (np.zeros(36), np.zeros(36), "36 positive numbers"),
        (np.zeros(36), np.ones(4), "36 positive numbers"),
    ],
)
def test_what_is_no_pose_or_weight_is_told(poses, weights, says):
    with pytest.raises(BadInput, match=says):
        BODY.project(poses, weights)
