"""Tempo, loops and sliders in what a model proposes."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from ritual.body.skeleton import SKELETON
from ritual.body.tempo import Tempo
from ritual.brief import Brief
from ritual.culture.graph import load_graph
from ritual.errors import BadInput
from ritual.motion.clock import clock_of
from ritual.motion.noise import circular_noise
from ritual.motion.plan import Plan
from ritual.motion.proposal import Request
from ritual.motion.reference import StanceCurve
from ritual.motion.sample import Generator
from ritual.motion.sliders import energised, guided, sharpened, styled
from ritual.motion.text import TextEncoder

FPS = 25.0
UNEVEN = np.cumsum((0.3, 0.5, 0.55, 0.6, 0.6, 0.55, 0.5, 0.45, 0.45, 0.5, 0.55, 0.6, 0.6, 0.6))
LOW, HIGH = np.array(SKELETON.limits).T


@pytest.fixture(scope="module")
def generator():
    return Generator.load()


@pytest.fixture(scope="module")
def graph():
    return load_graph()


@pytest.fixture(scope="module")
def text(graph):
    return TextEncoder.load().encode("a lively dance", graph.labels())


@pytest.fixture
def request_of(graph, text):
    def make(slug="dai-peacock", frames=150, **more):
        return Request.of_rulebook(graph.rulebook(slug), text, frames, FPS, **{"variants": 3, "seed": 2, **more})

    return make


def energy_of(made):
    """Mean squared speed of the joints [m2/s2]."""
    return float(np.square(np.diff(made.targets, axis=1)).sum(-1).mean() * FPS**2)


# Beats.


def test_stances_fall_on_the_beats(generator, request_of):
    tempo = Tempo(UNEVEN, 8)
    request = request_of(tempo=tempo)
    rows = Plan(request, generator.sampler.variation).variants()
    clock = np.arange(150) / FPS
    for row in rows:
        reached = np.interp(np.arange(11) / 8, row.at_output.cycle, clock)
        assert np.abs(reached - UNEVEN[:11]).max() < 0.03  # s: less than a frame
    for row in Plan(replace(request, tempo=None), generator.sampler.variation).variants():
        reached = np.interp(np.arange(2, 7) / 8, row.at_output.cycle, clock)
        np.testing.assert_allclose(reached, row.tempo.beats[2:7], atol=0.03)  # its own beats, which are no others
        assert np.abs(reached - UNEVEN[2:7]).max() > 0.05


def test_the_motion_itself_is_at_its_stances_on_the_beats(generator, graph, request_of):
    """The poses on the beats are nearer to the stances than those between beats and half beats are."""
    made = generator.propose(request_of("miao-drum", tempo=Tempo(UNEVEN, 8)))
    stances = np.array([s.angles for s in graph.rulebook("miao-drum").stances])
    curve = StanceCurve.of_rulebook(graph.rulebook("miao-drum"))
    at = lambda times: np.stack([made.angles[:, round(t * FPS)] for t in times], 1)  # noqa: E731
    on = np.abs(at(UNEVEN[:10]) - stances[np.arange(10) * 2 % 16]).mean()
    off = np.abs(at(UNEVEN[:10] + 0.14) - stances[np.arange(10) * 2 % 16]).mean()
    assert on < 0.75 * off, curve.cycle_seconds


def test_another_tempo_is_the_same_dance_faster(generator, request_of):
    made = generator.propose(request_of(tempo=Tempo.steady(168, 8)))
    own = generator.propose(request_of())
    assert energy_of(made) > 2.0 * energy_of(own)


@pytest.mark.parametrize(
    ("words", "frames", "cycles", "said"),
    [
        ({}, 200, 0, ()),
        ({"bpm": 100}, 200, 0, ()),
        ({"bpm": 200}, 200, 0, ("200 beats a minute is 2.0 times the dance's own tempo of 100",)),
        ({"loop": True}, 240, 2, ("9.60 s long, 2 cycles of the dance; 8 s were asked for",)),
        ({"loop": True, "bpm": 97}, 247, 2, ("9.88 s long",)),
        ({"loop": True, "seconds": 1.0}, 120, 1, ("4.80 s long, one cycle",)),
        ({"loop": True, "seconds": 120.0}, 3000, 25, ("120.00 s",)),
        ({"beats": (0.2, 0.7, 1.2)}, 200, 0, ("The last beat is at 1.20 s; the clip goes on to 8.00 s",)),
        ({"beats": (3.0, 3.5, 4.0, 8.0)}, 200, 0, ("The first beat is at 3.00 s",)),
    ],
)
def test_a_brief_says_how_long_and_to_which_beats(words, frames, cycles, said):
    clock = clock_of(Brief("x", "y", **words), bpm=100.0, per_cycle=8)
    assert (clock.frames, clock.cycles, len(clock.notes)) == (frames, cycles, len(said))
    for note, part in zip(clock.notes, said, strict=True):
        assert part in note
    if cycles:
        assert clock.tempo.cycle(np.array(frames / FPS)) == pytest.approx(cycles)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"bpm": 29.0}, "bpm 29 is out of range; choose 30 to 240"),
        ({"bpm": float("nan")}, "bpm nan"),
        ({"style": 1.6}, "style 1.6 is out of range; choose 0 to 1.5"),
        ({"energy": 0.4}, "energy 0.4 is out of range; choose 0.5 to 1.5"),
        ({"bpm": 90, "beats": (0.0, 0.5)}, "either a tempo"),
        ({"loop": True, "beats": (0.0, 0.5)}, "cannot follow a piece of music"),
        ({"loop": True, "changes": ((2.0, "wedding"),)}, "cannot change its occasion"),
    ],
)
def test_bad_wishes_are_one_sentence(words, said):
    with pytest.raises(BadInput, match=said):
        Brief("x", "y", **words).checked()


# Loops.


@pytest.mark.parametrize("slug", ["dai-peacock", "tibetan-guozhuang", "yi-torch"])
def test_a_proposed_loop_comes_round_without_a_corner(generator, graph, request_of, slug):
    clock = clock_of(Brief("x", slug, seconds=6.0, loop=True), graph.rulebook(slug).dance.bpm, 8)
    made = generator.propose(request_of(slug, clock.frames, tempo=clock.tempo, loop=True))
    for values in (made.angles, made.targets.reshape(3, clock.frames, -1)):
        twice = np.concatenate((values, values), 1)
        for order in (1, 2, 3):
            change = np.abs(np.diff(twice, n=order, axis=1)).max(-1)
            seam = change[:, clock.frames - order : clock.frames]
            assert (seam.max(1) <= 1.1 * change[:, : clock.frames - order].max(1)).all(), order  # a stance lies on it
    heading = np.concatenate((made.heading, made.heading + made.turn[:, None]), 1)
    change = np.abs(np.diff(heading, n=2, axis=1))
    assert change[:, clock.frames - 2 : clock.frames].max() <= 1.05 * change[:, : clock.frames - 2].max()
    turns = {"tibetan-guozhuang": -2 * np.pi}.get(slug, 0.0) * clock.cycles
    np.testing.assert_allclose(made.turn, turns)
    assert np.abs(made.angles[0] - made.angles[1]).max() > 0.02  # its variants are not alike


def test_a_loop_that_is_no_whole_number_of_cycles_is_refused(generator, request_of):
    with pytest.raises(BadInput, match=r"A loop of 1\.05\d cycles does not come round"):
        generator.propose(request_of(loop=True))


@pytest.mark.parametrize("frames", [12, 60, 400])
def test_circular_noise_is_standard_and_comes_round(frames):
    noise = circular_noise((frames, 2000), 1 / 15, torch.Generator().manual_seed(0))
    assert noise.std() == pytest.approx(1.0, abs=0.05)
    step = np.abs(np.diff(np.concatenate((noise, noise[:1])), axis=0)).mean(1)
    assert step[-1] == pytest.approx(step[:-1].mean(), rel=0.15)


# Sliders.


def test_energy_rises_with_energy(generator, request_of):
    sizes = [energy_of(generator.propose(request_of(energy=e))) for e in (0.5, 0.75, 1.0, 1.25, 1.5)]
    assert (np.diff(sizes) > 0).all() and sizes[-1] > 2 * sizes[0]


def test_style_leads_from_upright_to_more_than_the_dance(generator, request_of):
    made = [generator.propose(request_of(style=s)) for s in (0.0, 0.5, 1.0, 1.5)]
    away = [np.degrees(np.abs(m.angles)).mean() for m in made]
    assert (np.diff(away) > 0).all() and away[0] < 3 < 15 < away[2]
    for m in (made[0], made[1], made[3]):
        assert (m.angles >= LOW - 1e-9).all() and (m.angles <= HIGH + 1e-9).all()


def test_at_one_the_sliders_do_nothing_at_all(graph):
    curve = StanceCurve.of_rulebook(graph.rulebook("li-bamboo"))
    places = np.linspace(-1, 3, 50)
    assert styled(curve, 1.0) is curve and energised(curve, 1.0) is curve
    assert sharpened(curve, places, 1.0) is places


@pytest.mark.parametrize("energy", [0.5, 1.5])
def test_sharpness_keeps_stances_and_order(graph, energy):
    curve = StanceCurve.of_rulebook(graph.rulebook("li-bamboo"))
    stances = np.concatenate([curve.phases + n for n in (-1, 0, 1)])
    np.testing.assert_allclose(sharpened(curve, stances, energy), stances, atol=1e-9)
    places = np.linspace(-1, 2, 5001)
    steps = np.diff(sharpened(curve, places, energy))
    assert (steps > 0).all() and np.abs(np.diff(steps)).max() < 0.02 * steps.mean()
    halfway = (stances[:-1] + stances[1:]) / 2 - 0.01 / 8
    later = sharpened(curve, halfway, energy) > halfway
    assert not later.any() if energy > 1 else later.all()


def test_plain_upright_does_not_turn_and_does_not_jump(graph):
    curve = styled(StanceCurve.of_rulebook(graph.rulebook("tibetan-guozhuang")), 0.0)
    track = curve.at(np.linspace(0, 2, 99), FPS)
    assert not track.heading.any() and not track.state.any()
    most = styled(StanceCurve.of_rulebook(graph.rulebook("tibetan-guozhuang")), 1.5)
    assert most.turn == StanceCurve.of_rulebook(graph.rulebook("tibetan-guozhuang")).turn


def test_guidance_is_silence_at_nought_and_the_sentence_at_one():
    said, silent = torch.randn(2, 3, 4), torch.randn(2, 3, 4)
    torch.testing.assert_close(guided(said, silent, 0.0), silent)
    torch.testing.assert_close(guided(said, silent, 1.0), said)
    torch.testing.assert_close(guided(said, silent, 1.5), said + 0.5 * (said - silent))


def test_the_sentence_matters_the_more_the_higher_the_style(graph, request_of):
    generator = Generator.load("mixture")
    texts = [TextEncoder.load().encode(said, graph.labels()) for said in ("a slow sad walk", "a wild leaping dance")]
    rows = [row.grid for row in Plan(request_of(), generator.sampler.variation).variants()]
    apart = {}
    with torch.inference_mode():
        for style in (0.0, 0.5, 1.0, 1.5):
            one, other = (generator.sampler._components(rows, text, style)[0].states for text in texts)
            apart[style] = float((one - other).abs().mean())
    assert apart[0.0] == 0 and apart[1.0] > 1e-3
    assert apart[0.5] == pytest.approx(0.5 * apart[1.0], rel=1e-3)
    assert apart[1.5] == pytest.approx(1.5 * apart[1.0], rel=1e-3)
