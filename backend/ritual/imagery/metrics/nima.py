"""NIMA: how people would rate a picture, from 1 to 10, foretold.

Source: Talebi & Milanfar (2018), Neural image assessment: VGG16 with a head of ten classes trained on AVA; the score is
the mean of the rating that it foretells. Its weights are a local file with torchvision's names (`features.N`) and
`classifier.1`; without one there is no NIMA, and nothing of ours stands for it.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from ritual.errors import BadInput
from ritual.imagery.features import read_weights
from ritual.imagery.features.vgg import VGG16
from ritual.imagery.metrics.pixels import unit

SIDE, RATINGS = 224, 10


class Nima:
    """`name` as reports say it. Pictures are brought to 224 x 224, bilinear and antialiased, and to ImageNet's mean."""

    def __init__(self, path: Path) -> None:
        """
        Raises:
            BadInput: no such file, or not a VGG16 with a head of ten ratings.
        """
        weights = read_weights(path)
        with torch.random.fork_rng(devices=[]):
            self._network = VGG16().eval().requires_grad_(False)
        fit = {name: value for name, value in weights.items() if name.startswith("features.")}
        self._head = weights.get("classifier.1.weight"), weights.get("classifier.1.bias")
        own = self._network.state_dict()
        fits = fit.keys() == own.keys() and all(fit[name].shape == own[name].shape for name in own)
        if not fits or self._head[0] is None or self._head[1] is None or self._head[0].shape != (RATINGS, 512 * 7 * 7):
            raise BadInput(
                f"'{path}' is no NIMA of VGG16.",
                hint="It has `features.N` as torchvision's VGG16 and `classifier.1` with ten ratings.",
            )
        self._network.load_state_dict(fit)
        self.name = f"NIMA of {path.name}"

    @torch.no_grad()
    def score(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in -1..1 -> (N,) from 1 to 10."""
        x = F.interpolate(2 * unit(x) - 1, (SIDE, SIDE), mode="bilinear", antialias=True, align_corners=False)
        deepest = F.max_pool2d(self._network.layers(x.cpu())[-1], 2)
        chances = F.linear(deepest.flatten(1), *self._head).softmax(-1)
        return chances @ torch.arange(1.0, RATINGS + 1)
