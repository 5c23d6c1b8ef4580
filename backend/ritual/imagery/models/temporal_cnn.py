"""TCVG, the temporal CNN for clips that R is measured against."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor
from torch.nn.functional import softplus

from ritual.imagery.model import Batch, PictureModel, Size
from ritual.imagery.models.dcgan import LATENT, DcganOptions, noise_like, shown_clips
from ritual.imagery.networks.temporal import TemporalDiscriminator, TemporalGenerator
from ritual.imagery.objectives.augmentation import augmented


class TemporalCnn(PictureModel):
    """Noise -> clip by transposed convolutions over space and time, batch norms in both networks, cross-entropy.

    Source: R §4.2.4 (TCVG); see `networks/temporal.py`.
    """

    task = "video"
    players: ClassVar = {"generator": ("generator",), "discriminator": ("discriminator",)}
    kept = ("generator",)
    Options = DcganOptions
    latent = LATENT

    def __init__(self, size: Size, options: DcganOptions) -> None:
        super().__init__(size, options)
        self.generator = TemporalGenerator(size.side, size.width, size.frames, LATENT)
        self.discriminator = TemporalDiscriminator(size.side, size.width, size.frames)

    def losses(self, player: str, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        real, policy = batch["clip"], self.options.policy
        if player == "generator":
            made["fake"] = self.generator(noise_like(real))
            return {"adversarial": softplus(-self.discriminator(augmented(made["fake"], policy))).mean()}
        told, fooled = (self.discriminator(augmented(x, policy)) for x in (real, made["fake"].detach()))
        return {"real": softplus(-told).mean(), "fake": softplus(fooled).mean()}

    def run(self, x: Tensor) -> Tensor:
        return self.generator(x)

    def show(self, batch: Batch) -> dict[str, Tensor]:
        return shown_clips(self, batch)
