"""HED, holistically-nested edge detection: VGG16 whose five stages each say where edges are."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ritual.errors import BadInput
from ritual.imagery.features import read_weights

_STAGES = {"One": (3, 64, 2), "Two": (64, 128, 2), "Thr": (128, 256, 3), "Fou": (256, 512, 3), "Fiv": (512, 512, 3)}
_MEAN = (104.00698793, 116.66876762, 122.67891434)  # blue, green, red of 0..255


class HED(nn.Module):
    """Picture -> edges of five degrees of thickness, fused. Its weights bear the names of pytorch-hed's files.

    Source: Xie & Tu (2015), Holistically-nested edge detection, §3.
    """

    def __init__(self) -> None:
        super().__init__()
        for name, (inside, outside, count) in _STAGES.items():
            parts = [] if name == "One" else [nn.MaxPool2d(2, 2)]
            for n in range(count):
                parts += [nn.Conv2d(outside if n else inside, outside, 3, 1, 1), nn.ReLU()]
            self.add_module(f"netVgg{name}", nn.Sequential(*parts))
            self.add_module(f"netScore{name}", nn.Conv2d(outside, 1, 1))
        self.netCombine = nn.Sequential(nn.Conv2d(5, 1, 1), nn.Sigmoid())
        self.register_buffer("mean", torch.tensor(_MEAN).view(1, 3, 1, 1), persistent=False)

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, H, W) RGB in -1..1 -> (N, 1, H, W) in 0..1."""
        x = (pictures.flip(1) + 1) * 127.5 - self.mean
        scores = []
        for name in _STAGES:
            x = self.get_submodule(f"netVgg{name}")(x)
            score = self.get_submodule(f"netScore{name}")(x)
            scores.append(F.interpolate(score, pictures.shape[-2:], mode="bilinear"))
        return self.netCombine(torch.cat(scores, 1))


def read_hed(path: Path) -> HED:
    """HED with the weights of a local file (safetensors, or a state dict of tensors); it stands still.

    Raises:
        BadInput: no such file, or the weights are not HED's.
    """
    # Older files of pytorch-hed call the parts `module...`, newer ones `net...`.
    weights = {name.replace("module", "net", 1): tensor for name, tensor in read_weights(path).items()}
    with torch.random.fork_rng(devices=[]):
        network = HED()
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise BadInput(
            f"'{path}' does not hold HED: {' '.join(str(error).split())[:160]}.",
            hint="Its names are those of pytorch-hed: netVggOne.0.weight, netScoreOne.weight, netCombine.0.weight, ...",
        ) from error
    return network.eval().requires_grad_(False)
