"""The loop of training, for any model: steps, validations, and a state on disk from which it goes on."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from ritual.brief import Progress, ProgressCallback
from ritual.errors import BadInput, RitualError
from ritual.motion.ahead import windows_ahead
from ritual.motion.checkpoint import TrainingState, read_state, write_state
from ritual.motion.material import VALIDATIONS, Material, Windows, on_device
from ritual.motion.objective import Objective
from ritual.motion.train_config import TrainConfig
from ritual.training.interruption import Interruption, between_steps
from ritual.training.processes import Processes
from ritual.training.training_log import TrainingLog

STATE_NAME = "training-state.safetensors"
_WARM_UP = 50  # steps
_CLIP = 1.0  # largest norm of the gradient


class Trainer:
    """One run: the network, the optimiser and how far it has come; resumes from the state in `config.out`.

    Raises:
        BadInput: the state there belongs to other settings.
    """

    def __init__(
        self, config: TrainConfig, objective: Objective, material: Material, processes: Processes
    ) -> None:
        self.config, self.objective, self.material, self.processes = config, objective, material, processes
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self.network = objective.network().to(processes.device)
        self.average = AveragedModel(self.network, multi_avg_fn=_average(config.average)) if config.average else None
        self.optimiser = torch.optim.Adam(self.network.parameters(), lr=config.learning_rate)
        self.state = TrainingState(0, math.inf, 0, [], [], {}, {}, {}, {}, config.recipe(processes.count))
        self._path = config.out / STATE_NAME
        self._resume()
        self._called = processes.prepared(self.network)
        self._validations: list[Windows] = []

    def go(self, tell: ProgressCallback) -> None:
        """Train to the last step, or to where validation has long stopped improving.

        Raises:
            KeyboardInterrupt: on Ctrl-C or SIGTERM, or out of `tell`; the state is saved first.
            RitualError: the loss is no number any more; the state on disk stays as it was.
        """
        log = self._log()
        try:
            with between_steps() as interruption:
                self._loop(tell, log, interruption)
        finally:
            if log:
                log.close()

    def best_network(self) -> nn.Module:
        """A network with the weights that validated best, on the CPU."""
        with torch.random.fork_rng(devices=[]):
            network = self.objective.network()
        network.load_state_dict(self.state.best_network or self._validated().state_dict())
        return network.eval()

    def _log(self) -> TrainingLog | None:
        if not self.config.log or self.processes.rank:
            return None
        return TrainingLog(self.config.log, self.state.config, self.state.step)

    def _loop(self, tell: ProgressCallback, log: TrainingLog | None, interruption: Interruption) -> None:
        config, start, began = self.config, self.state.step, time.perf_counter()
        if start >= config.steps or self._exhausted():
            return
        last = began
        for windows in windows_ahead(self.material, config, start, self.processes.rank):
            parts, stop = self._step(windows, interruption)
            now, step = time.perf_counter(), self.state.step
            if log:
                log.step(step, parts, self._rate(step - 1), now - last)
            eta = (now - began) / (step - start) * (config.steps - step)
            try:
                tell(Progress("training", step, config.steps, eta, f"loss {parts['loss']:.3f}"))
                if stop:
                    raise KeyboardInterrupt
            except KeyboardInterrupt:
                self._save()
                raise
            if step % config.validate_every == 0 or step == config.steps:
                self._validate(log)
                self._save()
            if self._exhausted():
                return
            last = time.perf_counter()

    def _exhausted(self) -> bool:
        waited = (self.state.step - self.state.best_step) / self.config.validate_every
        return math.isfinite(self.state.best) and waited >= self.config.patience

    def _step(self, windows: Windows, interruption: Interruption) -> tuple[dict[str, float], bool]:
        """One step of the optimiser: the loss and its parts, and whether any process was asked to stop."""
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate(self.state.step)
        self.network.train()
        self.optimiser.zero_grad(set_to_none=True)
        loss, parts = self.objective.loss(self._called, *self._here(windows))
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), _CLIP)
        value = float(loss.detach())
        broken, stop = self.processes.any(not math.isfinite(value + float(norm)), interruption.asked)
        if broken:
            raise self._diverged(value)
        self.optimiser.step()
        if self.average:
            self.average.update_parameters(self.network)
        self.state.step += 1
        self.state.losses.append(value)
        return {"loss": value, **parts}, stop

    def _diverged(self, loss: float) -> RitualError:
        kept = f"The state of its last validation is kept in '{self._path}'. " if self._path.exists() else ""
        place = f"step {self.state.step + 1} of {self.config.steps}"
        return RitualError(
            f"The loss ({loss:g}) or its gradient is no finite number at {place}.",
            hint=f"{kept}Start over (--fresh) with a lower --learning-rate than {self.config.learning_rate:g}.",
        )

    def _here(self, windows: Windows) -> Windows:
        real, dance, rng = windows
        return on_device(real, self.processes.device), on_device(dance, self.processes.device), rng

    def _rate(self, step: int) -> float:
        warm = min(1.0, (step + 1) / _WARM_UP)
        fall = 0.5 * (1 + math.cos(math.pi * step / self.config.steps))
        return self.config.learning_rate * warm * (0.01 + 0.99 * fall)

    def _validated(self) -> nn.Module:
        return self.average.module if self.average else self.network

    @torch.no_grad()
    def _validate(self, log: TrainingLog | None) -> None:
        """Every process takes its share of the batches; all get the same mean."""
        network, rank, count = self._validated().eval(), self.processes.rank, self.processes.count
        if not self._validations:  # the same ones every time
            self._validations = [self.material.validation(self.config, n) for n in range(rank, VALIDATIONS, count)]
        rows = []
        for windows in self._validations:
            real, dance, rng = self._here(windows)
            loss, parts = self.objective.validation_loss(network, real, dance, copy.deepcopy(rng))
            rows.append({"loss": float(loss), **parts})
        rows = self.processes.gathered(rows)
        mean = {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
        self.state.history.append({"step": self.state.step, **mean})
        if mean["loss"] < self.state.best:
            self.state.best, self.state.best_step = mean["loss"], self.state.step
            self.state.best_network = {n: t.detach().cpu().clone() for n, t in network.state_dict().items()}
        if log:
            real, dance, _ = self._here(self._validations[0])
            log.validation(self.state.step, mean, self.objective.histograms(network, real, dance))

    def _save(self) -> None:
        if self.processes.rank:
            return
        self.state.network = self.network.state_dict()
        self.state.average = self.average.state_dict() if self.average else {}
        self.state.optimiser = self.optimiser.state_dict()["state"]
        write_state(self._path, self.state)

    def _resume(self) -> None:
        """Go on from the state that the first process finds, if it finds one: the others may not see its disk."""
        there = self.config.resume and not self.processes.rank and self._path.exists()
        state = self.processes.from_first(read_state(self._path) if there else None)
        if state is None:
            return
        if state.config != self.state.config:
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


def _average(decay: float) -> Callable[[list[Tensor], list[Tensor], Tensor | int], None]:
    """Exponential moving average, quicker at the start so that the first weights, which know nothing, are forgotten."""

    @torch.no_grad()
    def update(averages: list[Tensor], weights: list[Tensor], seen: Tensor | int) -> None:
        keep = min(decay, (1 + float(seen)) / (10 + float(seen)))
        torch._foreach_lerp_(averages, weights, 1 - keep)

    return update
