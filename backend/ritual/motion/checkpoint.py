"""Weights and training state of the motion models on disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from ritual.errors import BadInput
from ritual.motion.flow_network import FlowConfig, FlowNetwork
from ritual.motion.network import MotionNetwork, NetworkConfig
from ritual.weights_file import fitting, read_tensors, write_tensors

WEIGHTS_FORMAT = "ritual-motion-mdn/1"
STATE_FORMAT = "ritual-motion-training/1"
WEIGHTS_NAME = "mdn.safetensors"
FLOW_FORMAT, FLOW_NAME = "ritual-motion-flow/1", "flow.safetensors"
NETWORKS: dict[str, Callable[[dict], nn.Module]] = {
    WEIGHTS_FORMAT: lambda sizes: MotionNetwork(NetworkConfig(**sizes)),
    FLOW_FORMAT: lambda sizes: FlowNetwork(FlowConfig(**sizes)),
}


def write_weights(path: Path, network: nn.Module, facts: dict, form: str = WEIGHTS_FORMAT) -> None:
    """A network with its sizes (`network.config.to_dict()`), facts about its training (JSON-able) and its format."""
    write_tensors(path, network.state_dict(), form, {"network": network.config.to_dict(), "facts": facts})


def read_weights(path: Path, device: str | torch.device = "cpu") -> tuple[nn.Module, dict]:
    """The network in a file, of whichever model, ready to run, and the facts about its training.

    Raises:
        BadInput: no such file, or not one of ours.
    """
    tensors, meta = read_tensors(path, NETWORKS, _missing(path))
    with fitting(path):
        network = NETWORKS[meta["format"]](meta["network"])
        network.load_state_dict(tensors)
        return network.to(device).eval(), meta["facts"]


@dataclass(eq=False)
class TrainingState:
    """What a run needs to go on as if it had never stopped; random numbers follow from the step.

    Attributes:
        step: how many are done. best, best_step: lowest validation loss and where. history: one entry per validation.
        losses: of every step done. network, best_network, average: weights; `average` is empty where none is kept.
        optimiser: its slots by parameter. config: the recipe.
    """

    step: int
    best: float
    best_step: int
    history: list[dict]
    losses: list[float]
    network: dict[str, Tensor]
    best_network: dict[str, Tensor]
    average: dict[str, Tensor]
    optimiser: dict[int, dict[str, Tensor]]
    config: dict


def write_state(path: Path, state: TrainingState) -> None:
    tensors = {f"network.{n}": t for n, t in state.network.items()}
    tensors |= {f"best.{n}": t for n, t in state.best_network.items()}
    tensors |= {f"average.{n}": t for n, t in state.average.items()}
    for index, slots in state.optimiser.items():
        tensors |= {f"optimiser.{index}.{n}": torch.as_tensor(t) for n, t in slots.items()}
    tensors["losses"] = torch.tensor(state.losses, dtype=torch.float64)
    meta = {n: getattr(state, n) for n in ("step", "best", "best_step", "history", "config")}
    write_tensors(path, tensors, STATE_FORMAT, meta)


def read_state(path: Path) -> TrainingState:
    """A training state.

    Raises:
        BadInput: not one of ours.
    """
    tensors, meta = read_tensors(path, (STATE_FORMAT,), _missing(path))
    optimiser: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        if name.startswith("optimiser."):
            _, index, slot = name.split(".", 2)
            optimiser.setdefault(int(index), {})[slot] = tensor
    return TrainingState(
        **{n: meta[n] for n in ("step", "best", "best_step", "history", "config")},
        losses=tensors["losses"].tolist(),
        network=_under("network.", tensors),
        best_network=_under("best.", tensors),
        average=_under("average.", tensors),
        optimiser=optimiser,
    )


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}


def _missing(path: Path) -> BadInput:
    return BadInput(f"There are no weights at '{path}'.", hint="Train them with `ritual motion train`.")
