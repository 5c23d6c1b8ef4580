"""The mixture density network of eq. 7: text and reference skeleton in, five ways of dancing out.

x_t = 256 numbers of the text + 128 of the reference skeleton -> bidirectional LSTM -> per frame five components.
A component is a correction to the reference's state (angles, tilt, clearance); its mean in R^72 is the forward
kinematics of the corrected state, so bones keep their length and eq. 8 can read angles off it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn

from ritual.body.skeleton import JOINTS
from ritual.motion.heading import CLEARANCE, STATE_SIZE, TILT, positions
from ritual.motion.mixture import COMPONENTS, FACTOR_BOUND, Mixture, table_sigmas
from ritual.motion.reference import FEATURES
from ritual.motion.text import TEXT_SIZE

RATE = 25.0  # [Hz] the networks run at; corrections are carried to any frame rate by a smooth spline
TEXT_GAIN = 8.0  # a unit vector of 384 numbers is tiny per number; this puts it on the features' scale


@dataclass(frozen=True)
class ConditionConfig:
    """Sizes of what both models are conditioned on: the sentence and the reference skeleton."""

    text: int = TEXT_SIZE
    text_embedding: int = 256
    features: int = FEATURES
    reference_embedding: int = 128

    def to_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True)
class NetworkConfig(ConditionConfig):
    """Sizes; `hidden` per direction of the LSTM."""

    hidden: int = 160
    components: int = COMPONENTS


@dataclass(frozen=True, eq=False)
class Components:
    """What the network says about (..., T) frames.

    Attributes:
        log_weights: (..., T, K), normalised.
        states: (..., T, K, 39) corrected states.
        factors: (..., T, K, 24) of the sigma table, between 1/2 and 2.
    """

    log_weights: Tensor
    states: Tensor
    factors: Tensor

    def mixture(self) -> Mixture:
        """The mixture over the 72 coordinates of the heading frame."""
        means = positions(self.states).flatten(-2)
        return Mixture(self.log_weights, means, self.factors.repeat_interleave(3, -1) * table_sigmas(means))

    def frames(self, pick: slice | Tensor) -> Components:
        """The same at some of the frames of a (B, T) batch."""
        return Components(self.log_weights[:, pick], self.states[:, pick], self.factors[:, pick])


class MotionNetwork(nn.Module):
    """Text (B, 384), features (B, T, 189) and reference states (B, T, 39) -> Components (B, T)."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.text = nn.Linear(config.text, config.text_embedding)
        self.reference = nn.Linear(config.features, config.reference_embedding)
        size = config.text_embedding + config.reference_embedding
        self.lstm = nn.LSTM(size, config.hidden, batch_first=True, bidirectional=True)
        self._split = (1, STATE_SIZE, len(JOINTS))
        self.head = nn.Linear(2 * config.hidden, config.components * sum(self._split))
        nn.init.normal_(self.head.weight, std=0.01)  # start at the reference, components a hair apart
        nn.init.zeros_(self.head.bias)
        scale = torch.full((STATE_SIZE,), 0.5)  # [rad]
        scale[TILT], scale[CLEARANCE] = 0.25, 0.05  # [rad], [m]
        self.register_buffer("scale", scale)

    def forward(self, text: Tensor, features: Tensor, reference: Tensor) -> Components:
        said = torch.tanh(self.text(TEXT_GAIN * text))[:, None].expand(-1, features.shape[1], -1)
        hidden, _ = self.lstm(torch.cat((said, self.reference(features)), -1))
        raw = self.head(hidden).to(reference.dtype)  # whatever the layers were computed in, poses are in full precision
        raw = raw.unflatten(-1, (self.config.components, -1))
        weight, correction, factor = raw.split(self._split, -1)
        return Components(
            weight[..., 0].log_softmax(-1),
            reference[..., None, :] + self.scale * correction,
            (FACTOR_BOUND * torch.tanh(factor)).exp(),
        )
