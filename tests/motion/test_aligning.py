"""A recording is brought into step with the stances, and its rounds are laid upon each other."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ritual.body.skeleton import ANGLE_INDEX, JOINT_INDEX, SKELETON
from ritual.culture.graph import load_graph
from ritual.errors import BadMotion
from ritual.motion.aligning import aligned
from ritual.motion.danced import PLACES, folded
from ritual.motion.heading import ANGLE_COUNT, positions
from ritual.motion.mixture import SIGMA
from ritual.motion.network import RATE
from ritual.motion.noise import smooth_noise
from ritual.motion.reference import StanceCurve

LIMITS = np.array(SKELETON.limits).T
SLUGS = ("dai-peacock", "han-yangko", "li-bamboo", "tibetan-guozhuang")


@pytest.fixture(scope="module")
def books():
    graph = load_graph()
    return {slug: graph.rulebook(slug) for slug in SLUGS}


@pytest.fixture(scope="module")
def stances(books) -> StanceCurve:
    return StanceCurve.of_rulebook(books["dai-peacock"])


def danced(curve: StanceCurve, place: np.ndarray, change: np.ndarray | float = 0.0) -> np.ndarray:
    """(T, 39) the stances at places in the cycle (T,), their angles changed [rad]."""
    states = curve.at(place, RATE).state.copy()
    states[:, :ANGLE_COUNT] = np.clip(states[:, :ANGLE_COUNT] + change, *LIMITS)
    return states


def recorded(book, curve: StanceCurve, seed: int, rounds: float = 1.4) -> tuple[np.ndarray, np.ndarray]:
    """States of a dancer who stands otherwise, sways, hurries and lingers, at a tempo and from a place of chance."""
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    tempo, start = rng.uniform(0.75, 1.3), rng.uniform(0, 1)
    clock = np.arange(int(rounds * curve.cycle_seconds * RATE / tempo)) / RATE * tempo
    late = 0.12 * smooth_noise((len(clock), 1), 1 / RATE, generator)[:, 0]
    sway = np.radians(6) * smooth_noise((len(clock), ANGLE_COUNT), 1 / RATE, generator)
    place = start + (clock + late) / curve.cycle_seconds
    return danced(curve, place, sway + np.radians(8) * rng.normal(size=ANGLE_COUNT)), place


def beats_apart(found: np.ndarray, true: np.ndarray, book) -> float:
    """Mean distance [beats]; whole rounds do not count."""
    return float(np.abs((found - true + 0.5) % 1 - 0.5).mean() * book.dance.beats_per_cycle)


@pytest.mark.parametrize("slug", SLUGS)
def test_where_a_recording_sets_in_and_how_it_hurries_are_found_to_a_quarter_of_a_beat(books, slug):
    curve = StanceCurve.of_rulebook(books[slug])
    for seed in range(3):
        states, place = recorded(books[slug], curve, seed)
        cycle = aligned(states, curve)
        assert beats_apart(cycle, place, books[slug]) < 0.25
        assert (np.diff(cycle) > 0).all()
        assert cycle[-1] - cycle[0] == pytest.approx(place[-1] - place[0], abs=0.06)


def test_what_the_graph_says_of_the_cycle_is_believed(stances):
    noise = np.random.default_rng(0).normal(0, 0.5, (60, 39))
    cycle = aligned(noise, stances, begins=0.4, cycle_seconds=2.0)
    np.testing.assert_allclose(cycle, (np.arange(60) / RATE - 0.4) / 2.0)


def test_one_number_given_the_other_is_found(stances, books):
    book = books["dai-peacock"]
    place = 0.8 + np.arange(150) / RATE * 1.1 / stances.cycle_seconds
    states = danced(stances, place, np.radians(8))
    assert beats_apart(aligned(states, stances, cycle_seconds=stances.cycle_seconds / 1.1), place, book) < 0.1
    begins = float(np.interp(1.0, place, np.arange(150) / RATE))
    cycle = aligned(states, stances, begins=begins)
    assert beats_apart(cycle, place, book) < 0.1
    at_begin = np.interp(begins, np.arange(150) / RATE, cycle)
    assert abs(at_begin - round(at_begin)) * 8 < 0.1
    later = begins + 0.5 * stances.cycle_seconds / 8 / 1.1  # half a beat: what a curator says goes before the poses
    at_begin = np.interp(later, np.arange(150) / RATE, aligned(states, stances, begins=later))
    assert abs(at_begin - round(at_begin)) * 8 < 0.25
    with pytest.raises(BadMotion, match="is said to begin at 99"):
        aligned(states, stances, begins=99.0)


def test_what_follows_no_stances_is_refused(stances):
    with pytest.raises(BadMotion, match="does not follow the stances closely enough") as told:
        aligned(np.zeros((200, 39)), stances)
    assert "rm:cycleBegins and rm:cycleSeconds" in told.value.hint
    random = np.random.default_rng(0).normal(0, 0.3, 39)
    random = random + 0.4 * smooth_noise((200, 39), 1 / RATE, torch.Generator().manual_seed(0))
    with pytest.raises(BadMotion, match="does not follow"):
        aligned(random, stances)


def test_rounds_are_folded_into_a_mean_and_a_spread_that_is_at_least_the_table(stances):
    place = np.arange(int(3.2 * stances.cycle_seconds * RATE)) / RATE / stances.cycle_seconds
    once = folded(danced(stances, place), place, RATE)
    track = positions(torch.from_numpy(stances.at(np.arange(PLACES) / PLACES, RATE).state)).flatten(1).numpy()
    assert np.abs(once.means - track).max() < 0.03
    table = np.broadcast_to(np.repeat(SIGMA, 3), once.sigmas.shape)
    np.testing.assert_allclose(once.sigmas, table, rtol=0.05)
    assert once.rounds == pytest.approx(3.2, abs=0.02)
    assert once.seconds == pytest.approx(stances.cycle_seconds)
    change = np.zeros((len(place), ANGLE_COUNT))
    change[:, ANGLE_INDEX["left_shoulder_abduction"]] = np.where(np.floor(place) % 2, 0.9, -0.9)
    wild = folded(danced(stances, place, change), place, RATE)
    wrist, ankle = (slice(3 * JOINT_INDEX[name], 3 * JOINT_INDEX[name] + 3) for name in ("left_wrist", "left_ankle"))
    assert wild.sigmas[:, wrist].max() > 0.2
    np.testing.assert_allclose(wild.sigmas[:, ankle], table[:, ankle], rtol=0.05)


def test_the_ends_of_a_recording_leave_no_step_in_the_cycle(stances):
    place = 0.4 + np.arange(int(1.3 * stances.cycle_seconds * RATE)) / RATE / stances.cycle_seconds
    drift = np.linspace(-0.4, 0.4, len(place))[:, None] * np.ones(ANGLE_COUNT)  # its rounds do not close
    steps = [
        np.abs(np.diff(cycle.means, axis=0, append=cycle.means[:1])).max()
        for cycle in (folded(danced(stances, place, change), place, RATE) for change in (drift, 0.0))
    ]
    assert steps[0] < 2 * steps[1]


def test_a_file_of_exactly_one_round_is_a_whole_one(stances):
    frames = round(stances.cycle_seconds * RATE)
    place = 0.3 + np.arange(frames) / RATE / stances.cycle_seconds
    cycle = folded(danced(stances, place), place, RATE)
    assert np.isfinite(cycle.means).all()
    track = positions(torch.from_numpy(stances.at(np.arange(PLACES) / PLACES, RATE).state)).flatten(1).numpy()
    assert np.abs(cycle.means - track).max() < 0.08


def test_places_go_round(stances):
    place = np.arange(200) / RATE / stances.cycle_seconds
    cycle = folded(danced(stances, place), place, RATE)
    (here, wide), (there, again) = cycle.at(np.array([0.25, 0.998])), cycle.at(np.array([-3.75, 7.998]))
    np.testing.assert_allclose(here, there)
    np.testing.assert_allclose(wide, again)
    assert cycle.at(np.zeros((4, 5)))[0].shape == (4, 5, 72)
