"""The folder of a run: its settings, grids of samples, the page of progress and the weights that ship."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import torch

from ritual.errors import BadInput
from ritual.files import write_bytes, write_text
from ritual.imagery.data.batches import Data
from ritual.imagery.grid import grid
from ritual.imagery.model import Batch, PictureModel
from ritual.imagery.training.history import History
from ritual.imagery.training.progress_page import write_page
from ritual.imagery.training.train_config import TrainConfig
from ritual.imagery.weights import write_model
from ritual.pictures.png import png
from ritual.training.training_log import TrainingLog

Measure = Callable[[PictureModel, Batch], dict[str, float]]
"""Figures of a model (in evaluation, averaged weights) on rows that are held out."""
SHOWN, MEASURED = 6, 100
"""Rows that are shown in a grid, and that are measured, at most."""
CONFIG, PAGE, SAMPLES = "config.json", "progress.html", "samples"


class RunFolder:
    """What a run leaves to be looked at; written by the first process.

    Raises:
        BadInput: the folder cannot be made or written.
    """

    def __init__(self, config: TrainConfig, recipe: dict, data: Data, measure: Measure | None, start: int) -> None:
        self._config, self._recipe, self._data, self._measure = config, recipe, data, measure
        self._held_out: dict[int, Batch] = {}
        self._began, self._start = time.time(), start
        try:
            (config.out / SAMPLES).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"Cannot make the folder '{config.out}': {error.strerror or error}.") from None
        if not start:
            for old in (config.out / SAMPLES).glob("step-*.png"):
                old.unlink()
        told = {"data": str(config.data), **recipe, "pictures": data.counts}
        write_text(config.out / CONFIG, json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        self._log = TrainingLog(config.log, recipe, start) if config.log else None

    def paid(self, step: int, paid: dict[str, float], rate: float, seconds: float) -> None:
        """One step's losses, for TensorBoard."""
        if self._log:
            self._log.step(step, paid, rate, seconds)

    def look(self, model: PictureModel, history: History, step: int, *, samples: bool, figures: bool) -> None:
        """Show and measure the model as it is now, and write the page; figures go into the history.

        Raises:
            BadInput: something cannot be written.
        """
        torch.manual_seed(self._config.seed)  # the same noise every time
        if samples and not self._sample(step).exists():
            picture = grid(model.show(self._rows(SHOWN, model)))
            write_bytes(self._sample(step), png(picture, small=True))
            if self._log:
                self._log.picture(step, "held_out", picture)
        if figures:
            found = self._measured(model, history, step)
            facts = {"recipe": self._recipe, "step": step, "figures": found, **model.facts()}
            write_model(self.weights, model, facts)
        write_page(
            self._config.out / PAGE, self._recipe, history, step, self._config.steps, self._left(step),
            sorted((int(path.stem.removeprefix("step-")), path) for path in self._samples()),
            [*self._data.warnings, *self._data.bad.values()], self._data.counts,
        )  # fmt: skip

    @property
    def weights(self) -> Path:
        return weights_of(self._config)

    def close(self) -> None:
        if self._log:
            self._log.close()

    def _measured(self, model: PictureModel, history: History, step: int) -> dict[str, float]:
        if not self._measure:
            return {}
        if not history.figures or history.figures[-1]["step"] != step:
            found = self._measure(model, self._rows(MEASURED, model))
            history.figures.append({"step": step, **found})
            if self._log:
                self._log.validation(step, found, {})
        return {name: value for name, value in history.figures[-1].items() if name != "step"}

    def _rows(self, count: int, model: PictureModel) -> Batch:
        if count not in self._held_out:
            self._held_out[count] = self._data.held_out(count)
        device = next(model.parameters()).device
        return {name: tensor.to(device) for name, tensor in self._held_out[count].items()}

    def _sample(self, step: int) -> Path:
        return self._config.out / SAMPLES / f"step-{step:05d}.png"

    def _samples(self) -> list[Path]:
        return list((self._config.out / SAMPLES).glob("step-*.png"))

    def _left(self, step: int) -> float:
        """Seconds to the last step."""
        done = max(step - self._start, 1)
        return (time.time() - self._began) / done * (self._config.steps - step)


def weights_of(config: TrainConfig) -> Path:
    """Where a run writes the weights that ship."""
    return config.out / f"{config.model}.safetensors"
