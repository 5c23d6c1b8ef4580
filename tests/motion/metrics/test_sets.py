"""Distances between sets of clips: Frechet, diversity, multimodality."""

import numpy as np
import pytest

from ritual.errors import BadInput
from ritual.motion.metrics import frechet
from ritual.motion.metrics.diversity import (
    feature_diversity,
    multimodality,
    same_frame_diversity,
    warped_diversity,
)

SHIFT = np.array([0.0, 0.06, 0.08])  # 10 cm


def test_gaussians_are_as_far_apart_as_the_closed_form_says():
    """One coordinate: (m1 - m2)^2 + (s1 - s2)^2; along common axes the sum of these."""
    assert frechet.frechet_distance([1.0], [[4.0]], [3.0], [[9.0]]) == pytest.approx(4 + 1)
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    first, second = turn @ np.diag([1.0, 4.0, 9.0]) @ turn.T, turn @ np.diag([4.0, 4.0, 0.25]) @ turn.T
    assert frechet.frechet_distance(np.zeros(3), first, np.zeros(3), second) == pytest.approx(1 + 0 + 6.25)
    assert frechet.frechet_distance(np.zeros(3), first, np.zeros(3), first) == pytest.approx(0, abs=1e-9)


def test_large_samples_come_near_the_closed_form():
    rng = np.random.default_rng(1)
    a, b = rng.normal(0, 1, (4000, 4)), rng.normal(0.5, 2, (4000, 4))
    all_of_it = frechet.Directions(np.zeros(4), np.eye(4))
    assert frechet.frechet(a, b, all_of_it) == pytest.approx(4 * (0.25 + 1), rel=0.05)


def test_a_set_is_nought_from_itself_and_the_further_the_worse():
    rng = np.random.default_rng(2)
    real = rng.normal(size=(64, 104))
    assert frechet.frechet(real, real) == pytest.approx(0, abs=1e-9)
    axis = frechet.Directions.of(real).axes[:, 0]
    scores = [frechet.frechet(real, real + shift * axis) for shift in (0.5, 1.0, 3.0)]
    np.testing.assert_allclose(scores, [0.25, 1.0, 9.0], atol=1e-6)
    assert frechet.frechet(real, 0.2 * real) > 1.0  # the right place, but all alike


def test_the_floor_tells_how_little_a_small_score_means():
    rng = np.random.default_rng(3)
    few, many = rng.normal(size=(24, 104)), rng.normal(size=(240, 104))
    low, high = frechet.floor(many, rng)[0], frechet.floor(few, rng)[0]
    assert 0 < low < high
    assert frechet.frechet(many[:120], many[120:] + 1.0) > 3 * low


def test_few_clips_score_less_wrongly_than_by_the_plain_estimate():
    rng = np.random.default_rng(4)
    mix = rng.normal(size=(60, 60)) * np.exp(-np.arange(60) / 6)
    a, b = (rng.normal(size=(40, 60)) @ mix.T for _ in range(2))
    plain = frechet.frechet_distance(a.mean(0), np.cov(a.T), b.mean(0), np.cov(b.T))
    assert frechet.frechet(a, b) < 0.7 * plain


def test_diversity_of_two_clips_is_how_far_their_joints_are_apart(dancing):
    track = dancing()
    assert same_frame_diversity([track, track]) == 0
    assert same_frame_diversity([track, track + SHIFT, track]) == pytest.approx(10 * 2 / 3)
    assert same_frame_diversity([track[:20], track + SHIFT]) == pytest.approx(10)
    with pytest.raises(BadInput, match="at least 2"):
        same_frame_diversity([track])


def test_one_dance_out_of_time_is_diverse_by_the_frame_and_hardly_when_warped(dancing):
    track = dancing(seconds=6.0)
    late = [track[n : n + 60] for n in (0, 3, 6)]
    assert warped_diversity(late, 15.0) < 0.5 * same_frame_diversity(late)
    others = [dancing(seed=n) for n in (0, 1, 2)]
    assert warped_diversity(others, 15.0) > 2 * warped_diversity(late, 15.0)


def test_diversity_and_multimodality_in_a_feature_space():
    assert feature_diversity(np.array([[0.0, 0.0], [3.0, 4.0]])) == 5.0
    groups = [np.array([[0.0], [1.0]]), np.array([[10.0], [13.0]])]
    assert multimodality(groups) == 2.0  # within requests only
    assert feature_diversity(np.concatenate(groups)) > multimodality(groups)
    with pytest.raises(BadInput, match="at least one request"):
        multimodality([])
