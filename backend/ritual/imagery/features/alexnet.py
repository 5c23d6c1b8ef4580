"""AlexNet without its classifier, in plain torch, whose weights bear torchvision's names.

Source: Krizhevsky (2014), One weird trick for parallelizing convolutional neural networks. The layers are the five
ReLUs, those of LPIPS (Zhang et al. 2018).
"""

from __future__ import annotations

from torch import Tensor, nn

from ritual.imagery.features.network import FeatureNetwork, ImageNetInput


class AlexNet(FeatureNetwork):
    title, smallest = "AlexNet", 32

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 11, 4, 2), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(),
            nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(),
            nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(),
        )  # fmt: skip
        self.input = ImageNetInput()

    def layers(self, x: Tensor) -> list[Tensor]:
        x, found = self.input(x), []
        for part in self.features:
            x = part(x)
            if isinstance(part, nn.ReLU):
                found.append(x)
        return found
