"""The loop of training for any model of pictures: turns, averages, a state on disk, and something to look at."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections.abc import Callable

import numpy as np
import torch

from ritual.brief import Progress, ProgressCallback
from ritual.errors import BadInput, RitualError
from ritual.imagery.data.ahead import batches_ahead
from ritual.imagery.data.batches import Data
from ritual.imagery.model import Batch
from ritual.imagery.training.average import Average
from ritual.imagery.training.building import built
from ritual.imagery.training.history import History
from ritual.imagery.training.players import NotFinite, Players
from ritual.imagery.training.precision import in_bfloat16
from ritual.imagery.training.run_folder import MEASURED, Measure, RunFolder
from ritual.imagery.training.state import NAME, State, differences, read_state, remove_leftovers, write_state
from ritual.imagery.training.train_config import TrainConfig
from ritual.training.interruption import Interruption, between_steps
from ritual.training.processes import Processes


class Trainer:
    """One run: a model, its players, and how far it has come; goes on from the state in `config.out`.

    With several processes each draws rows and random numbers of its own, and gradients are averaged; a resumed run
    gives all of them the first one's pools. One process on the CPU goes on bit for bit as if it had never stopped.

    Attributes:
        model: it has the last step's weights. average: of them. history: losses and figures. step: how many are done.
    """

    def __init__(
        self,
        config: TrainConfig,
        data: Data,
        processes: Processes,
        measure: Measure | None = None,
        warn: Callable[[str], None] = lambda sentence: print(sentence, file=sys.stderr),
    ) -> None:
        """
        Args:
            measure: figures of the averaged model on a batch that is held out, every `evaluate_every` steps.
            warn: told, in a sentence, what went wrong and was got over.

        Raises:
            BadInput: the configuration is not valid, or the state in `out` is of a run with other settings.
        """
        self.config, self.data, self.processes, self._warn = config.checked(), data, processes, warn
        self.model = built(config, data.held_out(MEASURED)).to(processes.device).train()
        if processes.device.type == "cuda":
            self.model.to(memory_format=torch.channels_last)
        if config.precision == "bfloat16":
            in_bfloat16(self.model, processes.device)
        self.players = Players(self.model, config, processes)
        self.average = Average(self.model, self.model.kept, config.average)
        self.history, self.step = History(), 0
        self._path, self._saved = config.out / NAME, 0
        recipe = {**config.recipe(processes.count), "options": dataclasses.asdict(self.model.options)}
        self._recipe = json.loads(json.dumps(recipe))  # as it is read again
        self._resume()
        self._folder = RunFolder(config, self._recipe, data, measure, self.step) if not processes.rank else None

    def go(self, tell: ProgressCallback = lambda _: None) -> None:
        """Train to the last step; state, samples, page and weights are in `config.out` then.

        Raises:
            KeyboardInterrupt: on Ctrl-C or SIGTERM, or out of `tell`; the state is saved first.
            RitualError: a loss is no number any more (the state on disk stays as it was), or the last state cannot be
                written.
        """
        devices = [] if self.processes.device.type == "cpu" else [self.processes.device]
        with torch.random.fork_rng(devices=devices), between_steps() as interruption:
            try:
                self._loop(tell, interruption)
                self._look(final=True)
            finally:
                if self._folder:
                    self._folder.close()

    def _loop(self, tell: ProgressCallback, interruption: Interruption) -> None:
        config, start, began = self.config, self.step, time.perf_counter()
        if start:
            self._look()  # a run that was stopped at a step to look at has not looked yet
        ahead = batches_ahead(lambda step: self.data.batch(step, self.processes.rank), start, config.steps)
        for batch in ahead:
            since = time.perf_counter()
            paid = self._step(batch)
            now = time.perf_counter()
            if self._folder:
                self._folder.paid(self.step, paid, self._share(self.step - 1) * config.learning_rate, now - since)
            (stop,) = self.processes.any(interruption.asked)
            eta = (now - began) / (self.step - start) * (config.steps - self.step)
            try:
                tell(Progress("training", self.step, config.steps, eta, _note(paid)))
                if stop:
                    raise KeyboardInterrupt
            except KeyboardInterrupt:
                self._save(last=True)
                raise
            self._look()
            if self.step == config.steps or self.step % config.save_every == 0:
                self._save(last=self.step == config.steps)

    def _step(self, batch: Batch) -> dict[str, float]:
        seed = np.random.SeedSequence([self.config.seed, self.step, self.processes.rank])
        torch.manual_seed(int(seed.generate_state(1, np.uint64)[0] >> 1))
        try:
            paid = self.players.step(self._here(batch), self._share(self.step))
        except NotFinite as broken:
            raise self._diverged(broken) from None
        self.step += 1
        self.average.update(self.step)
        self.history.add(paid)
        return paid

    def _here(self, batch: Batch) -> Batch:
        if self.processes.device.type == "cpu":
            return batch
        return {name: tensor.to(self.processes.device, non_blocking=True) for name, tensor in batch.items()}

    def _share(self, step: int) -> float:
        """Of the learning rate: all of it at first, then falling linearly to 0 after the last step."""
        steps, whole = self.config.steps, self.config.steps * self.config.falls_from
        return min(1.0, (steps - step) / max(steps - whole, 1e-9))

    def _diverged(self, broken: NotFinite) -> RitualError:
        kept = f"The state of step {self._saved} is kept in '{self._path}'. " if self._saved else ""
        what = "gradient" if broken.part == "gradient" else f"loss '{broken.part}'"
        return RitualError(
            f"The {what} of the {broken.player} is no finite number at step {self.step + 1} of {self.config.steps}.",
            hint=f"{kept}Start over (--fresh) with a lower --learning-rate than {self.config.learning_rate:g}"
            + (", or in float32." if self.config.precision == "bfloat16" else "."),
        )

    def _look(self, final: bool = False) -> None:
        """Samples, figures and the page, where their time has come; a full disk does not end the training."""
        config, step, folder = self.config, self.step, self._folder
        samples, figures = final or step % config.sample_every == 0, final or step % config.evaluate_every == 0
        if not folder or not (samples or figures):
            return
        self.model.eval()
        try:
            with torch.no_grad(), self.average.in_place():
                folder.look(self.model, self.history, step, samples=samples, figures=figures)
        except BadInput as error:
            if final:
                raise
            self._warn(f"{error} Training goes on.")
        finally:
            self.model.train()

    def _save(self, last: bool) -> None:
        """The state; while training goes on a full disk is told, what is there stays, and it is tried again later."""
        if self.processes.rank:
            return
        state = State(self.step, self.model.state_dict(), self.average.tensors, self.players.slots(), self.history,
                      self._recipe)  # fmt: skip
        try:
            write_state(self._path, state)
            self._saved = self.step
        except BadInput as error:
            kept = f"The state of step {self._saved} is kept" if self._saved else "No state is kept yet"
            if last:
                raise RitualError(error.message, hint=f"{kept}; free the disk and give the same command.") from None
            self._warn(f"{error.message} {kept}; training goes on and tries again in {self.config.save_every} steps.")

    def _resume(self) -> None:
        """Go on from the state that the first process finds, if it finds one: the others may not see its disk."""
        first = not self.processes.rank
        if first:
            remove_leftovers(self.config.out)
        there = self.config.resume and first and self._path.exists()
        state = self.processes.from_first(read_state(self._path) if there else None)
        if state is None:
            return
        if changed := differences(state.recipe, self._recipe):
            raise BadInput(
                f"'{self._path}' belongs to a run with other settings: {', '.join(changed)}.",
                hint="Use the same settings, another --out, or --fresh to start over.",
            )
        self.model.load_state_dict(state.model)
        self.average.load(state.average)
        self.players.load(state.optimisers)
        self.history, self.step, self._saved = state.history, state.step, state.step


def _note(paid: dict[str, float]) -> str:
    """What each player pays in all."""
    sums: dict[str, float] = {}
    for name, value in paid.items():
        player = name.split("/")[0]
        sums[player] = sums.get(player, 0.0) + value
    return "  ".join(f"{player} {value:.3f}" for player, value in sums.items())
