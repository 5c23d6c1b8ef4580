"""What players pay. Scalars, computed in float32 whatever the networks compute in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

Judged = Tensor | Sequence[Tensor]
"""What a discriminator says: one map of answers, or one for each scale."""


def l1(x: Tensor, y: Tensor) -> Tensor:
    """Mean absolute difference."""
    return (x.float() - y.float()).abs().mean()


def lsgan(judged: Judged, real: bool) -> Tensor:
    """Squared distance of the answers from 1 (real) or 0; mean over scales. Source: Mao et al. (2017)."""
    return _over_scales(judged, lambda x: (x - float(real)).square().mean())


def bce(judged: Judged, real: bool) -> Tensor:
    """Binary cross-entropy of the answers, which are logits. Source: Goodfellow et al. (2014)."""
    return _over_scales(judged, lambda x: F.binary_cross_entropy_with_logits(x, torch.full_like(x, float(real))))


def hinge(judged: Judged, real: bool) -> Tensor:
    """The critic's: answers are to pass 1 (real) or -1. Source: Lim & Ye (2017); Miyato et al. (2018)."""
    return _over_scales(judged, lambda x: F.relu(1 - x if real else 1 + x).mean())


def critic(judged: Judged, real: bool) -> Tensor:
    """Wasserstein: what is real is to be answered high, what is not low. Source: Arjovsky et al. (2017)."""
    return _over_scales(judged, lambda x: -x.mean() if real else x.mean())


def balanced_bce(edges: Tensor, wanted: Tensor, where: Tensor) -> Tensor:
    """Cross-entropy of edge maps in which what is rare weighs as much as what is common.

    An edge's term weighs beta = |no edge| / |all|, the others' 1 - beta, with the counts taken (softly) from `wanted`
    over what `where` marks in the whole batch.

    Args:
        edges, wanted: (N, 1, H, W) in 0..1. where: likewise, what is looked at at all: counted with the rest, what is
            not looked at would make edges so rare that drawing them everywhere cost next to nothing.

    Source: Xie & Tu (2015), HED, eq. 2; mean instead of sum, so that the size of a picture does not matter.
    """
    edges, wanted = edges.float().clamp(1e-6, 1 - 1e-6), wanted.float()
    beta = 1 - wanted.sum() / where.float().sum().clamp_min(1e-6)
    return -(beta * wanted * edges.log() + (1 - beta) * (1 - wanted) * (1 - edges).log()).mean()


def gradient_penalty(judge: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor) -> Tensor:
    """How far the critic's slope between real and made pictures is from 1. Source: Gulrajani et al. (2017), eq. 3.

    Args:
        judge: pictures -> answers. real, fake: (N, 3, H, W) alike.
    """
    part = torch.rand(len(real), 1, 1, 1, device=real.device)
    between = torch.lerp(fake.detach().float(), real.float(), part).requires_grad_()
    (slope,) = torch.autograd.grad(judge(between).float().sum(), between, create_graph=True)
    return (slope.flatten(1).norm(dim=1) - 1).square().mean()


def _over_scales(judged: Judged, loss: Callable[[Tensor], Tensor]) -> Tensor:
    maps = [judged] if isinstance(judged, Tensor) else judged
    return torch.stack([loss(answers.float()) for answers in maps]).mean()
