"""The names that a model knows, in the order of its outputs, and what the graph says about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

import rdflib
import torch
from rdflib.namespace import RDF, SKOS
from torch import Tensor

from ritual.culture.vocabulary import RM
from ritual.errors import BadInput, nearest


@dataclass(frozen=True)
class Names:
    """Slugs by index. A context is an occasion or a part of dress; its number is its index + 1, 0 is none said."""

    forms: tuple[str, ...]
    concepts: tuple[str, ...]
    groups: tuple[str, ...]
    contexts: tuple[str, ...]
    symbols: tuple[str, ...] = field(default=())

    @staticmethod
    def of(labels: Sequence) -> Names:
        """Of a corpus' labels, sorted; an empty context is none said."""

        def sorted_of(name: str) -> tuple[str, ...]:
            return tuple(sorted({getattr(label, name) for label in labels} - {""}))

        return Names(*(sorted_of(name) for name in ("form", "concept", "group", "context", "symbol")))

    @staticmethod
    def from_dict(data: dict) -> Names:
        return Names(**{name: tuple(values) for name, values in data.items()})

    def to_dict(self) -> dict:
        return asdict(self)

    def context(self, occasion: str | None) -> int:
        """0 for None or the empty name, else 1 + its index.

        Raises:
            BadInput: training met no such occasion; names the nearest.
        """
        return 0 if not occasion else 1 + index_of(self.contexts, occasion, "occasion")

    def with_concept(self, slug: str) -> Names:
        return Names(self.forms, (*self.concepts, slug), self.groups, self.contexts, self.symbols)


def index_of(names: Sequence[str], name: str, what: str) -> int:
    """Raises: BadInput: not among them; names the nearest."""
    if name not in names:
        raise BadInput(f"The memory knows no {what} '{name}'.", hint=nearest(name, names))
    return names.index(name)


def indices(names: Sequence[str], values: Iterable[str]) -> Tensor:
    """(N,) index of each; -1 for one that is not among them."""
    places = {name: n for n, name in enumerate(names)}
    return torch.tensor([places.get(value, -1) for value in values], dtype=torch.long)


def opposed_concepts(triples: rdflib.Graph, concepts: Sequence[str]) -> Tensor:
    """(C, C) which concepts the graph opposes to each other, themselves or what they fall under."""
    by_slug = {str(triples.value(node, RM.slug)): node for node in triples.subjects(RDF.type, RM.Concept)}

    def senses(slug: str) -> set:
        node = by_slug.get(slug)
        return set() if node is None else set(triples.transitive_objects(node, SKOS.broader))

    meant = [senses(slug) for slug in concepts]
    against = [set().union(*(triples.objects(node, RM.opposes) for node in nodes)) for nodes in meant]
    rows = [
        [bool(against[a] & meant[b] or against[b] & meant[a]) for b in range(len(meant))] for a in range(len(meant))
    ]
    return torch.tensor(rows, dtype=torch.bool).reshape(len(meant), len(meant))
