"""What a model must say of itself to be trained: its network, its losses and the form of its weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from torch import Tensor, nn

from ritual.errors import BadInput, nearest
from ritual.motion.flow_objective import FlowObjective
from ritual.motion.mixture_objective import MixtureObjective
from ritual.motion.train_config import TrainConfig
from ritual.motion.windows import DanceBatch, RealBatch

Loss = tuple[Tensor, dict[str, float]]


class Objective(Protocol):
    """A model as the trainer sees it.

    The network that the losses are given may be wrapped (several processes, half precision): they call it and touch
    nothing else of it. What a call returns is float32. Chance comes from `rng` alone, so that a step can be repeated.

    Attributes:
        weights_name: of the file in the run's folder.
        weights_format: written into it and asked for when it is read.
    """

    weights_name: str
    weights_format: str

    def network(self) -> nn.Module:
        """A new network, drawn from torch's generator; its `config.to_dict()` are the sizes in the weights file."""

    def loss(self, network: nn.Module, real: RealBatch, dance: DanceBatch, rng: np.random.Generator) -> Loss:
        """What is minimised, a scalar, and its parts by name."""

    def validation_loss(self, network: nn.Module, real: RealBatch, dance: DanceBatch, rng: np.random.Generator) -> Loss:
        """The same without the chance that only training needs; the lowest mean of it picks the weights."""

    def histograms(self, network: nn.Module, real: RealBatch, dance: DanceBatch) -> dict[str, Tensor]:
        """Numbers whose spread is worth a look at each validation, by name; may be none."""


OBJECTIVES: dict[str, Callable[[TrainConfig], Objective]] = {"mixture": MixtureObjective, "flow": FlowObjective}


def objective_of(config: TrainConfig) -> Objective:
    """The objective that a config names.

    Raises:
        BadInput: there is none of that name.
    """
    if config.model not in OBJECTIVES:
        raise BadInput(f"There is no model '{config.model}'.", hint=nearest(config.model, OBJECTIVES))
    return OBJECTIVES[config.model](config)
