"""R's model for clips: noise that an LSTM moves, frames that attend to themselves, judges of frames and of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import softplus

from ritual.errors import BadInput
from ritual.imagery.model import Batch, PictureModel, Size
from ritual.imagery.models.attention_dcgan import AttentionDcganOptions, attended
from ritual.imagery.models.dcgan import LATENT, noise_like, shown_clips
from ritual.imagery.networks.dcgan import Discriminator, Generator
from ritual.imagery.networks.sequence import Movement, SequenceDiscriminator
from ritual.imagery.objectives.augmentation import augmented, augmented_with


@dataclass(frozen=True)
class AttentionLstmOptions(AttentionDcganOptions):
    """temp: weight of the judgement of whole clips."""

    temp: float = 0.5


class AttentionLstm(PictureModel):
    """Clip noise -> noise of each frame (BiLSTM) -> frames by the attention DCGAN's generator.

    The discriminator judges frames and their details as in `attention-dcgan`: frames of as many clips, each changed in
    its own way, since those of one clip are nearly one picture and say little (Tulyakov et al. 2018, MoCoGAN, §3.2).
    Its features of whole clips, frame after frame, go through a second BiLSTM, which judges the clip (weight `temp`).

    Source: R §3.1-3.3, Figure 1, Tables 2-4; decision 0036 on the weights and on which frames are judged.
    """

    task = "video"
    players: ClassVar = {"generator": ("movement", "generator"), "discriminator": ("discriminator", "sequence")}
    kept = ("movement", "generator")
    Options = AttentionLstmOptions
    latent = LATENT

    def __init__(self, size: Size, options: AttentionLstmOptions) -> None:
        super().__init__(size, options)
        if size.frames < 2:
            raise BadInput(f"A clip of {size.frames} frame has no time in it.", hint="Set frames=16.")
        self.movement = Movement(LATENT, size.frames)
        self.generator = Generator(size.side, size.width, LATENT, attention=True)
        self.discriminator = Discriminator(size.side, size.width, bounded=True, details=True)
        self.sequence = SequenceDiscriminator(self.discriminator.length, 4 * size.width)

    def losses(self, player: str, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        real, policy, say = batch["clip"], self.options.policy, self.options
        if player == "generator":
            made["clip"] = self.run(noise_like(real))
            made["frames"], drawn = self._frames(noise_like(real.flatten(0, 1)))
            seen, drawn = augmented_with(made["frames"], drawn.detach(), policy)
            frame, details, _ = self.discriminator(seen)
            return {
                "adversarial": say.adv * softplus(-frame).mean(),
                "attention": say.att * attended(details, drawn),
                "temporal": say.temp * softplus(-self._judged(augmented(made["clip"], policy))).mean(),
            }
        told, told_details, _ = self.discriminator(augmented(real.flatten(0, 1), policy))
        fooled, fooled_details, _ = self.discriminator(augmented(made["frames"].detach(), policy))
        told_clip, fooled_clip = (self._judged(augmented(clip, policy)) for clip in (real, made["clip"].detach()))
        return {
            "real": say.adv * softplus(-told).mean(),
            "fake": say.adv * softplus(fooled).mean(),
            "details": say.att * (softplus(-told_details).mean() + softplus(fooled_details).mean()),
            "temporal": say.temp * (softplus(-told_clip).mean() + softplus(fooled_clip).mean()),
        }

    def run(self, x: Tensor) -> Tensor:
        moved = self.movement(x)
        frames, _ = self.generator(moved.flatten(0, 1))
        return frames.unflatten(0, moved.shape[:2])

    def show(self, batch: Batch) -> dict[str, Tensor]:
        return shown_clips(self, batch)

    def _frames(self, noise: Tensor) -> tuple[Tensor, Tensor]:
        """(N, latent) -> one frame of each clip, anywhere in time, (N, 3, S, S), and its attention (N, 1, h, w)."""
        moved = self.movement(noise)
        at = torch.randint(moved.shape[1], (len(moved),), device=moved.device)
        return self.generator(moved[torch.arange(len(moved), device=moved.device), at])

    def _judged(self, clips: Tensor) -> Tensor:
        """(N, T, 3, S, S) -> logits of the clips (N,)."""
        _, _, features = self.discriminator(clips.flatten(0, 1))
        return self.sequence(features.unflatten(0, clips.shape[:2]))
