"""A statement in words: angles by their names with degrees, nodes by theirs, quantities with their units."""

from __future__ import annotations

from collections.abc import Sequence

import rdflib
from rdflib import Literal
from rdflib.namespace import RDF, RDFS, SKOS
from rdflib.term import BNode, Node

from ritual.culture.curation.cards import in_words
from ritual.culture.vocabulary import ANGLE, RM, short

_UNITS = {
    "rm:bpm": "beats a minute",
    "rm:facing": "deg",
    "rm:lift": "m",
    "rm:swing": "deg",
    "rm:beginsAt": "s",
    "rm:endsAt": "s",
    "rm:cycleBegins": "s",
    "rm:cycleSeconds": "s",
    "geo:lat": "deg",
    "geo:long": "deg",
}
_NAMES = {
    "skos:prefLabel": "name",
    "skos:altLabel": "other name",
    "dcterms:source": "source",
    "rdfs:subClassOf": "falls under",
}
_OF_AN_ANGLE = (RM.minimum, RM.maximum, RM.above, RM.below)
_LANGUAGES = {"en": "English", "zh": "Chinese"}


class Saying:
    """Reads words for one state of a graph; what it does not name itself is looked up in others."""

    def __init__(self, data: rdflib.Graph, others: Sequence[rdflib.Graph] = ()) -> None:
        self.data = data
        self._graphs = (data, *others)

    def name(self, node: Node) -> str:
        """English name, or the short IRI."""
        for graph in self._graphs:
            for predicate in (SKOS.prefLabel, RDFS.label):
                if names := sorted(o for o in graph.objects(node, predicate) if o.language in ("en", None)):
                    return str(names[0])
        return "a nameless node" if isinstance(node, BNode) else short(node)

    def heading(self, node: Node) -> str:
        """`Dai peacock dance, male wrist gesture (left)`: the node with what it belongs to."""
        whole = self._first(node, (RM.dance, RM.ritual)) if self._hangs_on(node) else None
        return self.name(node) if whole is None else f"{self.name(whole)}, {self.name(node)}"

    def kind(self, node: Node) -> str:
        return " and ".join(self.name(kind) for kind in sorted(self.data.objects(node, RDF.type)))

    def owner(self, node: Node) -> Node:
        """The rule that an interval belongs to; of all else the node itself."""
        owner = self.data.value(predicate=RM.interval, object=node)
        return node if owner is None else owner

    def about(self, node: Node, predicate: Node) -> str:
        """What a statement is about: `tempo`, `left knee flexion`, `left wrist flexion above`."""
        if predicate in _OF_AN_ANGLE and (angle := self._first(node, (RM.onAngle, RM.measure))) is not None:
            return f"{self.name(angle)} {self._property(predicate)}"
        return self._property(predicate)

    def value(self, node: Node, predicate: Node, value: Node) -> str:
        """`84 beats a minute`, `wedding`, `"Dai" in English`."""
        unit = self.unit(node, predicate)
        return f"{self.bare(value)} {unit}" if unit else self.bare(value)

    def bare(self, value: Node) -> str:
        """A value without its unit."""
        if not isinstance(value, Literal):
            return self.name(value)
        if value.language:
            return f'"{value}" in {_LANGUAGES.get(value.language, value.language)}'
        return f'"{value}"' if value.datatype is None else str(value)

    def unit(self, node: Node, predicate: Node) -> str:
        if predicate.startswith(ANGLE):
            return "deg"
        if predicate in _OF_AN_ANGLE:
            measure = self._first(node, (RM.measure,))
            return "deg" if measure is None else str(self._first(measure, (RM.unit,)) or "")
        return _UNITS.get(short(predicate), "")

    def _property(self, predicate: Node) -> str:
        known = _NAMES.get(short(predicate)) or self.name(predicate)
        return in_words(known) if known == short(predicate) else known

    def _first(self, node: Node, predicates: Sequence[Node]) -> Node | None:
        for graph in self._graphs:
            for predicate in predicates:
                if found := sorted(graph.objects(node, predicate)):
                    return found[0]
        return None

    def _hangs_on(self, node: Node) -> bool:
        """Whether a node is told together with its dance: a stance or a rule of one dance."""
        return len(set(self.data.objects(node, RM.dance))) == 1 and (node, RDF.type, RM.Dance) not in self.data
