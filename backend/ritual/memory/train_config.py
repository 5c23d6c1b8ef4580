"""Everything that decides a run of training."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from ritual.errors import BadInput, nearest
from ritual.memory.backbone import backbone_config
from ritual.memory.model import ROWS

_DECIDE_NOTHING = ("out", "pretrained", "device", "threads", "resume")
BUDGETS = {  # epochs of the backbone and of the row over the corpus, pictures in it
    "quick": {"first": 4, "epochs": 3, "pictures": 6000},
    "full": {"first": 14, "epochs": 4, "pictures": 45000},
}


def config_of(budget: str, **values: object) -> TrainConfig:
    """A config of a budget; values that are None leave what the budget says.

    Raises:
        BadInput: no such budget, or a value that cannot be trained with.
    """
    if budget not in BUDGETS:
        raise BadInput(f"There is no budget '{budget}'.", hint=nearest(budget, BUDGETS))
    said = {name: value for name, value in values.items() if value is not None}
    return TrainConfig(**{**BUDGETS[budget], **said}).checked()


@dataclass(frozen=True)
class TrainConfig:
    """One run; the same values give the same weights on one machine.

    Attributes:
        out: folder for weights, training state and model card.
        row: of Table 2. backbone: a key of `BACKBONES`. pretrained: a local file of weights for it, or `hub:`
            and their name; None = none.
        first: epochs of the backbone alone, before those of the row. epochs: of the row. batch: pictures a
            step. pictures: in the corpus that is drawn. size: their side.
        first_rate, learning_rate: AdamW's peak, of the backbone and of the row. gamma: of eq. 3. tau: of eq. 1.
        seed: of everything drawn. device: cpu or cuda. precision: float32 or bfloat16 of the convolutions.
        threads: of torch. resume: whether an evaluation keeps the runs that it finds in `out`.
    """

    out: Path
    row: str = "enhanced"
    backbone: str = "small"
    pretrained: Path | None = None
    first: int = 0
    epochs: int = 4
    batch: int = 64
    pictures: int = 45000
    size: int = 64
    first_rate: float = 3e-3
    learning_rate: float = 2e-3
    gamma: float = 0.07
    tau: float = 0.07
    seed: int = 1
    device: str = "cpu"
    precision: str = "float32"
    threads: int = 1
    resume: bool = True

    def recipe(self) -> dict:
        """What decides the weights: everything but where things lie."""
        return {name: value for name, value in asdict(self).items() if name not in _DECIDE_NOTHING}

    def checked(self) -> TrainConfig:
        """This very config.

        Raises:
            BadInput: a value that cannot be trained with.
        """
        backbone_config(self.backbone)
        if self.row not in ROWS:
            raise BadInput(f"Table 2 has no row '{self.row}'.", hint=nearest(self.row, ROWS))
        if self.epochs < 1 or self.batch < 2 or self.size < 32:
            raise BadInput("Training needs at least 1 epoch, 2 pictures a step and pictures of 32 px.")
        if self.precision not in ("float32", "bfloat16"):
            raise BadInput(f"There is no precision '{self.precision}'; choose float32 or bfloat16.")
        if self.device not in ("cpu", "cuda"):
            raise BadInput(f"There is no device '{self.device}'; choose cpu or cuda.")
        if self.device == "cuda" and not torch.cuda.is_available():
            raise BadInput("No CUDA device is there.", hint="Use --device cpu.")
        return self
