"""Growth for a picture of any size from the generator that ships."""

from __future__ import annotations

import functools
from pathlib import Path

import torch
from torch import Tensor

from ritual.errors import BadInput
from ritual.pictures.damage.draws import Draws
from ritual.pictures.damage.fields import resized
from ritual.pictures.damage.growth.network import COARSE, Generator, GrowthConfig
from ritual.pictures.damage.growth.size import KINDS, LEAST, SIZE
from ritual.resources import resource
from ritual.weights_file import fitting, read_tensors, write_tensors

FORMAT = "ritual-growth/1"
NAME = "growth.safetensors"
MOST = 8  # times longer than wide: a longer picture gets stretched growth


def draw_growth(
    kind: str, strength: Tensor, draws: Draws, size: tuple[int, int], weights: Path | None = None
) -> Tensor:
    """Growth over pictures.

    Args:
        kind: one of KINDS. strength: (B,) over 0 to 1. size: height and width [px].
        weights: another generator; None = the one that ships.

    Returns:
        (B, 1, H, W) logits, within -4..4: above 0 there is growth.
    """
    generator = load_generator(weights).to(strength.device)
    cells = [min(round(SIZE // COARSE * side / min(size)), MOST * SIZE // COARSE) for side in size]
    noise = [draws.normal(*shape) for shape in generator.noise_shapes(*cells)]
    which = torch.full((len(strength),), KINDS.index(kind), device=strength.device)
    with torch.no_grad():
        logits = generator(which, strength.clamp(LEAST, 1), noise).clamp(-4, 4)
    return resized(logits, size).clamp(-4, 4)


@functools.cache
def load_generator(weights: Path | None = None) -> Generator:
    """The generator in a file, ready to draw; None = the one that ships.

    Raises:
        BadInput: no such file, or not one of ours.
    """
    path = weights or resource("assets") / "pictures" / NAME
    missing = BadInput(f"There is no growth generator at '{path}'.", hint="Train one: `ritual image train-damage`.")
    tensors, meta = read_tensors(path, (FORMAT,), missing)
    with fitting(path):
        sizes = meta["network"]
        generator = Generator(GrowthConfig(**sizes | {"widths": tuple(sizes["widths"])}))
        generator.load_state_dict(tensors)
    return generator.requires_grad_(False).eval()


def write_generator(path: Path, generator: Generator, facts: dict) -> Path:
    """Weights in half precision with sizes and facts of the training."""
    meta = {"network": generator.config.to_dict(), "facts": facts}
    return write_tensors(path, generator.state_dict(), FORMAT, meta, half=True)
