"""The memory's backbone as a feature network: no weights of others, and quick enough for a loss at every step."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor
from torch.nn import functional as F

from ritual.imagery.features.network import FeatureNetwork
from ritual.memory.model import DualMemory
from ritual.memory.weights import read_memory


class MemoryBackbone(FeatureNetwork):
    """Layers: the stem and every stage (32, 64, 128, 256 channels at a half to a sixteenth of the sides); `classes` are
    the forms of ornament that the memory knows."""

    title, smallest = "memory", 16

    def __init__(self, model: DualMemory) -> None:
        super().__init__()
        self.model = model

    def layers(self, x: Tensor) -> list[Tensor]:
        backbone = self.model.backbone
        x = backbone.bn1(backbone.conv1(x)).relu()  # it takes 0..1 and makes -1..1 of them
        found = [x]
        if backbone.config.deep_stem:
            x = F.max_pool2d(x, 3, 2, 1)
        for n in range(len(backbone.config.widths)):
            x = backbone.get_submodule(f"layer{n + 1}")(x)
            found.append(x)
        return found

    def classes(self, x: Tensor) -> Tensor:
        return self.model((x + 1) / 2).form


def memory_backbone(path: Path | None = None) -> MemoryBackbone:
    """Of the memory in a file; None = the one that ships.

    Raises:
        BadInput: no such file, or not one of ours.
    """
    return MemoryBackbone(read_memory(path).model)
