"""Warping finds a motion again when it is late, slow or in a mirror; its per cents cannot be had by a statue."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritual.errors import BadInput
from ritual.motion.metrics import dtw
from ritual.motion.metrics.track import at_rate, mirrored


def by_hand(a, b):
    """The table of dynamic programming written out, and its best path's length where costs differ."""
    cost = ((a[:, None] - b[None]) ** 2).sum((-1, -2))
    total = np.full((len(a) + 1, len(b) + 1), np.inf)
    steps = np.zeros_like(total, int)
    total[0, 0] = 0
    for i in range(len(a)):
        for j in range(len(b)):
            best = min((total[at], steps[at]) for at in ((i, j), (i, j + 1), (i + 1, j)))
            total[i + 1, j + 1], steps[i + 1, j + 1] = best[0] + cost[i, j], best[1] + 1
    return 100 * np.sqrt(total[-1, -1] / (24 * steps[-1, -1]))


@given(st.integers(1, 14), st.integers(1, 14), st.integers(0, 10_000))
def test_the_distance_is_that_of_the_table_written_out(first, second, seed):
    rng = np.random.default_rng(seed)
    a, b = (rng.normal(size=(n, 24, 3)).cumsum(0) for n in (first, second))
    assert dtw.align(a, b).distance == pytest.approx(by_hand(a, b), rel=1e-9)


def test_equal_motions_are_nought_apart_and_a_shift_costs_its_length(dancing):
    track = dancing()
    assert dtw.align(track, track).distance == 0.0
    shift = np.array([0.03, 0.0, 0.04])
    assert dtw.align(track, track + shift).distance <= 5.0 + 1e-9  # warping may only help
    still = np.repeat(track[:1], 20, 0)
    assert dtw.align(still, still + shift).distance == pytest.approx(5.0)


def test_a_late_start_and_another_tempo_cost_little_beside_another_dance(dancing):
    track, other = dancing(seconds=12.0), dancing(seconds=12.0, beat=0.9, size=0.5, seed=3)
    late, slow = np.r_[np.repeat(track[:1], 6, 0), track[:-6]], at_rate(track, 15.0, 19.0)
    far = dtw.align(track, other).distance
    assert dtw.align(track, late).distance < 0.3 * far
    assert dtw.align(track, slow).distance < 0.3 * far


def test_a_mirror_image_is_found_only_where_it_is_asked_for(dancing):
    track = dancing(one_sided=True)
    assert dtw.align(track, mirrored(track)).distance > 5.0
    found = dtw.align_either(track, mirrored(track))
    assert found.distance == pytest.approx(0.0, abs=1e-9) and found.mirror
    assert not dtw.align_either(track, track).mirror


def test_more_noise_is_further_away(dancing):
    track, rng = dancing(), np.random.default_rng(0)
    noise = rng.normal(size=track.shape)
    far = [dtw.align(track, track + size * noise).distance for size in (0.0, 0.01, 0.03, 0.1)]
    assert far == sorted(far) and far[0] < far[1] < far[2] < far[3]


def test_concordance_is_100_for_the_same_0_for_a_statue_and_negative_for_the_opposite(dancing):
    track = dancing()
    still = track.mean(0)
    assert dtw.concordance([dtw.align(track, track, still)]) == 100.0
    statue = np.repeat(still[None], len(track), 0)
    assert dtw.concordance([dtw.align(track, statue, still)]) == pytest.approx(0.0, abs=1e-9)
    held, opposite = track[:1], 2 * still - track[:1]
    assert dtw.concordance([dtw.align(held, opposite, still)]) == pytest.approx(-100.0)
    half = still + 0.5 * (track - still)
    assert 50 < dtw.concordance([dtw.align(track, half, still)]) < 100


def test_chance_correction_puts_real_at_100_and_chance_at_0():
    real, random = {"walk": [8.0, 10.0], "bow": [15.0]}, {"walk": [30.0], "bow": [30.0, 32.0]}
    assert dtw.chance_corrected(real, real, random) == pytest.approx(100.0)
    assert dtw.chance_corrected(random, real, random) == pytest.approx(0.0)
    middle = {"walk": [19.5], "bow": [23.0]}
    assert dtw.chance_corrected(middle, real, random) == pytest.approx(50.0)
    with pytest.raises(BadInput, match="say nothing about the motion"):
        dtw.chance_corrected(real, random, real)
    with pytest.raises(BadInput, match="same captions"):
        dtw.chance_corrected({"walk": [1.0]}, real, random)


def test_a_collapsed_model_gains_by_the_mean_over_pairs_and_not_by_the_nearest(dancing):
    """Why the nearest counts: the middle of a class lies nearer to its members than they do to each other."""
    rng = np.random.default_rng(1)
    pose = dancing()[:1]
    members = [np.repeat(pose + rng.normal(0, 0.1, pose.shape), 5, 0) for _ in range(12)]
    members += [m + rng.normal(0, 0.01, m.shape) for m in members]  # each is danced twice
    middle = np.mean(members, 0)
    pairs = np.mean([dtw.align(members[0], m).distance for m in members[1:]])
    assert np.mean([dtw.align(middle, m).distance for m in members]) < pairs
    assert dtw.nearest(middle, members).distance > dtw.nearest(members[0], members[1:]).distance


def test_bad_input_is_told_in_a_sentence(dancing):
    with pytest.raises(BadInput, match="shape"):
        dtw.align(np.zeros((4, 23, 3)), dancing())
    with pytest.raises(BadInput, match="no real motion"):
        dtw.nearest(dancing(), [])
