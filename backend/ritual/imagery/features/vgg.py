"""VGG without its classifier, in plain torch, whose weights bear torchvision's names.

Source: Simonyan & Zisserman (2015), Very deep convolutional networks, columns D and E. The layers are the last ReLU
before each pooling, those of LPIPS (Zhang et al. 2018).
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from ritual.imagery.features.network import FeatureNetwork, ImageNetInput

_WIDTHS = (64, 128, 256, 512, 512)


class VGG(FeatureNetwork):
    """Five blocks of 3x3 convolutions, each halved by the next.

    Class attributes:
        depths: convolutions of each block.
    """

    smallest = 16
    depths: ClassVar[tuple[int, ...]]

    def __init__(self) -> None:
        super().__init__()
        parts: list[nn.Module] = []
        inside = 3
        self.read_at: set[int] = set()
        for width, depth in zip(_WIDTHS, self.depths, strict=True):
            for _ in range(depth):
                parts += [nn.Conv2d(inside, width, 3, padding=1), nn.ReLU()]
                inside = width
            self.read_at.add(len(parts) - 1)
            parts.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*parts[:-1])
        self.input = ImageNetInput()

    def layers(self, x: Tensor) -> list[Tensor]:
        x, found = self.input(x), []
        for place, part in enumerate(self.features):
            x = part(x)
            if place in self.read_at:
                found.append(x)
        return found


class VGG16(VGG):
    title, depths = "VGG16", (2, 2, 3, 3, 3)


class UntrainedVGG16(VGG16):
    """A VGG16 that has learnt nothing, the same on every machine: no model can have been trained by what it sees.

    Source: Naeem et al. (2020), Reliable fidelity and diversity metrics for generative models (random VGG16); weights
    as He et al. (2015), eq. 10, biases 0.
    """

    title = "untrained"

    def __init__(self) -> None:
        super().__init__()
        chance = torch.Generator().manual_seed(0)
        for part in self.features:
            if isinstance(part, nn.Conv2d):
                nn.init.kaiming_normal_(part.weight, nonlinearity="relu", generator=chance)
                nn.init.zeros_(part.bias)


class VGG19(VGG):
    title, depths = "VGG19", (2, 2, 4, 4, 4)
