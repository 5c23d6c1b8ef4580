"""Rules that change in time: every span is kept exactly, the shared frame keeps to both sides, nothing jumps there."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from ritual.body.angle_domain import AngleDomain, Reason, TabooBox
from ritual.body.corridor import corridor
from ritual.body.schedule import DomainSpan, common, joined, scheduled, violates
from ritual.body.skeleton import ANGLE_INDEX
from ritual.body.track import breaches, mend
from ritual.errors import BadInput, EmptyDomain

WRIST, ELBOW = ANGLE_INDEX["left_wrist_flexion"], ANGLE_INDEX["left_elbow_flexion"]
BODY = AngleDomain.physiological()
FPS = 25


def box(*intervals, rule="rule"):
    return TabooBox(tuple((j, math.radians(a), math.radians(b)) for j, a, b in intervals), Reason(rule))


def domain(*boxes, limits=()):
    lower, upper, reasons = BODY.lower.copy(), BODY.upper.copy(), {}
    for j, low, high, rule in limits:
        lower[j], upper[j], reasons[j] = math.radians(low), math.radians(high), Reason(rule)
    return AngleDomain(lower, upper, boxes, reasons)


def random_domain(rng, boxes):
    taboo = []
    for n in range(boxes):
        intervals = []
        for j in rng.choice(36, rng.integers(1, 4), replace=False):
            a, b = np.sort(rng.uniform(BODY.lower[j], BODY.upper[j], 2))
            intervals.append((int(j), a, math.inf if rng.random() < 0.2 else b))
        taboo.append(TabooBox(tuple(intervals), Reason(f"taboo-{n}")))
    lower, upper = BODY.lower.copy(), BODY.upper.copy()
    for j in rng.choice(36, 3, replace=False):
        lower[j], upper[j] = np.sort(rng.uniform(BODY.lower[j], BODY.upper[j], 2))
    return AngleDomain(lower, upper, tuple(taboo), {})


def random_schedule(rng, frames, spans, boxes):
    cuts = np.sort(rng.integers(0, frames, spans - 1))
    ends = [0, *cuts.tolist(), frames - 1]
    choice = [random_domain(rng, rng.integers(0, boxes + 1)) for _ in range(rng.integers(1, spans + 1))]
    picked = rng.integers(0, len(choice), spans)
    return tuple(DomainSpan(a, b, choice[k]) for (a, b), k in zip(pairwise(ends), picked, strict=True))


def smooth_track(rng, frames, amplitude):
    t = np.arange(frames)[:, None] / FPS
    centre, half = (BODY.lower + BODY.upper) / 2, (BODY.upper - BODY.lower) / 2
    return centre + amplitude * half * np.sin(2 * np.pi * (rng.uniform(0.1, 1.0, 36) * t + rng.uniform(0, 1, 36)))


def poses_outside(track, schedule, steps=32):
    """Brute force: poses at 1/32 frame in a forbidden part of the span that they lie in."""
    s = np.arange(steps + 1)[:, None, None] / steps
    count = 0
    for span in schedule:
        part = track[span.start : span.end + 1]
        dense = part if len(part) == 1 else (part[:-1] * (1 - s) + part[1:] * s).reshape(-1, 36)
        count += int(span.domain.violates(dense, 1e-9).sum())
    return count


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), frames=st.integers(1, 120), spans=st.integers(1, 6), boxes=st.integers(0, 4))
def test_a_mended_track_keeps_every_span_at_and_between_frames(seed, frames, spans, boxes):
    rng = np.random.default_rng(seed)
    schedule = random_schedule(rng, frames, spans, boxes)
    track = smooth_track(rng, frames, amplitude=rng.uniform(0.2, 1.1))
    try:
        mended = mend(track, schedule, FPS)
    except EmptyDomain as error:
        event("empty")
        whole_track = len(scheduled(schedule, frames)) == 1  # then there is no frame to name
        assert "taboo-" in error.message or "physiological" in error.message
        assert whole_track or "frame" in error.message
        return
    assert breaches(mended, schedule, 1e-9) == []
    assert poses_outside(mended, schedule) == 0
    assert not violates(mended, schedule, 1e-9).any()


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), spans=st.integers(1, 5))
def test_what_is_legal_already_is_returned_bit_for_bit(seed, spans):
    rng = np.random.default_rng(seed)
    schedule = random_schedule(rng, 80, spans, 3)
    try:
        legal = mend(smooth_track(rng, 80, 0.8), schedule, FPS)
    except EmptyDomain:
        assume(False)
    assert np.array_equal(mend(legal, schedule, FPS), legal)


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), cuts=st.lists(st.integers(0, 79), max_size=4))
def test_cutting_one_domain_into_spans_changes_nothing(seed, cuts):
    rng = np.random.default_rng(seed)
    region, track = random_domain(rng, 3), smooth_track(rng, 80, 1.0)
    ends = [0, *sorted(cuts), 79]
    schedule = tuple(DomainSpan(a, b, region) for a, b in pairwise(ends))
    try:
        whole = mend(track, region, FPS)
    except EmptyDomain:
        assume(False)
    assert breaches(track, schedule) == breaches(track, region)
    assert np.array_equal(mend(track, schedule, FPS), whole)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), at=st.integers(10, 70), low=st.floats(-60, 40), width=st.floats(5, 60))
def test_a_limit_that_begins_in_mid_track_is_reached_without_a_jump(seed, at, low, width):
    """The correction moves no further in one frame than a fade of 0.2 s must, on top of the track's own pace."""
    rng = np.random.default_rng(seed)
    track = smooth_track(rng, 81, 0.6)
    schedule = (DomainSpan(0, at, BODY), DomainSpan(at, 80, domain(limits=[(WRIST, low, low + width, "held")])))
    mended = mend(track, schedule, FPS)
    assert breaches(mended, schedule) == []
    pace = np.abs(np.diff(track[:, WRIST])).max()
    reach = np.abs(mended - track).max()
    assert np.abs(np.diff(mended[:, WRIST])).max() <= 2 * pace + 0.55 * reach
    others = np.arange(36) != WRIST
    assert np.array_equal(mended[:, others], np.clip(track, BODY.lower, BODY.upper)[:, others])


