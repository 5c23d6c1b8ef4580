"""Stances carried into a continuous track."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from ritual.body.kinematics import forward
from ritual.culture.graph import load_graph
from ritual.errors import BadInput
from ritual.motion.heading import CLEARANCE, STATE_SIZE, TILT, positions, split_yaw, tilt_quaternion
from ritual.motion.prior import prior_mixture
from ritual.motion.reference import FEATURES, StanceCurve, batch_features, features


@pytest.fixture(scope="module")
def books():
    graph = load_graph()
    return {dance.slug: graph.rulebook(dance.slug) for dance in graph.dances()}


def curve(phases, values, facing=None, turn=0.0) -> StanceCurve:
    states = np.zeros((len(phases), STATE_SIZE))
    states[:, 0] = values
    facing = np.zeros(len(phases)) if facing is None else np.array(facing)
    return StanceCurve(np.array(phases), states, facing, 4.0, turn)


def test_the_track_passes_through_every_stance_in_every_cycle(books):
    for book in books.values():
        stances = StanceCurve.of_rulebook(book)
        for cycle in (-1, 0, 3):
            track = stances.at(stances.phases + cycle, 25.0)
            np.testing.assert_allclose(track.state, stances.states, atol=1e-9)


def test_between_stances_the_track_stays_between_them():
    stances = curve([0.0, 0.2, 0.3, 0.7], [0.0, 1.0, 1.0, -0.4])
    track = stances.at(np.linspace(0, 1, 500), 25.0).state[:, 0]
    assert track.max() <= 1.0 + 1e-12 and track.min() >= -0.4 - 1e-12
    inside = stances.at(np.linspace(0.2, 0.3, 50), 25.0).state[:, 0]
    np.testing.assert_allclose(inside, 1.0)


def test_velocity_is_continuous_across_the_end_of_the_cycle():
    stances = curve([0.1, 0.4, 0.8], [0.0, 1.0, 0.5])
    h = 1e-5
    for place in (1.0, 1.1, 0.4):
        before, at, after = stances.at(np.array([place - h, place, place + h]), 25.0).state[:, 0]
        assert (at - before) / h == pytest.approx((after - at) / h, abs=1e-3)


def test_facing_adds_up_over_cycles(books):
    circle = StanceCurve.of_rulebook(books["tibetan-guozhuang"])
    assert circle.turn == pytest.approx(-2 * np.pi)
    heading = circle.at(np.array([0.0, 1.0, 2.0]), 25.0).heading
    np.testing.assert_allclose(np.diff(heading), -2 * np.pi)
    assert StanceCurve.of_rulebook(books["dai-peacock"]).turn == 0.0


def test_a_dance_lasts_its_beats_at_its_tempo(books):
    for book in books.values():
        seconds = StanceCurve.of_rulebook(book).cycle_seconds
        assert seconds == pytest.approx(60 * book.dance.beats_per_cycle / book.dance.bpm)


def test_a_dance_without_stances_is_named():
    book = SimpleNamespace(dance=SimpleNamespace(slug="empty", bpm=60, beats_per_cycle=4), stances=())
    with pytest.raises(BadInput, match="'empty' has no canonical stances"):
        StanceCurve.of_rulebook(book)


def test_features_are_finite_and_the_zero_pose_stands_on_the_floor(books):
    for book in books.values():
        stances = StanceCurve.of_rulebook(book)
        read = features(stances.at(np.linspace(0, 1.3, 40), 15.0))
        assert read.shape == (40, FEATURES)
        assert np.isfinite(read).all()
    zero = positions(torch.zeros(STATE_SIZE, dtype=torch.float64))
    torch.testing.assert_close(zero, forward(torch.zeros(36, dtype=torch.float64)).positions)
    read, state = batch_features([stances.at(np.zeros(1), 15.0)])
    assert read.shape == (1, 1, FEATURES) and state.shape == (1, 1, STATE_SIZE)


def test_stances_touch_the_floor_to_the_centimetre_and_a_lift_takes_them_off_it(books):
    for book in books.values():
        states = torch.from_numpy(StanceCurve.of_rulebook(book).states)
        lowest = positions(states)[..., 2].amin(-1) - states[:, CLEARANCE]
        assert float(lowest.min()) > -0.005 and float(lowest.max()) < 0.09


def test_yaw_and_tilt_put_the_rotation_back_together():
    rng = np.random.default_rng(0)
    yaw, tilt = np.cumsum(rng.normal(0, 0.5, 60)), rng.normal(0, 0.6, (60, 2))
    w, x, y, _ = tilt_quaternion(torch.from_numpy(tilt)).numpy().T
    c, s = np.cos(yaw / 2), np.sin(yaw / 2)
    rotation = np.stack((c * w, c * x - s * y, c * y + s * x, s * w), -1) * rng.choice([-1, 1], (60, 1))
    found_yaw, found_tilt = split_yaw(rotation)
    np.testing.assert_allclose(np.diff(found_yaw), np.diff(yaw), atol=1e-9)
    np.testing.assert_allclose(found_tilt, tilt, atol=1e-9)
    assert slice(36, 38) == TILT


def test_the_prior_is_highest_at_the_stances_and_tightest_there(books):
    stances = StanceCurve.of_rulebook(books["yi-torch"])
    at_stance = stances.at(stances.phases, 15.0)
    prior = prior_mixture(stances, at_stance, dtype=torch.float64)
    torch.testing.assert_close(prior.log_weights.exp().sum(-1), torch.ones(len(stances.phases)).double())
    here = positions(torch.from_numpy(at_stance.state)).flatten(1)
    elsewhere = positions(torch.from_numpy(stances.at(stances.phases + 0.5, 15.0).state)).flatten(1)
    assert bool((prior.log_prob(here) > prior.log_prob(elsewhere) + 5).all())
    halfway = (stances.phases + np.append(stances.phases[1:], 1.0)) / 2
    loose = prior_mixture(stances, stances.at(halfway, 15.0), dtype=torch.float64)
    assert bool((loose.sigmas > 1.9 * prior.sigmas).all())
