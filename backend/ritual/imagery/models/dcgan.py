"""SGM, the simple generative adversarial network that R is measured against: a plain DCGAN."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import softplus

from ritual.imagery.model import Batch, PictureModel, Size
from ritual.imagery.networks.dcgan import Discriminator, Generator
from ritual.imagery.objectives.augmentation import POLICY, augmented

LATENT = 128  # R: between 100 and 512


@dataclass(frozen=True)
class DcganOptions:
    """augment: change what the discriminator sees, real and made (`augmentation.py`): for fewer than about a thousand
    pictures; leave it off for more."""

    augment: bool = True

    @property
    def policy(self) -> str:
        return POLICY if self.augment else ""


class Dcgan(PictureModel):
    """Noise -> picture by transposed convolutions, batch norms in both networks, cross-entropy.

    Source: R §4.1 (SGM), Tables 2 and 3 without attention and spectral norms; the generator's loss is eq. 8's second
    half in its non-saturating form, -log D(G(z)), as R §3.2 has it.
    """

    task = "synthesis"
    players: ClassVar = {"generator": ("generator",), "discriminator": ("discriminator",)}
    kept = ("generator",)
    Options = DcganOptions
    latent = LATENT

    def __init__(self, size: Size, options: DcganOptions) -> None:
        super().__init__(size, options)
        self.generator = Generator(size.side, size.width, LATENT, attention=False)
        self.discriminator = Discriminator(size.side, size.width, bounded=False, details=False)

    def losses(self, player: str, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        real, policy = batch["real"], self.options.policy
        if player == "generator":
            made["fake"], _ = self.generator(noise_like(real))
            return {"adversarial": softplus(-self.discriminator(augmented(made["fake"], policy))[0]).mean()}
        told, fooled = (self.discriminator(augmented(x, policy))[0] for x in (real, made["fake"].detach()))
        return {"real": softplus(-told).mean(), "fake": softplus(fooled).mean()}

    def run(self, x: Tensor) -> Tensor:
        return self.generator(x)[0]

    def show(self, batch: Batch) -> dict[str, Tensor]:
        real = batch["real"]
        return {"real": real, "made": self.run(still_noise(len(real), real))}


class DcganClips(Dcgan):
    """SGM for clips: it learns single frames and knows nothing of time; a clip is noise that turns evenly.

    The noise of frame t is cos(a) z + sin(a) z', normal at each t, where z' is z shifted by half its length and a goes
    from 0 to a quarter turn: the plainest clip that a model of pictures can give.
    """

    task = "video"

    def losses(self, player: str, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        return super().losses(player, {"real": batch["clip"].flatten(0, 1)}, made)

    def run(self, x: Tensor) -> Tensor:
        turn = torch.linspace(0, math.pi / 2, self.size.frames, device=x.device, dtype=x.dtype)[:, None]
        noise = turn.cos() * x[:, None] + turn.sin() * x.roll(LATENT // 2, 1)[:, None]
        return super().run(noise.flatten(0, 1)).unflatten(0, noise.shape[:2])

    def show(self, batch: Batch) -> dict[str, Tensor]:
        return shown_clips(self, batch)


def noise_like(real: Tensor) -> Tensor:
    """(N, latent) fresh noise, as many as the pictures."""
    return torch.randn(len(real), LATENT, device=real.device)


def still_noise(count: int, like: Tensor) -> Tensor:
    """The same (count, latent) noise at every step, so that grids of samples can be compared."""
    return torch.randn(count, LATENT, generator=torch.Generator().manual_seed(0)).to(like.device)


def shown_clips(model: PictureModel, batch: Batch) -> dict[str, Tensor]:
    """A row of frames of a real clip, and of as many made ones as the batch has, at most three."""
    clips = batch["clip"]
    made = model.run(still_noise(min(3, len(clips)), clips))
    return {"real": clips[0], **{f"made {n}": clip for n, clip in enumerate(made, 1)}}
