"""A trained memory on disk: safetensors, the labels and what its training was in JSON beside the tensors."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from ritual.errors import BadInput
from ritual.memory.atlas import Atlas, symbol_vectors
from ritual.memory.backbone import on_cpu_layout
from ritual.memory.labels import Names
from ritual.memory.material import Material
from ritual.memory.model import DualMemory, ModelConfig
from ritual.resources import resource
from ritual.weights_file import fitting, read_tensors, write_tensors

FORMAT = "ritual-memory/1"
NAME = "memory.safetensors"
_SYMBOLS = "symbols"


@dataclass(frozen=True, eq=False)
class Memory:
    """A model, the names of its outputs, and facts about its training (JSON-able).

    Attributes:
        prototypes: one mapping per prototype of the visual bank: `name`, and what a picture of it shows: `descriptors`
            (name -> 0..1), `examples` (seeds or file names).
        size: side of the pictures that it was trained on [px].
        symbols: (S, 2 D) of each symbol of `names` the mean of its training pictures' two queries: what tells symbols
            apart lies in both; empty where it was not made.
    """

    model: DualMemory
    names: Names
    facts: dict = field(default_factory=dict)
    prototypes: list[dict] = field(default_factory=list)
    size: int = 64
    symbols: Tensor = field(default_factory=lambda: torch.zeros(0, 0))


def memory_of(model: DualMemory, material: Material, facts: dict, size: int, atlas: Atlas | None) -> Memory:
    """A trained model as a memory that can be asked; prototypes and symbols come from what it learnt from.

    Args:
        atlas: of the model's prototypes; None = it has no visual bank.
    """
    told = [] if atlas is None else atlas.told()
    return Memory(model, material.names, facts, told, size, symbol_vectors(model, material))


def write_memory(path: Path, memory: Memory, half: bool = True) -> Path:
    """A memory's file, its folder made.

    Args:
        half: weights as float16: half the bytes, and the features differ by less than a thousandth.

    Raises:
        BadInput: the folder cannot be written.
    """
    meta = {
        "model": memory.model.config.to_dict(),
        "names": memory.names.to_dict(),
        "facts": memory.facts,
        "prototypes": memory.prototypes,
        "size": memory.size,
    }
    return write_tensors(path, {**memory.model.state_dict(), _SYMBOLS: memory.symbols}, FORMAT, meta, half)


def read_memory(path: Path | None = None) -> Memory:
    """A memory ready to be asked.

    Args:
        path: file; None = the one that ships.

    Raises:
        BadInput: no such file, or not one of ours.
    """
    path = path or shipped()
    missing = BadInput(f"There is no memory at '{path}'.", hint="Train one with `ritual memory train`.")
    tensors, meta = read_tensors(path, (FORMAT,), missing)
    with fitting(path):
        with torch.random.fork_rng(devices=[]):
            model = DualMemory(ModelConfig(**meta["model"]))
        for bank, prefix in ((model.visual_bank, "visual_bank"), (model.semantic_bank, "semantic_bank")):
            if bank is not None:  # what a curator added made them longer
                bank.resize(len(tensors[f"{prefix}.vectors"]))
        symbols = tensors.pop(_SYMBOLS, torch.zeros(0, 0))
        model.load_state_dict(tensors)
        names = Names.from_dict(meta["names"])
        return Memory(on_cpu_layout(model).eval(), names, meta["facts"], meta["prototypes"], meta["size"], symbols)


def shipped() -> Path:
    """Raises: BadInput: the package came without its assets."""
    return resource("assets") / "memory" / NAME
