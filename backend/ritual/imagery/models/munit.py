"""MUNIT: a picture is content and style; translated, its content meets a style of the other side."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from ritual.imagery.model import Batch, PictureModel, Size
from ritual.imagery.networks.blocks import initialised
from ritual.imagery.networks.munit import ContentEncoder, MultiScaleDiscriminator, StyleDecoder, StyleEncoder
from ritual.imagery.objectives.losses import l1, lsgan


@dataclass(frozen=True)
class Options:
    """
    Attributes:
        adversarial, picture, style, content: weights of the losses: of the discriminators, and of what comes back of a
            picture, a style's code and a content. code: numbers that a style has.
    """

    adversarial: float = 1.0
    picture: float = 10.0
    style: float = 1.0
    content: float = 1.0
    code: int = 8


class MUNIT(PictureModel):
    """Encoders of content and style and a decoder for each side; a translation takes its style from the prior.

    `run` takes the prior's mean, so that a picture translates alike every time.

    Source: Huang et al. (2018), MUNIT, eq. 1-6; weights of its §5.1. The discriminators halve the sides down to 16x16
    at the first scale (256 px: four times, as in the paper).
    """

    task = "translation"
    players: ClassVar = {
        "generators": ("content_a", "style_a", "decoder_a", "content_b", "style_b", "decoder_b"),
        "discriminators": ("d_a", "d_b"),
    }
    kept = ("content_a", "decoder_b")
    Options = Options

    def __init__(self, size: Size, options: Options) -> None:
        super().__init__(size, options)
        width, code = size.width, options.code
        self.content_a, self.content_b = (_kaiming(ContentEncoder(width)) for _ in range(2))
        self.style_a, self.style_b = (_kaiming(StyleEncoder(width, code)) for _ in range(2))
        self.decoder_a, self.decoder_b = (_kaiming(StyleDecoder(width, code)) for _ in range(2))
        halvings = max(1, int(math.log2(size.side / 16)))
        self.d_a, self.d_b = (initialised(MultiScaleDiscriminator(width, halvings)) for _ in range(2))

    def losses(self, player: str, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        return self._generators(batch, made) if player == "generators" else self._discriminators(batch, made)

    def _generators(self, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        options, a, b = self.options, batch["a"], batch["b"]
        content_a, content_b = self.content_a(a), self.content_b(b)
        as_a, as_b = self._drawn(a), self._drawn(b)
        made["a"], made["b"] = self.decoder_a(content_b, as_a), self.decoder_b(content_a, as_b)
        same_a, same_b = self.decoder_a(content_a, self.style_a(a)), self.decoder_b(content_b, self.style_b(b))
        styles = l1(self.style_a(made["a"]), as_a) + l1(self.style_b(made["b"]), as_b)
        contents = l1(self.content_a(made["a"]), content_b) + l1(self.content_b(made["b"]), content_a)
        return {
            "adversarial": options.adversarial * (lsgan(self.d_a(made["a"]), True) + lsgan(self.d_b(made["b"]), True)),
            "picture": options.picture * (l1(same_a, a) + l1(same_b, b)),
            "style": options.style * styles,
            "content": options.content * contents,
        }

    def _discriminators(self, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        return {
            "d_a": lsgan(self.d_a(batch["a"]), True) + lsgan(self.d_a(made["a"].detach()), False),
            "d_b": lsgan(self.d_b(batch["b"]), True) + lsgan(self.d_b(made["b"].detach()), False),
        }

    def _drawn(self, like: Tensor) -> Tensor:
        """(N, code) styles of the prior."""
        return torch.randn(len(like), self.options.code, device=like.device)

    def run(self, x: Tensor) -> Tensor:
        return self.decoder_b(self.content_a(x), torch.zeros(len(x), self.options.code, device=x.device))

    def show(self, batch: Batch) -> dict[str, Tensor]:
        a, b = batch["a"], batch["b"]
        like_b = self.decoder_b(self.content_a(a), self.style_b(b))
        return {"a": a, "as b": self.run(a), "as this b": like_b, "b": b}


def _kaiming(network: torch.nn.Module) -> torch.nn.Module:
    """Its convolutions as He et al. (2015) draw them. Source: MUNIT's settings."""
    for module in network.modules():
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(module.weight)
    return network
