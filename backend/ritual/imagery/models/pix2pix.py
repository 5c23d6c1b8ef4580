"""pix2pix: a U-Net learns pairs; its discriminator sees each picture beside what it was made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from ritual.imagery.model import Batch, PictureModel, Size
from ritual.imagery.networks.blocks import initialised
from ritual.imagery.networks.patch_discriminator import PatchDiscriminator, layers_for
from ritual.imagery.networks.unet import UNet
from ritual.imagery.objectives.losses import bce, l1


@dataclass(frozen=True)
class Options:
    """
    Attributes:
        adversarial, l1: weights of the losses. dropout: of the U-Net's deep levels.
        layers: of the discriminator; 0 = by size. norm: instance, batch or none.
    """

    adversarial: float = 1.0
    l1: float = 100.0
    dropout: float = 0.5
    layers: int = 0
    norm: str = "instance"


class Pix2pix(PictureModel):
    """G(a) is to be b, by L1 and to a discriminator of pairs.

    Source: Isola et al. (2017), Image-to-image translation with conditional adversarial networks, eq. 1-4, §3.3 (the
    discriminator's loss halved).
    """

    task = "translation"
    paired = True
    players: ClassVar = {"generator": ("g",), "discriminator": ("d",)}
    kept = ("g",)
    Options = Options

    def __init__(self, size: Size, options: Options) -> None:
        super().__init__(size, options)
        self.g = initialised(UNet(size.width, size.side, options.norm, options.dropout))
        self.d = initialised(PatchDiscriminator(size.width, layers_for(size.side, options.layers), 6, options.norm))

    def losses(self, player: str, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        a, b = batch["a"], batch["b"]
        if player == "discriminator":
            false = self._judged(a, made["b"].detach())
            return {"d": (bce(self._judged(a, b), True) + bce(false, False)) / 2}
        made["b"] = self.g(a)
        return {
            "adversarial": self.options.adversarial * bce(self._judged(a, made["b"]), True),
            "l1": self.options.l1 * l1(made["b"], b),
        }

    def _judged(self, a: Tensor, b: Tensor) -> Tensor:
        return self.d(torch.cat([a, b], 1))

    def run(self, x: Tensor) -> Tensor:
        return self.g(x)

    def show(self, batch: Batch) -> dict[str, Tensor]:
        return {"a": batch["a"], "as b": self.g(batch["a"]), "b": batch["b"]}