def test_a_taboo_that_begins_in_mid_track_moves_only_what_is_near_its_frames():
    track = np.zeros((100, 36))
    track[:, ELBOW], track[:, WRIST] = math.radians(90), math.radians(70)
    schedule = (DomainSpan(0, 50, BODY), DomainSpan(50, 99, domain(box((WRIST, 65, 360)))))
    mended = mend(track, schedule, FPS)
    assert np.array_equal(mended[:45], track[:45])
    assert np.degrees(mended[50:, WRIST].max()) <= 65
    assert np.degrees(np.abs(np.diff(mended[:, WRIST])).max()) <= 3  # 5.25 deg over the frames of the fade
    (hit,) = breaches(track, schedule)
    assert (hit.start, hit.end, hit.angle, hit.reason.rule) == (50, 99, WRIST, "rule")


def test_a_fade_into_a_neighbouring_span_keeps_that_spans_taboo():
    """Out of the second span's box the wrist would go down, which the first span forbids right before it."""
    track = np.zeros((60, 36))
    track[:, WRIST] = math.radians(30)
    before = domain(box((WRIST, -20, 28), rule="before"))
    after = domain(box((WRIST, 29, 50), rule="after"))
    schedule = (DomainSpan(0, 30, before), DomainSpan(30, 59, after))
    mended = mend(track, schedule, FPS)
    assert breaches(mended, schedule) == [] and poses_outside(mended, schedule) == 0


def test_rules_that_leave_the_shared_frame_no_pose_are_named_with_the_frame():
    low, high = domain(limits=[(WRIST, -40, 0, "low")]), domain(limits=[(WRIST, 10, 40, "high")])
    with pytest.raises(EmptyDomain, match=r"frame 7.*low, high"):
        mend(np.zeros((20, 36)), (DomainSpan(0, 7, low), DomainSpan(7, 19, high)), FPS)
    boxes = domain(box((WRIST, -360, 5), rule="a")), domain(box((WRIST, 0, 360), rule="b"))
    with pytest.raises(EmptyDomain, match=r"frame 7.*a, b"):
        mend(np.zeros((20, 36)), (DomainSpan(0, 7, boxes[0]), DomainSpan(7, 19, boxes[1])), FPS)


def test_a_wall_between_two_spans_that_lie_on_its_two_sides_is_told():
    left, right = domain(limits=[(WRIST, -50, -20, "left")]), domain(limits=[(WRIST, 20, 50, "right")])
    wall = domain(box((WRIST, -10, 10), rule="wall"))
    schedule = (DomainSpan(0, 10, left), DomainSpan(10, 30, wall), DomainSpan(30, 40, right))
    with pytest.raises(EmptyDomain, match=r"frame \d+ to frame \d+.*wall"):
        mend(np.zeros((41, 36)), schedule, FPS)


def test_a_way_round_a_box_is_found_through_several_cells():
    """From one side of a box to the other within one span: past its corner, over another angle."""
    left, right = domain(limits=[(WRIST, -50, -20, "left")]), domain(limits=[(WRIST, 20, 50, "right")])
    wall = domain(box((WRIST, -10, 10), (ELBOW, -10, 100), rule="wall"))
    schedule = (DomainSpan(0, 10, left), DomainSpan(10, 30, wall), DomainSpan(30, 40, right))
    track = np.zeros((41, 36))
    track[:, ELBOW] = math.radians(50)
    lower, upper = corridor(track, schedule)
    inside = np.clip(track, lower, upper)
    assert breaches(inside, schedule) == []
    mended = mend(track, schedule, FPS)
    assert breaches(mended, schedule) == [] and poses_outside(mended, schedule) == 0


def test_schedules_are_joined_and_checked():
    parts = [(0, (DomainSpan(0, 4, BODY), DomainSpan(4, 10, BODY))), (10, (DomainSpan(0, 9, BODY),))]
    whole = joined(parts)
    assert [(s.start, s.end) for s in whole] == [(0, 4), (4, 10), (10, 19)]
    assert [(s.start, s.end, s.domain) for s in scheduled(whole, 20)] == [(0, 19, BODY)]
    with pytest.raises(BadInput, match="up to frame 19; the motion ends at frame 24"):
        scheduled(whole, 25)
    with pytest.raises(BadInput, match="begin at frame 4"):
        scheduled((DomainSpan(0, 4, BODY), DomainSpan(5, 9, BODY)), 10)


def test_the_common_domain_allows_what_both_allow():
    rng = np.random.default_rng(5)
    a, b = domain(box((WRIST, 20, 30)), limits=[(ELBOW, 10, 90, "a")]), domain(box((WRIST, 40, 50)))
    poses = rng.uniform(BODY.lower, BODY.upper, (4000, 36))
    assert np.array_equal(common((a, b)).violates(poses), a.violates(poses) | b.violates(poses))
