"""StarGAN: one generator for all domains, told by a label to which one a picture is to go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ritual.imagery.model import Batch, PictureModel, Size
from ritual.imagery.networks.blocks import conv, initialised, to_picture, up
from ritual.imagery.networks.resnet_generator import blocks_for, residual_blocks
from ritual.imagery.networks.stargan import DomainDiscriminator
from ritual.imagery.objectives.losses import critic, gradient_penalty, l1

_A, _B = 0, 1


@dataclass(frozen=True)
class Options:
    """
    Attributes:
        adversarial, classification, reconstruction: weights of the losses. penalty: of the critic's slope.
        blocks: of the generator's converter; 0 = 6 below 256 px, 9 from there. norm: instance, batch or none.
    """

    adversarial: float = 1.0
    classification: float = 1.0
    reconstruction: float = 10.0
    penalty: float = 10.0
    blocks: int = 0
    norm: str = "instance"


class LabelledGenerator(nn.Module):
    """CycleGAN's generator, which sees beside the picture a flat plane for every domain: 1 = go there.

    Instance normalisation takes away what is flat, the label with it: the first layer goes without.
    """

    def __init__(self, width: int, blocks: int, norm: str) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            conv(3 + 2, width, 7, norm="none"),
            conv(width, 2 * width, 3, 2, norm),
            conv(2 * width, 4 * width, 3, 2, norm),
            residual_blocks(4 * width, blocks, norm),
            up(4 * width, 2 * width, norm),
            up(2 * width, width, norm),
            to_picture(width),
        )

    def forward(self, x: Tensor, domain: Tensor) -> Tensor:
        """(N, 3, H, W), (N,) numbers of domains -> (N, 3, H, W)."""
        planes = F.one_hot(domain, 2).to(x)[:, :, None, None].expand(-1, -1, *x.shape[-2:])
        return self.layers(torch.cat([x, planes], 1))


class StarGAN(PictureModel):
    """Pictures of both sides go to domains drawn anew; the critic also names domains, and the way back is to be exact.

    Source: Choi et al. (2018), StarGAN, eq. 1-6, 8. Its critic moves five times as often; here every player moves
    once a step, as in all models that are compared.
    """

    task = "translation"
    players: ClassVar = {"generator": ("g",), "critic": ("d",)}
    kept = ("g",)
    Options = Options

    def __init__(self, size: Size, options: Options) -> None:
        super().__init__(size, options)
        blocks = blocks_for(size.side, options.blocks)
        self.g = initialised(LabelledGenerator(size.width, blocks, options.norm))
        self.d = initialised(DomainDiscriminator(size.width, size.side))

    def losses(self, player: str, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        options = self.options
        x = torch.cat([batch["a"], batch["b"]])
        domain = torch.arange(2, device=x.device).repeat_interleave(len(batch["a"]))
        if player == "critic":
            fake = made["translated"].detach()
            answers, named = self.d(x)
            return {
                "critic": options.adversarial * (critic(answers, True) + critic(self.d(fake)[0], False)),
                "penalty": options.penalty * gradient_penalty(lambda y: self.d(y)[0], x, fake),
                "classification": options.classification * F.cross_entropy(named.float(), domain),
            }
        target = domain[torch.randperm(len(x), device=x.device)]
        made["translated"] = self.g(x, target)
        answers, named = self.d(made["translated"])
        return {
            "adversarial": options.adversarial * critic(answers, True),
            "classification": options.classification * F.cross_entropy(named.float(), target),
            "reconstruction": options.reconstruction * l1(self.g(made["translated"], domain), x),
        }

    def run(self, x: Tensor) -> Tensor:
        return self._to(x, _B)

    def show(self, batch: Batch) -> dict[str, Tensor]:
        b = self._to(batch["a"], _B)
        return {"a": batch["a"], "as b": b, "a again": self._to(b, _A), "b": batch["b"]}

    def _to(self, x: Tensor, domain: int) -> Tensor:
        return self.g(x, torch.full((len(x),), domain, device=x.device))
