"""Cosine between a made picture and its real one: COSIN of the asymmetric CycleGAN's paper (A, Table 2).

A does not define it. Its figures (0.83 to 0.97 where SSIM is 0.21 to 0.44) are those of vectors that have no negative
entries and share their mean, as pixels in 0..1 do: that is our reading of COSIN. Beside it the cosine of feature
vectors, which says whether the same things are seen.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from ritual.imagery.features import Features
from ritual.imagery.metrics.pixels import see_that_they_pair, unit


def cosine_of_pixels(made: Tensor, real: Tensor) -> Tensor:
    """(N,) of all pixels in 0..1 as one vector; 1 = the same up to brightness.

    Raises:
        BadInput: other shapes.
    """
    see_that_they_pair(made, real)
    return F.cosine_similarity(unit(made).flatten(1), unit(real).flatten(1)).clamp(-1, 1)


def cosine_of_features(made: Tensor, real: Tensor, features: Features) -> Tensor:
    """(N,) of the vectors of the features.

    Raises:
        BadInput: other shapes.
    """
    see_that_they_pair(made, real)
    return F.cosine_similarity(features.vector(made).float(), features.vector(real).float()).clamp(-1, 1)
