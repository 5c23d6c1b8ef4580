"""The semantic graph: what the symbols, concepts, groups and dances of the knowledge graph have to do with each other.

Two symbols are near where a short path of meanings joins them, and opposed where a meaning of one contradicts a
meaning of the other. Edges, weights and what counts as near: docs/decisions/0010-taboo-level.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import networkx as nx
import rdflib
from rdflib.namespace import RDF, SKOS
from rdflib.term import Node

from ritual.culture.vocabulary import RM
from ritual.errors import BadInput, nearest

NEAR = 4.0  # two symbols whose meanings are related; a shared meaning is 2, a shared group alone 8
KINDS = {
    RM.Symbol: "symbol",
    RM.Concept: "concept",
    RM.Group: "group",
    RM.Dance: "dance",
    RM.Ritual: "ritual",
    RM.Occasion: "occasion",
    RM.Scene: "scene",
    RM.DressPart: "part of dress",
    RM.Colour: "colour",
}


class Edge(NamedTuple):
    """A statement as an edge; `weight` 0 marks one that keeps its ends apart."""

    start: Node
    end: Node
    kind: str
    weight: float


_STATED = (
    (RM.meaning, "meaning", 1.0),
    (SKOS.related, "related", 0.5),
    (SKOS.broader, "broader", 0.5),
    (RM.partOf, "part of", 0.5),
    (RM.symbol, "shown in", 0.5),
    (RM.group, "group", 0.25),
    (RM.occasion, "occasion", 0.25),
    (RM.opposes, "opposes", 0.0),
)
# statements that take a node of their own: each thing that `about` names is joined to each that `value` names
_THROUGH_A_NODE = (
    (RM.ContextualMeaning, (RM.symbol, RM.colour), RM.meaning, "meaning in a context", 0.5),
    (RM.ShapeMeaning, (RM.symbol,), RM.meaning, "meaning by shape", 0.5),
    (RM.TrajectoryBinding, (RM.symbol,), RM.dance, "bound to", 0.5),
    (RM.ContextualMeaning, (RM.symbol, RM.colour), RM.occasion, "context", 0.25),
    (RM.ContextualMeaning, (RM.symbol, RM.colour), RM.wornOn, "context", 0.25),
    (RM.OccasionBan, (RM.forbids,), RM.occasion, "banned at", 0.0),
    (RM.SceneBan, (RM.forbids,), RM.scene, "banned in", 0.0),
)


def edges(triples: rdflib.Graph) -> Iterator[Edge]:
    """Every statement that joins two things or keeps them apart; the ends may be of any kind."""
    for predicate, kind, weight in _STATED:
        for start, end in triples.subject_objects(predicate):
            yield Edge(start, end, kind, weight)
    for cls, about, value, kind, weight in _THROUGH_A_NODE:
        for statement in triples.subjects(RDF.type, cls):
            starts = [start for predicate in about for start in triples.objects(statement, predicate)]
            yield from (Edge(s, e, kind, weight) for s in starts for e in triples.objects(statement, value))
    for wearer, costume in triples.subject_objects(RM.costume):
        yield from (Edge(symbol, wearer, "worn", 0.25) for symbol in triples.objects(costume, RM.symbol))


@dataclass(frozen=True)
class SemanticGraph:
    """The semantic graph of a knowledge graph. Made by `semantic_graph`; never changes.

    Attributes:
        network: undirected; a node is an IRI with `kind`, `slug`, `label`; an edge has `kinds` (a set), the `weight`
            of its strongest statement and `length` = 1 / weight.
        against: the same nodes; an edge is an opposition of concepts or a ban, with its `kinds`.
        above: from each concept to those it falls under (skos:broader).
    """

    network: nx.Graph
    against: nx.Graph
    above: nx.DiGraph

    @cached_property
    def symbols(self) -> dict[str, str]:
        """IRI of each symbol by its slug, in the order of the slugs."""
        nodes = self.network.nodes(data=True)
        return dict(sorted((data["slug"], iri) for iri, data in nodes if data["kind"] == "symbol"))

    def distance(self, first: str, second: str) -> float:
        """Length of the shortest path between two symbols (slugs); infinite where none joins them.

        Raises:
            BadInput: no such symbol; names the nearest.
        """
        start, end = self._iri(first), self._iri(second)
        try:
            return float(nx.bidirectional_dijkstra(self.network, start, end, weight="length")[0])
        except nx.NetworkXNoPath:
            return math.inf

    def nearness(self, first: str, second: str) -> float:
        """1 / (1 + distance): 1 for a symbol and itself, 1/3 for a shared meaning, 0 where no path joins them."""
        return 1.0 / (1.0 + self.distance(first, second))

    def opposed(self, first: str, second: str) -> bool:
        """Whether a meaning of one symbol, or what that meaning falls under, opposes such a meaning of the other.

        Symmetric. Only meanings that hold everywhere count, not those of a context or a shape.
        """
        others = self._senses(self._iri(second))
        return any(self._opponents(sense) & others for sense in self._senses(self._iri(first)))

    def positives(self, symbol: str, near: float = NEAR) -> list[str]:
        """Symbols (slugs) of other groups within `near`, nearest first, none of them opposed. Source: spec eq. 4."""
        start = self._iri(symbol)
        lengths = self._lengths(start, near)
        found = [(length, self._slug(iri)) for iri, length in lengths.items() if self._foreign(start, iri)]
        return [slug for _, slug in sorted(found) if not self.opposed(symbol, slug)]

    def negatives(self, symbol: str, near: float = NEAR) -> list[str]:
        """Symbols (slugs) of any group that are opposed and farther than `near`, in their order. Source: spec eq. 4.

        A symbol that is opposed by one meaning and near by another is neither positive nor negative.
        """
        start = self._iri(symbol)
        opponents = {concept for sense in self._senses(start) for concept in self._opponents(sense)}
        opponents |= {narrower for concept in opponents for narrower in nx.ancestors(self.above, concept)}
        meant = {iri for concept in opponents for iri in self._joined(concept, "meaning") if self._is_symbol(iri)}
        return sorted(self._slug(iri) for iri in meant - self._lengths(start, near).keys())

    def _iri(self, slug: str) -> str:
        if slug not in self.symbols:
            raise BadInput(f"Unknown symbol '{slug}'.", hint=nearest(slug, self.symbols), code="unknown_symbol")
        return self.symbols[slug]

    def _slug(self, iri: str) -> str:
        return self.network.nodes[iri]["slug"]

    def _is_symbol(self, iri: str) -> bool:
        return self.network.nodes[iri]["kind"] == "symbol"

    def _foreign(self, symbol: str, iri: str) -> bool:
        return self._is_symbol(iri) and iri != symbol and not self._joined(symbol, "group") & self._joined(iri, "group")

    def _lengths(self, start: str, limit: float) -> dict[str, float]:
        return nx.single_source_dijkstra_path_length(self.network, start, cutoff=limit, weight="length")

    def _joined(self, iri: str, kind: str) -> set[str]:
        return {other for other, edge in self.network.adj[iri].items() if kind in edge["kinds"]}

    def _senses(self, iri: str) -> set[str]:
        meanings = self._joined(iri, "meaning")
        return meanings.union(*(nx.descendants(self.above, meaning) for meaning in meanings))

    def _opponents(self, concept: str) -> set[str]:
        return {other for other, edge in self.against.adj[concept].items() if "opposes" in edge["kinds"]}


def semantic_graph(triples: rdflib.Graph) -> SemanticGraph:
    """The semantic graph of `Graph.triples`; things of equal graphs come in equal order."""
    network, against, above = nx.Graph(), nx.Graph(), nx.DiGraph()
    for cls, kind in KINDS.items():
        for node in sorted(triples.subjects(RDF.type, cls)):
            network.add_node(str(node), kind=kind, slug=str(triples.value(node, RM.slug)), label=_label(triples, node))
    against.add_nodes_from(network)
    above.add_nodes_from(network)
    for edge in sorted(edges(triples)):
        start, end = str(edge.start), str(edge.end)
        if start == end or start not in network or end not in network:
            continue
        _join(against if edge.weight == 0.0 else network, start, end, edge)
        if edge.kind == "broader":
            above.add_edge(start, end)
    return SemanticGraph(network, against, above)


def _label(triples: rdflib.Graph, node: Node) -> str:
    return next((str(name) for name in triples.objects(node, SKOS.prefLabel) if name.language == "en"), str(node))


def _join(graph: nx.Graph, start: str, end: str, edge: Edge) -> None:
    known = graph.get_edge_data(start, end, {"kinds": set(), "weight": 0.0})
    weight = max(known["weight"], edge.weight)
    length = 1.0 / weight if weight else math.inf
    graph.add_edge(start, end, kinds=known["kinds"] | {edge.kind}, weight=weight, length=length)
