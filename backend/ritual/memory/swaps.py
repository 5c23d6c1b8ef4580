"""The same picture at another occasion: what the graph says that it means there."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ritual.errors import BadInput
from ritual.memory.labels import indices
from ritual.memory.material import Material
from ritual.memory.model import DualMemory
from ritual.memory.training import features_of


@dataclass(frozen=True, eq=False)
class Swaps:
    """Test pictures whose meaning changes elsewhere: (M,) picture, the other context, the concept there."""

    picture: Tensor
    context: Tensor
    concept: Tensor


def swaps_of(corpus: object, material: Material) -> Swaps:
    """For each test picture one context in which the graph gives it another meaning, where there is any.

    Args:
        corpus: `ritual.pictures.corpus.Corpus`, asked by its `elsewhere`.
    """
    worn = {label.worn_on for label in corpus.labels}
    contexts = ["", *material.names.contexts]
    known: dict[tuple, dict[str, str]] = {}
    rows = []
    for turn, picture in enumerate(material.splits["test"].tolist()):
        label = corpus.labels[picture]
        key = (label.symbol, label.group, label.measures)
        if key not in known:
            known[key] = {context: meant for context in contexts if (meant := _meant(corpus, picture, context, worn))}
        others = [context for context, concept in known[key].items() if concept != label.concept]
        if others:
            context = others[turn % len(others)]
            rows.append((picture, contexts.index(context), known[key][context]))
    pictures, where, concepts = zip(*rows, strict=True) if rows else ((), (), ())
    index = indices(material.names.concepts, concepts)
    kept = index >= 0
    return Swaps(torch.tensor(pictures).long()[kept], torch.tensor(where).long()[kept], index[kept])


def swap_figures(model: DualMemory, material: Material, swaps: Swaps) -> dict[str, float]:
    """`swap_followed`: part of the pictures whose concept becomes, with the other context said, what the graph says
    there; `swap_kept_form`: part whose visual feature is bit for bit the same; `swaps`, how many were asked."""
    if not len(swaps.picture):
        return {"swaps": 0}
    pictures = material.pictures[swaps.picture]
    here = features_of(model, pictures, material.occasion[swaps.picture])
    there = features_of(model, pictures, swaps.context)
    return {
        "swap_followed": float((there.concept.argmax(1) == swaps.concept).float().mean()),
        "swap_kept_form": float((here.visual == there.visual).all(1).float().mean()),
        "swaps": len(swaps.picture),
    }


def _meant(corpus: object, picture: int, context: str, worn: set[str]) -> str:
    """Slug of the concept; empty where the graph gives it none there."""
    where = {"worn_on": context} if context in worn else {"occasion": context}
    try:
        return corpus.elsewhere(picture, **where).concept
    except BadInput:
        return ""
