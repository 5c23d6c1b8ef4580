"""The words of the graph for readers: each class and property of ours, what the shapes ask of it, what is borrowed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import rdflib
from rdflib import URIRef
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SH
from rdflib.term import Node

from ritual.culture.curation.cards import Cards, Value
from ritual.culture.turtle import SHAPES_FILE, read_folder
from ritual.culture.vocabulary import ANGLE, KG, PREFIXES, RM, SHAPE, short


@dataclass(frozen=True)
class Term:
    """A class, a property or an angle.

    Attributes:
        iri, short, label, definition: the term and what it means.
        above: its superclasses, or the range of a property.
        messages: (on what, message) for each condition that the shapes set: on a class by property, and the reverse.
        used: how many instances a class has, how many statements a property makes.
    """

    iri: str
    short: str
    label: str
    definition: str
    above: tuple[Value, ...]
    messages: tuple[tuple[Value, str], ...]
    used: int


class Terms:
    """The ontology of one graph.

    Attributes:
        title, description: of the ontology itself.
        classes, properties, angles: ours, by name.
        borrowed: (namespace, its IRI, ((term, how often it is used), ...)).
    """

    def __init__(self, cards: Cards, folder: Path) -> None:
        self._cards, self._data = cards, cards.data
        self._shapes = rdflib.Graph().parse(data=read_folder(folder)[SHAPES_FILE], format="turtle")
        self._conditions = sorted(self._read_conditions(), key=lambda c: (str(c[0]), str(c[1]), c[2]))
        ontology = self._data.value(predicate=RDF.type, object=OWL.Ontology)
        self.title = str(self._data.value(ontology, DCTERMS.title, default="Ontology"))
        self.description = str(self._data.value(ontology, DCTERMS.description, default=""))
        self.classes = self._terms(RM, OWL.Class)
        self.properties = self._terms(RM, OWL.ObjectProperty, OWL.DatatypeProperty)
        self.angles = self._terms(ANGLE, RM.Angle)
        self.borrowed = self._borrowed()

    def _terms(self, namespace: str, *kinds: Node) -> list[Term]:
        nodes = {n for kind in kinds for n in self._data.subjects(RDF.type, kind) if str(n).startswith(str(namespace))}
        return [self._term(node) for node in sorted(nodes, key=lambda n: (self._cards.label(n).casefold(), str(n)))]

    def _term(self, node: URIRef) -> Term:
        card = self._cards.card(node)
        above = [*self._data.objects(node, RDFS.subClassOf), *self._data.objects(node, RDFS.range)]
        messages = [(self._value(path or node), text) for target, path, text in self._conditions if target == node]
        messages += [(self._value(target), text) for target, path, text in self._conditions if path == node]
        used = sum(1 for _ in self._data.subjects(RDF.type, node)) or sum(1 for _ in self._data.subject_objects(node))
        values = tuple(self._value(value) for value in sorted(above))
        return Term(card.iri, card.short, card.label, card.definition, values, tuple(dict.fromkeys(messages)), used)

    def _value(self, node: Node) -> Value:
        return Value(self._cards.label(node), str(node) if (node, None, None) in self._data else "")

    def _read_conditions(self) -> list[tuple[Node, Node | None, str]]:
        """(class, property or None, message) of each shape that says something."""
        found = []
        for shape, target in self._shapes.subject_objects(SH.targetClass):
            found += [(target, None, str(text)) for text in self._shapes.objects(shape, SH.message)]
            for part in self._shapes.objects(shape, SH.property):
                path = self._shapes.value(part, SH.path)
                found += [(target, path, str(text)) for text in self._shapes.objects(part, SH.message)]
        return found

    def _borrowed(self) -> list[tuple[str, str, tuple[tuple[str, int], ...]]]:
        ours = tuple(map(str, (RM, KG, ANGLE, SHAPE)))
        count: Counter[str] = Counter()
        for _, predicate, value in self._data:
            count.update(str(t) for t in (predicate, value) if isinstance(t, URIRef) and not str(t).startswith(ours))
        found = []
        for prefix, namespace in PREFIXES.items():
            terms = sorted((short(URIRef(iri)), n) for iri, n in count.items() if iri.startswith(namespace))
            if terms:
                found.append((prefix, namespace, tuple(terms)))
        return found
