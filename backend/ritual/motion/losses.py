"""The loss of the motion network: mixture likelihood of real motion and the cultural loss (eq. 8)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ritual.body.angle_domain import AngleDomain
from ritual.motion.heading import COORDINATES
from ritual.motion.mixture import Mixture, variational_divergence
from ritual.motion.windows import DanceBatch

LAMBDA, ETA = 1.2, 0.8  # as published (M §4)


@dataclass(frozen=True)
class CulturalLoss:
    """The three parts of eq. 8, each a scalar before its weight; `divergence` per coordinate."""

    divergence: Tensor
    stance: Tensor
    limits: Tensor

    def parts(self) -> dict[str, float]:
        return {name: float(value.detach()) for name, value in vars(self).items()}

    def total(self, kl: float = 1.0, stance: float = LAMBDA, limits: float = ETA) -> Tensor:
        return kl * self.divergence + stance * self.stance + limits * self.limits


def limit_penalty(angles: Tensor, domain: AngleDomain, margin: float = 0.0) -> Tensor:
    """(...,) sum of squared distances [rad^2] of (..., 36) angles to the allowed domain.

    Upper and lower limits alike. In a taboo box the distance is that to its nearest face, the least change of one
    angle that leaves it.

    Args:
        angles: [rad].
        domain: Omega of the rulebook.
        margin: how far inside the domain the penalty already starts [rad].
    """
    inner = domain.shrunk(margin) if margin else domain
    lower, upper = angles.new_tensor(inner.lower), angles.new_tensor(inner.upper)
    out = ((lower - angles).relu() + (angles - upper).relu()).square().sum(-1)
    for box in inner.boxes:
        walls = []
        for j, low, high in box.intervals:
            walls += [angles[..., j] - low, high - angles[..., j]]
        out = out + torch.stack(walls, -1).amin(-1).relu().square()
    return out


def cultural_loss(
    mixture: Mixture, prior: Mixture, angles: Tensor, reference: Tensor, hold: Tensor, penalty: Tensor
) -> CulturalLoss:
    """Eq. 8 over a batch of frames.

    theta_ref are the canonical stances, so the pull towards them is full at a stance and none halfway to the
    next; every component is pulled, by its weight.

    Args:
        mixture: p_gen, (..., K) over 72 coordinates.
        prior: p_prior, (..., M).
        angles: (..., K, 36) of the components [rad].
        reference: (..., 36) interpolated stances [rad].
        hold: (...,) 1 at a stance, 0 halfway.
        penalty: (..., K) `limit_penalty` of the components.
    """
    weights = mixture.log_weights.exp()
    apart = (angles - reference[..., None, :]).square().sum(-1) * hold[..., None]
    return CulturalLoss(
        variational_divergence(mixture, prior).mean() / COORDINATES,
        (weights * apart).sum(-1).mean(),
        (weights * penalty).sum(-1).mean(),
    )


def dance_loss(mixture: Mixture, angles: Tensor, batch: DanceBatch, pick: slice) -> CulturalLoss:
    """Eq. 8 on some of the frames of a batch of dances.

    Args:
        mixture: (B, T', K) what is drawn there. angles: (B, T', K, 36) of its components [rad].
        batch: (B, T). pick: which T' frames.
    """
    penalty = torch.stack([limit_penalty(angles[i], domain) for i, domain in enumerate(batch.domains)])
    prior = Mixture(*(getattr(batch.prior, name)[:, pick] for name in vars(batch.prior)))
    stances = batch.stances[:, pick, : angles.shape[-1]]
    return cultural_loss(mixture, prior, angles, stances, batch.hold[:, pick], penalty)


def frame_nll(mixture: Mixture, y: Tensor, mask: Tensor) -> Tensor:
    """Mean negative log likelihood per coordinate of (B, T, 72) positions, frame by frame (eq. 7)."""
    return -(mixture.log_prob(y) * mask).sum() / mask.sum() / COORDINATES


def phrase_nll(mixture: Mixture, y: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """The same with one component for a whole phrase of T frames: a clip, not a frame, is the unit (spec §4).

    This is what makes a component mean one way of dancing a phrase, so that it may be chosen once per phrase.

    Returns:
        the loss; (B, K) the posterior of the components given the phrase; and the same as if the phrase were one
        frame (the geometric mean over its frames), which stays soft enough to learn from.
    """
    frames = mask.sum(1, keepdim=True).clamp(min=1)
    weights = ((mixture.log_weights * mask[..., None]).sum(1) / frames).log_softmax(-1)
    each = (mixture.component_log_prob(y) * mask[..., None]).sum(1)
    joint = weights + each
    loss = -(torch.logsumexp(joint, -1, keepdim=True) / frames).mean() / COORDINATES
    return loss, joint.softmax(-1), (weights + each / frames).softmax(-1)


def imbalance(posterior: Tensor) -> Tensor:
    """How unevenly a batch of phrases falls to the components: KL(mean posterior || uniform), 0 when even.

    Without it one component may come to explain everything and leave the others far from any motion.
    """
    mean = posterior.mean(0)
    return (mean * (mean.clamp(min=1e-9) * len(mean)).log()).sum()


def angle_error(angles: Tensor, posterior: Tensor, true: Tensor, mask: Tensor) -> Tensor:
    """Mean square angle error [rad^2] of (B, T, K, 36) components against (B, T, 36), by their (B, K) posterior.

    Turns of the head and the forearms move no joint position, so the likelihood alone cannot teach them.
    """
    each = (angles - true[..., None, :]).square().mean(-1)
    return ((posterior.detach()[:, None] * each).sum(-1) * mask).sum() / mask.sum()
