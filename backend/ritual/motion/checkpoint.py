"""Weights and training state on disk: safetensors with JSON beside the tensors, never a pickle."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from ritual.errors import BadInput
from ritual.motion.flow_network import FlowConfig, FlowNetwork
from ritual.motion.network import MotionNetwork, NetworkConfig

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
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}
    _write(path, tensors, {"format": form, "network": network.config.to_dict(), "facts": facts})


def read_weights(path: Path, device: str | torch.device = "cpu") -> tuple[nn.Module, dict]:
    """The network in a file, of whichever model, ready to run, and the facts about its training.

    Raises:
        BadInput: no such file, or not one of ours.
    """
    tensors, meta = _read(path, *NETWORKS)
    network = NETWORKS[meta["format"]](meta["network"])
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        raise BadInput(f"The weights in '{path}' do not fit this version: {error}".splitlines()[0]) from error
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
    _write(path, {n: t.detach().cpu().contiguous() for n, t in tensors.items()}, {"format": STATE_FORMAT, **meta})


def read_state(path: Path) -> TrainingState:
    """A training state.

    Raises:
        BadInput: not one of ours.
    """
    tensors, meta = _read(path, STATE_FORMAT)
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


def _write(path: Path, tensors: dict[str, Tensor], meta: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    partial.write_bytes(save(tensors, {name: json.dumps(value) for name, value in meta.items()}))
    partial.replace(path)


def _read(path: Path, *expected: str) -> tuple[dict[str, Tensor], dict]:
    if not path.is_file():
        raise BadInput(f"There are no weights at '{path}'.", hint="Train them with `ritual motion train`.")
    try:
        with safe_open(path, "pt") as file:
            meta = {name: json.loads(value) for name, value in (file.metadata() or {}).items()}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, json.JSONDecodeError) as error:
        raise BadInput(f"'{path}' is not a safetensors file of this project: {error}.") from error
    if meta.get("format") not in expected:
        raise BadInput(f"'{path}' holds '{meta.get('format')}', not '{' or '.join(expected)}'.")
    return tensors, meta
