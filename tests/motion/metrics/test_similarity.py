"""Similarity to real motion: real near 100, chance near 0, a statue below, and worse motion less."""

import numpy as np
import pytest

from ritual.errors import BadInput
from ritual.motion.metrics.similarity import Window, families, similarity

CAPTIONS = ("bow", "drum", "leap")


@pytest.fixture(scope="module")
def danced(dancing):
    """Windows of one caption: one way of moving, at another tempo and size in each take."""

    def windows(takes, seed=0, blur=0.0):
        rng = np.random.default_rng(seed)
        out = []
        for n, caption in enumerate(CAPTIONS):
            for take in range(takes):
                track = dancing(seconds=2.4, seed=n, beat=rng.uniform(0.6, 0.7), size=rng.uniform(0.3, 0.5))
                out.append(Window(track + blur * (track.mean(0) - track), caption, f"{caption}{take}-{seed}"))
        return out

    return windows


@pytest.fixture(scope="module")
def still(danced):
    return np.mean([w.track.mean(0) for w in danced(4)], 0)


def test_motion_of_the_same_kind_is_as_similar_as_real_and_blurred_motion_less(danced, still):
    real, rng = danced(5), np.random.default_rng(0)
    good = similarity(danced(5, seed=1), real, still, rng).percent
    assert good["real"].value == 100 and good["random"].value == 0
    assert abs(good["made"].value - 100) < 10
    half = similarity(danced(5, seed=1, blur=0.5), real, still, rng).percent["made"].value
    frozen = similarity(danced(5, seed=1, blur=1.0), real, still, rng).percent["made"].value
    assert good["made"].value > half + 5 > frozen + 10


def test_motion_for_another_caption_is_no_better_than_chance_and_a_statue_worse_than_real(danced, still):
    real = danced(5)
    astray = [Window(w.track, CAPTIONS[CAPTIONS.index(w.caption) - 1], w.take) for w in danced(5, seed=1)]
    found = similarity(astray, real, still, np.random.default_rng(0))
    assert abs(found.percent["made"].value) < 25
    assert found.concordance["still"].value == pytest.approx(0, abs=1e-9)
    assert found.percent["still"].value < 50 and found.percent["middle"].value < 100
    assert found.distance["real"].value < found.distance["random"].value


def test_every_kind_of_query_has_the_same_number_of_references_and_none_of_its_own_take(danced, still):
    real = danced(4)
    twice = [*real, *real]  # a window that met itself would be nought away
    found = similarity([], twice, still, np.random.default_rng(0))
    assert found.distance["real"].value > 0.5
    assert found.references == dict.fromkeys(CAPTIONS, 6) and found.captions == 3
    assert found.n["real"] == 24 and "made" not in found.n


def test_the_spread_shrinks_with_more_windows(danced, still):
    few = similarity(danced(2, seed=1), danced(4), still, np.random.default_rng(0))
    many = similarity(danced(12, seed=1), danced(4), still, np.random.default_rng(0))
    assert many.distance["made"].spread < few.distance["made"].spread


def test_captions_that_say_nearly_the_same_are_one_family():
    texts = {"walk": np.array([1.0, 0.0]), "stride": np.array([0.8, 0.6]), "bow": np.array([0.0, 1.0])}
    assert families(texts) == {"walk": "stride", "stride": "stride", "bow": "bow"}
    assert set(families(texts, alike=0.6).values()) == {"bow"}  # chained: walk, stride, bow


def test_captions_that_cannot_be_measured_are_named(danced, still):
    with pytest.raises(BadInput, match="two takes"):
        similarity([], danced(1), still, np.random.default_rng(0))
    with pytest.raises(BadInput, match="waltz"):
        similarity([Window(danced(1)[0].track, "waltz", "x")], danced(3), still, np.random.default_rng(0))
