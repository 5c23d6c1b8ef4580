"""P's enlargement of paper-cuts: its generator (attention before the converter, bilinear decoder) on top of bicubic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch.nn.functional import l1_loss

from ritual.imagery.model import Batch, PictureModel, Size
from ritual.imagery.models.edsr import shown_enlarged
from ritual.imagery.networks.papercut_enlarging import PapercutEnlarger


@dataclass(frozen=True)
class PapercutEnlargeOptions:
    """blocks: residual blocks of the converter. edge: weight of the difference of edges; 0 = none."""

    blocks: int = 4
    edge: float = 0.5


class PapercutEnlarge(PictureModel):
    """Small picture -> large picture; L1 of pixels and of their edges (differences of neighbours).

    Source: P §II.B (encoder, multi-head self-attention, converter, bilinear decoder) and §III.E, which gives the
    figures of the enlargement and no network of its own.
    """

    task = "enlargement"
    paired = True
    players: ClassVar = {"enlarger": ("network",)}
    kept = ("network",)
    multiple = 2
    Options = PapercutEnlargeOptions

    def __init__(self, size: Size, options: PapercutEnlargeOptions) -> None:
        super().__init__(size, options)
        self.network = PapercutEnlarger(size.width, options.blocks, size.scale)

    def losses(self, player: str, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        made["large"] = large = self.network(batch["small"])
        paid = {"l1": l1_loss(large, batch["large"])}
        if self.options.edge:
            across, down = (l1_loss(large.diff(dim=d), batch["large"].diff(dim=d)) for d in (-1, -2))
            paid["edge"] = self.options.edge * (across + down)
        return paid

    def run(self, x: Tensor) -> Tensor:
        return self.network(x).clamp(-1, 1)

    def show(self, batch: Batch) -> dict[str, Tensor]:
        return shown_enlarged(self, batch)
