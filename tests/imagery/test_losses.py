"""What players pay, against sums done by hand."""

import math

import pytest
import torch

from ritual.imagery.objectives.losses import balanced_bce, bce, critic, gradient_penalty, hinge, l1, lsgan


def test_least_squares():
    judged = torch.tensor([0.5, 1.0])
    assert lsgan(judged, True) == pytest.approx(0.125)
    assert lsgan(judged, False) == pytest.approx(0.625)


def test_scales_weigh_alike_whatever_their_size():
    assert lsgan([torch.zeros(1, 1, 4, 4), torch.ones(1, 1, 2, 2)], True) == pytest.approx(0.5)


def test_cross_entropy_of_logits():
    assert bce(torch.zeros(3), True) == pytest.approx(math.log(2))
    assert bce(torch.tensor([2.0]), False) == pytest.approx(math.log(1 + math.exp(2)))


def test_hinge_and_critic():
    judged = torch.tensor([2.0, -2.0])
    assert hinge(judged, True) == pytest.approx(1.5) and hinge(judged, False) == pytest.approx(1.5)
    assert critic(judged + 1, True) == pytest.approx(-1) and critic(judged + 1, False) == pytest.approx(1)


def test_balanced_cross_entropy_weighs_the_rare():
    wanted = torch.tensor([1.0, 0, 0, 0]).view(1, 1, 2, 2)
    edges = torch.tensor([0.8, 0.1, 0.2, 0.3]).view(1, 1, 2, 2)
    by_hand = -(0.75 * math.log(0.8) + 0.25 * (math.log(0.9) + math.log(0.8) + math.log(0.7))) / 4
    everywhere = torch.ones_like(wanted)
    assert balanced_bce(edges, wanted, everywhere) == pytest.approx(by_hand, rel=1e-5)
    looked_at = torch.tensor([1.0, 1, 0, 0]).view(1, 1, 2, 2)  # an edge in two places: as rare as it is common
    half = -0.5 * (math.log(0.8) + math.log(0.9)) / 4
    assert balanced_bce(edges * looked_at, wanted, looked_at) == pytest.approx(half, rel=1e-4)


def test_balanced_cross_entropy_stays_finite_where_everything_is_wrong():
    assert torch.isfinite(balanced_bce(torch.zeros(1, 1, 2, 2), *(torch.ones(1, 1, 2, 2),) * 2))
    assert torch.isfinite(balanced_bce(*(torch.zeros(1, 1, 2, 2),) * 3))


def test_the_penalty_is_the_slopes_distance_from_one():
    slope = torch.full((1, 3, 4, 4), 2 / math.sqrt(48))  # of norm 2, everywhere
    penalty = gradient_penalty(lambda x: (x * slope).sum((1, 2, 3)), torch.rand(2, 3, 4, 4), torch.rand(2, 3, 4, 4))
    assert penalty == pytest.approx(1.0, rel=1e-4)


def test_losses_are_float32_in_any_precision():
    half = torch.full((1, 1, 2, 2), 0.3, dtype=torch.bfloat16)
    for loss in (lsgan(half, True), bce(half, True), hinge(half, True), critic(half, True), l1(half, half)):
        assert loss.dtype == torch.float32
