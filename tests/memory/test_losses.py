"""Eq. 3 to 5 against values worked out by hand, and what the erasure leaves."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from ritual.memory.losses import balance, boundary, semantic_triplets, visual_contrast
from ritual.memory.measures import best_guess, best_guess_given, mean_average_precision, purity


def test_visual_contrast_is_the_share_of_the_positives():
    feature, prototypes = torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    positive = torch.tensor([[True, True, False]])
    like, other = math.exp(1 / 0.5) + 1, math.exp(-1 / 0.5)
    assert float(visual_contrast(feature, prototypes, positive, 0.5)) == pytest.approx(-math.log(like / (like + other)))


@given(st.integers(0, 9999))
def test_visual_contrast_is_never_negative_and_nothing_without_both_kinds(seed):
    rng = torch.Generator().manual_seed(seed)
    features, prototypes = torch.randn(6, 4, generator=rng), torch.randn(5, 4, generator=rng)
    positive = torch.rand(6, 5, generator=rng) < 0.5
    positive[0], positive[1] = True, False
    loss = visual_contrast(features, prototypes, positive)
    assert (loss >= -1e-6).all() and loss[0] == loss[1] == 0


def on_a_line(*angles):
    angles = torch.tensor(angles)
    return torch.stack([angles.cos(), angles.sin()], 1)


def test_a_triplet_takes_the_farthest_of_another_people_and_the_nearest_of_another_concept():
    features = on_a_line(0.0, 0.3, 0.5, 1.0, 2.0)
    concepts, groups = torch.tensor([0, 0, 0, 1, 1]), torch.tensor([0, 1, 0, 0, 1])
    none = torch.zeros(2, 2, dtype=torch.bool)
    loss = semantic_triplets(features, concepts, groups, none, torch.full((5,), 0.8))

    def chord(a):
        return 2 * math.sin(a / 2)

    assert float(loss[0]) == pytest.approx(0.8 + chord(0.3) - chord(1.0), abs=1e-4)  # 0.5 is of its own people
    assert float(loss[1]) == pytest.approx(0.8 + chord(0.3) - chord(0.7), abs=1e-4)


def test_what_the_graph_opposes_must_be_farther_still():
    features, concepts = on_a_line(0.0, 0.1, 0.8), torch.tensor([0, 0, 1])
    groups, delta = torch.tensor([0, 1, 0]), torch.full((3,), 0.2)
    plain, opposed = torch.zeros(2, 2, dtype=torch.bool), ~torch.eye(2, dtype=torch.bool)
    assert semantic_triplets(features, concepts, groups, plain, delta)[0] == 0
    assert (
        semantic_triplets(features, concepts, groups, opposed, delta)[0]
        < 0.01 + semantic_triplets(features, concepts, groups, opposed, delta + 0.1)[0]
    )
    wide = torch.full((3,), 0.6)
    harder = semantic_triplets(features, concepts, groups, opposed, wide)[0]
    assert harder > semantic_triplets(features, concepts, groups, plain, wide)[0]


def test_a_lone_picture_of_its_concept_pulls_nothing():
    features = on_a_line(0.0, 0.1)
    loss = semantic_triplets(
        features, torch.tensor([0, 1]), torch.zeros(2).long(), torch.zeros(2, 2).bool(), torch.ones(2)
    )
    assert loss.tolist() == [0, 0]


def test_boundary_and_balance_are_the_papers():
    assert boundary(torch.tensor([0.0, 1.0])).tolist() == pytest.approx([0.8, 1.2])
    start, _ = balance(torch.tensor([0.0, 1.0]), 0.0)
    assert start.tolist() == pytest.approx([0.78, 0.78])
    alpha, beta = balance(torch.tensor([0.0, 1.0]), 1.0)
    assert alpha.tolist() == pytest.approx([0.6, 0.3]) and beta.tolist() == pytest.approx([0.4, 0.7])


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_meaning_weighs_ever_more(level, sooner, later):
    sooner, later = sorted((sooner, later))
    betas = [float(balance(torch.tensor([level]), moment)[1]) for moment in (sooner, later)]
    assert betas[0] <= betas[1] + 1e-6


def test_purity_is_one_for_heaps_and_the_commonest_label_for_noise():
    rng = torch.Generator().manual_seed(0)
    labels = torch.arange(4).repeat_interleave(50)
    heaps = F.one_hot(labels, 4) + 0.05 * torch.randn(200, 4, generator=rng)
    assert purity(heaps.numpy(), labels.numpy()) == 1.0
    assert 0.25 <= purity(torch.randn(200, 4, generator=rng).numpy(), labels.numpy()) < 0.5


def test_best_guesses():
    train_given, train = torch.tensor([0, 0, 0, 1, 1]).numpy(), torch.tensor([2, 2, 1, 1, 1]).numpy()
    given_, labels = torch.tensor([0, 0, 1, 5]).numpy(), torch.tensor([2, 1, 1, 1]).numpy()
    assert best_guess(train, labels) == 0.75
    assert best_guess_given(train_given, train, given_, labels) == 0.75


def test_mean_average_precision_by_hand():
    features = on_a_line(0.0, 0.1, 0.25, 0.6).numpy()
    labels = torch.tensor([0, 1, 0, 0]).numpy()
    # 0 meets 1, 2, 3 and 2 meets 1, 0, 3: (1/2 + 2/3) / 2;  3 meets 2, 1, 0: (1 + 2/3) / 2
    assert mean_average_precision(features, labels) == pytest.approx((7 / 12 + 7 / 12 + 5 / 6) / 3)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 999))
def test_retrieval_does_not_hang_on_how_long_the_features_are(seed):
    rng = torch.Generator().manual_seed(seed)
    features, labels = torch.randn(12, 3, generator=rng), torch.randint(3, (12,), generator=rng).numpy()
    longer = features * (1 + torch.rand(12, 1, generator=rng))
    assert mean_average_precision(features.numpy(), labels) == pytest.approx(
        mean_average_precision(longer.numpy(), labels)
    )
