"""The loop of training, for any model: steps, validations, and a state on disk from which it goes on."""

from __future__ import annotations

import math
import time

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from ritual.brief import Progress, ProgressCallback
from ritual.errors import BadInput
from ritual.motion.checkpoint import TrainingState, read_state, write_state
from ritual.motion.material import VALIDATIONS, Material, on_device
from ritual.motion.objective import Objective
from ritual.motion.train_config import TrainConfig

STATE_NAME = "training-state.safetensors"
_WARM_UP = 50  # steps
_CLIP = 1.0  # largest norm of the gradient


class Trainer:
    """One run: the network, the optimiser and how far it has come; resumes from the state in `config.out`.

    Raises:
        BadInput: the state there belongs to other settings.
    """

    def __init__(self, config: TrainConfig, objective: Objective, material: Material) -> None:
        self.config, self.objective, self.material = config, objective, material
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self.network = objective.network().to(config.device)
        self.average = AveragedModel(self.network, multi_avg_fn=_average(config.average)) if config.average else None
        self.optimiser = torch.optim.Adam(self.network.parameters(), lr=config.learning_rate)
        self.state = TrainingState(0, math.inf, 0, [], {}, {}, {}, {}, config.recipe())
        self._path = config.out / STATE_NAME
        if config.resume and self._path.exists():
            self._resume()

    def go(self, tell: ProgressCallback) -> None:
        """Train to the last step, or to where validation has long stopped improving."""
        config, start, began = self.config, self.state.step, time.perf_counter()
        try:
            while self.state.step < config.steps and not self._exhausted():
                self._step()
                done = self.state.step - start
                eta = (time.perf_counter() - began) / done * (config.steps - self.state.step)
                tell(Progress("training", self.state.step, config.steps, eta))
                if self.state.step % config.validate_every == 0 or self.state.step == config.steps:
                    self._validate()
                    self._save()
        except KeyboardInterrupt:
            self._save()
            raise

    def best_network(self) -> nn.Module:
        """The network with the weights that validated best."""
        self.network.load_state_dict(self.state.best_network or self._validated().state_dict())
        return self.network.eval()

    def _exhausted(self) -> bool:
        waited = (self.state.step - self.state.best_step) / self.config.validate_every
        return math.isfinite(self.state.best) and waited >= self.config.patience

    def _step(self) -> None:
        real, dance, rng = self.material.training(self.config, self.state.step)
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate(self.state.step)
        self.network.train()
        self.optimiser.zero_grad(set_to_none=True)
        device = self.config.device
        loss, _ = self.objective.loss(self.network, on_device(real, device), on_device(dance, device), rng)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), _CLIP)
        self.optimiser.step()
        if self.average:
            self.average.update_parameters(self.network)
        self.state.step += 1

    def _rate(self, step: int) -> float:
        warm = min(1.0, (step + 1) / _WARM_UP)
        fall = 0.5 * (1 + math.cos(math.pi * step / self.config.steps))
        return self.config.learning_rate * warm * (0.01 + 0.99 * fall)

    def _validated(self) -> nn.Module:
        return self.average.module if self.average else self.network

    @torch.no_grad()
    def _validate(self) -> None:
        network, device, rows = self._validated().eval(), self.config.device, []
        for n in range(VALIDATIONS):
            real, dance, rng = self.material.validation(self.config, n)
            loss, parts = self.objective.validation_loss(
                network, on_device(real, device), on_device(dance, device), rng
            )
            rows.append({"loss": float(loss), **parts})
        mean = {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
        self.state.history.append({"step": self.state.step, **mean})
        if mean["loss"] < self.state.best:
            self.state.best, self.state.best_step = mean["loss"], self.state.step
            self.state.best_network = {n: t.detach().cpu().clone() for n, t in network.state_dict().items()}

    def _save(self) -> None:
        self.state.network = self.network.state_dict()
        self.state.average = self.average.state_dict() if self.average else {}
        self.state.optimiser = self.optimiser.state_dict()["state"]
        write_state(self._path, self.state)

    def _resume(self) -> None:
        state = read_state(self._path)
        if state.config != self.config.recipe():
            raise BadInput(
                f"'{self._path}' belongs to a training run with other settings.",
                hint="Use the same settings, another --out, or --fresh to start over.",
            )
        self.network.load_state_dict(state.network)
        if self.average:
            self.average.load_state_dict(state.average)
        if state.optimiser:
            groups = self.optimiser.state_dict()["param_groups"]
            self.optimiser.load_state_dict({"state": state.optimiser, "param_groups": groups})
        self.state = state


def _average(decay: float) -> object:
    """Exponential moving average, quicker at the start so that the first weights, which know nothing, are forgotten."""

    @torch.no_grad()
    def update(averages: list[Tensor], weights: list[Tensor], seen: Tensor | int) -> None:
        keep = min(decay, (1 + float(seen)) / (10 + float(seen)))
        torch._foreach_lerp_(averages, weights, 1 - keep)

    return update
