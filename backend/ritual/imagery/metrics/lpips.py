"""Learned perceptual image patch similarity.

Source: Zhang, Isola, Efros, Shechtman & Wang (2018), eq. 1, in version 0.1 of its authors: features of length 1 over
the channels, squared differences weighted by a head per layer, mean over places, sum over layers. Without heads every
channel weighs 1, which is the authors' baseline and no LPIPS: `LPIPS-memory` is that on the memory's layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from ritual.errors import BadInput
from ritual.imagery.features import Features, read_weights, sha256_of
from ritual.imagery.metrics.pixels import see_that_they_pair

_CHANNELS = {"AlexNet": (64, 192, 384, 256, 256), "VGG16": (64, 128, 256, 512, 512)}
_PUBLISHED = (
    "df73285e35b22355a2df87cdb6b70b343713b667eddbda73e1977e0c860835c0",  # alex.pth
    "a78928a0af1e5f0fcb1f3b9e8f8c3a2a5a3de244d830ad5c1feddc79b8432868",  # vgg.pth
)
_TINY = 1e-10


@dataclass(frozen=True, eq=False)
class Heads:
    """(1, C, 1, 1) weights of the channels of each layer, the file that they came from, and whether LPIPS 0.1's."""

    weights: tuple[Tensor, ...]
    file: str
    published: bool


def lpips(made: Tensor, real: Tensor, features: Features, heads: Heads | None = None) -> Tensor:
    """(N,) 0 = the same; with gradients.

    Args:
        heads: weights of each layer's channels; None = 1 for all.

    Raises:
        BadInput: other shapes.
    """
    see_that_they_pair(made, real)
    total = made.new_zeros(len(made)).float()
    for place, (x, y) in enumerate(zip(features.layers(made), features.layers(real), strict=True)):
        apart = (_of_length_1(x) - _of_length_1(y)).square()
        if heads is not None:
            apart = apart * heads.weights[place].to(apart)
        total = total + apart.sum(1).mean((1, 2))
    return total


def read_heads(path: Path, features: Features) -> Heads:
    """The linear heads of LPIPS 0.1 (`alex.pth`, `vgg.pth` of its package) that belong to a backbone.

    Raises:
        BadInput: the backbone is none of LPIPS's, or the file has not the heads for it.
    """
    if features.kind not in _CHANNELS:
        raise BadInput(f"LPIPS has heads for AlexNet and VGG16, not for {features.name}.",
                       hint="Give AlexNet or VGG16 as its backbone.")  # fmt: skip
    weights, channels = read_weights(path), _CHANNELS[features.kind]
    heads = [weights.get(f"lin{n}.model.1.weight") for n in range(len(channels))]
    if any(head is None or head.shape != (1, width, 1, 1) for head, width in zip(heads, channels, strict=True)):
        raise BadInput(
            f"'{path}' has no LPIPS heads for {features.kind}.",
            hint="Give alex.pth or vgg.pth of LPIPS 0.1, the one that belongs to the backbone.",
        )
    return Heads(tuple(heads), path.name, sha256_of(path) in _PUBLISHED)


def lpips_label(features: Features, heads: Heads | None) -> str:
    """`LPIPS` with a published backbone and published heads alone, else by the features."""
    own = heads is not None and heads.published and features.published
    return "LPIPS" if own else f"LPIPS-{features.label}"


def _of_length_1(x: Tensor) -> Tensor:
    x = x.float()
    return x / (x.square().sum(1, keepdim=True) + _TINY**2).sqrt().clamp_min(_TINY)
