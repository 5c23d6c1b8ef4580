"""Retrieval and the dance classifier find what there is, nothing where there is nothing, and less in worse motion."""

import numpy as np
import pytest

from ritual.errors import BadInput
from ritual.motion.metrics.classifier import DanceClassifier
from ritual.motion.metrics.features import motion_features
from ritual.motion.metrics.retrieval import Retriever, retrieved

DANCES = ("bow", "drum", "fan", "leap", "swing", "turn")


@pytest.fixture(scope="module")
def clips(dancing):
    """Features of twelve clips of each of six dances: one way of moving each, its tempo and size a little different."""
    rng = np.random.default_rng(0)
    rows, names = [], []
    for n, name in enumerate(DANCES):
        for _ in range(12):
            beat, size = (0.5 + 0.1 * n) * rng.uniform(0.95, 1.05), 0.4 * rng.uniform(0.8, 1.2)
            rows.append(motion_features(dancing(seed=n, beat=beat, size=size), 15.0))
            names.append(name)
    return np.stack(rows), np.array(names), np.tile(np.arange(12), 6)


@pytest.fixture(scope="module")
def texts():
    rows = np.random.default_rng(1).normal(size=(6, 384)) + 1.0
    return dict(zip(DANCES, rows / np.linalg.norm(rows, axis=1, keepdims=True), strict=True))


def fitted(clips, texts):
    features, names, number = clips
    fit = number < 8
    evaluator = Retriever.fit(features[fit], np.stack([texts[n] for n in names[fit]]), names[fit], number[fit])
    return evaluator, features[~fit], names[~fit]


def test_captions_of_fresh_motions_are_found(clips, texts):
    evaluator, features, names = fitted(clips, texts)
    found = retrieved(evaluator, features, names, texts, np.random.default_rng(0), batches=40)
    assert found.precision[1] > 0.9 and found.batch == 6
    assert found.chance == {1: 1 / 6, 2: 2 / 6, 3: 3 / 6}
    assert found.precision[1] <= found.precision[2] <= found.precision[3]


def test_motions_of_other_captions_are_found_by_chance_and_blurred_ones_less(clips, texts):
    evaluator, features, names = fitted(clips, texts)
    rng = np.random.default_rng(0)
    shuffled = names[np.random.default_rng(3).permutation(len(names))]
    assert retrieved(evaluator, features, shuffled, texts, rng, batches=100).precision[1] < 0.4
    scores = []
    for share in (0.0, 4.0, 16.0):
        noise = share * features.std(0) * np.random.default_rng(4).normal(size=features.shape)
        scores.append(retrieved(evaluator, features + noise, names, texts, np.random.default_rng(0)).precision[1])
    assert scores[0] > scores[1] > scores[2]


def test_captions_that_say_the_same_do_not_meet(clips, texts):
    evaluator, features, names = fitted(clips, texts)
    alike = {**texts, "turn": texts["swing"]}
    assert retrieved(evaluator, features, names, alike, np.random.default_rng(0), batches=10).batch == 5
    few = np.isin(names, DANCES[:3])
    with pytest.raises(BadInput, match="at least 4 are needed"):
        retrieved(evaluator, features[few], names[few], texts, np.random.default_rng(0))


def test_a_common_caption_weighs_no_more_than_a_rare_one(clips, texts):
    features, names, number = clips
    fit = (number < 8) & ((names == "bow") | (number < 2))
    rows = np.stack([texts[n] for n in names[fit]])
    evaluator = Retriever.fit(features[fit], rows, names[fit], number[fit])
    np.testing.assert_allclose(evaluator.middle, np.mean(list(texts.values()), 0))
    moved = Retriever.fit(features[fit], rows + 1.0, names[fit], number[fit])
    np.testing.assert_allclose(moved.slope, evaluator.slope, atol=1e-9)


def test_the_same_seed_gives_the_same_figures(clips, texts):
    evaluator, features, names = fitted(clips, texts)
    first, again = (retrieved(evaluator, features, names, texts, np.random.default_rng(5), batches=20) for _ in "ab")
    assert first == again


def test_different_dances_are_told_from_each_other_and_one_dance_is_not(clips):
    features, names, number = clips
    fit = number < 8
    told = DanceClassifier(features[fit], names[fit]).told(features[~fit], names[~fit])
    assert told.accuracy > 0.95 and told.n == 24 and told.confusion.sum() == 24
    assert told.dances == DANCES and np.trace(told.confusion) >= 23 and told.chance == pytest.approx(1 / 6)
    one = number[names == "bow"]
    same = features[names == "bow"]
    labels = np.where(one % 2, "a", "b")
    assert DanceClassifier(same[:8], labels[:8]).told(same[8:], labels[8:]).accuracy < 1.0


def test_the_matrix_says_which_dance_is_taken_for_which(clips):
    features, names, number = clips
    model = DanceClassifier(features[number < 8], names[number < 8])
    drums = features[(names == "drum") & (number >= 8)]
    told = model.told(drums, ["fan"] * len(drums))
    assert told.accuracy == 0.0 and told.confusion[DANCES.index("fan"), DANCES.index("drum")] == len(drums)


def test_bad_input_is_told_in_a_sentence(clips):
    features, names, _ = clips
    with pytest.raises(BadInput, match="two and more"):
        DanceClassifier(features[:5], ["bow"] * 5)
    with pytest.raises(BadInput, match="not fitted on: waltz"):
        DanceClassifier(features, names).told(features[:1], ["waltz"])
    with pytest.raises(BadInput, match="as many as each other"):
        Retriever.fit(features, features, names, [1])
