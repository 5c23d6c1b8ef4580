"""The loss of one batch: what all rows share, and eq. 3 to 5."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F

from ritual.memory.losses import balance, boundary, semantic_triplets, visual_contrast
from ritual.memory.model import Channels, DualMemory


@dataclass(frozen=True, eq=False)
class Labels:
    """Of a batch, (B,) each: indices, taboo level, and whether meaning may be told of the picture at all."""

    form: Tensor
    concept: Tensor
    symbol: Tensor
    group: Tensor
    level: Tensor
    own: Tensor


class Objective(nn.Module):
    """Losses of a model; holds what is trained beside it and not kept: a linear head on each channel with a bank, as
    the plain backbone has on its one feature: a bank follows features, it cannot begin them.

    Args:
        opposed: (C, C) which concepts oppose each other. symbols: how many there are.
    """

    def __init__(self, model: DualMemory, opposed: Tensor, symbols: int) -> None:
        super().__init__()
        config = model.config
        self.register_buffer("opposed", opposed)
        self.symbol = nn.Linear(model.backbone.config.channels, symbols)
        self.form = nn.Linear(config.width, config.forms) if model.row.visual_bank else None
        self.concept = nn.Linear(config.width, config.concepts) if model.row.semantic_bank else None

    def loss(
        self, model: DualMemory, seen: Channels, labels: Labels, progress: float
    ) -> tuple[Tensor, dict[str, float]]:
        """Mean loss of a batch and its parts.

        Every row learns to tell form and concept (`form`, `concept`: cross entropies of the model's answers) and, by a
        head on the backbone, the symbol; a bank adds its own loss of eq. 3 or 4, weighed by eq. 5.

        Args:
            progress: part of the training that is done, 0..1.
        """
        own = labels.own.float()
        alpha, beta = balance(labels.level, progress)
        parts = {
            "form": F.nll_loss(seen.form, labels.form, reduction="none"),
            "concept": own * F.nll_loss(seen.concept, labels.concept, reduction="none"),
            "symbol": own * F.cross_entropy(self.symbol(seen.seen), labels.symbol, reduction="none"),
        }
        total = parts["form"] + parts["concept"] + parts["symbol"]
        if model.row.visual_bank:
            bank = model.visual_bank
            positive = bank.form[None] == labels.form[:, None]
            positive &= (bank.counts > 0)[None]
            gamma = model.config.gamma
            parts["visual"] = visual_contrast(model.phi(seen.look), model.psi(bank.vectors), positive, gamma)
            parts["form_head"] = F.cross_entropy(
                self.form(seen.look / model.config.tau), labels.form, reduction="none"
            )
            total = total + alpha * parts["visual"] + parts["form_head"]
        if model.row.semantic_bank:
            parts["semantic"] = self._semantic(seen.sense, labels)
            parts["address"] = own * F.nll_loss(seen.w_s.clamp_min(1e-8).log(), labels.concept, reduction="none")
            head = F.cross_entropy(self.concept(seen.sense / model.config.tau), labels.concept, reduction="none")
            parts["concept_head"] = own * head
            total = total + beta * parts["semantic"] + parts["address"] + parts["concept_head"]
        return total.mean(), {name: float(part.detach().mean()) for name, part in parts.items()}

    def _semantic(self, features: Tensor, labels: Labels) -> Tensor:
        """Eq. 4 among the pictures whose meaning may be told; 0 for the others."""
        told = labels.own.nonzero()[:, 0]
        loss = features.new_zeros(len(features))
        if len(told) > 1:
            one = semantic_triplets(
                features[told], labels.concept[told], labels.group[told], self.opposed, boundary(labels.level[told])
            )
            loss = loss.index_put((told,), one)
        return loss
