"""Train a model of pictures as a configuration says: data, trainer, weights."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ritual.brief import ProgressCallback
from ritual.imagery.data.batches import pictures_for
from ritual.imagery.data.store import BUDGET
from ritual.imagery.training.held_out import measure_of
from ritual.imagery.training.run_folder import PAGE, SAMPLES, weights_of
from ritual.imagery.training.state import NAME
from ritual.imagery.training.train_config import TrainConfig
from ritual.imagery.training.trainer import Trainer
from ritual.training.processes import processes_of


@dataclass(frozen=True)
class TrainResult:
    """
    Attributes:
        weights, page, samples, state: what was written. step: how many steps are done. seconds: that this call took.
        figures: of the last evaluation. bad: file -> why it could not be read. warnings: of the data. first: whether
            this is the process that writes.
    """

    weights: Path
    page: Path
    samples: Path
    state: Path
    step: int
    seconds: float
    figures: dict[str, float]
    bad: dict[str, str]
    warnings: list[str]
    first: bool


def train(
    config: TrainConfig,
    tell: ProgressCallback = lambda _: None,
    warn: Callable[[str], None] = lambda _: None,
    budget: int = BUDGET,
) -> TrainResult:
    """Train, or go on where the run in `config.out` was stopped.

    Args:
        warn: told of what went wrong and was got over. budget: bytes of decoded pictures that are kept in memory.

    Raises:
        BadInput: configuration, data or state are not what they should be; nothing has been written then.
        KeyboardInterrupt: somebody stopped it; the state is saved.
        RitualError: see `Trainer.go`.
    """
    began = time.perf_counter()
    processes = processes_of(config.checked())
    quiet: Callable[[str], None] = (lambda _: None) if processes.rank else warn
    data = pictures_for(config, processes.count, quiet, budget)
    trainer = Trainer(config, data, processes, measure_of(config.perceptual, data.aligned), quiet)
    trainer.go(tell)
    figures = trainer.history.figures[-1] if trainer.history.figures else {}
    return TrainResult(
        weights_of(config), config.out / PAGE, config.out / SAMPLES, config.out / NAME, trainer.step,
        time.perf_counter() - began, {name: value for name, value in figures.items() if name != "step"},
        {str(path): said for path, said in data.bad.items()}, data.warnings, processes.rank == 0,
    )  # fmt: skip
