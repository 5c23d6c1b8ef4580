"""A node of the graph as a card that people read: names, what it says, who refers to it, rules, source and review."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS, PROV, RDF, RDFS, SKOS
from rdflib.term import Node

from ritual.culture.graph import Graph
from ritual.culture.rulebook import Rule
from ritual.culture.vocabulary import RM, short

_TOLD_APART = {
    RDF.type, SKOS.prefLabel, SKOS.altLabel, RDFS.label, SKOS.definition,
    DCTERMS.source, RM.review, PROV.wasAttributedTo, PROV.generatedAtTime,
}  # fmt: skip
_BORROWED_IN_WORDS = {
    "geo:lat": "latitude",
    "geo:long": "longitude",
    "dcterms:bibliographicCitation": "citation",
    "crm:P74_has_current_or_former_residence": "lives at",
    "crm:E53_Place": "place",
    "skos:ConceptScheme": "list of terms",
}


@dataclass(frozen=True)
class Value:
    """A value of a property in words; `iri` is set where it is a node of the graph."""

    text: str
    iri: str = ""


@dataclass(frozen=True)
class Fact:
    """A property and its values, or (as a referrer) the property by which others point here, and who they are."""

    property: str
    label: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Sentence:
    """A rule in words: its node, its kind, what it says, what it rests on and how far it is reviewed."""

    iri: str
    kind: str
    text: str
    source: str
    review: str


@dataclass(frozen=True)
class Card:
    """Everything that the graph says of one node.

    Attributes:
        iri, short: the node, whole and as `kg:dai`.
        label, label_zh: preferred names; `label_zh` may be empty.
        other_names: (name, language) of the rest.
        kinds: what it is: labels of its classes.
        definition: may be empty.
        facts: what it says, property by property.
        referrers: who refers to it, property by property.
        rules: the rules that touch it, in words.
        source, citation: label and text of what it rests on; empty where the node is no statement.
        review: label of its review state, with who and when where it was reviewed.
    """

    iri: str
    short: str
    label: str
    label_zh: str
    other_names: tuple[tuple[str, str], ...]
    kinds: tuple[str, ...]
    definition: str
    facts: tuple[Fact, ...]
    referrers: tuple[Fact, ...]
    rules: tuple[Sentence, ...]
    source: str
    citation: str
    review: str


class Cards:
    """Reads the cards of one graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self.data = graph, graph.triples

    def label(self, node: Node, language: str = "en") -> str:
        """Preferred name in `language`; in English never empty."""
        for predicate in (SKOS.prefLabel, RDFS.label):
            names = self.data.objects(node, predicate)
            if found := sorted(str(name) for name in names if (name.language or "en") == language):
                return found[0]
        return in_words(short(node)) if language == "en" else ""

    def kinds(self, node: Node) -> tuple[str, ...]:
        return tuple(sorted(self.label(cls) for cls in self.data.objects(node, RDF.type)))

    def is_a(self, node: Node, cls: URIRef) -> bool:
        return any(cls in self.data.transitive_objects(own, RDFS.subClassOf) for own in self.types(node))

    def types(self, node: Node) -> list[Node]:
        return sorted(self.data.objects(node, RDF.type))

    def card(self, node: URIRef) -> Card:
        return Card(
            iri=str(node),
            short=short(node),
            label=self.label(node),
            label_zh=self.label(node, "zh"),
            other_names=self._other_names(node),
            kinds=self.kinds(node),
            definition=self._english(node, SKOS.definition),
            facts=self.facts(node),
            referrers=self._referrers(node),
            rules=self.rules(node),
            source=self._of_source(node, SKOS.prefLabel),
            citation=self._of_source(node, DCTERMS.bibliographicCitation),
            review=self.review(node),
        )

    def facts(self, node: URIRef) -> tuple[Fact, ...]:
        """What the node says beyond its names, its definition, its source and its review state."""
        predicates = sorted(set(self.data.predicates(node)) - _TOLD_APART)
        return tuple(self._fact(p, self.data.objects(node, p)) for p in predicates)

    def review(self, node: URIRef) -> str:
        """`reviewed by Li Hua on 2026-05-01`, `unreviewed`; empty where the node has no review state."""
        state = self.data.value(node, RM.review)
        if state is None:
            return ""
        who = " and ".join(self._value(w).text for w in sorted(self.data.objects(node, PROV.wasAttributedTo)))
        when = self.data.value(node, PROV.generatedAtTime)
        return self.label(state) + (f" by {who}" if who else "") + (f" on {when}" if when else "")

    def rules(self, node: URIRef) -> tuple[Sentence, ...]:
        """The rules that touch a node: on a dance all that bear on it, else those that name it; on a rule itself."""
        if (slug := self._dances.get(str(node))) is not None:
            return tuple(self._sentence(rule) for rule in self.graph.explain(slug))
        naming = {self._owner(s) for s in self.data.subjects(None, node)} | {node}
        rules = sorted(rule for rule in naming if self.is_a(rule, RM.Rule))
        return tuple(sentence for rule in rules for sentence in self.sentences(rule))

    def sentences(self, rule: URIRef) -> list[Sentence]:
        """A rule in words, once for each dance where it reads otherwise; its name where it bears on no dance."""
        if found := self._worded.get(str(rule)):
            return found
        kind, text = self.label(self.types(rule)[0]), self.label(rule)
        citation = self._of_source(rule, DCTERMS.bibliographicCitation)
        return [Sentence(str(rule), kind, text, citation, self.review(rule))]

    @cached_property
    def _dances(self) -> dict[str, str]:
        """Slug of each dance by IRI."""
        return {dance.iri: dance.slug for dance in self.graph.dances()}

    @cached_property
    def _worded(self) -> dict[str, list[Sentence]]:
        found: dict[str, list[Sentence]] = {}
        for slug in self._dances.values():
            for rule in self.graph.explain(slug):
                known = found.setdefault(rule.iri, [])
                if rule.text not in [sentence.text for sentence in known]:
                    known.append(self._sentence(rule))
        return found

    def _sentence(self, rule: Rule) -> Sentence:
        return Sentence(rule.iri, rule.kind, rule.text, rule.source.citation, self.review(URIRef(rule.iri)))

    def _owner(self, node: Node) -> Node:
        """The rule whose interval this is, or the node itself."""
        owner = self.data.value(predicate=RM.interval, object=node)
        return node if owner is None else owner

    def _fact(self, predicate: URIRef, values: Iterable[Node]) -> Fact:
        return Fact(short(predicate), self.label(predicate), tuple(self._value(v) for v in sorted(values)))

    def _value(self, value: Node) -> Value:
        if isinstance(value, Literal) or self._is_address(value):
            return Value(str(value))
        return Value(self.label(value), str(value) if (value, None, None) in self.data else "")

    def _is_address(self, value: Node) -> bool:
        """Whether a value leads out of the graph, as the address of a licence does."""
        return isinstance(value, URIRef) and short(value) == value.n3() and (value, None, None) not in self.data

    def _referrers(self, node: URIRef) -> tuple[Fact, ...]:
        found: dict[URIRef, list[Node]] = {}
        for subject, predicate in self.data.subject_predicates(node):
            found.setdefault(predicate, []).append(subject)
        return tuple(self._fact(predicate, found[predicate]) for predicate in sorted(found))

    def _other_names(self, node: URIRef) -> tuple[tuple[str, str], ...]:
        own = {(self.label(node), "en"), (self.label(node, "zh"), "zh")}
        names = (name for p in (SKOS.prefLabel, SKOS.altLabel) for name in self.data.objects(node, p))
        return tuple(sorted({(str(name), name.language or "") for name in names} - own))

    def _english(self, node: URIRef, predicate: URIRef) -> str:
        texts = sorted(self.data.objects(node, predicate), key=lambda text: (text.language != "en", str(text)))
        return str(texts[0]) if texts else ""

    def _of_source(self, node: URIRef, predicate: URIRef) -> str:
        source = self.data.value(node, DCTERMS.source)
        return "" if source is None else self._english(source, predicate)


def in_words(name: str) -> str:
    """`has current or former residence` for `crm:P74_has_current_or_former_residence`."""
    if name in _BORROWED_IN_WORDS:
        return _BORROWED_IN_WORDS[name]
    local = re.sub(r"^[A-Z]\d+_", "", name.split(":", 1)[-1])
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", local).replace("_", " ").lower() if ":" in name else name
