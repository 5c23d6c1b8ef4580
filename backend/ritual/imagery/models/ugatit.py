"""U-GAT-IT: attention by a classifier of the two sides, on both ends, and a normalisation that adapts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from ritual.imagery.model import Batch, PictureModel, Size
from ritual.imagery.networks.ugatit import AttentiveDiscriminator, AttentiveGenerator
from ritual.imagery.objectives.losses import bce, l1, lsgan


@dataclass(frozen=True)
class Options:
    """
    Attributes:
        adversarial, cycle, identity, cam: weights of the losses.
        light: scale and shift from the mean of the attended map, not from all of it.
    """

    adversarial: float = 1.0
    cycle: float = 10.0
    identity: float = 10.0
    cam: float = 1000.0
    light: bool = False


class UGATIT(PictureModel):
    """G and F look where a classifier tells a from b; each side has a global and a local discriminator, which look
    where a classifier tells made from real.

    Source: Kim et al. (2020), U-GAT-IT, eq. 3-7 and §2.2. The discriminators halve to a map of 8x8 (global; 256 px:
    five times, as in the paper) and 32x32 (local).
    """

    task = "translation"
    players: ClassVar = {
        "generators": ("g", "f"),
        "discriminators": ("global_a", "local_a", "global_b", "local_b"),
    }
    kept = ("g",)
    Options = Options

    def __init__(self, size: Size, options: Options) -> None:
        super().__init__(size, options)
        self.g, self.f = (AttentiveGenerator(size.width, size.side, options.light) for _ in range(2))
        halvings = max(2, int(math.log2(size.side / 8)))
        self.global_a, self.global_b = (AttentiveDiscriminator(size.width, halvings) for _ in range(2))
        self.local_a, self.local_b = (AttentiveDiscriminator(size.width, max(1, halvings - 2)) for _ in range(2))

    def losses(self, player: str, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        return self._generators(batch, made) if player == "generators" else self._discriminators(batch, made)

    def _generators(self, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        options, a, b = self.options, batch["a"], batch["b"]
        made["b"], from_a = self.g(a)
        made["a"], from_b = self.f(b)
        same_b, no_a = self.g(b)
        same_a, no_b = self.f(a)
        told = sum(_told(d, made["b"], True) for d in self._of_b) + sum(_told(d, made["a"], True) for d in self._of_a)
        cam = bce(from_a, True) + bce(no_a, False) + bce(from_b, True) + bce(no_b, False)
        return {
            "adversarial": options.adversarial * told,
            "cycle": options.cycle * (l1(self.f(made["b"])[0], a) + l1(self.g(made["a"])[0], b)),
            "identity": options.identity * (l1(same_b, b) + l1(same_a, a)),
            "cam": options.cam * cam,
        }

    def _discriminators(self, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        sides = {"d_a": (self._of_a, batch["a"], made["a"]), "d_b": (self._of_b, batch["b"], made["b"])}
        return {
            name: sum(_told(d, real, True) + _told(d, fake.detach(), False) for d in judges) * self.options.adversarial
            for name, (judges, real, fake) in sides.items()
        }

    @property
    def _of_a(self) -> tuple[nn.Module, nn.Module]:
        return self.global_a, self.local_a

    @property
    def _of_b(self) -> tuple[nn.Module, nn.Module]:
        return self.global_b, self.local_b

    def run(self, x: Tensor) -> Tensor:
        return self.g(x)[0]

    def show(self, batch: Batch) -> dict[str, Tensor]:
        b = self.run(batch["a"])
        return {"a": batch["a"], "as b": b, "a again": self.f(b)[0], "b": batch["b"]}


def _told(discriminator: nn.Module, x: Tensor, real: bool) -> Tensor:
    """Least squares of the answers and of the classifier's (eq. 3, 6)."""
    answers, logits = discriminator(x)
    return lsgan(answers, real) + lsgan(logits, real)
