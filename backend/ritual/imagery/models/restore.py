"""Restoration: a damaged picture -> the whole one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, l1_loss, softplus

from ritual.imagery.model import Batch, PictureModel, Size
from ritual.imagery.networks.dcgan import Discriminator
from ritual.imagery.networks.restoring import Restorer

SEEN = 0.15
"""Difference from the whole picture from which a pixel counts as lost, in -1..1."""


@dataclass(frozen=True)
class RestoreOptions:
    """blocks: residual blocks at the smallest side. edge: weight of the difference of edges. lost: of telling what is
    lost, and of what is painted there. adversarial: weight of a spectrally normed discriminator's judgement; 0 = no
    discriminator, which is the quickest and the most faithful."""

    blocks: int = 6
    edge: float = 0.5
    lost: float = 0.5
    adversarial: float = 0.0


class Restore(PictureModel):
    """Damaged -> whole, learnt from pairs that `ritual.pictures.damage` makes: L1 of pixels and of edges, and
    cross-entropy of what is lost (pixels that visibly differ from the whole picture's)."""

    task = "restoration"
    paired = True
    players: ClassVar = {"restorer": ("network",)}
    kept = ("network",)
    multiple = 8
    Options = RestoreOptions

    def __init__(self, size: Size, options: RestoreOptions) -> None:
        super().__init__(size, options)
        self.network = Restorer(size.width, options.blocks)
        if options.adversarial:
            self.discriminator = Discriminator(size.side, size.width, bounded=True, details=True)
            self.players = {**type(self).players, "discriminator": ("discriminator",)}

    def losses(self, player: str, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        say, whole = self.options, batch["b"]
        if player == "discriminator":
            told, told_details, _ = self.discriminator(whole)
            fooled, fooled_details, _ = self.discriminator(made["b"].detach())
            return {
                "real": softplus(-told).mean() + softplus(-told_details).mean(),
                "fake": softplus(fooled).mean() + softplus(fooled_details).mean(),
            }
        made["b"], painted, told_lost = self.network(batch["a"])
        restored, lost = made["b"], (batch["a"] - whole).abs().amax(1, keepdim=True).gt(SEEN).float()
        across, down = (l1_loss(restored.diff(dim=d), whole.diff(dim=d)) for d in (-1, -2))
        paid = {"l1": l1_loss(restored, whole), "edge": say.edge * (across + down)}
        if say.lost:
            paid["lost"] = say.lost * binary_cross_entropy_with_logits(told_lost, lost)
            paid["painted"] = say.lost * (lost * (painted - whole).abs()).mean()
        if say.adversarial:
            score, details, _ = self.discriminator(restored)
            paid["adversarial"] = say.adversarial * (softplus(-score).mean() + softplus(-details).mean())
        return paid

    def run(self, x: Tensor) -> Tensor:
        return self.network(x)[0].clamp(-1, 1)

    def show(self, batch: Batch) -> dict[str, Tensor]:
        return {"damaged": batch["a"], "restored": self.run(batch["a"]), "whole": batch["b"]}
