"""What R knows of time: how the noise of a clip moves, and whether a sequence of frames is real."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

CLOCK = 4  # waves that tell how far a clip has gone


class Movement(nn.Module):
    """The noise of a clip -> that of each frame: a bidirectional LSTM moves it in time.

    At each frame the LSTM is given the clip's noise and how far the clip has gone, and says how far the noise has gone.

    Source: R §3.3.4, Figure 1: bidirectional, so that a frame also knows what is to come; eq. 3-7 are `nn.LSTM`.
    """

    def __init__(self, latent: int, frames: int) -> None:
        super().__init__()
        at = torch.linspace(0, 1, frames)[:, None] * math.pi * torch.arange(1, CLOCK + 1)
        self.register_buffer("clock", torch.cat([at.sin(), at.cos()], 1), persistent=False)
        self.lstm = nn.LSTM(latent + 2 * CLOCK, latent // 2, batch_first=True, bidirectional=True)
        self.move = nn.Linear(latent, latent)

    def forward(self, noise: Tensor) -> Tensor:
        """(N, latent) -> (N, T, latent)."""
        clock = self.clock.to(noise).expand(len(noise), -1, -1)
        still = noise[:, None].expand(-1, clock.shape[1], -1)
        moved, _ = self.lstm(torch.cat([still, clock], -1))
        return still + self.move(moved)


class SequenceDiscriminator(nn.Module):
    """Features of a clip's frames, in order -> how real the clip is (a logit): a bidirectional LSTM.

    Its dense layers are spectrally normed; the LSTM's gates bound what it says by themselves.

    Source: R §3.3.4, Figure 1 (CNN encoder -> features per frame -> BiLSTM -> aggregated features -> real or fake).
    """

    def __init__(self, length: int, width: int) -> None:
        super().__init__()
        self.read = spectral_norm(nn.Linear(length, 2 * width))
        self.lstm = nn.LSTM(2 * width, width, batch_first=True, bidirectional=True)
        self.judge = spectral_norm(nn.Linear(2 * width, 1))

    def forward(self, features: Tensor) -> Tensor:
        """(N, T, length) -> (N,)."""
        seen, _ = self.lstm(nn.functional.leaky_relu(self.read(features), 0.2))
        return self.judge(seen.mean(1))[:, 0]
