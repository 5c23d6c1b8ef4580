"""Proposals of the weights that ship: for every dance, smooth, different, repeatable."""

from itertools import combinations

import numpy as np
import pytest
import torch

from ritual.body.kinematics import forward
from ritual.body.tempo import Tempo
from ritual.culture.graph import load_graph
from ritual.errors import BadInput
from ritual.motion.evaluate import bare_stances, diversity, jerk
from ritual.motion.mixture_sampler import _cross_faded
from ritual.motion.noise import angle_sigmas, smooth_noise
from ritual.motion.proposal import Request, Variation
from ritual.motion.reference import StanceCurve
from ritual.motion.sample import Generator
from ritual.motion.text import TextEncoder

DANCES = (
    "dai-peacock", "han-yangko", "miao-drum", "mongolian-wrestling", "tibetan-guozhuang", "yi-torch",
)  # fmt: skip


@pytest.fixture(scope="module", params=("flow", "mixture"))
def generator(request):
    return Generator.load(request.param)


@pytest.fixture(scope="module")
def graph():
    return load_graph()


@pytest.fixture(scope="module")
def text(graph):
    return TextEncoder.load().encode("a lively dance", graph.labels())


@pytest.fixture(scope="module")
def proposals(generator, graph, text):
    return {
        slug: generator.propose(Request.of_rulebook(graph.rulebook(slug), text, 200, 25.0, variants=3, seed=7))
        for slug in DANCES
    }


@pytest.mark.parametrize("slug", DANCES)
def test_a_proposal_is_whole_and_consistent(proposals, slug):
    made = proposals[slug]
    assert made.targets.shape == (3, 200, 24, 3) and made.angles.shape == (3, 200, 36)
    assert made.tilt.shape == (3, 200, 4) and made.heading.shape == (3, 200)
    assert all(np.isfinite(getattr(made, name)).all() for name in ("targets", "angles", "tilt", "heading"))
    np.testing.assert_allclose(np.linalg.norm(made.tilt, axis=-1), 1.0)
    assert np.abs(made.targets[..., 0, :2]).max() == 0.0
    height = torch.from_numpy(made.targets[..., 0, :])
    again = forward(torch.from_numpy(made.angles), height, torch.from_numpy(made.tilt)).positions
    np.testing.assert_allclose(again.numpy(), made.targets, atol=1e-9)


@pytest.mark.parametrize("slug", DANCES)
def test_feet_stay_near_the_floor(proposals, slug):
    lowest = proposals[slug].targets[..., 2].min(-1)
    assert lowest.min() > -0.03
    assert np.median(lowest) < 0.06


def stances_in_time(graph, slug, made):
    """(V, T, 36) of a dance's bare stances at the beats that the variants of a proposal keep."""
    curve = StanceCurve.of_rulebook(graph.rulebook(slug))
    return np.stack([curve.at(tempo.cycle(np.arange(200) / 25), 25.0).state[:, :36] for tempo in made.tempos])


@pytest.mark.parametrize("slug", DANCES)
def test_the_stances_stay_recognisable(proposals, graph, slug):
    made = proposals[slug]
    apart = {other: np.degrees(np.abs(made.angles - stances_in_time(graph, other, made)).mean()) for other in DANCES}
    own = apart.pop(slug)
    assert own < 0.5 * min(apart.values())


@pytest.mark.parametrize("slug", DANCES)
def test_variants_differ_visibly(proposals, slug):
    assert diversity(proposals[slug]) > 9.0  # cm, mean over the joints; two real clips of one caption are 17 apart


@pytest.mark.parametrize("slug", DANCES)
def test_each_variant_keeps_beats_of_its_own_near_the_dances(proposals, graph, slug):
    dance = graph.rulebook(slug).dance
    beats = [tempo.beats[:8] for tempo in proposals[slug].tempos]
    assert min(np.abs(a - b).max() for a, b in combinations(beats, 2)) > 0.05
    for found in beats:
        assert abs(found[0]) < 1.5 * 60 / dance.bpm + 0.7
        assert np.diff(found).mean() == pytest.approx(60 / dance.bpm, rel=0.25)


def test_a_clock_that_is_given_is_kept(generator, graph, text):
    book = graph.rulebook("dai-peacock")
    tempo = Tempo.steady(100.0, book.dance.beats_per_cycle, 8.0)
    made = generator.propose(Request.of_rulebook(book, text, 200, 25.0, variants=2, seed=7, tempo=tempo))
    assert all(np.array_equal(own.beats, tempo.beats) for own in made.tempos)


@pytest.mark.parametrize("slug", DANCES)
def test_nothing_jumps_or_trembles(proposals, graph, slug):
    made = proposals[slug]
    step = np.degrees(np.abs(np.diff(made.angles, axis=1)))
    bare = np.degrees(np.abs(np.diff(bare_stances(graph.rulebook(slug)).state[:, :36], axis=0)))
    assert step.max() < bare.max() + 8.0
    real = 220.0  # m/s^3, CMU dance at 25 fps; the fastest stances alone have 1.6 times that
    assert jerk(made.targets, 25.0) < 2.2 * real


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(generator, graph, text):
    book = graph.rulebook("dai-peacock")
    first, again, other = (
        generator.propose(Request.of_rulebook(book, text, 60, 25.0, variants=2, seed=seed)) for seed in (3, 3, 4)
    )
    for name in ("targets", "angles", "tilt", "heading", "components"):
        assert getattr(first, name).tobytes() == getattr(again, name).tobytes()
    assert np.abs(first.angles - other.angles).max() > 0.02


