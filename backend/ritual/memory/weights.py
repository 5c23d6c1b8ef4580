"""A trained memory on disk: safetensors, the labels and what its training was in JSON beside the tensors."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from ritual.errors import BadInput
from ritual.files import write_bytes
from ritual.memory.atlas import Atlas, symbol_vectors
from ritual.memory.backbone import on_cpu_layout
from ritual.memory.labels import Names
from ritual.memory.material import Material
from ritual.memory.model import DualMemory, ModelConfig
from ritual.resources import resource

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
        symbols: (S, 2 D) of each symbol of `names` the mean of its training pictures' two features with nothing taken
            out: what tells symbols apart lies in both; empty where it was not made.
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


def write_memory(path: Path, memory: Memory) -> Path:
    """Weights as float16: half the bytes, and the features differ by less than a thousandth.

    Raises:
        BadInput: the folder cannot be written.
    """
    tensors = {
        name: (t.half() if t.is_floating_point() else t).detach().cpu().contiguous()
        for name, t in {**memory.model.state_dict(), _SYMBOLS: memory.symbols}.items()
    }
    meta = {
        "format": FORMAT,
        "model": memory.model.config.to_dict(),
        "names": memory.names.to_dict(),
        "facts": memory.facts,
        "prototypes": memory.prototypes,
        "size": memory.size,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_bytes(path, save(tensors, {name: json.dumps(value) for name, value in meta.items()}))


def read_memory(path: Path | None = None) -> Memory:
    """A memory ready to be asked.

    Args:
        path: file; None = the one that ships.

    Raises:
        BadInput: no such file, or not one of ours.
    """
    path = path or shipped()
    if not path.is_file():
        raise BadInput(f"There is no memory at '{path}'.", hint="Train one with `ritual memory train`.")
    try:
        with safe_open(path, "pt") as file:
            meta = {name: json.loads(value) for name, value in (file.metadata() or {}).items()}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, json.JSONDecodeError) as error:
        raise BadInput(f"'{path}' is not a safetensors file of this project: {error}.") from error
    if meta.get("format") != FORMAT:
        raise BadInput(f"'{path}' holds '{meta.get('format')}', not '{FORMAT}'.")
    with torch.random.fork_rng(devices=[]):
        model = DualMemory(ModelConfig(**meta["model"]))
    for bank, prefix in ((model.visual_bank, "visual_bank"), (model.semantic_bank, "semantic_bank")):
        if bank is not None:  # what a curator added made them longer
            bank.resize(len(tensors[f"{prefix}.vectors"]))
    try:
        tensors = {n: t.float() if t.is_floating_point() else t for n, t in tensors.items()}
        symbols = tensors.pop(_SYMBOLS, torch.zeros(0, 0))
        model.load_state_dict(tensors)
    except RuntimeError as error:
        raise BadInput(f"The weights in '{path}' do not fit this version: {error}".splitlines()[0]) from error
    names = Names.from_dict(meta["names"])
    return Memory(on_cpu_layout(model).eval(), names, meta["facts"], meta["prototypes"], meta["size"], symbols)


def shipped() -> Path:
    """Raises: BadInput: the package came without its assets."""
    return resource("assets") / "memory" / NAME
