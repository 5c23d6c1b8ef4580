"""A dancer who strays is led back, and whoever stays near home is left alone."""

import numpy as np
import pytest

from ritual.body.homing import HOME, STAGE, homeward

FPS = 25.0


def walk(metres, seconds, sway=0.0):
    t = np.arange(round(seconds * FPS)) / FPS
    return np.stack((3.0 + metres * t / seconds, sway * np.sin(6 * t) - 2.0), 1)


def test_near_home_nothing_moves():
    assert not homeward(walk(0.9 * HOME, 20, sway=0.2), FPS).any()


@pytest.mark.parametrize("metres", [2.0, 5.0, 12.0])
def test_far_away_the_path_stays_on_the_stage_and_keeps_its_direction_and_its_steps(metres):
    path = walk(metres, 120, sway=0.1)
    found = path + homeward(path, FPS)
    away = np.linalg.norm(found - path[0], axis=1)
    assert away.max() < STAGE + 0.3 and away[-1] > HOME
    assert (found - path[0])[-1, 0] > 0.9 * away[-1]
    steps = [np.diff(p, axis=0)[:, 1].std() for p in (path, found)]
    assert steps[1] == pytest.approx(steps[0], rel=0.15)


def test_the_way_back_is_slow():
    back = homeward(walk(6.0, 120), FPS)
    assert np.linalg.norm(np.diff(back, axis=0), axis=1).max() * FPS < 0.06  # m/s: slower than the path strays
