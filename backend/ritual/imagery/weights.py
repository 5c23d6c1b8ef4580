"""A picture model on disk: the networks that it runs with, half as large, and what it is in JSON beside them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import torch
from torch import Tensor

from ritual.errors import BadInput
from ritual.imagery.model import PictureModel, Size
from ritual.imagery.models import MODELS, model_of
from ritual.weights_file import fitting, read_tensors, write_tensors

FORMAT = "ritual-picture-model/1"


def name_of(model: PictureModel) -> str:
    """The name under which a model is in `MODELS`.

    Raises:
        BadInput: it is not there.
    """
    place = f"{type(model).__module__.rsplit('.', 1)[-1]}:{type(model).__name__}"
    for name, where in MODELS.items():
        if where == place:
            return name
    raise BadInput(f"{type(model).__name__} is no model of `imagery.models.MODELS`.", hint="Enter it there.")


def write_model(path: Path, model: PictureModel, facts: dict) -> Path:
    """The `kept` networks as float16, with the model's name, size, options, and facts (JSON-able); the folder is made.

    Raises:
        BadInput: the file cannot be written.
    """
    tensors: dict[str, Tensor] = {}
    for network in model.kept:
        tensors |= {f"{network}.{name}": t for name, t in getattr(model, network).state_dict().items()}
    meta = {
        "model": name_of(model),
        "size": dataclasses.asdict(model.size),
        "options": dataclasses.asdict(model.options),
        "facts": facts,
    }
    return write_tensors(path, tensors, FORMAT, meta, half=True)


def read_model(path: Path, device: str | torch.device = "cpu") -> tuple[PictureModel, dict]:
    """The model in a file, ready to `run`, without the networks that only training needs, and the facts about it.

    Raises:
        BadInput: no such file, not one of ours, or of another version.
    """
    missing = BadInput(f"There are no weights at '{path}'.", hint="Train them with `ritual image train`.")
    tensors, meta = read_tensors(Path(path), (FORMAT,), missing)
    with fitting(path):
        with torch.random.fork_rng(devices=[]):
            model = model_of(meta["model"], Size(**meta["size"]), meta["options"])
        for network in model.kept:
            own = {n.removeprefix(f"{network}."): t for n, t in tensors.items() if n.startswith(f"{network}.")}
            getattr(model, network).load_state_dict(own)
        for name in [name for name, _ in model.named_children() if name not in model.kept]:
            delattr(model, name)
    return model.to(device).eval(), meta["facts"]
