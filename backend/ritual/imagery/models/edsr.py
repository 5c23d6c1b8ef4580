"""EDSR-baseline, the enlargement that P's is measured against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch.nn.functional import interpolate, l1_loss

from ritual.imagery.model import Batch, PictureModel, Size
from ritual.imagery.networks.enlarging import EdsrNetwork


@dataclass(frozen=True)
class EdsrOptions:
    """blocks: residual blocks; the paper's EDSR-baseline has 16, at width 64."""

    blocks: int = 16


class Edsr(PictureModel):
    """Small picture -> large picture by residual blocks at low resolution; L1.

    Source: Lim et al. (2017), Enhanced deep residual networks for single image super-resolution. Their shift by the
    data set's mean colour is left out: pictures are in -1..1 here.
    """

    task = "enlargement"
    paired = True
    players: ClassVar = {"enlarger": ("network",)}
    kept = ("network",)
    multiple = 1
    Options = EdsrOptions

    def __init__(self, size: Size, options: EdsrOptions) -> None:
        super().__init__(size, options)
        self.network = EdsrNetwork(size.width, options.blocks, size.scale)

    def losses(self, player: str, batch: Batch, made: dict[str, Tensor]) -> dict[str, Tensor]:
        made["large"] = self.network(batch["small"])
        return {"l1": l1_loss(made["large"], batch["large"])}

    def run(self, x: Tensor) -> Tensor:
        return self.network(x).clamp(-1, 1)

    def show(self, batch: Batch) -> dict[str, Tensor]:
        return shown_enlarged(self, batch)


def shown_enlarged(model: PictureModel, batch: Batch) -> dict[str, Tensor]:
    """Bicubic, ours, and the real one."""
    bicubic = interpolate(batch["small"], scale_factor=model.size.scale, mode="bicubic").clamp(-1, 1)
    return {"bicubic": bicubic, "enlarged": model.run(batch["small"]), "large": batch["large"]}
