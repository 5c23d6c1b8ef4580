"""A dance points to motion capture, which joins its stances in the prior, in training and in sampling alike."""

from __future__ import annotations

import logging
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ritual.body import contact
from ritual.body.kinematics import forward
from ritual.body.skeleton import ANGLE_INDEX, SKELETON
from ritual.clip import MotionClip, read, write
from ritual.culture.graph import load_graph
from ritual.errors import BadInput
from ritual.motion import recordings
from ritual.motion.data import Take, heading_states
from ritual.motion.heading import ANGLE_COUNT, positions
from ritual.motion.material import dances_of
from ritual.motion.mixture import Mixture, sampled_divergence, table_sigmas, variational_divergence
from ritual.motion.mixture_sampler import _choose
from ritual.motion.network import RATE, Components
from ritual.motion.plan import Plan
from ritual.motion.prior import SHIFTS, WAY_LOOSENESS, curve_of, looseness, prior_mixture
from ritual.motion.proposal import Request, Variation
from ritual.motion.reference import StanceCurve
from ritual.motion.sample import Generator
from ritual.motion.text import TextEncoder
from ritual.motion.windows import Dance, dance_batch
from ritual.resources import resource

DANCE = "dai-peacock"
TEMPO, START = 1.1, 1.37  # of the recording: against the dance's own, and where it sets in [s of the dance]
MOCAP = Path(__file__).parents[2].parent / "shared" / "data" / "mocap"
SHARED = ("ontology.ttl", "angles.ttl", "shapes.ttl", "vocabulary.ttl", "concepts.ttl", "occasions.ttl")
ARMS = ("left_shoulder_abduction", "right_shoulder_abduction", "left_elbow_flexion", "right_elbow_flexion")
POINTS = """@prefix rm: <urn:ritual-motion:ontology:> .
@prefix kg: <urn:ritual-motion:kg:> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
kg:dai-peacock rm:referenceMotion kg:recording .
kg:recording a rm:ReferenceMotion ; skos:prefLabel "a recording"@en ; rm:file "motions/FILE" ; MORE
    dcterms:license "CC0" ; dcterms:source kg:source-general-knowledge ; rm:review rm:Unreviewed .
"""


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory):
    """Nothing that was remembered before is believed here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RITUAL_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        recordings._known.cache_clear()
        yield
    recordings._known.cache_clear()


@pytest.fixture(scope="module")
def shipped():
    return load_graph()


@pytest.fixture(scope="module")
def book(shipped):
    return shipped.rulebook(DANCE)


@pytest.fixture(scope="module")
def stances(book) -> StanceCurve:
    return StanceCurve.of_rulebook(book)


@pytest.fixture(scope="module")
def style() -> np.ndarray:
    """(36,) how our dancer differs from the stances, all through the dance [rad]: arms wider, elbows more bent."""
    out = np.zeros(ANGLE_COUNT)
    out[[ANGLE_INDEX[name] for name in ARMS]] = 0.4
    return out


@pytest.fixture(scope="module")
def clip(book, style) -> MotionClip:
    """Two rounds and a half of our own generated dance in another style, set in late, faster than the stances."""
    still = Variation(0.35, 0.0, 0.0, 0.0)
    frames = int(2.6 * book.cycle_seconds * 30 + START * 30)
    made = Generator.load().propose(
        Request.of_rulebook(book, torch.zeros(384), frames, 30.0, seed=5, variation=still)
    )
    first = round(START * 30)
    angles = torch.from_numpy(np.clip(made.angles[0, first:] + style, *np.array(SKELETON.limits).T))
    tilt, heading = (torch.from_numpy(values[0, first:]) for values in (made.tilt, made.heading))
    fps = 30.0 * TEMPO
    lift = contact.lift(torch.from_numpy(made.targets[0, first:]))
    place, rotation = contact.ground(angles, tilt, heading, lift, fps)
    joints = forward(angles, place, rotation).positions
    return MotionClip(*(x.numpy() for x in (angles, place, rotation, joints)), fps, "peacock")


@pytest.fixture(scope="module")
def pointing(tmp_path_factory, clip):
    """`pointing(suffix, more, source)`: the folder of a graph whose dance points to the clip, or to another file."""

    def make(suffix: str = ".bvh", more: str = "", source: Path | None = None) -> Path:
        folder = tmp_path_factory.mktemp("graph")
        for name in (*SHARED, "groups/dai.ttl"):
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copy(resource("knowledge_graph") / name, folder / name)
        (folder / "motions").mkdir()
        file = folder / "motions" / f"peacock{suffix}"
        shutil.copy(source, file) if source else write(file, clip)
        text = POINTS.replace("FILE", file.name).replace("MORE", more)
        (folder / "groups" / "recording.ttl").write_text(text, encoding="utf-8")
        return folder

    return make


@pytest.fixture(scope="module")
def graph(pointing):
    return load_graph(pointing())


@pytest.fixture(scope="module")
def curve(graph) -> StanceCurve:
    return curve_of(graph.rulebook(DANCE))


def taken(clip: MotionClip, clock: np.ndarray) -> np.ndarray:
    """(T, 39) states of a clip at given times [s]."""
    return Take("", "", "", *heading_states(clip), clip.fps).at(clock)[0]


# ---------------------------------------------------------------- without motion capture


def test_without_motion_capture_the_prior_is_what_it_was_bit_for_bit(shipped):
    for dance in shipped.dances():
        book = shipped.rulebook(dance.slug)
        curve = curve_of(book)
        assert curve.danced == () and book.reference_motions == ()
        reference = curve.at(np.linspace(-0.4, 2.3, 50), RATE)
        cycle = reference.cycle[:, None] + np.array(SHIFTS) / curve.cycle_seconds
        means = positions(torch.from_numpy(curve.at(cycle.ravel(), RATE).state)).flatten(1).unflatten(0, cycle.shape)
        widen = torch.from_numpy(1 + WAY_LOOSENESS * looseness(reference.local))[:, None, None]
        weights = torch.from_numpy(-0.5 * (np.array(SHIFTS) / 0.12) ** 2).log_softmax(0)
        prior = prior_mixture(curve, reference)
        assert torch.equal(prior.means, means.float())
        assert torch.equal(prior.sigmas, (widen * table_sigmas(means)).expand(means.shape).float())
        assert torch.equal(prior.log_weights, weights.expand(50, -1).float())


def test_a_missing_file_is_told_once_and_the_dance_goes_by_its_stances(pointing, stances, caplog):
    folder = pointing(".npz")
    graph = load_graph(folder)
    (folder / "motions" / "peacock.npz").unlink()
    recordings._tell_missing.cache_clear()
    with caplog.at_level(logging.WARNING):
        curves = [curve_of(graph.rulebook(DANCE)) for _ in range(2)]
    assert [record.getMessage() for record in caplog.records] == [
        "The reference motion 'motions/peacock.npz' of 'dai-peacock' is not there; the dance goes by its stances alone."
    ]
    assert all(curve.danced == () for curve in curves)
    assert np.array_equal(curves[0].states, stances.states)


# ---------------------------------------------------------------- the prior


def test_the_recording_becomes_likely_and_the_stances_stay_so(curve, stances, clip, book):
    (danced,) = curve.danced
    assert danced.rounds == pytest.approx(2.6, abs=0.05)
    assert danced.seconds == pytest.approx(book.cycle_seconds / TEMPO, rel=0.02)
    clock = np.arange(0, clip.seconds, 1 / RATE)
    states = taken(clip, clock)
    place = (START + clock * TEMPO) / book.cycle_seconds
    reference = stances.at(place, RATE)
    y = positions(torch.from_numpy(states)).flatten(1)
    before, after = (prior_mixture(c, reference, dtype=torch.float64) for c in (stances, curve))
    assert (after.log_prob(y) - before.log_prob(y)).mean() > 20.0  # nats a frame
    own = positions(torch.from_numpy(reference.state)).flatten(1)
    lost = before.log_prob(own) - after.log_prob(own)
    assert float(lost.max()) <= np.log(2.0) + 1e-6  # the half of the mass that stays theirs
    torch.testing.assert_close(after.log_weights.exp().sum(-1), torch.ones(len(place)).double())
    mass = after.log_weights.exp()
    torch.testing.assert_close(mass[:, :5].sum(-1), mass[:, 5:].sum(-1))


def test_components_are_chosen_by_it(curve, stances, style):
    """w_k = pi_k p_prior(mu_k): the dancer's way comes up, though another is nearer to the stances."""
    picked = {}
    for name, reference in (("stances", stances), ("both", curve)):
        request = Request((reference,), torch.zeros(384), 200, 25.0, variants=40, beats_per_cycle=8.0)
        plan = Plan(request, Variation(timing=0.0, start=0.0, size=0.0))
        choices = []
        for row in plan.variants():
            near = torch.from_numpy(row.grid.state)
            mocap = near.clone()
            mocap[:, :ANGLE_COUNT] += torch.from_numpy(style)
            states = torch.stack((near - 0.5 * (mocap - near), mocap), 1).float()
            weights = torch.full((len(near), 2), 0.5).log()
            choices.append(_choose(row, Components(weights, states, torch.ones(len(near), 2, 24)))[1])
        picked[name] = float(np.mean(np.concatenate(choices) == 1))
    assert picked["stances"] < 0.2 and picked["both"] > 0.9, picked


