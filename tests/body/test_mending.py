"""Whatever the rules, a mended track keeps them at every 64th of a frame, on rigs of either kind, or they are named."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from ritual.body.angle_domain import AngleDomain, Reason, TabooBox
from ritual.body.fade import ACCELERATION, SPEED, fade_frames
from ritual.body.mending import mended
from ritual.body.schedule import DomainSpan, scheduled
from ritual.body.skeleton import ANGLE_INDEX, SKELETON
from ritual.body.slerped import slerp_hits
from ritual.body.track import MARGIN, breaches, mend
from ritual.errors import BadInput, EmptyDomain

BODY = AngleDomain.physiological()
WRIST, ELBOW = ANGLE_INDEX["left_wrist_flexion"], ANGLE_INDEX["left_elbow_flexion"]
ARM = [ANGLE_INDEX[f"left_shoulder_{part}"] for part in ("abduction", "flexion", "rotation")]
FPS = 25


def box(*intervals, rule="rule"):
    return TabooBox(tuple((j, math.radians(a), math.radians(b)) for j, a, b in intervals), Reason(rule))


def domain(*boxes):
    return AngleDomain(BODY.lower, BODY.upper, boxes)


def schedule_of(adversarial, rng, dims, spans, boxes):
    """Boxes that come and go in mid-clip, over the same few angles."""
    angles = rng.choice(36, dims, replace=False)
    pool = [adversarial(rng, angles, int(rng.integers(0, boxes + 1))) for _ in range(spans)]
    ends = np.cumsum([0, *rng.integers(0, 40, spans)]).tolist()
    return tuple(DomainSpan(a, b, pool[rng.integers(spans)]) for a, b in itertools.pairwise(ends))


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), dims=st.integers(1, 6), spans=st.integers(1, 5), boxes=st.integers(1, 10))
def test_no_pose_at_any_64th_of_a_frame_breaks_a_rule(
    adversarial, smooth_track, poses_outside, seed, dims, spans, boxes
):
    rng = np.random.default_rng(seed)
    schedule = schedule_of(adversarial, rng, dims, spans, boxes)
    track = smooth_track(rng, schedule[-1].end + 1, rng.uniform(0.2, 1.1))
    try:
        moved = mend(track, schedule, FPS)
    except EmptyDomain as error:
        event("refused")
        assert "taboo-" in error.message
        return
    assert breaches(moved, schedule) == []
    assert poses_outside(moved, schedule) == 0
    assert np.array_equal(mend(moved, schedule, FPS), moved)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), dims=st.integers(1, 4), boxes=st.integers(1, 6))
def test_only_frames_within_a_fade_of_what_had_to_move_change(adversarial, smooth_track, seed, dims, boxes):
    rng = np.random.default_rng(seed)
    region, track = adversarial(rng, rng.choice(36, dims, replace=False), boxes), smooth_track(rng, 150, 0.9)
    try:
        found = mended(track, scheduled(region, 150), FPS, MARGIN, 0.2)
    except EmptyDomain:
        return
    low, high = found.corridor.lower, found.corridor.upper
    for j in range(36):
        needed = np.flatnonzero((track[:, j] < low[:, j]) | (track[:, j] > high[:, j]))
        size = np.maximum(low[:, j] - track[:, j], track[:, j] - high[:, j]).max() + MARGIN
        reach = fade_frames(max(size, 0), SPEED, FPS, 0.2)
        far = np.ones(150, bool)
        for frame in needed:
            far[max(frame - reach, 0) : frame + reach + 1] = False
        assert found.angles[far, j].tobytes() == track[far, j].tobytes()


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), deep=st.floats(1, 60), fps=st.sampled_from([12, 25, 30, 60, 120]))
def test_a_correction_with_room_keeps_to_its_greatest_speed_and_acceleration(seed, deep, fps):
    rng = np.random.default_rng(seed)
    frames = 4 * fps
    bump = np.exp(-(((np.arange(frames) - 2 * fps) / fps / 0.35) ** 2))
    track = np.zeros((frames, 36))
    track[:, ELBOW], track[:, WRIST] = math.radians(75), math.radians(deep) * bump
    edge = math.radians(rng.uniform(0, deep))
    region = domain(TabooBox(((WRIST, edge, 9.0), (ELBOW, 0.2, 2.5)), Reason("taboo")))
    found = mended(track, scheduled(region, frames), fps, MARGIN, 0.2)
    change = found.angles - track
    assert breaches(found.angles, region) == [] and not found.hurried.any()
    assert np.abs(np.diff(change, axis=0)).max() * fps <= SPEED
    assert np.abs(np.diff(change, 2, axis=0)).max() * fps**2 <= ACCELERATION


def test_what_leaves_a_correction_no_room_is_flagged():
    track = np.zeros((40, 36))
    track[:, WRIST] = math.radians(-60)
    low, high = domain(box((WRIST, -20, 90))), domain(box((WRIST, -90, 40)))
    free = domain()
    schedule = (DomainSpan(0, 20, low), DomainSpan(20, 22, free), DomainSpan(22, 39, high))
    found = mended(track, schedule, FPS, MARGIN, 0.2)
    assert breaches(found.angles, schedule) == []
    assert found.hurried[18:25, WRIST].any() and not found.hurried[30:].any()


def test_a_box_over_six_angles_that_begins_in_mid_clip_moves_one_of_them():
    angles = [WRIST, ELBOW, *ARM, ANGLE_INDEX["neck_flexion"]]
    middle = (BODY.lower + BODY.upper) / 2
    six = TabooBox(tuple((j, middle[j] - 0.2 - 0.01 * n, middle[j] + 0.3) for n, j in enumerate(angles)), Reason("six"))
    track = np.tile(middle, (100, 1))
    schedule = (DomainSpan(0, 50, domain()), DomainSpan(50, 99, domain(six)))
    moved = mend(track, schedule, FPS)
    assert breaches(moved, schedule) == []
    assert {int(j) for j in np.argwhere(moved != track)[:, 1]} == {WRIST}
    assert np.array_equal(moved[:40], track[:40])


def test_a_sliver_of_a_tenth_of_a_degree_is_used():
    below, above = box((WRIST, -500, 20), rule="a"), box((WRIST, 20.1, 500), rule="b")
    track = np.zeros((60, 36))
    moved = mend(track, domain(below, above), FPS)
    assert breaches(moved, domain(below, above)) == []
    assert np.allclose(np.degrees(moved[:, WRIST]), 20.05, atol=0.051)


def test_weights_decide_which_angle_moves():
    track = np.zeros((50, 36))
    track[:, ELBOW], track[:, WRIST] = math.radians(30), math.radians(66)
    region, dear = domain(box((WRIST, 65, 360), (ELBOW, -360, 50))), np.ones(36)
    dear[WRIST] = 1e6
    assert np.array_equal(mend(track, region, FPS)[:, ELBOW], track[:, ELBOW])
    assert np.array_equal(mend(track, region, FPS, weights=dear)[:, WRIST], track[:, WRIST])


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), fps=st.sampled_from([10, 25, 60]))
def test_the_certificate_misses_no_slerped_pose_in_a_box(adversarial, smooth_track, slerped_angles, seed, fps):
    rng = np.random.default_rng(seed)
    several = [list(indices) for indices in SKELETON.joint_angles if len(indices) > 1]
    angles = [j for n in rng.choice(len(several), 2, replace=False) for j in several[n]]
    track = smooth_track(rng, 60, rng.uniform(0.3, 1.0), fps=fps)
    dense = slerped_angles(track)
    for taboo in adversarial(rng, angles, 6).boxes:
        seen = taboo.contains(dense, 1e-6).any(1)
        assert not (seen & ~slerp_hits(track, taboo)).any()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), size=st.floats(0.02, 0.5))
def test_the_certificate_sees_how_far_each_angle_strays_however_little(slerped_angles, seed, size):
    """A box that only the furthest 2 % of what slerp strays reach into."""
    rng = np.random.default_rng(seed)
    poses = rng.uniform(BODY.lower, BODY.upper, (12, 1, 36))
    for track in np.concatenate((poses, poses + rng.normal(0, size, (12, 1, 36))), 1):
        dense = slerped_angles(track)[0]
        for j in (j for indices in SKELETON.joint_angles if len(indices) > 1 for j in indices):
            for sign in (-1, 1):
                ends, reached = (sign * track[:, j]).max(), (sign * dense[:, j]).max()
                if reached > ends + 1e-4:
                    edge = sign * (reached - 0.02 * (reached - ends))
                    beyond = (j, edge, math.inf) if sign > 0 else (j, -math.inf, edge)
                    assert slerp_hits(track, TabooBox((beyond,), Reason("beyond"))).all()


def test_the_certificate_is_seldom_cautious(adversarial, smooth_track, slerped_angles):
    rng = np.random.default_rng(0)
    several = [j for indices in SKELETON.joint_angles if len(indices) > 1 for j in indices]
    cautious = segments = 0
    for _ in range(15):
        track = smooth_track(rng, 100, 0.7)
        dense = slerped_angles(track)
        for taboo in adversarial(rng, rng.choice(several, 3, replace=False), 4).boxes:
            cautious += int((slerp_hits(track, taboo) & ~taboo.contains(dense, -1e-6).any(1)).sum())
            segments += 99
    assert cautious / segments < 0.01


def test_a_joint_of_which_one_angle_moves_goes_straight_even_over_its_pole():
    track = np.zeros((2, 36))
    track[:, ARM[0]], track[:, ARM[1]], track[:, ARM[2]] = math.radians(20), np.radians([80, 100]), math.radians(10)
    assert not slerp_hits(track, box((ARM[0], 20, 60))).any()
    assert not slerp_hits(track, box((ARM[0], 10, 20))).any()
    track[1, ARM[0]] += 0.01
    assert slerp_hits(track, box((ARM[0], 30, 60))).all()  # caution: at the pole the angle may be any


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), boxes=st.integers(1, 4), fps=st.sampled_from([10, 25, 60]))
def test_a_track_mended_for_quaternions_keeps_the_rules_on_both_rigs(
    adversarial, smooth_track, slerped_angles, poses_outside, seed, boxes, fps
):
    rng = np.random.default_rng(seed)
    several = [list(indices) for indices in SKELETON.joint_angles if len(indices) > 1]
    angles = several[rng.integers(len(several))]
    region = adversarial(rng, angles, boxes)
    lower, upper, j = BODY.lower.copy(), BODY.upper.copy(), angles[0]
    lower[j], upper[j] = np.sort(rng.uniform(lower[j], upper[j], 2))
    region = AngleDomain(lower, upper, region.boxes, {j: Reason("taboo-range")})
    track = smooth_track(rng, 80, rng.uniform(0.2, 1.0), fps=fps)
    try:
        moved = mend(track, region, fps, rig="quaternion")
    except EmptyDomain as error:
        event("quaternions" if "quaternions" in error.message else "no pose")
        assert "taboo-" in error.message
        return
    assert breaches(moved, region, rig="quaternion") == []
    assert poses_outside(moved, scheduled(region, 80)) == 0
    dense = slerped_angles(moved)
    assert not any(taboo.contains(dense, 1e-6).any() for taboo in region.boxes)
    assert (dense[..., j] >= lower[j] - 1e-6).all() and (dense[..., j] <= upper[j] + 1e-6).all()


def test_a_track_may_be_legal_on_an_euler_rig_and_not_on_one_of_quaternions():
    """The shoulder turns about two angles at once; slerp strays from the line into the box beside it."""
    track = np.zeros((2, 36))
    track[:, ARM[0]], track[:, ARM[2]] = np.radians([40, 40]), np.radians([-30, 30])
    track[:, ARM[1]] = np.radians([0, 40])
    strayed = box((ARM[0], 41, 90), rule="beside")
    assert breaches(track, domain(strayed)) == []
    (found,) = breaches(track, domain(strayed), rig="quaternion")
    assert found.reason.rule == "beside" and (found.start, found.end) == (0, 1)


@pytest.mark.parametrize(
    ("track", "rig", "says"),
    [
        (np.full((3, 36), np.nan), "euler", "is no finite number at frame 0"),
        (np.zeros((3, 2)), "euler", "frames x 36 angles; this one is 3 x 2"),
        (np.zeros((3, 36)), "bones", "no rig 'bones'; valid: euler, quaternion"),
    ],
)
def test_bad_input_is_told_in_one_sentence(track, rig, says):
    for call in (lambda: mend(track, BODY, FPS, rig=rig), lambda: breaches(track, BODY, rig=rig)):
        with pytest.raises(BadInput, match=says):
            call()
