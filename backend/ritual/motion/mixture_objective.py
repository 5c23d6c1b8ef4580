"""The losses of the mixture network: likelihood of real motion (eq. 7) and the cultural loss on the dances (eq. 8)."""

from __future__ import annotations

import numpy as np
from torch import Tensor, nn

from ritual.body.angle_domain import AngleDomain
from ritual.motion.checkpoint import WEIGHTS_FORMAT, WEIGHTS_NAME
from ritual.motion.heading import ANGLE_COUNT, positions
from ritual.motion.losses import angle_error, dance_loss, frame_nll, imbalance, limit_penalty, phrase_nll
from ritual.motion.network import MotionNetwork, NetworkConfig
from ritual.motion.train_config import TrainConfig
from ritual.motion.windows import DanceBatch, RealBatch

STRIDE = 3  # losses are read at every third frame of the network: a third of the kinematics, nothing lost below 4 Hz
_ANGLES, _BALANCE = 2.0, 0.1  # weights beside the likelihood per coordinate


class MixtureObjective:
    """Trains the mixture density network; an `objective.Objective`."""

    weights_name = WEIGHTS_NAME
    weights_format = WEIGHTS_FORMAT

    def __init__(self, config: TrainConfig) -> None:
        self.config = config
        self.body = AngleDomain.physiological()

    def network(self) -> MotionNetwork:
        return MotionNetwork(NetworkConfig(hidden=self.config.hidden, components=self.config.components))

    def loss(
        self, network: nn.Module, real: RealBatch, dance: DanceBatch, rng: np.random.Generator
    ) -> tuple[Tensor, dict[str, float]]:
        return self._loss(network, real, dance, int(rng.integers(STRIDE)))

    def validation_loss(
        self, network: nn.Module, real: RealBatch, dance: DanceBatch, rng: np.random.Generator
    ) -> tuple[Tensor, dict[str, float]]:
        return self._loss(network, real, dance, 0)

    def histograms(self, network: nn.Module, real: RealBatch, dance: DanceBatch) -> dict[str, Tensor]:
        """The component that each window of real motion falls to."""
        mixture = network(real.text, real.features, real.reference).mixture()
        posterior = phrase_nll(mixture, positions(real.truth).flatten(-2), real.mask)[1]
        return {"component": posterior.argmax(-1)}

    def _loss(
        self, network: nn.Module, real: RealBatch, dance: DanceBatch, offset: int
    ) -> tuple[Tensor, dict[str, float]]:
        pick = slice(offset, None, STRIDE)
        likelihood, parts = self._real_loss(network, real, pick)
        culture, more = self._dance_loss(network, dance, pick)
        return likelihood + self.config.dance_weight * culture, {**parts, **more}

    def _real_loss(self, network: nn.Module, batch: RealBatch, pick: slice) -> tuple[Tensor, dict[str, float]]:
        out = network(batch.text, batch.features, batch.reference).frames(pick)
        truth, mask = batch.truth[:, pick], batch.mask[:, pick]
        mixture, angles = out.mixture(), out.states[..., :ANGLE_COUNT]
        y = positions(truth).flatten(-2)
        frame = frame_nll(mixture, y, mask)
        phrase, posterior, soft = phrase_nll(mixture, y, mask)
        apart = angle_error(angles, posterior, truth[..., :ANGLE_COUNT], mask)
        beyond = (out.log_weights.exp() * limit_penalty(angles, self.body)).sum(-1).mean()
        loss = 0.5 * (frame + phrase) + _ANGLES * apart + _BALANCE * imbalance(soft) + self.config.limits * beyond
        used = posterior.mean(0).clamp(min=1e-9)
        parts = {"frame_nll": frame, "phrase_nll": phrase, "angle_error": apart, "used": -(used * used.log()).sum()}
        return loss, {name: float(value.detach()) for name, value in parts.items()}

    def _dance_loss(self, network: nn.Module, batch: DanceBatch, pick: slice) -> tuple[Tensor, dict[str, float]]:
        out = network(batch.text, batch.features, batch.reference).frames(pick)
        loss = dance_loss(out.mixture(), out.states[..., :ANGLE_COUNT], batch, pick)
        return loss.total(self.config.kl, self.config.stance, self.config.limits), loss.parts()
