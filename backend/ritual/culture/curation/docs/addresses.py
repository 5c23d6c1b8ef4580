"""Where on the site each node of the graph is written: a page of its own, or a place on another's page."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import URIRef
from rdflib.namespace import OWL, RDF, RDFS
from rdflib.term import Node

from ritual.culture.curation.cards import Cards
from ritual.culture.vocabulary import ANGLE, CRM, KG, RM, short


@dataclass(frozen=True)
class Section:
    """A kind of thing with a page each: its folder, its class, its heading and what the heading says of it."""

    folder: str
    cls: URIRef
    title: str
    about: str
    kind: str


SECTIONS = (
    Section("groups", RM.Group, "Groups", "The peoples whose dances, symbols and dress the graph describes.", "group"),
    Section("dances", RM.Dance, "Dances", "Each with its stances, its dress and every rule that bears on it.", "dance"),
    Section("rituals", RM.Ritual, "Rituals", "Rites that dances are part of; a rule on one holds for them.", "ritual"),
    Section("symbols", RM.Symbol, "Symbols", "Patterns and figures, and what they stand for.", "symbol"),
    Section("concepts", RM.Concept, "Concepts", "What symbols mean, what is near and what is opposed.", "concept"),
    Section("occasions", RM.Occasion, "Occasions", "Feasts, rites and gatherings at which people dance.", "occasion"),
    Section("scenes", RM.Scene, "Scenes", "What is shown around the dancers.", "scene"),
)


class Addresses:
    """The address of every node, relative to the site's root; `in_section` lists the pages of a section in order."""

    def __init__(self, cards: Cards) -> None:
        self._cards, self._data = cards, cards.data
        self.in_section = {section.folder: self._named(section.cls) for section in SECTIONS}
        self._pages = {
            node: f"{folder}/{self._file(node)}.html" for folder, nodes in self.in_section.items() for node in nodes
        }
        self.rules = self._of(RM.Rule)
        self.sources = self._named(RM.Source)
        self.places = self._named(CRM.E53_Place)
        owned = {node for cls in (RM.Stance, RM.Costume, RM.Interval) for node in self._of(cls)}
        elsewhere = {*self._pages, *self.rules, *self.sources, *self.places, *owned}
        self.others = [node for node in self._ours() if node not in elsewhere]

    def __getitem__(self, node: Node) -> str:
        """`dances/dai-peacock.html`, `rules.html#kg-...`; empty for what is no node of ours."""
        if node in self._pages:
            return self._pages[node]
        if not str(node).startswith((str(KG), str(RM), str(ANGLE))):
            return ""
        if (page := self._owner_page(node)) is not None:
            return f"{page}#{anchor(node)}"
        return f"{self._listing(node)}#{anchor(node)}"

    def all(self) -> dict[str, str]:
        """IRI -> address of every node that has one."""
        nodes = {node for node in self._data.subjects() if isinstance(node, URIRef)}
        return {str(node): address for node in sorted(nodes) if (address := self[node])}

    def _listing(self, node: Node) -> str:
        if node in self.rules:
            return "rules.html"
        if node in self.sources:
            return "sources.html"
        if node in self.places:
            return "places.html"
        return "things.html" if node in self.others else "ontology.html"

    def _owner_page(self, node: Node) -> str | None:
        """The page of the dance that a stance or a costume belongs to, of the group that wears it, or of the rule."""
        if self._cards.is_a(node, RM.Stance):
            return self._pages[self._data.value(node, RM.dance)]
        if self._cards.is_a(node, RM.Costume):
            wearers = sorted(self._data.subjects(RM.costume, node))
            return self._pages[wearers[0]] if wearers else None
        return "rules.html" if self._cards.is_a(node, RM.Interval) else None

    def _ours(self) -> list[URIRef]:
        """Individuals: neither classes nor properties, nor the ontology itself."""
        words = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.Ontology)
        terms = {node for cls in words for node in self._data.subjects(RDF.type, cls)}
        nodes = {node for node in self._data.subjects() if str(node).startswith((str(KG), str(RM)))}
        return sorted(nodes - terms, key=self._order)

    def _of(self, cls: URIRef) -> list[URIRef]:
        classes = self._data.transitive_subjects(RDFS.subClassOf, cls)
        return sorted({node for own in classes for node in self._data.subjects(RDF.type, own)})

    def _named(self, cls: URIRef) -> list[URIRef]:
        return sorted(self._of(cls), key=self._order)

    def _order(self, node: URIRef) -> tuple[str, str]:
        return self._cards.label(node).casefold(), str(node)

    def _file(self, node: URIRef) -> str:
        return str(self._data.value(node, RM.slug, default=short(node).split(":", 1)[1]))


def anchor(node: Node) -> str:
    """The id of a node on a page."""
    return short(node).replace(":", "-")
