"""f_theta: what a pattern means, from its parts seen together and from the occasion that was said (spec §3, eq. 2).

The occasion is a token of its own beside the parts; nothing of it flows back to where form is read. The feature is
centred over the batch: concept vectors that are means would else all lie together at
the start, and nothing could be learnt from them.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

LAYERS = 3  # of the paper


class ContextEncoder(nn.Module):
    """Map of features and an occasion -> semantic feature.

    Args:
        channels: of the map. width: of the tokens. heads: of the attention. out: length of the feature.
        occasions: how many can be said; one more stands for none said.
    """

    def __init__(self, channels: int, width: int, heads: int, out: int, occasions: int) -> None:
        super().__init__()
        self.width = width
        self.tokens = nn.Sequential(nn.Conv2d(channels, width, 1), nn.Flatten(2))
        self.occasion = nn.Embedding(occasions + 1, width)
        self.asking = nn.Parameter(torch.randn(width) * 0.02)
        layer = nn.TransformerEncoderLayer(
            width, heads, 2 * width, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerEncoder(layer, LAYERS, nn.LayerNorm(width), enable_nested_tensor=False)
        self.out = nn.Sequential(nn.Linear(width, out), nn.BatchNorm1d(out, affine=False))

    def forward(self, features: Tensor, occasion: Tensor) -> Tensor:
        """
        Args:
            features: (B, C, h, w). occasion: (B,) 0 = none said, else 1 + its place in the list of occasions.

        Returns:
            (B, out), each column of mean 0 and variance 1 over the training batches.
        """
        parts = self.tokens(features).mT + places(*features.shape[-2:], self.width).to(features)
        asking = self.asking.expand(len(parts), 1, -1)
        seen = torch.cat([asking, self.occasion(occasion)[:, None], parts], 1)
        return self.out(self.layers(seen)[:, 0])


def places(height: int, width: int, channels: int) -> Tensor:
    """(h * w, channels) sines and cosines of where a part lies, for maps of any size (Vaswani et al. 2017, in 2D)."""
    quarter = channels // 4
    rates = 100.0 ** (-torch.arange(quarter) / max(quarter - 1, 1)) * torch.pi
    rows, columns = torch.meshgrid(_centres(height), _centres(width), indexing="ij")
    angles = [axis.reshape(-1, 1) * 8 * rates for axis in (rows, columns)]
    waves = [wave(angle) for angle in angles for wave in (torch.sin, torch.cos)]
    return F.pad(torch.cat(waves, 1), (0, channels - 4 * quarter)) * 0.5


def _centres(count: int) -> Tensor:
    return (torch.arange(count) + 0.5) / count
