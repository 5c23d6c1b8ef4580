"""The mixture density of eq. 7 and the divergence that eq. 8 uses."""

import math

import pytest
import torch

from ritual.body.skeleton import JOINTS
from ritual.motion.mixture import (
    SIGMA,
    Mixture,
    component_divergences,
    sampled_divergence,
    table_sigmas,
    variational_divergence,
)


def random_mixture(seed: int, batch: tuple[int, ...] = (), k: int = 5, size: int = 3, spread: float = 1.0) -> Mixture:
    g = torch.Generator().manual_seed(seed)
    draw = lambda *shape: torch.randn(*batch, *shape, generator=g, dtype=torch.float64)  # noqa: E731
    return Mixture(draw(k).log_softmax(-1), spread * draw(k, size), (0.3 * draw(k, size)).exp())


def as_torch(mixture: Mixture) -> torch.distributions.Distribution:
    parts = torch.distributions.Independent(torch.distributions.Normal(mixture.means, mixture.sigmas), 1)
    weights = torch.distributions.Categorical(logits=mixture.log_weights)
    return torch.distributions.MixtureSameFamily(weights, parts)


def test_the_density_is_that_of_torch_distributions():
    mixture = random_mixture(0, (4, 7), size=72)
    y = torch.randn(4, 7, 72, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(mixture.log_prob(y), as_torch(mixture).log_prob(y))


def test_the_density_integrates_to_one():
    mixture = random_mixture(2, size=2)
    line = torch.linspace(-12, 12, 601, dtype=torch.float64)
    grid = torch.stack(torch.meshgrid(line, line, indexing="ij"), -1)
    many = Mixture(*(getattr(mixture, n).expand(601, 601, *getattr(mixture, n).shape) for n in vars(mixture)))
    assert float(many.log_prob(grid).exp().sum() * (line[1] - line[0]) ** 2) == pytest.approx(1.0, abs=1e-6)


def test_divergences_between_single_gaussians_are_exact():
    p, q = random_mixture(3), random_mixture(4, k=2)
    each = component_divergences(p, q)
    for k in range(5):
        for m in range(2):
            a = torch.distributions.Normal(p.means[k], p.sigmas[k])
            b = torch.distributions.Normal(q.means[m], q.sigmas[m])
            torch.testing.assert_close(each[k, m], torch.distributions.kl_divergence(a, b).sum())


def test_the_variational_divergence_of_equal_mixtures_is_zero():
    p = random_mixture(5, (6,), size=72)
    torch.testing.assert_close(variational_divergence(p, p), torch.zeros(6, dtype=torch.float64))


def test_the_variational_divergence_of_one_component_each_is_exact():
    p, q = random_mixture(6, k=1), random_mixture(7, k=1)
    torch.testing.assert_close(variational_divergence(p, q), component_divergences(p, q)[0, 0])


@pytest.mark.parametrize(("spread", "size"), [(1.0, 3), (4.0, 3), (1.0, 72), (2.0, 72)])
def test_the_variational_divergence_agrees_with_monte_carlo(spread, size):
    """Where components stand apart; where they overlap closely it is up to a third off in 72 coordinates."""
    p, q = random_mixture(8, size=size, spread=spread), random_mixture(9, size=size, spread=spread)
    sampled = float(sampled_divergence(p, q, 50_000, torch.Generator().manual_seed(0)))
    assert float(variational_divergence(p, q)) == pytest.approx(sampled, rel=0.25, abs=0.05)


def test_monte_carlo_works_on_batches():
    p, q = random_mixture(10, (3,)), random_mixture(11, (3,))
    together = sampled_divergence(p, q, 50_000, torch.Generator().manual_seed(0))
    assert together.shape == (3,)
    alone = Mixture(p.log_weights[1], p.means[1], p.sigmas[1]), Mixture(q.log_weights[1], q.means[1], q.sigmas[1])
    one = sampled_divergence(*alone, 50_000, torch.Generator().manual_seed(1))
    assert float(together[1]) == pytest.approx(float(one), abs=0.05)


def test_the_sigma_table_holds_what_the_paper_prints_and_every_joint():
    assert len(SIGMA) == len(JOINTS)
    by_name = dict(zip(JOINTS, SIGMA, strict=True))
    assert by_name["left_wrist"] == by_name["right_wrist"] == 0.15
    assert by_name["spine1"] == by_name["spine2"] == by_name["spine3"] == 0.05
    assert all(0.05 <= sigma <= 0.15 for sigma in SIGMA)
    assert math.isclose(float(table_sigmas(torch.zeros(1))[3 * JOINTS.index("left_wrist") + 2]), 0.15, rel_tol=1e-6)
