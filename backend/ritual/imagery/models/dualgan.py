"""DualGAN: two U-Nets that undo one another, each against a critic of Wasserstein's distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from ritual.imagery.model import Batch, PictureModel, Size
from ritual.imagery.networks.blocks import initialised
from ritual.imagery.networks.patch_discriminator import PatchDiscriminator, layers_for
from ritual.imagery.networks.unet import UNet
from ritual.imagery.objectives.losses import critic, l1


@dataclass(frozen=True)
class Options:
    """
    Attributes:
        adversarial: weight of the critics. reconstruction: weight of L1 after both ways; the paper's lambda is 100 to
            1000, and half of its least is ours, because pictures in -1..1 differ by twice as much as in 0..1.
        clip: largest weight of a critic. dropout: of the U-Nets' deep levels.
        layers: of a critic; 0 = by size. norm: instance, batch or none.
    """

    adversarial: float = 1.0
    reconstruction: float = 50.0
    clip: float = 0.01
    dropout: float = 0.5
    layers: int = 0
    norm: str = "instance"


class DualGAN(PictureModel):
    """G: a -> b and F: b -> a, closed by L1; the critics' weights are clipped so that their slopes stay bounded.

    Source: Yi et al. (2017), DualGAN, eq. 1-4, §3.2-3.3. Its critics move 2 to 4 times a step with RMSProp; here every
    player moves once a step with the trainer's Adam, as in all models that are compared.
    """

    task = "translation"
    players: ClassVar = {"generators": ("g", "f"), "critics": ("d_a", "d_b")}
    kept = ("g",)
    Options = Options

    def __init__(self, size: Size, options: Options) -> None:
        super().__init__(size, options)
        self.g, self.f = (initialised(UNet(size.width, size.side, options.norm, options.dropout)) for _ in range(2))
        layers = layers_for(size.side, options.layers)
        self.d_a, self.d_b = (initialised(PatchDiscriminator(size.width, layers, norm=options.norm)) for _ in range(2))

    def losses(self, player: str, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        options, a, b = self.options, batch["a"], batch["b"]
        if player == "critics":
            self._clip()
            return {
                "d_a": critic(self.d_a(a), True) + critic(self.d_a(made["a"].detach()), False),
                "d_b": critic(self.d_b(b), True) + critic(self.d_b(made["b"].detach()), False),
            }
        made["b"], made["a"] = self.g(a), self.f(b)
        again = l1(self.f(made["b"]), a) + l1(self.g(made["a"]), b)
        return {
            "adversarial": options.adversarial
            * (critic(self.d_b(made["b"]), True) + critic(self.d_a(made["a"]), True)),
            "reconstruction": options.reconstruction * again,
        }

    @torch.no_grad()
    def _clip(self) -> None:
        """Before the critics' turn, and so after their last."""
        for weight in [*self.d_a.parameters(), *self.d_b.parameters()]:
            weight.clamp_(-self.options.clip, self.options.clip)

    def run(self, x: Tensor) -> Tensor:
        return self.g(x)

    def show(self, batch: Batch) -> dict[str, Tensor]:
        b = self.g(batch["a"])
        return {"a": batch["a"], "as b": b, "a again": self.f(b), "b": batch["b"]}
