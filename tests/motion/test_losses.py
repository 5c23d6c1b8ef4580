"""The parts of the loss against values worked out by hand."""

import math

import numpy as np
import pytest
import torch

from ritual.body.angle_domain import AngleDomain, Reason, TabooBox
from ritual.body.skeleton import ANGLE_INDEX
from ritual.motion.losses import (
    ETA,
    LAMBDA,
    angle_error,
    cultural_loss,
    frame_nll,
    imbalance,
    limit_penalty,
    phrase_nll,
)
from ritual.motion.mixture import Mixture

ELBOW, WRIST = ANGLE_INDEX["left_elbow_flexion"], ANGLE_INDEX["left_wrist_flexion"]


def rest(*changes: tuple[int, float]) -> torch.Tensor:
    angles = torch.zeros(36, dtype=torch.float64)
    for index, value in changes:
        angles[index] = value
    return angles


def standard(batch: tuple[int, ...], means: list[float]) -> Mixture:
    k = len(means)
    centres = torch.tensor(means, dtype=torch.float64)[:, None].expand(*batch, k, 72)
    weights = torch.full((*batch, k), -math.log(k), dtype=torch.float64)
    return Mixture(weights, centres, torch.ones(*batch, k, 72, dtype=torch.float64))


def test_limits_are_penalised_alike_above_and_below():
    body = AngleDomain.physiological()
    assert float(limit_penalty(rest(), body)) == 0.0
    above = limit_penalty(rest((ELBOW, body.upper[ELBOW] + 0.2)), body)
    below = limit_penalty(rest((ELBOW, body.lower[ELBOW] - 0.2)), body)
    assert float(above) == pytest.approx(0.04)
    assert float(below) == pytest.approx(0.04)


def test_a_taboo_box_is_penalised_by_the_distance_to_its_nearest_face():
    body = AngleDomain.physiological()
    box = TabooBox(((WRIST, math.radians(65), math.inf), (ELBOW, -math.inf, math.radians(20))), Reason("r"))
    domain = AngleDomain(body.lower, body.upper, (box,))
    inside = rest((WRIST, math.radians(68)), (ELBOW, math.radians(10)))
    assert float(limit_penalty(inside, domain)) == pytest.approx(math.radians(3) ** 2)
    outside = rest((WRIST, math.radians(68)), (ELBOW, math.radians(21)))
    assert float(limit_penalty(outside, domain)) == 0.0
    assert not domain.violates(outside.numpy())


def test_a_margin_starts_the_penalty_inside_the_domain():
    body = AngleDomain.physiological()
    near = rest((ELBOW, body.upper[ELBOW] - 0.05))
    assert float(limit_penalty(near, body)) == 0.0
    assert float(limit_penalty(near, body, margin=0.1)) >= 0.05**2


def test_the_cultural_loss_adds_up_as_published():
    mixture, prior = standard((1, 2), [0.0]), standard((1, 2), [1.0])
    reference = torch.zeros(1, 2, 36, dtype=torch.float64)
    angles = torch.full((1, 2, 1, 36), 0.1, dtype=torch.float64)
    hold = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    penalty = torch.full((1, 2, 1), 0.3, dtype=torch.float64)
    loss = cultural_loss(mixture, prior, angles, reference, hold, penalty)
    assert float(loss.divergence) == pytest.approx(0.5)  # unit Gaussians one apart in each of 72 coordinates
    assert float(loss.stance) == pytest.approx(36 * 0.01 / 2)  # full at the stance, none halfway
    assert float(loss.limits) == pytest.approx(0.3)
    assert float(loss.total()) == pytest.approx(0.5 + LAMBDA * 0.18 + ETA * 0.3)
    assert (LAMBDA, ETA) == (1.2, 0.8)


def test_frame_likelihood_of_a_standard_normal_at_its_mean():
    mask = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    y = torch.stack((torch.zeros(72), torch.full((72,), 9.0)))[None].double()
    assert float(frame_nll(standard((1, 2), [0.0]), y, mask)) == pytest.approx(0.5 * math.log(2 * math.pi))


def test_a_phrase_is_explained_by_one_component_alone():
    mixture = standard((1, 2), [0.0, 1.0])
    ones = torch.ones(1, 2, dtype=torch.float64)
    steady = torch.ones(1, 2, 72, dtype=torch.float64)
    torn = torch.stack((torch.zeros(72), torch.ones(72)))[None].double()
    assert float(frame_nll(mixture, torn, ones)) == pytest.approx(float(frame_nll(mixture, steady, ones)))
    loss, posterior, soft = phrase_nll(mixture, steady, ones)
    assert float(phrase_nll(mixture, torn, ones)[0]) > float(loss) + 0.2
    np.testing.assert_allclose(posterior.numpy(), [[0.0, 1.0]], atol=1e-9)
    assert 0.5 < float(soft[0, 1]) <= 1.0


def test_imbalance_is_none_when_even_and_log_k_when_one_takes_all():
    assert float(imbalance(torch.eye(5).double())) == pytest.approx(0.0, abs=1e-9)
    all_to_one = torch.eye(5).double()[[2] * 8]
    assert float(imbalance(all_to_one)) == pytest.approx(math.log(5))


def test_angle_error_counts_the_component_that_explains_the_phrase():
    angles = torch.zeros(1, 2, 2, 36, dtype=torch.float64)
    angles[:, :, 1] = 0.2
    true = torch.zeros(1, 2, 36, dtype=torch.float64)
    mask = torch.ones(1, 2, dtype=torch.float64)
    assert float(angle_error(angles, torch.tensor([[1.0, 0.0]]).double(), true, mask)) == 0.0
    assert float(angle_error(angles, torch.tensor([[0.0, 1.0]]).double(), true, mask)) == pytest.approx(0.04)
