"""A beat is where the body is slowest; a count of them says where in the music of the motion a moment lies."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritual.motion.data.beats import beat_count, motion_beats


def swaying(period, seconds=8.0, fps=60.0):
    """(T, 3, 3) three points to and fro: slowest at both ends, so twice a period."""
    t = np.arange(round(seconds * fps)) / fps
    return np.stack([np.stack((a * np.cos(2 * np.pi * t / period), 0 * t, 0 * t), -1) for a in (0.2, 0.5, 1.0)], 1)


@pytest.mark.parametrize("fps", [15.0, 20.0, 30.0, 60.0])
@pytest.mark.parametrize("period", [1.0, 1.6])
def test_beats_lie_where_the_body_turns_round_at_any_frame_rate(period, fps):
    beats = motion_beats(swaying(period, fps=fps), fps)
    turns = np.arange(1, int(8 / (period / 2))) * period / 2
    assert len(beats) in (len(turns) - 1, len(turns), len(turns) + 1)
    assert np.abs(beats[:, None] - turns).min(1).max() < 1.1 / fps


def test_a_shiver_faster_than_the_smoothing_makes_no_beats():
    t, place = np.arange(480) / 60, swaying(1.6)
    shaken = place + 1e-3 * np.sin(2 * np.pi * 20 * t)[:, None, None]
    assert len(motion_beats(shaken, 60.0)) == len(motion_beats(place, 60.0))


def test_what_stands_still_or_is_too_short_has_no_beats():
    assert not len(motion_beats(np.zeros((100, 24, 3)), 30.0))
    assert not len(motion_beats(swaying(1.0)[:3], 60.0))


@given(
    st.lists(st.floats(0.05, 2.0), min_size=0, max_size=12).map(np.cumsum),
    st.lists(st.floats(-5.0, 30.0), min_size=2, max_size=20).map(sorted).map(np.array),
)
def test_the_count_rises_with_time_and_is_whole_on_each_beat(beats, seconds):
    count = beat_count(beats, seconds, 10.0)
    assert (np.diff(count) >= 0).all()
    if len(beats) > 1:
        np.testing.assert_allclose(beat_count(beats, beats, 10.0), np.arange(len(beats)), atol=1e-9)


def test_without_two_beats_the_whole_motion_is_one_interval():
    np.testing.assert_allclose(beat_count(np.array([3.0]), np.array([0.0, 2.5, 5.0]), 5.0), [0.0, 0.5, 1.0])
    np.testing.assert_allclose(beat_count(np.zeros(0), np.array([1.0]), 4.0), [0.25])
