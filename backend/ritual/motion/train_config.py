"""What one training run is: every value that decides the weights, and where things lie."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import torch

from ritual.errors import BadInput, nearest
from ritual.motion.losses import ETA, LAMBDA
from ritual.motion.mixture import COMPONENTS

PRECISIONS = ("float32", "bfloat16")
ABLATIONS = {"kl": ("kl",), "stance": ("stance",), "limits": ("limits",), "cultural": ("kl", "stance", "limits")}
_DECIDE_NOTHING = ("data", "out", "cache", "log", "resume", "threads", "workers")

RECIPES: dict[str, dict] = {  # what each model is trained with unless told otherwise
    "mixture": {"steps": 800, "learning_rate": 2e-3, "average": 0.0},
    "flow": {"steps": 3000, "learning_rate": 1.5e-3, "average": 0.999},
}


@dataclass(frozen=True)
class TrainConfig:
    """One training run; the same values give the same weights on one machine.

    Attributes:
        data: folder of motion files. out: folder for weights, training state and model card.
        cache: folder for retargeted arrays; None = `.cache` in `out`.
        encoder: sentence encoder's folder or hub id; None = the default.
        model: which of `objective.OBJECTIVES` is trained.
        steps: optimiser steps. real_windows, dance_windows: per step. frames: per window, at `network.RATE`.
        hidden: LSTM units per direction. components: of the mixture. width: of the flow's trunk.
        learning_rate: peak of Adam's, warmed up, then cosine to a hundredth.
        dance_weight: of the cultural loss beside the likelihood. kl, stance, limits: inside it (eq. 8); `limits` also
            weighs the body's own limits on real motion.
        average: decay per step of an exponential moving average of the weights, which is then what is validated and
            written; 0 = none.
        text_dropout: part of the windows that say nothing, and of the real ones that are said to be a dance.
        validate_every: steps between validations. patience: validations without gain before it stops.
        seed: of everything that is drawn. device: `cpu` or `cuda`. threads: of torch; None leaves its setting.
        precision: of the network's own arithmetic, `float32` or `bfloat16`; kinematics and likelihoods stay float32.
        workers: processes that build the coming steps' windows; 0 = this one does.
        log: folder for TensorBoard's event files; None = none.
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
    frames: int = 96
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
    precision: str = "float32"
    threads: int | None = 1
    workers: int = 1
    log: Path | None = None
    resume: bool = True

    def recipe(self, processes: int = 1) -> dict:
        """What decides the weights: everything but where things lie. Each process adds its own windows to a step."""
        values = {name: value for name, value in asdict(self).items() if name not in _DECIDE_NOTHING}
        return values if processes == 1 else {**values, "processes": processes}

    def without(self, part: str) -> TrainConfig:
        """The same with a part of eq. 8 left out, by giving it no weight: `kl`, `stance` (theta_ref), `limits` (the
        boundary term, also that of the body on real motion), or `cultural`, all three.

        Raises:
            BadInput: no such part.
        """
        if part not in ABLATIONS:
            raise BadInput(f"'{part}' cannot be left out of the loss.", hint=nearest(part, ABLATIONS))
        return replace(self, **dict.fromkeys(ABLATIONS[part], 0.0))

    def command(self, processes: int = 1) -> str:
        """The command line that trains this, folders left to the reader; what is the model's own is not said."""
        own = RECIPES.get(self.model, {})
        start = f"torchrun --nproc-per-node {processes} -m ritual" if processes > 1 else "ritual"
        words = [f"{start} motion train --data DATA/mocap --out OUT --steps {self.steps} --seed {self.seed}"]
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in (*_DECIDE_NOTHING, "steps", "seed"):
                continue
            if value != own.get(field.name, field.default):
                words.append(f"--{field.name.replace('_', '-')} {value}")
        return " ".join(words)

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
        if self.precision not in PRECISIONS:
            raise BadInput(f"There is no precision '{self.precision}'.", hint=nearest(self.precision, PRECISIONS))
        if self.device not in ("cpu", "cuda"):
            raise BadInput(
                f"There is no device '{self.device}'; choose cpu or cuda.",
                hint="Of several CUDA devices, CUDA_VISIBLE_DEVICES picks.",
            )
        if self.device == "cuda" and not torch.cuda.is_available():
            raise BadInput("No CUDA device is there.", hint="Use --device cpu.")
        return self
