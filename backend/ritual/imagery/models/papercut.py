"""P: a photograph becomes a paper-cut. CycleGAN with attention, a bilinear decoder, and pairs where there are pairs."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from ritual.imagery.model import Batch, Size
from ritual.imagery.models.cyclegan import CycleGAN
from ritual.imagery.models.cyclegan import Options as CycleOptions
from ritual.imagery.networks.papercut_generator import PapercutGenerator
from ritual.imagery.networks.resnet_generator import blocks_for
from ritual.imagery.objectives.perceptual import PerceptualDistance


@dataclass(frozen=True)
class Options(CycleOptions):
    """CycleGAN's, and:

    Attributes:
        attention, bilinear, skips, fixed_encoder: parts of the generators, on or off (`norm` is the fifth of the
            paper's ablation). heads: of attention.
        perceptual: weight of the distance of features between a translation and its true partner, beside `paired`;
            both 0 = unpaired pictures will do.
    """

    attention: bool = True
    heads: int = 4
    bilinear: bool = True
    skips: bool = True
    fixed_encoder: bool = True
    paired: float = 25.0
    perceptual: float = 10.0


class Papercut(CycleGAN):
    """CycleGAN whose generators look over the whole picture before they convert, and come up in size without a
    checkerboard; of pairs it also learns what the paper-cut should have been.

    Source: papercut paper (2025), II.B.3 and III.D; the one-to-one data set of III.B (1). The paper gives no formula of
    the supervision by pairs: docs/decisions/0035.
    """

    paired = True
    Options = Options

    def __init__(self, size: Size, options: Options) -> None:
        super().__init__(size, options)
        self.paired = bool(options.paired or options.perceptual)
        self._distance: PerceptualDistance | None = None

    def generators(self) -> tuple[nn.Module, nn.Module]:
        """G and F."""
        o, blocks = self.options, blocks_for(self.size.side, self.options.blocks)
        return tuple(
            PapercutGenerator(
                self.size.width, blocks, o.norm, o.attention, o.heads, o.bilinear, o.skips, o.fixed_encoder
            )
            for _ in range(2)
        )

    def pairs_ask(self, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        paid = super().pairs_ask(batch, made)
        if self.options.perceptual:
            self._distance = self._distance or PerceptualDistance(self.perceptual)
            paid["perceptual"] = self.options.perceptual * self._distance(made["b"], batch["b"])
        return paid

    def facts(self) -> dict[str, str]:
        return {"perceptual features": self._distance.name} if self._distance else {}
