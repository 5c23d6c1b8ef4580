"""Shots are told apart by light, windows stay within them."""

from itertools import pairwise

import numpy as np
import pytest

from ritual.errors import BadInput
from ritual.imagery.preparation.shots import cuts, distance, histogram
from ritual.imagery.preparation.windows import windows

FPS = 12.5


def scene(light, frames, seed):
    """A picture of light and dark patches with a bar that moves."""
    rng = np.random.default_rng(seed)
    patches = np.kron(rng.normal(light, 30, (8, 8)), np.ones((8, 8)))
    pictures = np.repeat(patches[None, ..., None], frames, 0).repeat(3, -1)
    for t, picture in enumerate(pictures):
        picture[20:40, (2 * t) % 56 : (2 * t) % 56 + 8] = 230
    return np.clip(pictures + rng.normal(0, 2, pictures.shape), 0, 255).astype(np.uint8)


def found(pictures):
    return cuts(np.stack([histogram(p) for p in pictures]), FPS)


def test_cuts_are_found_on_their_frames():
    film = np.concatenate((scene(60, 30, 0), scene(170, 25, 1), scene(100, 30, 2)))
    assert found(film) == [(30, 30), (55, 55)]


def test_a_flash_is_no_cut_and_a_cut_beside_it_is_still_found():
    film = np.concatenate((scene(60, 30, 0), scene(170, 30, 1)))
    film[10:12] = 250
    film[27] = 250
    assert found(film) == [(30, 30)]


def test_a_camera_that_closes_its_iris_cuts_nothing():
    film = scene(140, 60, 3) * np.interp(np.arange(60), (20, 32), (1, 0.65))[:, None, None, None]
    assert found(film.astype(np.uint8)) == []


def test_a_dissolve_is_one_transition_with_its_length():
    one, other = scene(60, 40, 0).astype(float), scene(170, 40, 1).astype(float)
    share = (np.arange(1, 8) / 8)[:, None, None, None]
    film = np.concatenate((one[:33], one[33:] * (1 - share) + other[:7] * share, other[7:])).astype(np.uint8)
    ((since, to),) = found(film)
    assert 31 <= since <= 35 and 38 <= to <= 42


def test_distance_is_none_between_equals_and_whole_between_strangers():
    dark, light = (histogram(np.full((16, 16, 3), level, np.uint8)) for level in (20, 200))
    assert distance(dark, dark) == 0 and distance(dark, light) == pytest.approx(1)


@pytest.mark.parametrize("frames", [24, 25, 37, 38, 49, 50, 75, 76, 113, 400])
def test_windows_last_two_to_three_seconds_and_lie_side_by_side(frames):
    made = windows(frames, (), FPS)
    assert all(2.0 <= w.frames / FPS <= 3.0 for w in made)
    assert all(a.stop == b.start for a, b in pairwise(made))
    assert bool(made) == (frames >= 25)
    assert frames < 76 or sum(w.frames for w in made) > 0.95 * frames


def test_no_window_crosses_a_transition_or_lies_in_one():
    made = windows(200, [(60, 60), (120, 130)], FPS)
    assert {w.shot for w in made} == {0, 1, 2}
    assert all(w.stop <= 60 or w.start >= 60 for w in made)
    assert all(w.stop <= 120 or w.start >= 130 for w in made)


def test_bounds_that_hold_no_frame_are_told():
    with pytest.raises(BadInput, match="no whole frame"):
        windows(100, (), 1.0, 2.1, 2.9)
