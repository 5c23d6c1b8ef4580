"""CycleGAN: two translators that undo one another, each against a discriminator of the side that it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from ritual.imagery.model import Batch, PictureModel, Size
from ritual.imagery.networks.blocks import initialised
from ritual.imagery.networks.patch_discriminator import PatchDiscriminator, layers_for
from ritual.imagery.networks.resnet_generator import ResnetGenerator, blocks_for, residual_blocks
from ritual.imagery.objectives.losses import l1, lsgan
from ritual.imagery.objectives.pool import PicturePool


@dataclass(frozen=True)
class Options:
    """
    Attributes:
        adversarial, cycle: weights of the losses. identity: weight of the identity loss as a part of `cycle`'s.
        blocks: of a generator's converter; 0 = 6 below 256 px, 9 from there.
        layers: of a discriminator; 0 = by size (70x70 px patches from 128 px, smaller ones below).
        norm: instance, batch or none. pool: older pictures that a discriminator is shown too.
        paired: weight of L1 between a translation and its true partner; 0, as in the source, = unpaired pictures.
    """

    adversarial: float = 1.0
    cycle: float = 10.0
    identity: float = 0.5
    blocks: int = 0
    layers: int = 0
    norm: str = "instance"
    pool: int = 50
    paired: float = 0.0


class CycleGAN(PictureModel):
    """G: a -> b and F: b -> a; F(G(a)) is to be a, G(F(b)) to be b, and what is there already is to stay.

    Source: Zhu et al. (2017), Unpaired image-to-image translation, eq. 1-3, §4 (least squares, pool), §5.2 (identity).
    """

    task = "translation"
    players: ClassVar = {"generators": ("g", "f"), "discriminators": ("d_a", "d_b")}
    kept = ("g",)
    Options = Options

    def __init__(self, size: Size, options: Options) -> None:
        super().__init__(size, options)
        self.paired = bool(options.paired)
        self.g, self.f = (initialised(network) for network in self.generators())
        layers = layers_for(size.side, options.layers)
        self.d_a, self.d_b = (initialised(PatchDiscriminator(size.width, layers, norm=options.norm)) for _ in range(2))
        self.older_a, self.older_b = (PicturePool(options.pool, size.side) for _ in range(2))

    def generators(self) -> tuple[nn.Module, nn.Module]:
        """G and F."""
        width, norm = self.size.width, self.options.norm
        blocks = blocks_for(self.size.side, self.options.blocks)
        return tuple(ResnetGenerator(width, residual_blocks(4 * width, blocks, norm), norm) for _ in range(2))

    def losses(self, player: str, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        return self.generators_pay(batch, made) if player == "generators" else self.discriminators_pay(batch, made)

    def adversarial(self, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        """Translates both ways, and what the generators pay for being told from real pictures."""
        made["b"], made["a"] = self.g(batch["a"]), self.f(batch["b"])
        told = lsgan(self.d_b(made["b"]), True) + lsgan(self.d_a(made["a"]), True)
        return {"adversarial": self.options.adversarial * told}

    def generators_pay(self, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        options, a, b = self.options, batch["a"], batch["b"]
        paid = self.adversarial(batch, made)
        if options.cycle:
            paid["cycle"] = options.cycle * (l1(self.f(made["b"]), a) + l1(self.g(made["a"]), b))
        if options.identity:
            paid["identity"] = options.cycle * options.identity * (l1(self.g(b), b) + l1(self.f(a), a))
        return paid | self.pairs_ask(batch, made)

    def pairs_ask(self, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        """What the generators pay for not making the true partners; nothing where pairs are not shown."""
        if not self.options.paired:
            return {}
        return {"paired": self.options.paired * (l1(made["b"], batch["b"]) + l1(made["a"], batch["a"])) / 2}

    def discriminators_pay(self, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        older_a, older_b = self.older_a.mixed(made["a"]), self.older_b.mixed(made["b"])
        return {
            "d_a": (lsgan(self.d_a(batch["a"]), True) + lsgan(self.d_a(older_a), False)) / 2,
            "d_b": (lsgan(self.d_b(batch["b"]), True) + lsgan(self.d_b(older_b), False)) / 2,
        }

    def run(self, x: Tensor) -> Tensor:
        return self.g(x)

    def show(self, batch: Batch) -> dict[str, Tensor]:
        b = self.g(batch["a"])
        return {"a": batch["a"], "as b": b, "a again": self.f(b), "b": batch["b"]}
