"""How unlike two pictures are to a network that has learnt to see."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor


class PerceptualDistance:
    """L1 of features, each layer by how large its features are, so that a weight means alike whatever network sees.

    Args:
        source: file of VGG or AlexNet weights; None = the memory's encoder.

    Attributes:
        name: of the features, for reports.

    Source: Johnson et al. (2016), feature reconstruction; on L1: artworks paper, eq. 11.
    """

    def __init__(self, source: Path | None) -> None:
        from ritual.imagery.features import features_of

        self._features = features_of(source)
        self.name: str = self._features.name

    def __call__(self, x: Tensor, wanted: Tensor, deepest: int = 0) -> Tensor:
        """Scalar; the gradient flows into `x` alone.

        Args:
            x, wanted: (N, 3, H, W) in -1..1. deepest: how many of the last layers count; 0 = all.
        """
        with torch.no_grad():
            targets = self._features.layers(wanted.float())[-deepest:]
        layers = self._features.layers(x.float())[-deepest:]
        parts = [(a - b).abs().mean() / b.abs().mean().clamp(min=1e-6) for a, b in zip(layers, targets, strict=True)]
        return torch.stack(parts).mean().float()
