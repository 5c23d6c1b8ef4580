"""Residual networks in plain torch, whose weights bear torchvision's names: a file of theirs loads as it is.

Source: He et al. (2016), Deep residual learning; `resnet50` has its stride in the 3x3 convolution, as torchvision's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from ritual.errors import BadInput, nearest
from ritual.memory.hub import local


@dataclass(frozen=True)
class BackboneConfig:
    """A residual network.

    Attributes:
        bottleneck: three convolutions a block (1x1, 3x3, 1x1) instead of two of 3x3.
        stem: channels of the first convolution. deep_stem: 7x7 and a maximum pool, as for photographs of 224 px;
            else one 3x3, which keeps what is small in a picture of 64 px.
        widths, blocks, strides: of the stages.
    """

    bottleneck: bool
    stem: int
    deep_stem: bool
    widths: tuple[int, ...]
    blocks: tuple[int, ...]
    strides: tuple[int, ...] = (1, 2, 2, 2)

    @property
    def channels(self) -> int:
        """Of what comes out."""
        return self.widths[-1] * (4 if self.bottleneck else 1)


BACKBONES = {
    "small": BackboneConfig(False, 32, False, (64, 128, 256), (1, 1, 1), (2, 2, 2)),
    "resnet18": BackboneConfig(False, 64, True, (64, 128, 256, 512), (2, 2, 2, 2)),
    "resnet50": BackboneConfig(True, 64, True, (64, 128, 256, 512), (3, 4, 6, 3)),
}


def backbone_config(name: str) -> BackboneConfig:
    """Raises: BadInput: no such backbone; names the valid ones."""
    if name not in BACKBONES:
        raise BadInput(f"There is no backbone '{name}'.", hint=nearest(name, BACKBONES))
    return BACKBONES[name]


class Basic(nn.Module):
    """Two 3x3 convolutions beside a shortcut."""

    def __init__(self, inside: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inside, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = _shortcut(inside, width, stride)

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn1(self.conv1(x)).relu()
        return (self.bn2(self.conv2(y)) + (x if self.downsample is None else self.downsample(x))).relu()


class Bottleneck(nn.Module):
    """1x1, 3x3 and 1x1 convolutions beside a shortcut; four times as wide outside as inside."""

    def __init__(self, inside: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inside, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.downsample = _shortcut(inside, 4 * width, stride)

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu())).relu()
        return (self.bn3(self.conv3(y)) + (x if self.downsample is None else self.downsample(x))).relu()


class Backbone(nn.Module):
    """Picture -> map of features, a sixteenth of its sides (a 32nd with a deep stem)."""

    def __init__(self, config: BackboneConfig) -> None:
        super().__init__()
        self.config = config
        kernel = 7 if config.deep_stem else 3
        self.conv1 = nn.Conv2d(3, config.stem, kernel, 2, kernel // 2, bias=False)
        self.bn1 = nn.BatchNorm2d(config.stem)
        block, spread = (Bottleneck, 4) if config.bottleneck else (Basic, 1)
        inside = config.stem
        for n, (width, count, stride) in enumerate(zip(config.widths, config.blocks, config.strides, strict=True), 1):
            rest = [block(width * spread, width, 1) for _ in range(count - 1)]
            self.add_module(f"layer{n}", nn.Sequential(block(inside, width, stride), *rest))
            inside = width * spread

    def forward(self, pictures: Tensor) -> Tensor:
        """(B, 3, H, W) sRGB in 0..1 -> (B, C, h, w)."""
        x = self.bn1(self.conv1(2 * pictures - 1)).relu()
        if self.config.deep_stem:
            x = nn.functional.max_pool2d(x, 3, 2, 1)
        for n in range(len(self.config.widths)):
            x = self.get_submodule(f"layer{n + 1}")(x)
        return x

    def load_pretrained(self, source: Path | str) -> list[str]:
        """Take weights with torchvision's names, as a local safetensors file or the hub has them (`ritual.memory.hub`);
        their classifier (`fc`) is left out.

        Returns:
            the names in the file that were not used.

        Raises:
            BadInput: no such file, not safetensors, or weights of another network.
        """
        path = local(source)
        if not path.is_file():
            raise BadInput(f"There are no weights at '{path}'.", hint="Name a file, or hub:OWNER/NAME.")
        try:
            tensors = load_file(path)
        except SafetensorError as error:
            raise BadInput(
                f"'{path}' is no safetensors file: {error}.",
                hint="Save a state dict of torchvision's with safetensors.torch.save_file; pickles are not read.",
            ) from None
        own = self.state_dict()
        fit = {name: tensor for name, tensor in tensors.items() if name in own}
        wrong = [name for name, tensor in fit.items() if tensor.shape != own[name].shape]
        missing = [n for n in own if n not in fit and not n.endswith("num_batches_tracked")]
        if wrong or missing:
            raise BadInput(
                f"'{path}' does not fit this backbone: {len(missing)} weights are missing, {len(wrong)} have another"
                f" shape, such as {(missing + wrong)[0]}."
            )
        self.load_state_dict(fit, strict=False)
        return sorted(set(tensors) - set(fit))


def _shortcut(inside: int, outside: int, stride: int) -> nn.Sequential | None:
    if stride == 1 and inside == outside:
        return None
    return nn.Sequential(nn.Conv2d(inside, outside, 1, stride, bias=False), nn.BatchNorm2d(outside))


def parameters_m(module: nn.Module) -> float:
    """Parameters in millions."""
    return sum(p.numel() for p in module.parameters()) / 1e6


def on_cpu_layout(module: nn.Module) -> nn.Module:
    """Channels last: convolutions on a CPU are about a third quicker so."""
    return module.to(memory_format=torch.channels_last)
