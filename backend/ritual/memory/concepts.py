"""The semantic bank: one vector per concept, the mean of what f_theta makes of its pictures (spec eq. 2)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ritual.errors import BadInput


class SemanticBank(nn.Module):
    """Concept vectors c_k.

    Attributes (buffers):
        vectors: (K, D) of length 1; counts: (K,) pictures behind each, 0 for a concept that none shows.
    """

    def __init__(self, width: int, count: int) -> None:
        super().__init__()
        self.register_buffer("vectors", F.normalize(torch.randn(count, width), dim=-1))
        self.register_buffer("counts", torch.zeros(count))

    @torch.no_grad()
    def fill(self, features: Tensor, concepts: Tensor) -> None:
        """c_k = mean of f_theta(x) over the pictures x of concept k, brought to length 1; eq. 2.

        Args:
            features: (N, D). concepts: (N,) indices; a concept without pictures keeps its vector.
        """
        count, concepts = len(self.vectors), concepts.to(self.vectors.device)
        sums = torch.zeros_like(self.vectors).index_add_(0, concepts, features.to(self.vectors))
        self.counts = torch.bincount(concepts, minlength=count).to(self.counts)
        seen = self.counts > 0
        self.vectors = torch.where(seen[:, None], F.normalize(sums, dim=-1), self.vectors)

    @torch.no_grad()
    def add(self, features: Tensor) -> int:
        """A concept more, from a few pictures' features (N, D); nothing is trained. Its index.

        Raises:
            BadInput: no picture.
        """
        if not len(features):
            raise BadInput("A concept needs at least one picture.")
        self.vectors = torch.cat([self.vectors, F.normalize(features.mean(0), dim=-1)[None].to(self.vectors)])
        self.counts = torch.cat([self.counts, self.counts.new_tensor([float(len(features))])])
        return len(self.vectors) - 1

    def resize(self, count: int) -> None:
        """Make room for the concepts of a file."""
        for name, tensor in list(self.named_buffers()):
            setattr(self, name, tensor.new_zeros((count, *tensor.shape[1:])))
