"""A trained model ready for people's pictures: found by name or by file, and asked for the right task."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from ritual.errors import BadInput, nearest
from ritual.imagery.model import PictureModel
from ritual.imagery.models import MODELS
from ritual.imagery.weights import read_model
from ritual.resources import resource

STYLES = ("papercut", "painting")
_LITTLE_MEMORY = ("can't allocate memory", "out of memory", "not enough memory")


@dataclass(frozen=True, eq=False)
class Network:
    """A model, and what it says of its training.

    Attributes:
        name: what messages call it. device: where it runs.
    """

    model: PictureModel
    facts: dict
    name: str
    device: str = "cpu"

    def __call__(self, x: Tensor) -> Tensor:
        """The model's `run`, wherever it lives.

        Raises:
            BadInput: the memory does not suffice.
        """
        try:
            layout = torch.channels_last if x.ndim == 4 else torch.preserve_format
            return self.model.run(x.to(self.device, memory_format=layout))
        except (RuntimeError, MemoryError) as error:
            if isinstance(error, MemoryError) or any(words in str(error) for words in _LITTLE_MEMORY):
                side = " x ".join(map(str, x.shape[-2:]))
                hint = "Choose a smaller --tile."
                raise BadInput(f"The memory does not suffice for {side} pixels at once.", hint=hint) from None
            raise

    @property
    def scale(self) -> int:
        """How many times larger its pictures come out."""
        return self.model.size.scale if self.model.task == "enlargement" else 1


def network(
    task: str | tuple[str, ...],
    name: str,
    weights: Path | None = None,
    device: str = "cpu",
    folder: Path | None = None,
) -> Network:
    """The model of a file or of a run's folder, or else the one of that name.

    Args:
        task: which of `PictureModel`'s it must be for. name: of what ships. weights: a file or a run's folder instead.
        folder: where what ships is looked for; None = `assets/imagery`.

    Raises:
        BadInput: no such file, not one of ours, a model for another task, or a device that is not there.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise BadInput("No CUDA device is at hand.", hint="Leave --device out to work on the CPU.")
    if device not in ("cpu", "cuda"):
        raise BadInput(f"device is '{device}'.", hint=nearest(device, ("cpu", "cuda")))
    tasks = (task,) if isinstance(task, str) else task
    path = _named(name, tasks, folder or resource("assets") / "imagery") if weights is None else _file(weights)
    model, facts = read_model(path, device)
    if model.task not in tasks:
        hint = "Choose others with --weights."
        raise BadInput(f"The weights in '{path}' are for {model.task}, not for {' or '.join(tasks)}.", hint=hint)
    if model.task not in ("synthesis", "video"):  # on a CPU convolutions of pictures run up to 1.5 times as fast so
        model.to(memory_format=torch.channels_last)
    return Network(model, facts, name if weights is None else path.stem, device)


def _named(name: str, tasks: tuple[str, ...], folder: Path) -> Path:
    known = {file.stem: file for file in folder.glob("*.safetensors")}
    if name not in known:
        fit = [stem for stem, file in known.items() if read_model(file)[0].task in tasks]
        none = f"None for {' or '.join(tasks)} ship with this version: train some, name them with --weights."
        raise BadInput(f"There are no weights '{name}'.", hint=nearest(name, fit) if fit else none)
    return known[name]


def _file(weights: Path) -> Path:
    """The file itself, or the one in a run's folder, which bears the name of its model."""
    if not weights.is_dir():
        return weights
    found = sorted(path for path in weights.glob("*.safetensors") if path.stem in MODELS)
    if len(found) != 1:
        told = "several models" if found else "no model"
        raise BadInput(f"The folder '{weights}' holds {told}.", hint="Name the file itself.")
    return found[0]
