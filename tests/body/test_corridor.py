"""Corridors: whatever stays inside one is legal, no other is nearer, and one is found exactly where there is one."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import label

from ritual.body import cells
from ritual.body.angle_domain import AngleDomain, Reason, TabooBox
from ritual.body.corridor import corridor, find_corridor
from ritual.body.schedule import DomainSpan, common, scheduled
from ritual.body.skeleton import ANGLE_INDEX
from ritual.body.track import breaches
from ritual.errors import BadInput, EmptyDomain

BODY = AngleDomain.physiological()
WRIST, ELBOW = ANGLE_INDEX["left_wrist_flexion"], ANGLE_INDEX["left_elbow_flexion"]


def box(*intervals, rule="rule"):
    return TabooBox(tuple((j, math.radians(a), math.radians(b)) for j, a, b in intervals), Reason(rule))


def domain(*boxes):
    return AngleDomain(BODY.lower, BODY.upper, boxes)


def schedule_of(adversarial, rng, angles, spans, boxes, shortest, longest):
    pool = [adversarial(rng, angles, int(rng.integers(0, boxes + 1))) for _ in range(spans)]
    ends = np.cumsum([0, *rng.integers(shortest, longest + 1, spans)]).tolist()
    return tuple(DomainSpan(a, b, pool[rng.integers(spans)]) for a, b in itertools.pairwise(ends))


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), dims=st.integers(1, 6), spans=st.integers(1, 4), boxes=st.integers(0, 8))
def test_every_track_inside_a_corridor_is_legal(adversarial, smooth_track, poses_outside, seed, dims, spans, boxes):
    rng = np.random.default_rng(seed)
    schedule = schedule_of(adversarial, rng, rng.choice(36, dims, replace=False), spans, boxes, 0, 40)
    frames = schedule[-1].end + 1
    try:
        lower, upper = corridor(smooth_track(rng, frames, 1.1), schedule)
    except EmptyDomain:
        return
    assert (lower <= upper).all()
    for share in (rng.random((frames, 36)), rng.integers(0, 2, (frames, 36))):  # anywhere inside, and at the corners
        track = np.clip(lower + share * (upper - lower), lower, upper)
        assert breaches(track, schedule) == []
        assert poses_outside(track, schedule) == 0


def ways(track, region, angles):
    """The cost of every choice of one face of every box for every segment."""
    faces = [
        [(j, s, e) for j, *both in b.intervals for s, e in zip((-1, 1), both, strict=True) if np.isfinite(e)]
        for b in region.boxes
    ]
    bounds = []
    for choice in itertools.product(*faces):
        low, high = region.lower[angles].copy(), region.upper[angles].copy()
        for j, sign, edge in choice:
            n = list(angles).index(j)
            if sign < 0:
                high[n] = min(high[n], edge)
            else:
                low[n] = max(low[n], edge)
        if (low <= high).all():
            bounds.append((low, high))
    for chosen in itertools.product(bounds, repeat=len(track) - 1):
        cost = 0.0
        for frame, pose in enumerate(track[:, angles]):
            near = chosen[max(frame - 1, 0) : frame + 1]
            low, high = np.max([b[0] for b in near], 0), np.min([b[1] for b in near], 0)
            off = np.maximum(np.maximum(low - pose, pose - high), 0)
            cost += np.inf if (low > high).any() else (off**2).sum() + cells.TOUCH * (off > 0).any()
        yield cost


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), frames=st.integers(2, 4), count=st.integers(1, 2))
def test_no_choice_of_faces_costs_less(seed, frames, count):
    """All boxes name the wrist, so they are one group; every sequence of faces is tried."""
    rng = np.random.default_rng(seed)
    angles, taboo = np.array([WRIST, ELBOW]), []
    for n in range(count):
        named = angles if rng.random() < 0.8 else angles[:1]
        edges = [np.sort(rng.uniform(BODY.lower[j], BODY.upper[j], 2)) for j in named]
        taboo.append(TabooBox(tuple((int(j), *e) for j, e in zip(named, edges, strict=True)), Reason(f"{n}")))
    region, track = domain(*taboo), np.tile((BODY.lower + BODY.upper) / 2, (frames, 1))
    track[:, angles] = rng.uniform(BODY.lower[angles], BODY.upper[angles], (frames, 2))
    best = min(ways(track, region, angles), default=np.inf)
    try:
        lower, upper = corridor(track, region)
    except EmptyDomain:
        assert best == np.inf
        return
    off = np.maximum(np.maximum(lower - track, track - upper), 0)
    assert (off**2).sum() + cells.TOUCH * (off > 0).any(1).sum() == pytest.approx(best, rel=1e-6, abs=1e-9)


def reachable(schedule, angles):
    """Whether some motion, however slow, leads through: flood fill of the free part of each span's domain.

    The angles are cut at every edge of every box; the grid holds the cuts and a point between each two.
    """
    domains = [span.domain for span in schedule]
    axes = []
    for j in angles:
        edges = {e for d in domains for b in d.boxes for k, *both in b.intervals if k == j for e in both}
        edges |= {d.lower[j] for d in domains} | {d.upper[j] for d in domains}
        cuts = np.array(sorted(e for e in edges if BODY.lower[j] <= e <= BODY.upper[j]))
        axes.append(np.sort(np.concatenate((cuts, (cuts[:-1] + cuts[1:]) / 2))))
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
    poses = np.tile((BODY.lower + BODY.upper) / 2, (*grid.shape[:-1], 1))
    poses[..., angles] = grid
    there = np.ones(grid.shape[:-1], bool)
    for held in domains:
        parts, _ = label(there_free := ~held.violates(poses))
        there = np.isin(parts, np.unique(parts[there & there_free])) & there_free
    return bool(there.any())


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), dims=st.integers(1, 3), spans=st.integers(1, 4), boxes=st.integers(1, 6))
def test_a_way_is_found_exactly_where_there_is_one(adversarial, smooth_track, seed, dims, spans, boxes):
    """Given the frames to take every turn of it."""
    rng = np.random.default_rng(seed)
    angles = rng.choice(36, dims, replace=False)
    schedule = schedule_of(adversarial, rng, angles, spans, boxes, 60, 80)
    track = smooth_track(rng, schedule[-1].end + 1, 1.0)
    try:
        corridor(track, schedule)
    except EmptyDomain:
        assert not reachable(schedule, angles)
    else:
        assert reachable(schedule, angles)


def test_a_hole_in_one_angle_is_passed_on_the_side_that_costs_least_over_the_whole_clip():
    """Each excursion alone would go back the way it came; the clip as a whole can only take one side."""
    track = np.zeros((90, 36))
    track[:, WRIST] = np.radians(40)
    track[:30, WRIST] = np.radians(0)
    lower, upper = corridor(track, domain(box((WRIST, 10, 20))))
    assert (lower[:, WRIST] >= math.radians(20)).all()
    track[40:80, WRIST] = np.radians(0)
    lower, upper = corridor(track, domain(box((WRIST, 10, 20))))
    assert (upper[:, WRIST] <= math.radians(10)).all()
    dear = np.ones(36)
    dear[WRIST] = 7.0  # a weight alone changes no side: it is the same for both
    assert np.array_equal(corridor(track, domain(box((WRIST, 10, 20))), dear)[1], upper)


def test_the_dearer_angle_stays_and_the_cheaper_one_moves():
    track = np.zeros((40, 36))
    track[:, WRIST], track[:, ELBOW] = np.radians(25), np.radians(45)
    region, dear = domain(box((WRIST, 10, 30), (ELBOW, 30, 65))), np.ones(36)
    assert (corridor(track, region)[0][:, WRIST] == math.radians(30)).all()
    dear[WRIST] = 100.0
    lower, upper = corridor(track, region, dear)
    assert (upper[:, ELBOW] == math.radians(30)).all() and (lower[:, WRIST] < math.radians(25)).all()


def test_boxes_that_the_track_passes_far_off_leave_it_its_room():
    track = np.zeros((40, 36))
    track[:, ELBOW] = np.radians(90)
    lower, upper = corridor(track, domain(box((WRIST, 10, 30), (ELBOW, -10, 20))))
    assert (lower[:, WRIST] == BODY.lower[WRIST]).all() and (upper[:, WRIST] == BODY.upper[WRIST]).all()
    assert (lower[:, ELBOW] == math.radians(20)).all()


def test_a_segment_past_a_corner_may_be_kept_as_it_is():
    track = np.zeros((2, 36))
    track[:, WRIST], track[:, ELBOW] = np.radians([5, 18]), np.radians([25, 45])
    region = domain(box((WRIST, 10, 30), (ELBOW, 10, 30)))
    assert breaches(track, region) == []
    kept = find_corridor(track, region, keep=np.ones(1, bool))
    assert kept.kept.all() and np.array_equal(np.clip(track, kept.lower, kept.upper), track)
    lower, upper = corridor(track, region)
    assert not np.array_equal(np.clip(track, lower, upper), track)


def test_one_frame_keeps_to_all_that_hold_there():
    low, high = domain(box((WRIST, -90, 0))), domain(box((WRIST, 10, 90)))
    schedule = (DomainSpan(0, 0, low), DomainSpan(0, 0, high))
    lower, upper = corridor(np.full((1, 36), 0.5), schedule)
    assert lower[0, WRIST] == 0 and upper[0, WRIST] == math.radians(10)
    assert not common((low, high)).violates(np.clip(np.full(36, 0.5), lower[0], upper[0]))
    assert len(scheduled(schedule, 1)) == 2


@pytest.mark.parametrize(
    ("track", "weights", "says"),
    [
        (np.zeros((3, 35)), None, "frames x 36 angles; this one is 3 x 35"),
        (np.zeros((0, 36)), None, "this one is 0 x 36"),
        (np.zeros(36), None, "this one is 36"),
        (np.where(np.arange(108).reshape(3, 36) == 36, np.nan, 0), None, "left_hip_flexion is no finite .* frame 1"),
        (np.zeros((3, 36)), np.full(36, -1.0), "36 positive numbers"),
    ],
)
def test_what_is_no_track_is_told(track, weights, says):
    with pytest.raises(BadInput, match=says):
        corridor(track, BODY, weights)
