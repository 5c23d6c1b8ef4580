"""Weights on disk: safetensors with JSON beside the tensors, never a pickle."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from ritual.errors import BadInput
from ritual.files import write_bytes


def write_tensors(
    path: Path, tensors: Mapping[str, Tensor], form: str, meta: Mapping, half: bool = False, durable: bool = False
) -> Path:
    """Tensors, what they are (`form`) and more about them (JSON-able); the folder is made.

    Args:
        half: whether floating tensors are kept as float16, which halves the file. durable: as in `files.write_bytes`.

    Raises:
        BadInput: the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {name: (t.half() if half and t.is_floating_point() else t).detach().cpu().contiguous()
            for name, t in tensors.items()}  # fmt: skip
    said = {name: json.dumps(value) for name, value in {"format": form, **meta}.items()}
    return write_bytes(path, save(kept, said), durable)


def read_tensors(path: Path, forms: Iterable[str], missing: BadInput) -> tuple[dict[str, Tensor], dict]:
    """The tensors of a file, float16 as float32, and what is said beside them, `format` among it.

    Args:
        forms: those that are understood. missing: what to say where there is no such file.

    Raises:
        BadInput: no such file, or not one of ours.
    """
    if not path.is_file():
        raise missing
    try:
        with safe_open(path, "pt") as file:
            meta = {name: json.loads(value) for name, value in (file.metadata() or {}).items()}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, json.JSONDecodeError) as error:
        raise BadInput(f"'{path}' is not a safetensors file of this project: {error}.") from error
    if meta.get("format") not in (forms := tuple(forms)):
        raise BadInput(f"'{path}' holds '{meta.get('format')}', not '{' or '.join(forms)}'.")
    return {name: t.float() if t.is_floating_point() and t.itemsize == 2 else t for name, t in tensors.items()}, meta


@contextmanager
def fitting(path: Path) -> Iterator[None]:
    """What a file says of a network is made into one in here.

    Raises:
        BadInput: the file is of another version of it.
    """
    try:
        yield
    except (RuntimeError, KeyError, TypeError) as error:
        raise BadInput(f"The weights in '{path}' do not fit this version: {error}".splitlines()[0]) from error
