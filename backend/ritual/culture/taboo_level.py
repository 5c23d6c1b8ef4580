"""The taboo level of a symbol: counted from literature snippets, turned into the safety boundary delta.

Source: spec §2 (M §3.1); the formulas and why they are these: docs/decisions/0010-taboo-level.md.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property

import rdflib
from rdflib.namespace import RDF, SKOS
from rdflib.term import Node

from ritual.culture.mentions import NameIndex
from ritual.culture.vocabulary import RM, short
from ritual.errors import BadGraph

DELTA_SACRED, DELTA_ORDINARY, DELTA_SILENT = 1.2, 0.8, 1.0
_SPREAD = DELTA_SACRED - DELTA_ORDINARY
_NAMED = (RM.Symbol, RM.Group, RM.Dance, RM.Ritual, RM.Occasion, RM.SanctityWord)


@dataclass(frozen=True)
class SymbolCount:
    """How often snippets name one symbol.

    Attributes:
        iri, slug, label: of the symbol; `group` is the slug of its group (of several, joined).
        sanctity: `sacred`, `ordinary-decoration`, or empty where the graph does not say.
        ritual: snippets of ritual life that name it.
        named: snippets that name it.
        beside: those of them that hold a word of sanctity too.
    """

    iri: str
    slug: str
    label: str
    group: str
    sanctity: str
    ritual: int
    named: int
    beside: int


@dataclass(frozen=True)
class TabooLevels:
    """What the snippets of a knowledge graph say of its symbols. Made by `taboo_levels`; never changes.

    Attributes:
        counts: one per symbol, by slug.
        ritual, everyday: how many snippets there are of each kind of life.
        words: English names of the words of sanctity.
        idle: short names of the snippets that name no symbol (a misspelt name, or another people's symbol).
    """

    counts: tuple[SymbolCount, ...]
    ritual: int
    everyday: int
    words: tuple[str, ...]
    idle: tuple[str, ...]

    @cached_property
    def _by_slug(self) -> dict[str, SymbolCount]:
        return {count.slug: count for count in self.counts}

    @cached_property
    def greatest(self) -> float:
        """The greatest indicator of any symbol."""
        return max((self.indicator(count) or 0.0 for count in self.counts), default=0.0)

    def frequency(self, count: SymbolCount) -> float:
        """Share of the ritual-life snippets that name the symbol."""
        return count.ritual / self.ritual if self.ritual else 0.0

    def co_occurrence(self, count: SymbolCount) -> float:
        """Share of the snippets that name the symbol which hold a word of sanctity too."""
        return count.beside / count.named if count.named else 0.0

    def indicator(self, count: SymbolCount) -> float | None:
        """Frequency times co-occurrence; None where no snippet names the symbol."""
        return self.frequency(count) * self.co_occurrence(count) if count.named else None

    def delta(self, count: SymbolCount) -> float:
        """Safety boundary from 0.8 to 1.2: what rm:sanctity says, else by the indicator, else (no snippet) 1.0."""
        declared = {"sacred": DELTA_SACRED, "ordinary-decoration": DELTA_ORDINARY}
        if count.sanctity in declared:
            return declared[count.sanctity]
        indicator = self.indicator(count)
        if indicator is None:
            return DELTA_SILENT
        share = math.sqrt(indicator / self.greatest) if self.greatest else 0.0
        return DELTA_ORDINARY + _SPREAD * share

    def deltas(self) -> dict[str, float]:
        """delta of every symbol, by slug (for eq. 4)."""
        return {slug: self.delta(count) for slug, count in self._by_slug.items()}


def share_of_sacred(delta: float) -> float:
    """A safety boundary as a level: 0 at ordinary decoration's, 1 at the sacred's."""
    return min(max((delta - DELTA_ORDINARY) / _SPREAD, 0.0), 1.0)


def taboo_levels(triples: rdflib.Graph) -> TabooLevels:
    """Count the symbols of `Graph.triples` in its snippets.

    Raises:
        BadGraph: the graph has no snippets, or no words of sanctity.
    """
    snippets = sorted(triples.subjects(RDF.type, RM.Snippet))
    words = sorted(triples.subjects(RDF.type, RM.SanctityWord))
    for found, what in ((snippets, "rm:Snippet"), (words, "rm:SanctityWord")):
        if not found:
            raise BadGraph(
                f"The knowledge graph holds no {what}, so no taboo level can be counted.",
                hint="Add some, as the shipped knowledge_graph/snippets.ttl does.",
            )
    index, symbols = NameIndex(_names(triples)), set(triples.subjects(RDF.type, RM.Symbol))
    peoples = set(triples.subjects(RDF.type, RM.Group))
    tally, idle = dict.fromkeys(symbols, (0, 0, 0)), []
    for snippet in snippets:
        mentioned = set().union(*(index.mentioned(str(text)) for text in triples.objects(snippet, RM.text)))
        ritual = triples.value(snippet, RM.describes) == RM.RitualLife
        holy = not mentioned.isdisjoint(words)
        meant = [node for node in mentioned & symbols if _is_of(triples, node, mentioned & peoples)]
        idle += [] if meant else [short(snippet)]
        for symbol in meant:
            was = tally[symbol]
            tally[symbol] = (was[0] + ritual, was[1] + 1, was[2] + holy)
    lives = [triples.value(snippet, RM.describes) for snippet in snippets]
    return TabooLevels(
        tuple(sorted((_count(triples, *row) for row in tally.items()), key=lambda count: count.slug)),
        ritual=lives.count(RM.RitualLife),
        everyday=lives.count(RM.EverydayLife),
        words=tuple(_english(triples, word) for word in words),
        idle=tuple(idle),
    )


def _names(triples: rdflib.Graph) -> Iterator[tuple[str, str, Hashable]]:
    for cls in _NAMED:
        for node in triples.subjects(RDF.type, cls):
            for predicate in (SKOS.prefLabel, SKOS.altLabel):
                yield from ((str(name), name.language or "", node) for name in triples.objects(node, predicate))


def _is_of(triples: rdflib.Graph, symbol: Node, peoples: set[Hashable]) -> bool:
    """Whether a snippet that names `peoples` speaks of the symbol: of theirs only; one that names none, of any."""
    groups = set(triples.objects(symbol, RM.group))
    return not peoples or not groups or not groups.isdisjoint(peoples)


def _count(triples: rdflib.Graph, symbol: Node, tally: tuple[int, int, int]) -> SymbolCount:
    groups = sorted(str(triples.value(group, RM.slug)) for group in triples.objects(symbol, RM.group))
    sanctity = triples.value(symbol, RM.sanctity)
    return SymbolCount(
        iri=str(symbol),
        slug=str(triples.value(symbol, RM.slug)),
        label=_english(triples, symbol),
        group=", ".join(groups),
        sanctity=str(triples.value(sanctity, RM.slug)) if sanctity else "",
        ritual=tally[0],
        named=tally[1],
        beside=tally[2],
    )


def _english(triples: rdflib.Graph, node: Node) -> str:
    return next((str(name) for name in triples.objects(node, SKOS.prefLabel) if name.language == "en"), "")
