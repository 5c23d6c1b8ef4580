"""Both channels as one cultural feature (spec eq. 6), and the gate that trusts the surer one."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor, nn

from ritual.memory.addressing import confidence, read_out


class Bank(Protocol):
    """What has memory vectors (K, D)."""

    vectors: Tensor


class Fusion(nn.Module):
    """h_cul = W_v (M_v w_v) + W_s (M_s w_s); with a gate, each term is weighed by how sure its channel is.

    A model that lacks a bank has the backbone's feature h in its stead, W_b h.

    Args:
        width: length of every vector. visual, semantic: which banks there are. gated: whether there is a gate.
    """

    def __init__(self, width: int, visual: bool, semantic: bool, gated: bool) -> None:
        super().__init__()
        self.from_visual = nn.Linear(width, width, bias=False) if visual else None
        self.from_semantic = nn.Linear(width, width, bias=False) if semantic else None
        self.from_shared = None if visual and semantic else nn.Linear(width, width, bias=False)
        self.gate = Gate() if gated else None

    def forward(
        self, visual: Bank | None, w_v: Tensor | None, semantic: Bank | None, w_s: Tensor | None, shared: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """
        Args:
            visual, semantic: the banks M. w_v, w_s: (B, K) weights of eq. 1. shared: (B, D) the backbone's feature.

        Returns:
            (B, D) h_cul, and (B, 2) the weights of the two channels; each 1 without a gate.
        """
        known = next(x for x in (w_v, w_s, shared) if x is not None)
        share = self.gate(w_v, w_s) if self.gate else known.new_ones(len(known), 2)
        fused = known.new_zeros(1)
        if self.from_visual:
            fused = fused + share[:, :1] * self.from_visual(read_out(visual.vectors, w_v))
        if self.from_semantic:
            fused = fused + share[:, 1:] * self.from_semantic(read_out(semantic.vectors, w_s))
        if self.from_shared:
            fused = fused + self.from_shared(shared)
        return fused, share


class Gate(nn.Module):
    """Two weights that sum to 2 from the two confidences; equal where both are equally sure.

    share = 2 softmax(slope * (conf_v, conf_s) + lean): only how sure a channel is speaks, never what it says.
    """

    def __init__(self) -> None:
        super().__init__()
        self.slope = nn.Parameter(torch.tensor(2.0))
        self.lean = nn.Parameter(torch.zeros(2))

    def forward(self, w_v: Tensor, w_s: Tensor) -> Tensor:
        sure = torch.stack([confidence(w_v), confidence(w_s)], -1)
        return 2 * (self.slope * sure + self.lean).softmax(-1)
