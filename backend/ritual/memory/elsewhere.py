"""What every picture of a corpus would mean somewhere else, by the graph."""

from __future__ import annotations

import torch
from torch import Tensor

from ritual.errors import BadInput
from ritual.memory.labels import Names, indices


def concepts_elsewhere(corpus: object, names: Names) -> Tensor:
    """(N, 1 + contexts) index of the concept of each picture in each context, the first where nothing is said; -1 where
    the graph gives it none, and everywhere for a corpus that cannot be asked.

    Args:
        corpus: `ritual.pictures.corpus.Corpus` is asked by its `elsewhere`; a folder of pictures has none.
    """
    labels, contexts = list(corpus.labels), ("", *names.contexts)
    if not hasattr(corpus, "elsewhere"):
        return torch.full((len(labels), len(contexts)), -1)
    worn = {label.worn_on for label in labels}
    rows: dict[tuple, Tensor] = {}
    keys = [(label.symbol, label.group, label.measures) for label in labels]
    for picture, key in enumerate(keys):
        if key not in rows:
            rows[key] = indices(names.concepts, (_meant(corpus, picture, context, worn) for context in contexts))
    return torch.stack([rows[key] for key in keys])


def _meant(corpus: object, picture: int, context: str, worn: set[str]) -> str:
    """Slug of the concept; empty where the graph gives it none there."""
    where = {"worn_on": context} if context in worn else {"occasion": context}
    try:
        return corpus.elsewhere(picture, **where).concept
    except BadInput:
        return ""