def test_the_divergence_pulls_towards_the_recording(curve, stances):
    """From a point nearer to the recording than to the stances, eq. 8 leads to the recording; without it, back."""
    reference = stances.at(stances.phases[:4], RATE)
    own = positions(torch.from_numpy(reference.state)).flatten(1)
    (danced,) = curve.danced
    there = torch.from_numpy(danced.at(reference.cycle)[0])
    ends = {}
    for name, c in (("stances", stances), ("both", curve)):
        prior = prior_mixture(c, reference, dtype=torch.float64)
        means = (own + 0.65 * (there - own))[:, None].clone().requires_grad_()
        sigmas = table_sigmas(means).expand(means.shape)
        for _ in range(600):
            guess = Mixture(torch.zeros(4, 1, dtype=torch.float64), means, sigmas)
            (gradient,) = torch.autograd.grad(variational_divergence(guess, prior).sum(), means)
            means = (means - 0.0005 * gradient).detach().requires_grad_()
        end = means.detach()[:, 0]
        ends[name] = float(((end - own) * (there - own)).sum() / (there - own).square().sum())
    assert ends["stances"] < 0.2 and ends["both"] > 0.8


def test_training_and_sampling_hold_the_dance_to_be_the_same(graph):
    book = graph.rulebook(DANCE)
    (asked,) = Request.of_rulebook(book, torch.zeros(384), 10, 25.0).curves
    learnt = next(d for d in dances_of(graph, TextEncoder.load()) if (d.slug, d.performer) == (DANCE, book.performer))
    assert len(asked.danced) == len(learnt.curve.danced) == 1
    assert np.array_equal(asked.danced[0].means, learnt.curve.danced[0].means)


