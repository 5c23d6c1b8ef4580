"""The pairing loss and the gradient penalties, against what pencil and paper give."""

import math

import pytest
import torch

from ritual.imagery.objectives.relativistic import gradient_penalty, pairing


def test_only_differences_within_a_pair_count():
    real, fake = torch.tensor([2.0, 0.0]), torch.tensor([1.0, 3.0])
    by_hand = (math.log(1 + math.exp(-1)) + math.log(1 + math.exp(3))) / 2
    assert float(pairing(real, fake)) == pytest.approx(by_hand)
    assert torch.allclose(pairing(real + 5, fake + 5), pairing(real, fake))
    assert pairing(fake, real) < pairing(real, fake)  # the generator pays the other way round


def test_a_linear_judge_pays_half_the_square_of_its_slope():
    slope = torch.tensor([1.0, -2.0, 0.5], requires_grad=True)
    x = torch.randn(4, 3, requires_grad=True)
    paid = gradient_penalty(x @ slope, x)
    assert float(paid.detach()) == pytest.approx((1 + 4 + 0.25) / 2)
    paid.backward()
    assert torch.allclose(slope.grad, slope.detach())  # d (|w|^2 / 2) / dw


def test_a_square_judge_pays_by_where_the_pictures_are():
    x = torch.tensor([[1.0, 2.0], [3.0, 0.0]], requires_grad=True)
    assert float(gradient_penalty(x.square().sum(1), x).detach()) == pytest.approx(((4 + 16) + 36) / 2 / 2)
