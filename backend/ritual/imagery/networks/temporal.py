"""Convolutions over space and time: noise -> clip, and their mirror, clip -> judgement."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from ritual.errors import BadInput
from ritual.imagery.networks.dcgan import begin, widths

DOUBLINGS = 2  # of the frames, in the first layers: 4, 8, 16


def first_frames(frames: int) -> int:
    """Frames of the first map.

    Raises:
        BadInput: the frames cannot be halved twice.
    """
    if frames < 8 or frames % 2**DOUBLINGS:
        raise BadInput(
            f"A temporal network was asked for clips of {frames} frames; it makes 8, 12, 16, ...: multiples of"
            f" {2**DOUBLINGS}.",
            hint="Set frames=16.",
        )
    return frames >> DOUBLINGS


class TemporalGenerator(nn.Module):
    """Noise -> clip: the DCGAN's generator with time as a third axis, which doubles in the first two layers.

    Source: the temporal CNN that R §4.2.4 is measured against (TCVG; its layers are not published), after Vondrick et
    al. (2016), Generating videos with scene dynamics.
    """

    def __init__(self, side: int, width: int, frames: int, latent: int) -> None:
        super().__init__()
        channels = widths(side, width)
        self.start = (channels[0], first_frames(frames), side >> len(channels), side >> len(channels))
        self.dense = nn.Linear(latent, channels[0] * self.start[1] * self.start[2] ** 2)
        self.grow = nn.Sequential(
            *(
                nn.Sequential(nn.ConvTranspose3d(a, b, *_kernel(n), bias=False), nn.BatchNorm3d(b), nn.ReLU())
                for n, (a, b) in enumerate(pairwise(channels))
            )
        )
        self.paint = nn.ConvTranspose3d(channels[-1], 3, *_kernel(DOUBLINGS))
        self.apply(begin)

    def forward(self, noise: Tensor) -> Tensor:
        """(N, latent) -> (N, T, 3, S, S) in -1..1."""
        x = self.dense(noise).view(-1, *self.start).relu()
        return self.paint(self.grow(x)).tanh().transpose(1, 2)


class TemporalDiscriminator(nn.Module):
    """The generator mirrored: (N, T, 3, S, S) -> logits (N,)."""

    def __init__(self, side: int, width: int, frames: int) -> None:
        super().__init__()
        channels = widths(side, width)[::-1]
        last = len(channels) - 1
        layers = [
            nn.Sequential(
                nn.Conv3d(a, b, *_kernel(last - n)),
                nn.BatchNorm3d(b) if n else nn.Identity(),
                nn.LeakyReLU(0.2),
            )
            for n, (a, b) in enumerate(zip([3, *channels], channels, strict=False))
        ]
        self.shrink = nn.Sequential(*layers)
        halved = first_frames(frames)
        self.dense = nn.Linear(channels[-1] * halved * (side >> len(channels)) ** 2, 1)
        self.apply(begin)

    def forward(self, clips: Tensor) -> Tensor:
        return self.dense(self.shrink(clips.transpose(1, 2)).flatten(1))[:, 0]


def _kernel(n: int) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Kernel, stride and padding (frames, rows, columns) of the n-th layer from the noise."""
    return ((4, 4, 4), (2, 2, 2), (1, 1, 1)) if n < DOUBLINGS else ((3, 4, 4), (1, 2, 2), (1, 1, 1))
