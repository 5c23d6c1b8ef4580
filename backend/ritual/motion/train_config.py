"""What one training run is: every value that decides the weights, and where things lie."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from ritual.errors import BadInput
from ritual.motion.losses import ETA, LAMBDA
from ritual.motion.mixture import COMPONENTS

_PLACES = ("data", "out", "cache", "resume", "threads")  # decide nothing


@dataclass(frozen=True)
class TrainConfig:
    """One training run; the same values give the same weights on one machine.

    Attributes:
        data: folder of motion files. out: folder for weights, training state and model card.
        cache: folder for retargeted arrays; None = `.cache` in `out`.
        encoder: sentence encoder's folder or hub id; None = the default.
        model: which of `objective.OBJECTIVES` is trained.
        steps: optimiser steps. real_windows, dance_windows: per step. frames: per window, at 15 Hz.
        hidden: LSTM units per direction. components: of the mixture. width: of the flow's trunk.
        learning_rate: peak of Adam's, warmed up, then cosine to a hundredth.
        dance_weight: of the cultural loss beside the likelihood. kl, stance, limits: inside it (eq. 8); `limits` also
            weighs the body's own limits on real motion.
        average: decay per step of an exponential moving average of the weights, which is then what is validated and
            written; 0 = none.
        text_dropout: part of the windows that say nothing, and of the real ones that are said to be a dance.
        validate_every: steps between validations. patience: validations without gain before it stops.
        seed, device, threads: reproducibility and where it runs; threads=None leaves torch's setting.
        resume: go on from the training state in `out` if there is one.
    """

    data: Path
    out: Path
    cache: Path | None = None
    encoder: str | None = None
    model: str = "mixture"
    steps: int = 800
    real_windows: int = 16
    dance_windows: int = 8
    frames: int = 64
    hidden: int = 160
    width: int = 160
    components: int = COMPONENTS
    learning_rate: float = 2e-3
    dance_weight: float = 0.25
    kl: float = 1.0
    stance: float = LAMBDA
    limits: float = ETA
    average: float = 0.0
    text_dropout: float = 0.2
    validate_every: int = 100
    patience: int = 6
    seed: int = 1
    device: str = "cpu"
    threads: int | None = 1
    resume: bool = True

    def recipe(self) -> dict:
        """What decides the weights: everything but where things lie."""
        return {name: value for name, value in asdict(self).items() if name not in _PLACES}

    def checked(self) -> TrainConfig:
        """This very config.

        Raises:
            BadInput: a value that cannot be trained with.
        """
        if min(self.steps, self.real_windows, self.dance_windows, self.components) < 1 or self.frames < 8:
            raise BadInput(
                "Training needs at least 1 step, 1 window of each kind, 1 component and 8 frames per window."
            )
        if not 0 <= self.average < 1:
            raise BadInput(f"The average's decay {self.average:g} is out of range; choose 0 (none) to below 1.")
        if self.device.startswith("cuda") and not torch.cuda.is_available():
            raise BadInput("No CUDA device is there.", hint="Use --device cpu.")
        return self
