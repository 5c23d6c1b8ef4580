"""The same picture at another occasion: what the graph says that it means there."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ritual.memory.material import Material
from ritual.memory.model import DualMemory
from ritual.memory.training import features_of


@dataclass(frozen=True, eq=False)
class Swaps:
    """Test pictures whose meaning changes elsewhere: (M,) picture, the other occasion, the concept there."""

    picture: Tensor
    occasion: Tensor
    concept: Tensor


def swaps_of(material: Material) -> Swaps:
    """For each test picture one occasion in which the graph gives it another meaning, where there is any."""
    rows = []
    for turn, picture in enumerate(material.splits["test"].tolist()):
        there = material.elsewhere[picture]
        others = ((there >= 0) & (there != material.concept[picture])).nonzero()[:, 0]
        if len(others):
            occasion = int(others[turn % len(others)])
            rows.append((picture, occasion, int(there[occasion])))
    return Swaps(*torch.tensor(rows).long().reshape(-1, 3).unbind(1))


def swap_figures(model: DualMemory, material: Material, swaps: Swaps) -> dict[str, float]:
    """`swap_followed`: part of the pictures whose concept becomes, with the other context said, what the graph says
    there; `swap_kept_form`: part whose visual feature is bit for bit the same; `swaps`, how many were asked."""
    if not len(swaps.picture):
        return {"swaps": 0}
    pictures = material.pictures[swaps.picture]
    here = features_of(model, pictures, material.occasion[swaps.picture])
    there = features_of(model, pictures, swaps.occasion)
    return {
        "swap_followed": float((there.concept.argmax(1) == swaps.concept).float().mean()),
        "swap_kept_form": float((here.look == there.look).all(1).float().mean()),
        "swaps": len(swaps.picture),
    }
