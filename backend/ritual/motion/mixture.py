"""Mixtures of Gaussians with diagonal covariance (eq. 7) and the divergence between two of them (eq. 8)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ritual.body.skeleton import JOINTS

COMPONENTS = 5

# Standard deviation of each joint's coordinates [m]: how loosely the rite holds it. M §4 gives the two ends, wrist
# 0.15 (many legitimate variants) and spine 0.05 (held); the rest is ours, growing along each limb from the trunk.
_SIGMA = {
    "pelvis": 0.05, "hip": 0.05, "spine1": 0.05, "spine2": 0.05, "spine3": 0.05, "neck": 0.06, "collar": 0.06,
    "head": 0.07, "shoulder": 0.07, "knee": 0.07, "ankle": 0.08, "foot": 0.09, "elbow": 0.11, "wrist": 0.15,
    "hand": 0.15,
}  # fmt: skip
SIGMA = tuple(_SIGMA[name.removeprefix("left_").removeprefix("right_")] for name in JOINTS)
FACTOR_BOUND = math.log(2.0)  # a learnt factor keeps sigma between half and twice the table


@dataclass(frozen=True, eq=False)
class Mixture:
    """sum_k pi_k N(mu_k, diag sigma_k^2) over D coordinates, batched.

    Attributes:
        log_weights: (..., K), normalised.
        means: (..., K, D).
        sigmas: (..., K, D), positive.
    """

    log_weights: Tensor
    means: Tensor
    sigmas: Tensor

    def component_log_prob(self, y: Tensor) -> Tensor:
        """(..., K) log N_k(y) of points (..., D)."""
        z = (y[..., None, :] - self.means) / self.sigmas
        return (-0.5 * z.square() - self.sigmas.log()).sum(-1) - 0.5 * y.shape[-1] * math.log(2 * math.pi)

    def log_prob(self, y: Tensor) -> Tensor:
        """(...,) log density of points (..., D)."""
        return torch.logsumexp(self.log_weights + self.component_log_prob(y), -1)


def table_sigmas(like: Tensor) -> Tensor:
    """(72,) the table above per coordinate, in the type and on the device of `like`."""
    return like.new_tensor(SIGMA).repeat_interleave(3)


def component_divergences(p: Mixture, q: Mixture) -> Tensor:
    """(..., K, M) KL(p_k || q_m) between single Gaussians, exact."""
    mean_p, mean_q = p.means[..., :, None, :], q.means[..., None, :, :]
    sigma_p, sigma_q = p.sigmas[..., :, None, :], q.sigmas[..., None, :, :]
    ratio = sigma_p / sigma_q
    return (0.5 * (ratio.square() + ((mean_p - mean_q) / sigma_q).square() - 1) - ratio.log()).sum(-1)


def variational_divergence(p: Mixture, q: Mixture) -> Tensor:
    """(...,) estimate of KL(p || q), which has no closed form between mixtures.

    The variational approximation of Hershey and Olsen (2007), "Approximating the Kullback Leibler divergence
    between Gaussian mixture models", eq. 20: zero for equal mixtures, exact for single Gaussians, no bound in general;
    a third too high in 72 coordinates where components overlap closely (17.8 for 13.9 by Monte Carlo).
    """
    within = torch.logsumexp(p.log_weights[..., None, :] - component_divergences(p, p), -1)
    across = torch.logsumexp(q.log_weights[..., None, :] - component_divergences(p, q), -1)
    return (p.log_weights.exp() * (within - across)).sum(-1)


def sampled_divergence(p: Mixture, q: Mixture, samples: int, generator: torch.Generator) -> Tensor:
    """(...,) Monte Carlo estimate of KL(p || q): unbiased, noisy; what the other is checked against."""
    batch, count = p.log_weights.shape[:-1], p.log_weights.shape[-1]
    rows = p.log_weights.exp().reshape(-1, count)
    pick = torch.multinomial(rows, samples, True, generator=generator).reshape(*batch, samples, 1)
    pick = pick.expand(*batch, samples, p.means.shape[-1])
    mean, sigma = p.means.gather(-2, pick), p.sigmas.gather(-2, pick)
    noise = torch.randn(mean.shape, generator=generator, dtype=mean.dtype, device=mean.device)
    y = (mean + sigma * noise).movedim(-2, 0)
    return (p.log_prob(y) - q.log_prob(y)).mean(0)
