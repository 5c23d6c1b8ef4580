"""R's model for clips: noise that an LSTM moves, frames that attend to themselves, judges of frames and of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

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

    The discriminator judges each frame and its details as in `attention-dcgan`; its features of the frames, in order,
    go through a second BiLSTM, which judges the clip (weight `temp`).

    Source: R §3.1-3.3, Figure 1, Tables 2-4; decision 0036 on the weights.
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
            made["fake"], drawn = self._clips(noise_like(real))
            seen, drawn = augmented_with(made["fake"], drawn.detach(), policy)
            frame, details, clip = self._judged(seen)
            return {
                "adversarial": say.adv * softplus(-frame).mean(),
                "attention": say.att * attended(details, drawn.flatten(0, 1)),
                "temporal": say.temp * softplus(-clip).mean(),
            }
        told, told_details, told_clip = self._judged(augmented(real, policy))
        fooled, fooled_details, fooled_clip = self._judged(augmented(made["fake"].detach(), policy))
        return {
            "real": say.adv * softplus(-told).mean(),
            "fake": say.adv * softplus(fooled).mean(),
            "details": say.att * (softplus(-told_details).mean() + softplus(fooled_details).mean()),
            "temporal": say.temp * (softplus(-told_clip).mean() + softplus(fooled_clip).mean()),
        }

    def run(self, x: Tensor) -> Tensor:
        return self._clips(x)[0]

    def show(self, batch: Batch) -> dict[str, Tensor]:
        return shown_clips(self, batch)

    def _clips(self, noise: Tensor) -> tuple[Tensor, Tensor]:
        """(N, latent) -> clips, and the attention that the places of their frames draw, (N, T, 1, h, w)."""
        moved = self.movement(noise)
        frames, drawn = self.generator(moved.flatten(0, 1))
        return frames.unflatten(0, moved.shape[:2]), drawn.unflatten(0, moved.shape[:2])

    def _judged(self, clips: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(N, T, 3, S, S) -> logits of frames (NT,), of their details (NT, 1, h, w), of clips (N,)."""
        frame, details, features = self.discriminator(clips.flatten(0, 1))
        return frame, details, self.sequence(features.unflatten(0, clips.shape[:2]))