def test_a_batch_of_dances_with_and_without_it_has_one_prior_of_each(graph, shipped):
    dances = []
    for book in (graph.rulebook(DANCE), shipped.rulebook(DANCE)):
        dances.append(Dance(DANCE, book.performer, curve_of(book), book.domain, torch.zeros(1, 384)))
    batch = dance_batch(dances, 8, 2, np.random.default_rng(0))
    assert batch.prior.means.shape == (2, 8, 10, 72)
    mass = batch.prior.log_weights.exp()
    torch.testing.assert_close(mass.sum(-1), torch.ones(2, 8))
    assert sorted((mass > 0).sum(-1)[:, 0].tolist()) == [5, 10]
    p = Mixture(batch.prior.log_weights[..., :5], batch.prior.means[..., :5, :], batch.prior.sigmas[..., :5, :])
    p = replace(p, log_weights=p.log_weights.log_softmax(-1), means=p.means.clone().requires_grad_())
    variational_divergence(p, batch.prior).sum().backward()
    assert p.means.grad.isfinite().all()
    drawn = sampled_divergence(p, batch.prior, 4, torch.Generator().manual_seed(0))
    assert drawn.isfinite().all()


# ---------------------------------------------------------------- files


def test_the_part_of_the_file_and_the_cycle_that_the_graph_names_are_taken(pointing, book):
    length = book.cycle_seconds / TEMPO
    said = f"rm:beginsAt 1.0 ; rm:endsAt {1.0 + 1.5 * length:.3f} ;"
    (found,) = curve_of(load_graph(pointing(more=said)).rulebook(DANCE)).danced
    assert found.rounds == pytest.approx(1.5, abs=0.05)
    begins = (book.cycle_seconds - START) / TEMPO
    said += f" rm:cycleBegins {begins:.3f} ; rm:cycleSeconds {length:.4f} ;"
    (given,) = curve_of(load_graph(pointing(".npz", said)).rulebook(DANCE)).danced
    assert np.abs(found.means - given.means).mean() < 0.005


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("rm:endsAt 2 ;", "It holds 0.[0-9]+ of a cycle; at least a whole one is needed|does not follow"),
        ("rm:beginsAt 500 ;", "begin at 500 s of a file that lasts"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_dance(pointing, more, why):
    graph = load_graph(pointing(more=more))
    with pytest.raises(BadInput, match=rf"'motions/peacock.bvh' of 'dai-peacock' cannot be used: .*({why})"):
        curve_of(graph.rulebook(DANCE))


def test_a_damaged_file_is_named(pointing, tmp_path):
    bad = tmp_path / "bad.bvh"
    bad.write_text("HIERARCHY\nnothing of the kind")
    with pytest.raises(BadInput, match=r"'motions/peacock\.bvh' of 'dai-peacock' cannot be used"):
        curve_of(load_graph(pointing(source=bad)).rulebook(DANCE))


def test_it_is_read_once_and_remembered_by_other_processes_until_the_file_changes(pointing, monkeypatch, clip):
    folder = pointing(".npz", "rm:beginsAt 0.01 ;")
    book = load_graph(folder).rulebook(DANCE)
    first = curve_of(book).danced[0]
    assert curve_of(book).danced[0] is first
    recordings._known.cache_clear()  # another process
    with monkeypatch.context() as patch:
        patch.setattr(recordings, "danced_cycle", lambda *_: pytest.fail("it was read again"))
        again = curve_of(book).danced[0]
    assert np.array_equal(again.means, first.means) and np.array_equal(again.sigmas, first.sigmas)
    for kept in (Path(os.environ["RITUAL_CACHE_DIR"]) / "motions").iterdir():
        kept.write_bytes(b"damaged")
    recordings._known.cache_clear()
    assert np.array_equal(curve_of(book).danced[0].means, first.means)
    short = replace(clip, **{n: getattr(clip, n)[:250] for n in ("angles", "positions")},
                    root_translation=clip.root_translation[:250], root_rotation=clip.root_rotation[:250])  # fmt: skip
    write(folder / "motions" / "peacock.npz", short)
    assert curve_of(book).danced[0].rounds < first.rounds


@pytest.mark.skipif(not MOCAP.is_dir(), reason="the mocap folder ../shared/data/mocap is not there")
def test_real_motion_of_another_body_is_taken_where_the_graph_says_its_cycle(pointing, shipped):
    """A stand-in: no motion capture of our dances exists. An Indian dance does not follow the peacock's stances."""
    source = min((MOCAP / "cmu_indian").glob("*.bvh"))
    with pytest.raises(BadInput, match=r"does not follow the stances closely enough.*rm:cycleBegins"):
        curve_of(load_graph(pointing(source=source, more="rm:endsAt 20 ;")).rulebook(DANCE))
    said = "rm:beginsAt 1 ; rm:endsAt 20 ; rm:cycleBegins 2 ; rm:cycleSeconds 6 ;"
    curve = curve_of(load_graph(pointing(source=source, more=said)).rulebook(DANCE))
    clock = np.arange(3.0, 15.0, 0.2)
    y = positions(torch.from_numpy(taken(read(source), clock))).flatten(1)
    reference = curve.at((clock - 2) / 6, RATE)
    bare = StanceCurve.of_rulebook(shipped.rulebook(DANCE))
    gain = prior_mixture(curve, reference).log_prob(y.float()) - prior_mixture(bare, reference).log_prob(y.float())
    assert float(gain.mean()) > 20.0  # nats a frame


def test_no_dance_that_ships_pretends_to_have_motion_capture(shipped):
    assert not [dance.slug for dance in shipped.dances() if shipped.reference_motions(dance.slug)]
