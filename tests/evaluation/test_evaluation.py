"""The protocol of the evaluation: what is compared with what, on clips of our own and on real motion where it is."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ritual.brief import Brief
from ritual.clip import write
from ritual.evaluation.captions import drawn_from_keys
from ritual.evaluation.dances import broken_by_mocap, compliance_of, dance_figures, danced
from ritual.evaluation.drawn import Page, draw, references_by_text
from ritual.evaluation.evaluate import Held, evaluate, real_diversity
from ritual.evaluation.rules import rule_figures
from ritual.evaluation.sample import FPS, Sample, by_family, real_samples, source_of
from ritual.generate import Engine, generate
from ritual.motion.data import load_corpus
from ritual.motion.metrics.skating import FEET

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "mocap"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared motion capture is not beside the project")
CONTRACT = {
    "compliance_before", "compliance_before_without_kl", "compliance_after", "interception", "false_alarm",
    "dtw_similarity", "dtw_real_vs_real", "dtw_random", "jerk_ratio", "skating_ratio", "diversity_ratio",
    "dance_classifier_accuracy", "seconds_8s_5_variants",
}  # fmt: skip


def floor_of(positions):
    """Height [m] of the floor under a clip: 2 % quantile of the lower foot, less its flesh."""
    return np.quantile(positions[:, FEET, 2].min(1), 0.02) - 0.02


@pytest.fixture(scope="module")
def engine():
    return Engine.load()


@pytest.fixture(scope="module")
def clips(engine):
    made = generate(Brief("a dance", "han-yangko", seconds=6.0, variants=2, seed=1), engine)
    return [variant.clip for variant in made.variants]


def test_a_sample_faces_ahead_over_the_origin(clips):
    sample = Sample.of(clips[0], "a dance", "one.npz")
    np.testing.assert_allclose(sample.heading[:, 0, :2], 0, atol=1e-9)
    lengths = [np.linalg.norm(x[:, 4] - x[:, 1], axis=-1) for x in (sample.heading, sample.world)]
    np.testing.assert_allclose(*lengths)
    hips = sample.heading[:, 1] - sample.heading[:, 2]  # left minus right: to the left of who faces -Y is +X
    assert np.median(hips[:, 0]) > 0.1 and np.median(np.abs(hips[:, 1])) < 0.05


def test_both_partners_of_a_salsa_are_one_source():
    assert source_of("cmu_salsa/05.bvh") == source_of("cmu_salsa/20.bvh")
    assert source_of("cmu/49_10.bvh") != source_of("cmu/49_11.bvh")


def test_only_families_with_two_sources_are_compared(clips):
    one = Sample.of(clips[0], "bow", "a.npz")
    rows = [one, replace(one, file="b.npz"), replace(one, family="turn")]
    assert list(by_family(rows)) == ["bow"]


def test_references_for_a_sentence_are_of_the_nearest_captions():
    texts = {"walk": torch.tensor([1.0, 0.0]), "walking": torch.tensor([0.99, 0.14]), "dance": torch.tensor([0.0, 1.0])}
    library = [Page(caption, f"{n}.bvh", (np.zeros((1, 39)), np.zeros(1))) for n, caption in enumerate([*texts] * 3)]
    picked = references_by_text(texts["walk"], texts, library, 8, np.random.default_rng(0))
    assert len(picked) == 8 and {page.caption for page in picked} == {"walk", "walking"}


def test_what_is_drawn_from_key_poses_stands_moves_and_is_repeatable(engine, clips):
    samples = [Sample.of(clip, "a dance", f"{n}.npz") for n, clip in enumerate(clips)]
    text = engine.encoder.encode_text("a dance")
    in_time = replace(engine.generator.sampler.variation, timing=0.0, start=0.0, size=0.0)
    made, again = (draw(engine.generator, text, samples, 3, variation=in_time) for _ in range(2))
    assert [len(s.heading) for s in made] == [100, 100]
    np.testing.assert_array_equal(made[0].heading, again[0].heading)
    assert all(abs(floor_of(s.world)) < 0.03 for s in made)
    apart = np.linalg.norm(made[0].heading - samples[0].heading[:100], axis=-1).mean()
    other = np.linalg.norm(made[0].heading - np.roll(samples[0].heading[:100], 40, 0), axis=-1).mean()
    assert 0.0 < apart < other  # it follows its reference, and is no copy of it


def test_the_family_travels_with_what_is_drawn(engine, clips):
    sample = replace(Sample.of(clips[0], "walk", "a.npz"), family="slow walk")
    held = Held({"slow walk": [sample]}, [], {"walk": engine.encoder.encode_text("walk")})
    drawn = drawn_from_keys(engine.generator, held, held.families, 0)
    assert [s.family for s in drawn["slow walk"]] == ["slow walk"] and drawn["slow walk"][0].file == "a.npz"


@pytest.fixture(scope="module")
def two_dances(engine):
    class Few:
        def __init__(self, graph):
            self._graph = graph

        def __getattr__(self, name):
            return getattr(self._graph, name)

        def dances(self):
            return [d for d in self._graph.dances() if d.slug in ("dai-peacock", "tibetan-guozhuang")]

    return replace(engine, graph=Few(engine.graph))


def test_figures_of_dances(two_dances, clips):
    made = danced(two_dances, (0, 1))
    real = [Sample.of(clip, "dance", "a.npz") for clip in clips]
    figures, rows, confusion = dance_figures(made, real, {"diversity_ratio": 20.0, "diversity_ratio_warped": 20.0})
    assert figures["compliance_after"].value == 1.0 and figures["compliance_after"].n == 20
    assert figures["dance_classifier_accuracy"].value >= 0.9
    assert confusion["labels"] == ["dai-peacock", "tibetan-guozhuang"]
    assert set(rows) == {"dai-peacock", "tibetan-guozhuang"}
    assert figures["seconds_8s_5_variants"].n == 4
    rules = rule_figures(made)
    assert rules["interception"].value == 1.0 and rules["interception"].n > 10
    assert rules["false_alarm"].value == 0.0 and rules["false_alarm"].n > 10


def test_compliance_of_weights_and_what_motion_capture_would_break(two_dances, clips):
    shares = compliance_of(two_dances.generator, two_dances, range(1))
    assert all(len(row) == 5 and 0 <= min(row) <= max(row) <= 1 for row in shares.values())
    kept = compliance_of(two_dances.generator, two_dances, range(1), kept=True)
    assert all(row == [1.0] * 5 for row in kept.values())
    bent = clips[0]
    from ritual.body.skeleton import ANGLE_INDEX

    angles = bent.angles.copy()
    angles[:, ANGLE_INDEX["left_wrist_flexion"]] = np.radians(75)  # beyond what a woman's peacock may show
    broken = broken_by_mocap(two_dances, [Sample.of(replace(bent, angles=angles), "x", "x.npz")])
    assert broken["dai-peacock/female"] > 0.9


@needs_data
def test_held_out_windows_have_no_training_in_them(tmp_path):
    few = tmp_path / "cmu"
    few.mkdir()
    for name in ("08_01", "08_02", "35_01"):
        (few / f"{name}.bvh").symlink_to(DATA / "cmu" / f"{name}.bvh")
    corpus = load_corpus(tmp_path)
    cache = tmp_path / "cache"
    samples = real_samples(tmp_path, corpus, "test", cache)
    assert {s.file for s in samples} == {"cmu/08_01.bvh", "cmu/08_02.bvh"}
    assert all(s.clip.fps == FPS and abs(floor_of(s.world)) < 0.01 for s in samples)
    again = real_samples(tmp_path, corpus, "test", cache)
    np.testing.assert_allclose(again[0].world, samples[0].world, atol=1e-6)


def test_too_little_motion_is_told_in_a_sentence(engine, clips, tmp_path):
    from ritual.errors import BadInput

    write(tmp_path / "one.npz", clips[0])
    with pytest.raises(BadInput, match="two are needed to measure"):
        evaluate(tmp_path, engine, None, "test")


@pytest.mark.slow
@needs_data
def test_the_contract_of_the_command(tmp_path):
    from typer.testing import CliRunner

    from ritual.cli.main import app

    path = tmp_path / "out.json"
    done = CliRunner().invoke(app, ["motion", "evaluate", "--data", str(DATA), "--json", str(path), "--seeds", "2"])
    assert done.exit_code == 0, done.output
    figures = json.loads(path.read_text())["figures"]
    assert set(figures) >= CONTRACT
    assert all({"value", "spread", "n"} <= set(figures[key]) for key in CONTRACT)
    assert figures["compliance_after"]["value"] == 1.0
    assert figures["interception"]["value"] == 1.0 and figures["false_alarm"]["value"] == 0.0


def test_real_diversity_is_of_clips_of_one_caption(clips):
    rows = [Sample.of(clip, "a", f"{n}.npz") for n, clip in enumerate(clips)]
    apart = 100 * np.linalg.norm(rows[0].heading - rows[1].heading, axis=-1).mean()
    assert real_diversity(Held({"a": rows}, [], {}))["diversity_ratio"] == pytest.approx(apart)
