"""R's model for pictures: a DCGAN whose generator attends to itself and whose discriminator is spectrally normed."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus

from ritual.imagery.model import Batch, Size
from ritual.imagery.models.dcgan import LATENT, Dcgan, DcganOptions, noise_like
from ritual.imagery.networks.dcgan import Discriminator, Generator
from ritual.imagery.objectives.augmentation import augmented, augmented_with


@dataclass(frozen=True)
class AttentionDcganOptions(DcganOptions):
    """adv: weight of the judgement of whole pictures. att: of their details, where attention is."""

    adv: float = 1.0
    att: float = 0.3


class AttentionDcgan(Dcgan):
    """Noise -> picture, self-attention after the features of middle size, spectral norms beside the
    discriminator's batch norms.

    R gives weights adv 1.0, att 0.3 (and temp 0.5 for clips) without saying what `att` weighs. Each of R's three parts
    is trained through what the discriminator says (§3.2), and `temp` weighs a judgement of its own, so here `att`
    weighs the judgement of details: the discriminator also says of each place of its middle features whether it is
    real, and the generator pays for a place as much as its own attention goes there (decision 0036).

    Source: R §3.1-3.3, Tables 2-4.
    """

    Options = AttentionDcganOptions

    def __init__(self, size: Size, options: AttentionDcganOptions) -> None:
        super(Dcgan, self).__init__(size, options)
        self.generator = Generator(size.side, size.width, LATENT, attention=True)
        self.discriminator = Discriminator(size.side, size.width, bounded=True, details=True)

    def losses(self, player: str, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        real, policy, say = batch["real"], self.options.policy, self.options
        if player == "generator":
            made["fake"], drawn = self.generator(noise_like(real))
            seen, drawn = augmented_with(made["fake"], drawn.detach(), policy)
            score, details, _ = self.discriminator(seen)
            return {"adversarial": say.adv * softplus(-score).mean(), "attention": say.att * attended(details, drawn)}
        told, told_details, _ = self.discriminator(augmented(real, policy))
        fooled, fooled_details, _ = self.discriminator(augmented(made["fake"].detach(), policy))
        return {
            "real": say.adv * softplus(-told).mean(),
            "fake": say.adv * softplus(fooled).mean(),
            "details": say.att * (softplus(-told_details).mean() + softplus(fooled_details).mean()),
        }


def attended(details: Tensor, drawn: Tensor) -> Tensor:
    """What the generator pays for its details: -log of how real each place is, weighted by the attention it draws.

    Args:
        details: (N, 1, h, w) logits. drawn: (N, 1, h, w), each picture's sum 1 (less what was cut out or moved away),
            without gradient: else attention would flee to where nobody looks closely.
    """
    return (drawn * softplus(-details)).sum((1, 2, 3)).mean()
