"""TensorBoard's view of a run: every part of the loss, the learning rate, seconds a step, validations, the recipe."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from torch import Tensor

from ritual.errors import RitualError


class TrainingLog:
    """Writes event files for `tensorboard --logdir`; a resumed run goes on where the state is.

    Args:
        folder: for the event files. recipe: shown as text. start: step from which this run writes.

    Raises:
        RitualError: TensorBoard is not installed.
    """

    def __init__(self, folder: Path, recipe: dict, start: int) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise RitualError(
                "--log needs TensorBoard, which is not installed.",
                hint="Install the extra `train`: pip install 'ritual-motion[train]'.",
            ) from error
        self._writer = SummaryWriter(str(folder), purge_step=start + 1)
        self._writer.add_text("recipe", f"```\n{json.dumps(recipe, indent=2)}\n```", start)

    def step(self, step: int, parts: dict[str, float], rate: float, seconds: float) -> None:
        for name, value in parts.items():
            self._writer.add_scalar(f"train/{name}", value, step)
        self._writer.add_scalar("run/learning_rate", rate, step)
        self._writer.add_scalar("run/seconds_a_step", seconds, step)

    def validation(self, step: int, parts: dict[str, float], histograms: dict[str, Tensor]) -> None:
        for name, value in parts.items():
            self._writer.add_scalar(f"validation/{name}", value, step)
        for name, values in histograms.items():
            self._writer.add_histogram(f"validation/{name}", values, step)
        self._writer.flush()

    def picture(self, step: int, name: str, pixels: np.ndarray) -> None:
        """(H, W, 3) uint8."""
        self._writer.add_image(f"samples/{name}", pixels, step, dataformats="HWC")

    def close(self) -> None:
        self._writer.close()
