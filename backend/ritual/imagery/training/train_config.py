"""All that decides a training of a picture model, in one place; it is saved with the run."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path

from ritual.errors import BadInput, nearest
from ritual.imagery.model import Size


@dataclass(frozen=True)
class TrainConfig:
    """
    Attributes:
        model: name in `models.MODELS`. data, out: folders. options: the model's own settings.
        side: of the pictures learnt from [px]. width: channels (`ngf`). frames: of a clip; 1 = pictures.
        scale: of enlargement, 2 or 4. flip: pictures may be mirrored; not where a mirrored symbol means another.
        steps, batch: of the optimiser. learning_rate: Adam's. falls_from: part of the steps after which the rate falls
            linearly to 0. beta1, beta2: Adam's.
        average: decay of the weights' moving average; 0 = none.
        sample_every, evaluate_every, save_every: steps between grids of samples, figures on held-out data, and states.
        device, precision: cpu or cuda; float32 or bfloat16.
        perceptual: file of VGG16, VGG19 or AlexNet weights for losses on features; None = the memory's encoder.
        log: folder for TensorBoard; None = none. resume: go on from the state in `out`.
    """

    model: str
    data: Path
    out: Path
    options: dict[str, object] = field(default_factory=dict)
    side: int = 64
    width: int = 32
    frames: int = 1
    scale: int = 2
    flip: bool = True
    steps: int = 4000
    batch: int = 4
    learning_rate: float = 2e-4
    falls_from: float = 0.5
    beta1: float = 0.5
    beta2: float = 0.999
    average: float = 0.995
    sample_every: int = 500
    evaluate_every: int = 1000
    save_every: int = 250
    seed: int = 0
    device: str = "cpu"
    precision: str = "float32"
    perceptual: Path | None = None
    log: Path | None = None
    resume: bool = True

    @property
    def size(self) -> Size:
        return Size(self.side, self.width, self.frames, self.scale)

    def recipe(self, processes: int) -> dict:
        """What two runs must share for one to go on where the other stopped; JSON-able."""
        left = ("out", "data", "log", "resume", "sample_every", "evaluate_every", "save_every", "perceptual", "device")
        said = {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name not in left}
        return {**said, "perceptual": self.perceptual and self.perceptual.name, "processes": processes}

    def checked(self) -> TrainConfig:
        """Itself.

        Raises:
            BadInput: a value out of its range; says which and what is valid.
        """
        for name, valid in {"precision": ("float32", "bfloat16"), "device": ("cpu", "cuda")}.items():
            if getattr(self, name) not in valid:
                raise BadInput(f"{name} is '{getattr(self, name)}'.", hint=nearest(getattr(self, name), valid))
        for name, least in {"steps": 1, "batch": 1, "width": 4, "frames": 1, "side": 32, "save_every": 1}.items():
            if getattr(self, name) < least:
                raise BadInput(f"{name} is {getattr(self, name)}; it must be {least} or more.")
        if self.side % 32:
            raise BadInput(f"side is {self.side} pixels; it must be a multiple of 32.", hint="Try 64, 128 or 256.")
        if self.scale not in (2, 4):
            raise BadInput(f"scale is {self.scale}; it is 2 or 4.")
        if not 0 <= self.falls_from <= 1 or not 0 <= self.average < 1 or self.learning_rate <= 0:
            raise BadInput("falls_from lies in 0..1, average in 0..1 without 1, and learning_rate above 0.")
        return self
