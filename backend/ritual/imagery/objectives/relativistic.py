"""The relativistic pairing loss and its gradient penalties, which make a GAN's training converge.

Source: Huang et al. (2025), The GAN is dead; long live the GAN!, eq. 2 and §3.2 (after Jolicoeur-Martineau 2019, and
Mescheder et al. 2018 for R1 and R2).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import softplus


def pairing(better: Tensor, worse: Tensor) -> Tensor:
    """Mean of log(1 + exp(worse - better)): small where each `better` scores above the `worse` beside it.

    The discriminator pays pairing(real, fake), the generator pairing(fake, real): a fake is judged by how it stands
    beside a real one, so the generator cannot please by leaving real kinds out.

    Args:
        better, worse: (N,) scores.
    """
    return softplus(worse - better).mean()


def gradient_penalty(scores: Tensor, pictures: Tensor) -> Tensor:
    """Half the mean squared length of the score's gradient at the pictures: R1 at real ones, R2 at made ones.

    Args:
        scores: (N,), each from its own row of `pictures`, which want a gradient.
    """
    (slope,) = torch.autograd.grad(scores.sum(), pictures, create_graph=True)
    return slope.float().square().flatten(1).sum(1).mean() / 2