def test_a_variant_does_not_depend_on_how_many_are_asked_for(generator, graph, text):
    book = graph.rulebook("miao-drum")
    one, three = (generator.propose(Request.of_rulebook(book, text, 60, 25.0, variants=n, seed=5)) for n in (1, 3))
    np.testing.assert_allclose(one.angles[0], three.angles[0], atol=1e-4)


def test_the_frame_rate_does_not_change_the_motion(generator, graph, text):
    book = graph.rulebook("yi-torch")
    slow, fast = (
        generator.propose(Request.of_rulebook(book, text, 101, 25.0, variants=1, seed=1)),
        generator.propose(Request.of_rulebook(book, text, 401, 100.0, variants=1, seed=1)),
    )
    np.testing.assert_allclose(slow.angles, fast.angles[:, ::4], atol=1e-6)


@pytest.mark.parametrize(("frames", "fps"), [(1, 25.0), (2, 240.0), (25, 1.0), (3600, 30.0)])
def test_any_length_and_frame_rate(generator, graph, text, frames, fps):
    made = generator.propose(
        Request.of_rulebook(graph.rulebook("tibetan-guozhuang"), text, frames, fps, variants=1, seed=0)
    )
    assert made.targets.shape == (1, frames, 24, 3)
    assert np.isfinite(made.targets).all()


def test_two_minutes_do_not_drift_or_freeze(generator, graph, text):
    made = generator.propose(Request.of_rulebook(graph.rulebook("han-yangko"), text, 3000, 25.0, variants=1, seed=0))
    speed = np.linalg.norm(np.diff(made.targets[0], axis=0), axis=-1).mean(-1)
    start, end = speed[:500].mean(), speed[-500:].mean()
    assert 0.8 < end / start < 1.25


def test_the_circle_dance_goes_round(proposals, graph):
    heading = proposals["tibetan-guozhuang"].heading
    cycles = 199 / 25 / StanceCurve.of_rulebook(graph.rulebook("tibetan-guozhuang")).cycle_seconds
    assert heading[0, -1] - heading[0, 0] == pytest.approx(-2 * np.pi * cycles, abs=0.5)


def test_phrases_are_faded_into_each_other_without_a_corner():
    hard = np.eye(3)[[0] * 30 + [2] * 30]
    soft = _cross_faded(hard)
    np.testing.assert_allclose(soft.sum(-1), 1.0)
    np.testing.assert_allclose(soft[[0, -1]], hard[[0, -1]])
    assert np.abs(np.diff(soft, axis=0)).max() < 0.2
    assert np.abs(np.diff(soft, n=2, axis=0)).max() < 0.06


def test_without_variation_the_components_alone_make_the_difference(graph, text):
    generator = Generator.load("mixture")
    still = Variation(0.0, 0.0, 0.0, 0.0)
    made = generator.propose(
        Request.of_rulebook(graph.rulebook("dai-peacock"), text, 100, 25.0, variants=6, seed=0, variation=still)
    )
    same = [(a, b) for a in range(6) for b in range(a) if (made.components[a] == made.components[b]).all()]
    for a, b in same:
        np.testing.assert_array_equal(made.angles[a], made.angles[b])
    assert len(same) < 15


def test_smooth_noise_is_standard_and_slow():
    noise = smooth_noise((2, 20_000, 3), 1 / 15, torch.Generator().manual_seed(0))
    assert noise.std() == pytest.approx(1.0, abs=0.05)
    assert np.abs(np.diff(noise, axis=1)).max() < 0.6
    lag = int(0.6 * 15)
    assert np.corrcoef(noise[0, :-lag, 0], noise[0, lag:, 0])[0, 1] == pytest.approx(np.exp(-0.5), abs=0.08)


def test_angle_noise_moves_the_joints_by_the_table():
    from ritual.body.kinematics import jacobian
    from ritual.body.skeleton import JOINT_INDEX

    pose = np.full(36, 0.3)
    variance = jacobian(torch.from_numpy(pose)).square().numpy() @ angle_sigmas(pose) ** 2
    spread = np.sqrt(variance.reshape(24, 3).mean(1))
    for name, wanted in (("left_wrist", 0.15), ("right_ankle", 0.08), ("left_elbow", 0.11)):
        assert spread[JOINT_INDEX[name]] == pytest.approx(wanted, rel=0.25)


def test_a_text_vector_of_another_encoder_is_named(generator, graph):
    with pytest.raises(BadInput, match=r"these weights read \(384,\)"):
        generator.propose(
            Request.of_rulebook(graph.rulebook("dai-peacock"), torch.zeros(768), 10, 25.0, variants=1, seed=0)
        )


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(BadInput, match="no weights at"):
        Generator.load(tmp_path / "none.safetensors")
    (tmp_path / "bad.safetensors").write_bytes(b"not a tensor file")
    with pytest.raises(BadInput, match="not a safetensors file"):
        Generator.load(tmp_path / "bad.safetensors")
