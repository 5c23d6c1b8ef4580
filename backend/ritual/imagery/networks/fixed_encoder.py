"""An encoder that another task has taught and that stands still."""

from __future__ import annotations

from torch import Tensor, nn

from ritual.memory.backbone import Backbone, BackboneConfig
from ritual.memory.weights import read_memory


class FixedEncoder(nn.Module):
    """The first stages of the memory's encoder, which has learnt to name patterns of many crafts.

    Its weights are buffers: no optimiser finds them, and a model's file holds them, so that it needs no other.

    Source: papercut paper, III.B (2): "the fixed encoder, which is obtained from the pre-training of the classification
    task"; it classifies faces, ours symbols.
    """

    channels = 128  # of what comes out, at an eighth of the picture's sides

    def __init__(self) -> None:
        super().__init__()
        pretrained = read_memory().model.backbone
        config = pretrained.config
        self.backbone = Backbone(
            BackboneConfig(config.bottleneck, config.stem, config.deep_stem, *(x[:2] for x in
                           (config.widths, config.blocks, config.strides)))
        )  # fmt: skip
        self.backbone.load_state_dict(pretrained.state_dict(), strict=False)
        for module in self.backbone.modules():
            for name, weight in list(module.named_parameters(recurse=False)):
                delattr(module, name)
                module.register_buffer(name, weight.detach())
        self.train(False)

    def train(self, mode: bool = True) -> FixedEncoder:
        """Never in training: its batch normalisation keeps the statistics that it was taught with."""
        return super().train(False)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in -1..1 -> (N, 128, H / 8, W / 8)."""
        return self.backbone((x + 1) / 2)
