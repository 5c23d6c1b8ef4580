"""The Inception that FID is defined on (TensorFlow's of 2015-12-05, 1,008 classes), by the names of its PyTorch port.

Source: Szegedy et al. (2016), Rethinking the Inception architecture; Heusel et al. (2017) for FID. It differs from
torchvision's: averages leave the border out, the last block pools by maximum, and there are 1,008 classes.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ritual.imagery.features.network import FeatureNetwork

SIDE = 299  # px
CLASSES = 1008
_FORK = "fork"
Kernel = int | tuple[int, int]
Chain = list[tuple]
"""(channels, kernel[, stride]) of convolutions after one another; (channels, "fork") = 1x3 and 3x1 side by side."""


class Convolution(nn.Module):
    """Convolution, batch norm, ReLU."""

    def __init__(self, inside: int, outside: int, kernel: Kernel, stride: int = 1, padded: bool = True) -> None:
        super().__init__()
        sides = (kernel, kernel) if isinstance(kernel, int) else kernel
        padding = tuple(side // 2 for side in sides) if padded else 0
        self.conv = nn.Conv2d(inside, outside, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(outside, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn(self.conv(x)), inplace=True)


class Mixed(nn.Module):
    """Chains of convolutions and a pooling, side by side.

    Args:
        chains: name -> chain; its convolutions are `name`, or `name_1`, `name_2` where there are more of them.
        pooled: channels of the 1x1 convolution after the pooling; 0 = the block halves the map, and has none.
        largest: whether it pools by maximum instead of average.
    """

    def __init__(self, inside: int, chains: dict[str, Chain], pooled: int = 0, largest: bool = False) -> None:
        super().__init__()
        self.largest, self.halves, self.outside = largest, not pooled, pooled or inside
        self.chains: list[list[list[str]]] = []
        for name, chain in chains.items():
            self.chains.append(self._add(name, chain, inside))
        if pooled:
            self.branch_pool = Convolution(inside, pooled, 1)

    def _add(self, name: str, chain: Chain, channels: int) -> list[list[str]]:
        steps: list[list[str]] = []
        for place, (width, kernel, *stride) in enumerate(chain, 1):
            own = name if len(chain) == 1 else f"{name}_{place}"
            made = {own: kernel} if kernel != _FORK else {f"{own}a": (1, 3), f"{own}b": (3, 1)}
            for part, shape in made.items():
                self.add_module(part, Convolution(channels, width, shape, *stride, padded=not stride))
            steps.append(list(made))
            channels = width
        self.outside += channels * len(steps[-1])
        return steps

    def forward(self, x: Tensor) -> Tensor:
        found = []
        for steps in self.chains:
            y = x
            for names in steps:
                parts = [self.get_submodule(name)(y) for name in names]
                y = torch.cat(parts, 1) if len(parts) > 1 else parts[0]
            found.append(y)
        if self.halves:
            found.append(F.max_pool2d(x, 3, 2))
        elif self.largest:
            found.append(self.branch_pool(F.max_pool2d(x, 3, 1, 1)))
        else:
            found.append(self.branch_pool(F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)))
        return torch.cat(found, 1)


def _block_a(inside: int, pooled: int) -> Mixed:
    chains = {"branch1x1": [(64, 1)], "branch5x5": [(48, 1), (64, 5)], "branch3x3dbl": [(64, 1), (96, 3), (96, 3)]}
    return Mixed(inside, chains, pooled)


def _block_c(width: int) -> Mixed:
    across, down = (1, 7), (7, 1)
    double = [(width, 1), (width, down), (width, across), (width, down), (192, across)]
    chains = {"branch1x1": [(192, 1)], "branch7x7": [(width, 1), (width, across), (192, down)], "branch7x7dbl": double}
    return Mixed(768, chains, 192)


def _block_e(inside: int, largest: bool) -> Mixed:
    double = [(448, 1), (384, 3), (384, _FORK)]
    chains = {"branch1x1": [(320, 1)], "branch3x3": [(384, 1), (384, _FORK)], "branch3x3dbl": double}
    return Mixed(inside, chains, 192, largest)


class Inception(FeatureNetwork):
    """Pictures of any size are brought to 299 px as TensorFlow 1 does; `vector` has the 2,048 figures of FID."""

    title, smallest = "Inception 2015", 8

    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = Convolution(3, 32, 3, 2, padded=False)
        self.Conv2d_2a_3x3 = Convolution(32, 32, 3, padded=False)
        self.Conv2d_2b_3x3 = Convolution(32, 64, 3)
        self.Conv2d_3b_1x1 = Convolution(64, 80, 1)
        self.Conv2d_4a_3x3 = Convolution(80, 192, 3, padded=False)
        for name, inside, pooled in (("b", 192, 32), ("c", 256, 64), ("d", 288, 64)):
            self.add_module(f"Mixed_5{name}", _block_a(inside, pooled))
        self.Mixed_6a = Mixed(288, {"branch3x3": [(384, 3, 2)], "branch3x3dbl": [(64, 1), (96, 3), (96, 3, 2)]})
        for name, width in zip("bcde", (128, 160, 160, 192), strict=True):
            self.add_module(f"Mixed_6{name}", _block_c(width))
        deep = [(192, 1), (192, (1, 7)), (192, (7, 1)), (192, 3, 2)]
        self.Mixed_7a = Mixed(768, {"branch3x3": [(192, 1), (320, 3, 2)], "branch7x7x3": deep})
        self.Mixed_7b, self.Mixed_7c = _block_e(1280, largest=False), _block_e(2048, largest=True)
        self.fc = nn.Linear(2048, CLASSES)

    def layers(self, x: Tensor) -> list[Tensor]:
        """Before each of its two poolings, before either halving block, and the last: 64, 192, 288, 768, 2,048."""
        x = (127.5 * (resized_as_tensorflow(x, SIDE) + 1) - 128) / 128
        first = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x)))
        second = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(F.max_pool2d(first, 3, 2)))
        third = self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(F.max_pool2d(second, 3, 2))))
        fourth = self.Mixed_6e(self.Mixed_6d(self.Mixed_6c(self.Mixed_6b(self.Mixed_6a(third)))))
        return [first, second, third, fourth, self.Mixed_7c(self.Mixed_7b(self.Mixed_7a(fourth)))]

    def classes(self, x: Tensor) -> Tensor:
        return self.vector_and_classes(x)[1]

    def vector_and_classes(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The classes are of `logits_unbiased`, which the inception score is defined on."""
        vector = self.vector(x)
        return vector, F.linear(vector, self.fc.weight).log_softmax(-1)


def resized_as_tensorflow(x: Tensor, side: int) -> Tensor:
    """(N, C, H, W) -> (N, C, side, side), bilinear as TensorFlow 1 did it: pixel i is read at i * H / side."""
    for axis in (2, 3):
        length = x.shape[axis]
        at = torch.arange(side, device=x.device, dtype=torch.float32) * (length / side)
        low = at.long().clamp_max(length - 1)
        part = (at - low).to(x.dtype).view(-1, *([1] * (3 - axis)))
        upper = x.index_select(axis, (low + 1).clamp_max(length - 1))
        x = torch.lerp(x.index_select(axis, low), upper, part)
    return x
