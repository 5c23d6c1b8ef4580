"""Both channels as one cultural feature (spec eq. 6), and the gate that trusts the surer one."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ritual.memory.addressing import confidence

_NEVER_SURE = 0.02  # of doubt is left in any channel


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
        self.gated = gated

    def forward(
        self,
        visual: Tensor | None,
        semantic: Tensor | None,
        shared: Tensor | None,
        w_v: Tensor | None = None,
        w_s: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """
        Args:
            visual, semantic: (B, D) what the banks answer, M w. shared: (B, D) the backbone's feature. w_v, w_s: (B, K)
                weights of eq. 1, which tell the gate how sure a channel is.

        Returns:
            (B, D) h_cul, and (B, 2) the weights of the two channels; each 1 without a gate.
        """
        known = next(x for x in (visual, semantic, shared) if x is not None)
        share = trust(w_v, w_s) if self.gated else known.new_ones(len(known), 2)
        fused = known.new_zeros(1)
        if self.from_visual:
            fused = fused + share[:, :1] * self.from_visual(visual)
        if self.from_semantic:
            fused = fused + share[:, 1:] * self.from_semantic(semantic)
        if self.from_shared:
            fused = fused + self.from_shared(shared)
        return fused, share


def trust(w_v: Tensor, w_s: Tensor) -> Tensor:
    """(B, 2) shares of the two channels, which sum to 2: each is trusted as much as the other is unsure.

    share_v = 2 u_s / (u_v + u_s), u = 1 - confidence: only how sure a channel is speaks, never what it says, and no
    loss can make it say so.
    """
    unsure = 1 - torch.stack([confidence(w_v), confidence(w_s)], -1).detach() + _NEVER_SURE
    return 2 * unsure.flip(-1) / unsure.sum(-1, keepdim=True)
