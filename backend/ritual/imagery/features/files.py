"""Weights of others from a local file, without running anything that the file says."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from ritual.errors import BadInput

_PICKLED = (".pth", ".pt", ".bin")


def read_weights(path: Path) -> dict[str, Tensor]:
    """The tensors of a state dict by name, on the CPU.

    Args:
        path: .safetensors, or .pth/.pt/.bin as torch.save writes a state dict (read with `weights_only`); one that lies
            under `state_dict` is found.

    Raises:
        BadInput: no such file, of another kind, broken, or it holds more than weights.
    """
    if not path.is_file():
        raise BadInput(f"There are no weights at '{path}'.", hint="Name a local .pth or .safetensors file.")
    if path.suffix not in (".safetensors", *_PICKLED):
        raise BadInput(f"'{path}' ends in '{path.suffix}'; weights are read from .safetensors, .pth, .pt or .bin.")
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        held = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise BadInput(
            f"'{path}' holds more than weights, or is broken; nothing of it was run.",
            hint="Save model.state_dict() with torch.save, or with safetensors.torch.save_file.",
        ) from None
    except (SafetensorError, RuntimeError, EOFError, ValueError, OSError, KeyError) as error:
        raise BadInput(f"'{path}' cannot be read as weights: {str(error).splitlines()[0]}.") from None
    if isinstance(held, Mapping) and isinstance(held.get("state_dict"), Mapping):
        held = held["state_dict"]
    if not isinstance(held, Mapping) or not all(isinstance(value, Tensor) for value in held.values()) or not held:
        raise BadInput(f"'{path}' holds no state dict.", hint="Save model.state_dict() with torch.save.")
    return {str(name): value for name, value in held.items()}


def sha256_of(path: Path) -> str:
    """Of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
