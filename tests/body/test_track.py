"""Tracks stay inside a domain with holes, also between frames, and legal motion is left alone."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ritual.body.angle_domain import AngleDomain, Reason, TabooBox
from ritual.body.skeleton import ANGLE_INDEX
from ritual.body.track import breaches, mend, segment_hits, spans
from ritual.errors import EmptyDomain

WRIST, ELBOW = ANGLE_INDEX["left_wrist_flexion"], ANGLE_INDEX["left_elbow_flexion"]
PHYSIOLOGICAL = AngleDomain.physiological()


def box(*intervals, rule="rule"):
    return TabooBox(tuple((j, math.radians(a), math.radians(b)) for j, a, b in intervals), Reason(rule))


def domain(*boxes):
    return AngleDomain(PHYSIOLOGICAL.lower, PHYSIOLOGICAL.upper, boxes)


def smooth_track(rng, frames=60, amplitude=1.0):
    """Sinusoids over the whole range of every angle."""
    t = np.arange(frames)[:, None] / 25
    centre = (PHYSIOLOGICAL.lower + PHYSIOLOGICAL.upper) / 2
    half = (PHYSIOLOGICAL.upper - PHYSIOLOGICAL.lower) / 2
    wave = np.sin(2 * np.pi * (rng.uniform(0.2, 1.2, 36) * t + rng.uniform(0, 1, 36)))
    return centre + amplitude * half * wave


def violations_between_frames(track, region, steps=64):
    """Brute force: the poses at 1/64 frame that lie in the domain's forbidden part."""
    s = np.arange(steps)[:, None, None] / steps
    dense = (track[:-1] * (1 - s) + track[1:] * s).reshape(-1, track.shape[1])
    return int(region.violates(np.concatenate((dense, track[-1:])), 1e-9).sum())


def test_a_legal_track_is_returned_bit_for_bit():
    track = smooth_track(np.random.default_rng(0), amplitude=0.9)
    assert np.array_equal(mend(track, PHYSIOLOGICAL, 25), track)


def test_a_segment_that_jumps_over_a_box_is_seen():
    track = np.zeros((2, 36))
    track[:, WRIST] = np.radians([0, 60])
    assert segment_hits(track, box((WRIST, 20, 30))).all()
    assert not PHYSIOLOGICAL.violates(track).any()
    assert breaches(track, domain(box((WRIST, 20, 30))))[0].start == 0


def test_a_segment_along_an_edge_is_allowed():
    track = np.zeros((2, 36))
    track[:, WRIST], track[:, ELBOW] = np.radians([20, 20]), np.radians([0, 90])
    assert not segment_hits(track, box((WRIST, 20, 30), (ELBOW, 10, 50))).any()


def test_only_the_offending_angle_moves_and_only_near_the_excursion():
    track = np.zeros((100, 36))
    track[:, ELBOW] = math.radians(90)
    track[45:55, WRIST] = math.radians(70)
    mended = mend(track, domain(box((WRIST, 65, 360))), 25)
    changed = np.argwhere(mended != track)
    assert set(changed[:, 1]) == {WRIST}
    assert changed[:, 0].min() >= 40 and changed[:, 0].max() <= 60
    assert np.degrees(mended[:, WRIST].max()) <= 65


def test_a_conjunction_is_left_by_its_cheapest_angle():
    track = np.zeros((50, 36))
    track[:, ELBOW], track[:, WRIST] = math.radians(30), math.radians(40)
    track[20:30, WRIST] = math.radians(66)
    mended = mend(track, domain(box((WRIST, 65, 360), (ELBOW, -360, 90))), 25)
    assert np.array_equal(mended[:, ELBOW], track[:, ELBOW])
    assert np.degrees(mended[:, WRIST].max()) <= 65


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), boxes=st.integers(1, 10), dims=st.integers(1, 4))
def test_a_mended_track_never_breaks_the_domain_at_or_between_frames(seed, boxes, dims):
    rng = np.random.default_rng(seed)
    taboo = []
    for n in range(boxes):
        intervals = []
        for j in rng.choice(36, dims, replace=False):
            low, high = PHYSIOLOGICAL.lower[j], PHYSIOLOGICAL.upper[j]
            a, b = np.sort(rng.uniform(low, high, 2))
            intervals.append((int(j), a, b))
        taboo.append(TabooBox(tuple(intervals), Reason(f"rule-{n}")))
    region = domain(*taboo)
    mended = mend(smooth_track(rng, amplitude=1.1), region, 25)
    assert breaches(mended, region, 1e-9) == []
    assert violations_between_frames(mended, region) == 0


def test_an_empty_domain_names_the_rules():
    whole = box((WRIST, -360, 360), rule="no-wrist")
    with pytest.raises(EmptyDomain, match="no-wrist"):
        mend(np.zeros((3, 36)), domain(whole), 25)


def test_spans_are_inclusive():
    assert spans(np.array([1, 1, 0, 1], bool)) == [(0, 1), (3, 3)]
