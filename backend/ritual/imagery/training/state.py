"""All that a run needs to go on as if it had never stopped, in one file that is whole or not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ritual.errors import BadInput
from ritual.imagery.training.history import History
from ritual.weights_file import read_tensors, write_tensors

FORMAT = "ritual-picture-training/1"
NAME = "state.safetensors"
Slots = dict[int, dict[str, Tensor]]
"""Weight's number -> an optimiser's tensors of it."""


@dataclass(eq=False)
class State:
    """Where a run is; random numbers follow from seed, step and process, so none are kept.

    Attributes:
        step: how many are done. model: all weights and buffers, pools of older pictures among them. average: of the
            weights that ship. optimisers: player -> its slots. history: so far. recipe: what the run was asked for.
    """

    step: int
    model: dict[str, Tensor]
    average: dict[str, Tensor]
    optimisers: dict[str, Slots]
    history: History
    recipe: dict


def write_state(path: Path, state: State) -> Path:
    """Write to another name, wait for the disk, rename: what was there stays until then.

    Raises:
        BadInput: it cannot be written (the disk is full); what was there is as it was.
    """
    tensors = {f"model.{name}": tensor for name, tensor in _apart(state.model).items()}
    tensors |= {f"average.{name}": tensor for name, tensor in state.average.items()}
    for player, slots in state.optimisers.items():
        for index, found in slots.items():
            tensors |= {f"optimiser.{player}.{index}.{name}": torch.as_tensor(t) for name, t in found.items()}
    tensors["losses"] = torch.from_numpy(state.history.losses())
    history = {"names": state.history.names, "figures": state.history.figures}
    meta = {"step": state.step, "history": history, "recipe": state.recipe}
    return write_tensors(path, tensors, FORMAT, meta, durable=True)


def read_state(path: Path) -> State:
    """
    Raises:
        BadInput: no such file, or not one of ours.
    """
    tensors, meta = read_tensors(path, (FORMAT,), BadInput(f"There is no training state at '{path}'."))
    optimisers: dict[str, Slots] = {}
    for name, tensor in tensors.items():
        if name.startswith("optimiser."):
            _, player, index, slot = name.split(".", 3)
            optimisers.setdefault(player, {}).setdefault(int(index), {})[slot] = tensor
    rows = tensors["losses"].numpy().astype(np.float32).tolist()
    return State(
        meta["step"],
        _under("model.", tensors),
        _under("average.", tensors),
        optimisers,
        History(meta["history"]["names"], rows, meta["history"]["figures"]),
        meta["recipe"],
    )


def remove_leftovers(folder: Path) -> None:
    """What a run that was killed while it wrote its state has left beside it."""
    for path in folder.glob(f".{NAME}.*"):
        path.unlink(missing_ok=True)


def differences(before: Mapping, now: Mapping, under: str = "") -> list[str]:
    """`name old -> new` of every setting that two recipes do not share."""
    found = []
    for name in sorted({*before, *now}):
        old, new = before.get(name, "not there"), now.get(name, "not there")
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            found += differences(old, new, f"{under}{name}.")
        elif old != new:
            found.append(f"{under}{name} {old} -> {new}")
    return found


def _apart(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors that share no memory: networks that share weights are written twice."""
    seen: set[int] = set()
    found = {}
    for name, tensor in tensors.items():
        at = tensor.untyped_storage().data_ptr()
        found[name] = tensor.detach().clone() if at in seen else tensor
        seen.add(at)
    return found


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
