"""Corrections that make a motion meet another."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ritual.motion.meeting import BORDER, correction, ramp


def borders(frames, start, end):
    known = np.zeros(frames, bool)
    known[max(start - BORDER, 0) : start] = True
    known[end : end + BORDER] = True
    return known


@settings(deadline=None)
@given(
    frames=st.integers(2, 120), data=st.data(), fps=st.sampled_from([12.0, 25.0, 60.0, 120.0]), seed=st.integers(0, 99)
)
def test_what_is_known_is_met_exactly_and_the_rest_is_finite_and_no_larger_than_its_pace_asks(frames, data, fps, seed):
    start = data.draw(st.integers(0, frames - 1))
    end = data.draw(st.integers(start + 1, frames))
    known = borders(frames, start, end)
    needed = np.random.default_rng(seed).normal(size=(frames, 3))
    found = correction(needed, known, fps)
    assert np.array_equal(found[known], needed[known])
    assert np.isfinite(found).all()
    if not known.any():
        assert not found.any()


@pytest.mark.parametrize("fps", [25.0, 60.0, 240.0])
def test_value_and_pace_go_on_over_a_border_and_nothing_is_left_far_from_it(fps):
    frames = int(8 * fps)
    time = np.arange(frames)[:, None] / fps
    needed = 0.5 + 0.8 * np.sin(2 * time)
    known = borders(frames, int(4 * fps), frames)
    found = correction(needed, known, fps)
    pace = np.diff(found, axis=0)[:, 0] * fps
    at = int(4 * fps) - 1
    assert abs(pace[at] - pace[at - 1]) < 20.0 / fps  # no more than an acceleration, whatever the frame rate
    assert np.abs(found[int(6 * fps) :]).max() < 0.02


def test_one_known_frame_pulls_its_neighbours_along_without_a_kink():
    known = np.zeros(101, bool)
    known[50] = True
    found = correction(np.ones((101, 1)), known, 25.0)[:, 0]
    assert found[50] == 1 and np.allclose(found, found[::-1], atol=1e-9)
    assert np.abs(np.diff(found, 2)).max() < 0.03
    assert np.abs(found[:20]).max() < 0.05


def test_a_ramp_starts_and_ends_at_rest():
    s = ramp(100)
    assert s[0] == 0 and s[-1] == 1 and (np.diff(s) > 0).all()
    assert np.abs(np.diff(s))[[0, -1]].max() < 1e-4
