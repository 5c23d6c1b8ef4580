"""What a network must say to give features: its layers, and one vector of a picture."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

_MEAN, _SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class FeatureNetwork(nn.Module):
    """A picture classifier read at several depths.

    Class attributes:
        title: as reports name it. smallest: the shorter side of a picture that it can read [px].
    """

    title: ClassVar[str]
    smallest: ClassVar[int]

    def layers(self, x: Tensor) -> list[Tensor]:
        """(N, 3, H, W) in -1..1 -> maps of features (N, C, h, w), the shallowest first."""
        raise NotImplementedError

    def vector(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in -1..1 -> (N, D): the mean over the deepest layer."""
        return self.layers(x)[-1].mean((2, 3))

    def classes(self, x: Tensor) -> Tensor | None:
        """(N, 3, H, W) in -1..1 -> (N, C) log-probabilities of its classes; None where it was read without them."""
        return None

    def vector_and_classes(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """`vector` and `classes`, where one look gives both."""
        return self.vector(x), self.classes(x)


class ImageNetInput(nn.Module):
    """-1..1 -> what torchvision's networks were trained on: each channel of mean 0 and variance 1 over ImageNet."""

    def __init__(self) -> None:
        super().__init__()
        for name, values in (("mean", _MEAN), ("spread", _SPREAD)):
            self.register_buffer(name, torch.tensor(values).view(1, 3, 1, 1), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return ((x + 1) / 2 - self.mean) / self.spread
