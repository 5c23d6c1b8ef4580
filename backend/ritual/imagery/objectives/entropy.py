"""How rich in information the pictures of a domain are."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

_LUMA = (0.299, 0.587, 0.114)


def picture_entropy(picture: Tensor) -> float:
    """Entropy [bit] of a picture's histogram of 256 grey levels, 0..8: -sum p log2 p.

    Args:
        picture: (3, H, W) in -1..1.

    Source: artworks paper, image entropy; grey by ITU-R BT.601.
    """
    grey = (picture.float() * torch.tensor(_LUMA, device=picture.device).view(3, 1, 1)).sum(0)
    levels = ((grey + 1) * 127.5).round().clamp(0, 255).long().flatten()
    shares = torch.bincount(levels, minlength=256) / len(levels)
    return float(torch.special.entr(shares).sum() / torch.log(torch.tensor(2.0)))


def domain_entropy(pictures: Iterable[Tensor]) -> float:
    """Mean entropy [bit] of the pictures of a domain.

    Source: artworks paper, H(X) = mean over the images of X.

    Raises:
        ValueError: there are no pictures.
    """
    values = [picture_entropy(picture) for picture in pictures]
    if not values:
        raise ValueError("A domain without pictures has no entropy.")
    return sum(values) / len(values)


def entropy_ratio(a: Iterable[Tensor], b: Iterable[Tensor]) -> float:
    """H(a) / H(b): above 1, a is the richer domain, and to translate b into a is the harder way.

    Source: artworks paper, entropy ratio of two domains. A domain of flat pictures counts as a thousandth of a bit.
    """
    return domain_entropy(a) / max(domain_entropy(b), 1e-3)
