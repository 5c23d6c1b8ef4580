"""What the flow learns from: how real bodies depart from their key poses, and the rules of the dances (eq. 8).

Real windows teach it where the straight lines from noise to real corrections lead. A dance has no real
correction; there what it draws is held to the dance's prior, stances and domain by
the same cultural loss as the mixture's components: a mixture of one, as wide as the table of eq. 7. The divergence
is free up to what real motion has from its own key poses; else nothing natural would be left between the stances.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

from ritual.body.angle_domain import AngleDomain
from ritual.body.kinematics import jacobian
from ritual.motion.checkpoint import FLOW_FORMAT, FLOW_NAME
from ritual.motion.flow_network import SCALE, FlowConfig, FlowNetwork, starting_noise
from ritual.motion.heading import ANGLE_COUNT, CLEARANCE, TILT, positions
from ritual.motion.losses import dance_loss
from ritual.motion.mixture import Mixture, table_sigmas
from ritual.motion.network import RATE
from ritual.motion.train_config import TrainConfig
from ritual.motion.windows import DanceBatch, RealBatch

STRIDE = 3  # the cultural loss is read at every third frame
ALLOWANCE = 0.22  # [nats per coordinate] free: real motion has 0.21 to its own key poses (quartiles 0.18, 0.22)
_SPAN = 0.1  # [s]
_LEAST = 0.4  # of the median: what moves no joint (turns of the head) is learnt, too


class FlowObjective:
    """Trains the rectified flow; an `objective.Objective`."""

    weights_name = FLOW_NAME
    weights_format = FLOW_FORMAT

    def __init__(self, config: TrainConfig) -> None:
        self.config = config
        self.scale, self.weight = torch.tensor(SCALE), state_weights()

    def network(self) -> FlowNetwork:
        return FlowNetwork(FlowConfig(width=self.config.width))

    def loss(
        self, network: nn.Module, real: RealBatch, dance: DanceBatch, rng: np.random.Generator
    ) -> tuple[Tensor, dict[str, float]]:
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        t = torch.sigmoid(torch.randn(len(real.truth), generator=generator))  # most where the line is hardest to tell
        return self._loss(network, real, dance, t, generator, int(rng.integers(STRIDE)))

    def validation_loss(
        self, network: nn.Module, real: RealBatch, dance: DanceBatch, rng: np.random.Generator
    ) -> tuple[Tensor, dict[str, float]]:
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        t = (torch.arange(len(real.truth)) + 0.5) / len(real.truth)
        return self._loss(network, real, dance, t, generator, 0)

    def histograms(self, network: nn.Module, real: RealBatch, dance: DanceBatch) -> dict[str, Tensor]:
        return {}

    def _loss(
        self,
        network: nn.Module,
        real: RealBatch,
        dance: DanceBatch,
        t: Tensor,
        generator: torch.Generator,
        offset: int,
    ) -> tuple[Tensor, dict[str, float]]:
        match = self._match(network, real, t.to(real.truth.device), generator)
        culture, parts = self._culture(network, dance, generator, slice(offset, None, STRIDE))
        parts["match"] = float(match.detach())
        return match + self.config.dance_weight * culture, parts

    def _match(self, network: nn.Module, batch: RealBatch, t: Tensor, generator: torch.Generator) -> Tensor:
        """Mean square error of where the lines lead, by how far each number moves the joints.

        Errors of the first and second derivative count as well, over `_SPAN`: motion, not poses, is to be right.
        """
        scale, weight = self.scale.to(batch.truth), self.weight.to(batch.truth)
        real = (batch.truth - batch.reference) / scale
        noise = starting_noise(real.shape, generator).to(real)
        along = t[:, None, None]
        error = network(batch.text, batch.features, (1 - along) * noise + along * real, t) - real
        total = error.new_zeros(())
        for order in range(3):
            mask = batch.mask[:, order:]
            total = total + ((error.square() * weight).mean(-1) * mask).sum() / mask.sum()
            error = error.diff(dim=1) * (_SPAN * RATE)
        return total

    def _culture(
        self, network: nn.Module, batch: DanceBatch, generator: torch.Generator, pick: slice
    ) -> tuple[Tensor, dict[str, float]]:
        """Eq. 8 on a draw of two steps, the second from anywhere along the line of the first."""
        noise = starting_noise(batch.reference.shape, generator).to(batch.reference)
        t = torch.rand(len(noise), generator=generator).to(noise)
        along = t[:, None, None]
        with torch.no_grad():
            first = network(batch.text, batch.features, noise, torch.zeros_like(t))
        drawn = network(batch.text, batch.features, (1 - along) * noise + along * first, t)
        states = (batch.reference + self.scale.to(noise) * drawn)[:, pick, None]
        means = positions(states).flatten(-2)
        one = Mixture(torch.zeros_like(means[..., 0]), means, table_sigmas(means).expand(means.shape))
        loss = dance_loss(one, states[..., :ANGLE_COUNT], batch, pick, ALLOWANCE)
        total = loss.total(self.config.kl, self.config.stance, self.config.limits)
        return total, loss.parts()


def state_weights(poses: int = 64) -> Tensor:
    """(39,) how much each number of a correction, in its `SCALE`, moves the joints; mean 1.

    Root of the mean over random poses inside the body's limits of the squared column of the Jacobian.
    """
    body = AngleDomain.physiological()
    rng = np.random.default_rng(0)
    angles = rng.uniform(0.5 * body.lower, 0.5 * body.upper, (poses, ANGLE_COUNT))
    moved = torch.stack([jacobian(torch.from_numpy(pose)).square().sum(0) for pose in angles]).mean(0).sqrt()
    scale = torch.tensor(SCALE)
    weight = torch.empty_like(scale)
    weight[:ANGLE_COUNT] = moved.float() * scale[:ANGLE_COUNT]
    weight[TILT] = float(weight[:ANGLE_COUNT].max())
    weight[CLEARANCE] = scale[CLEARANCE] * math.sqrt(24)
    weight = weight.clamp(min=_LEAST * float(weight.median()))
    return weight / weight.mean()
