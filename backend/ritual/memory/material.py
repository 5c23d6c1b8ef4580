"""A corpus as tensors: what one run of training learns from, and what it is measured on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from ritual.errors import BadInput
from ritual.memory.elsewhere import concepts_elsewhere
from ritual.memory.labels import Names, indices, opposed_concepts

SPLITS = ("train", "val", "test")


class Corpus(Protocol):
    """Pictures with labels, drawn when asked for; `ritual.pictures.corpus` makes one from the graph."""

    labels: Sequence

    def image(self, index: int) -> np.ndarray:
        """(S, S, 3) uint8 sRGB."""

    def splits(self) -> dict[str, np.ndarray]:
        """Indices of the training, validation and test part."""


@dataclass(frozen=True, eq=False)
class Material:
    """Every picture of a corpus with its labels as indices of `names`.

    Attributes:
        pictures: (N, 3, S, S) uint8. form, concept, group, symbol: (N,). occasion: (N,) 0 = none said.
        elsewhere: (N, 1 + contexts) concept in each occasion, -1 where it is not known.
        place: (N, 2) latitude, longitude [deg]. level: (N,) taboo level 0..1.
        opposed: (C, C) which concepts the graph opposes. splits: name -> (n,) indices.
    """

    names: Names
    pictures: Tensor
    form: Tensor
    concept: Tensor
    group: Tensor
    symbol: Tensor
    occasion: Tensor
    elsewhere: Tensor
    place: Tensor
    level: Tensor
    opposed: Tensor
    splits: dict[str, Tensor]

    @staticmethod
    def of(corpus: Corpus, graph: object, tell: Callable[[int, int], None] | None = None) -> Material:
        """Draw all of a corpus.

        Args:
            graph: `ritual.culture.graph.Graph`, for which concepts oppose each other.

        Raises:
            BadInput: a part of the corpus is empty.
        """
        labels, said = list(corpus.labels), tell or (lambda i, t: None)
        splits = {name: torch.as_tensor(np.asarray(part)).long() for name, part in corpus.splits().items()}
        empty = [name for name in SPLITS if not len(splits.get(name, ()))]
        if empty:
            raise BadInput(f"The corpus has no picture for {' and '.join(empty)}.", hint="Draw a larger one.")
        pictures = []
        for n in range(len(labels)):
            pictures.append(torch.from_numpy(np.ascontiguousarray(corpus.image(n))).permute(2, 0, 1))
            said(n + 1, len(labels))
        names = Names.of(labels)
        return Material(
            names,
            torch.stack(pictures),
            *(indices(getattr(names, f"{what}s"), (getattr(label, what) for label in labels))
              for what in ("form", "concept", "group", "symbol")),
            indices(names.contexts, (label.context for label in labels)) + 1,
            concepts_elsewhere(corpus, names),
            torch.tensor([label.place for label in labels], dtype=torch.float64).reshape(-1, 2),
            torch.tensor([label.level for label in labels], dtype=torch.float32),
            opposed_concepts(graph.triples, names.concepts),
            splits,
        )  # fmt: skip

    def some(self, part: str, most: int) -> Tensor:
        """(n,) indices of a split, evenly taken where there are more than `most`."""
        index = self.splits[part]
        return index if len(index) <= most else index[torch.linspace(0, len(index) - 1, most).long()]

    def floats(self, index: Tensor) -> Tensor:
        """(n, 3, S, S) in 0..1."""
        return self.pictures[index].float().div_(255)
