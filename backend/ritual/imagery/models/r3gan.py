"""R3GAN: a modern reference beside R's model, small enough for a CPU."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from ritual.imagery.model import Batch, Size
from ritual.imagery.models.dcgan import LATENT, Dcgan, DcganOptions, noise_like
from ritual.imagery.networks.dcgan import widths
from ritual.imagery.networks.residual_gan import ResidualDiscriminator, ResidualGenerator
from ritual.imagery.objectives.augmentation import augmented
from ritual.imagery.objectives.relativistic import gradient_penalty, pairing


@dataclass(frozen=True)
class R3ganOptions(DcganOptions):
    """gamma: weight of the gradient penalties. blocks: residual blocks at each side."""

    gamma: float = 1.0
    blocks: int = 1


class R3gan(Dcgan):
    """Residual networks without norms, the relativistic pairing loss, and a gradient penalty on both sides.

    The penalties are taken at what the discriminator sees, after augmentation.

    Source: Huang et al. (2025), The GAN is dead; long live the GAN! A modern baseline GAN. Left out for the size: their
    schedules of gamma, of augmentation and of Adam's beta2.
    """

    Options = R3ganOptions

    def __init__(self, size: Size, options: R3ganOptions) -> None:
        super(Dcgan, self).__init__(size, options)
        channels = [*widths(size.side, size.width), size.width // 2]
        start = size.side >> (len(channels) - 1)
        self.generator = ResidualGenerator(channels, start, options.blocks, LATENT)
        self.discriminator = ResidualDiscriminator(channels, start, options.blocks)

    def losses(self, player: str, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        real, policy = augmented(batch["real"], self.options.policy), self.options.policy
        if player == "generator":
            made["fake"] = self.generator(noise_like(real))
            fooled = self.discriminator(augmented(made["fake"], policy))
            return {"adversarial": pairing(fooled, self.discriminator(real))}
        fake = augmented(made["fake"].detach(), policy).requires_grad_()
        real = real.detach().requires_grad_()
        told, fooled = self.discriminator(real), self.discriminator(fake)
        return {
            "adversarial": pairing(told, fooled),
            "r1": self.options.gamma * gradient_penalty(told, real),
            "r2": self.options.gamma * gradient_penalty(fooled, fake),
        }

    def run(self, x: Tensor) -> Tensor:
        return self.generator(x).clamp(-1, 1)
