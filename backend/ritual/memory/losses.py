"""What the two channels are trained by: visual contrast (eq. 3), semantic triplets (eq. 4), their balance (eq. 5)."""

from __future__ import annotations

import torch
from torch import Tensor

from ritual.memory.addressing import likeness

GAMMA = 0.07  # of the paper
FORM_FIRST = 0.78  # of attention goes to structure at the start (the paper's eye tracking)
DELTA = (0.8, 1.2)  # ordinary, sacred
BETA = (0.4, 0.7)  # folk decoration (alpha 0.6), sacred


def visual_contrast(features: Tensor, prototypes: Tensor, positive: Tensor, gamma: float = GAMMA) -> Tensor:
    """L_vis = -log(sum over P of exp(cos / gamma) / sum over P and N), >= 0; eq. 3.

    Args:
        features: (B, D) phi(f). prototypes: (K, D) psi(v). positive: (B, K) which prototypes are of the same form, of
            whichever people. gamma: temperature.

    Returns:
        (B,) [nats]; 0 for a row that has no positive prototype or only positive ones.
    """
    scores = likeness(prototypes, features) / gamma
    told = positive.any(1) & ~positive.all(1)
    like = scores.masked_fill(~positive, -torch.inf)
    loss = scores.logsumexp(1) - torch.where(told[:, None], like, scores).logsumexp(1)
    return torch.where(told, loss, torch.zeros_like(loss))


def semantic_triplets(features: Tensor, concepts: Tensor, groups: Tensor, opposed: Tensor, delta: Tensor) -> Tensor:
    """L_sem = max(0, delta + d(s_a, s_p) - d(s_a, s_n)) over a batch, with the hardest pairs in it; eq. 4.

    The positive is the farthest feature of the anchor's concept, among those of other peoples where there are any; the
    negative is the nearest of another concept; of one that the graph opposes to it a third of the way is taken off.

    Args:
        features: (B, D) of length 1, d is Euclidean. concepts, groups: (B,) indices.
        opposed: (C, C) which concepts oppose each other.
        delta: (B,) margin of each anchor.

    Returns:
        (B,); 0 for an anchor without a positive or without a negative.
    """
    distance = (2 - 2 * (features @ features.T)).clamp_min(1e-8).sqrt()
    same = concepts[:, None] == concepts[None]
    itself = torch.eye(len(features), dtype=torch.bool, device=features.device)
    abroad = same & (groups[:, None] != groups[None])
    positive = torch.where(abroad.any(1, keepdim=True), abroad, same & ~itself)
    closer = torch.where(opposed[concepts][:, concepts], distance / 1.5, distance)
    farthest = distance.masked_fill(~positive, -torch.inf).amax(1)
    nearest = closer.masked_fill(same, torch.inf).amin(1)
    told = positive.any(1) & ~same.all(1)
    loss = (delta + farthest - nearest).clamp_min(0)
    return torch.where(told, loss, torch.zeros_like(loss))


def boundary(level: Tensor) -> Tensor:
    """delta: 0.8 for ordinary decoration (level 0) to 1.2 for what is sacred (level 1)."""
    return DELTA[0] + (DELTA[1] - DELTA[0]) * level


def balance(level: Tensor, progress: float) -> tuple[Tensor, Tensor]:
    """(alpha, beta) of eq. 5, from the taboo level and how far training has come.

    Form first: alpha starts at 0.78 for all and by half-time has come to what the level says, 0.6 for folk decoration
    (level 0) to 0.3 for what is sacred (level 1); beta is the rest.
    """
    own = BETA[0] + (BETA[1] - BETA[0]) * level
    share = min(max(2 * progress, 0.0), 1.0)
    beta = (1 - share) * (1 - FORM_FIRST) + share * own
    return 1 - beta, beta
