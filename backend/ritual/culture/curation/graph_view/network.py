"""What is drawn: the things of chosen kinds, and every statement that joins two of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import networkx as nx
from rdflib import URIRef
from rdflib.namespace import RDF, RDFS, SKOS

from ritual.culture.curation.cards import Cards
from ritual.culture.vocabulary import CRM, RM, short
from ritual.errors import BadInput, nearest

KINDS: dict[str, URIRef] = {
    "group": RM.Group,
    "dance": RM.Dance,
    "ritual": RM.Ritual,
    "symbol": RM.Symbol,
    "concept": RM.Concept,
    "occasion": RM.Occasion,
    "scene": RM.Scene,
    "rule": RM.Rule,
    "performer": RM.PerformerRole,
    "colour": RM.Colour,
    "dress": RM.DressPart,
    "place": CRM.E53_Place,
}
DEFAULT_KINDS = ("group", "dance", "ritual", "symbol", "concept", "occasion", "scene", "rule")
_SORTS = {RM.opposes: "opposes", SKOS.related: "near", RM.forbids: "forbids", RM.forbidsPerformer: "forbids"}


@dataclass(frozen=True)
class Thing:
    """A node to draw: its IRI, one of `KINDS`, its English and its Chinese name."""

    iri: str
    kind: str
    label: str
    label_zh: str

    @property
    def short(self) -> str:
        return short(URIRef(self.iri))


@dataclass(frozen=True)
class Link:
    """An edge to draw.

    Attributes:
        start, end: IRIs.
        label: the property in words.
        sort: `opposes`, `near`, `forbids` or `other`, which are drawn apart.
    """

    start: str
    end: str
    label: str
    sort: str


@dataclass(frozen=True)
class Network:
    """Things by IRI and the links between them, both sorted."""

    things: tuple[Thing, ...]
    links: tuple[Link, ...]


def network(
    cards: Cards, kinds: Iterable[str] = DEFAULT_KINDS, around: URIRef | None = None, depth: int = 1
) -> Network:
    """The part of the graph to draw.

    Args:
        kinds: names of `KINDS`.
        around: only what lies near this node; None = all.
        depth: how many steps from `around`.

    Raises:
        BadInput: an unknown kind, or `around` is of none of the kinds.
    """
    kinds = tuple(kinds)
    for kind in kinds:
        if kind not in KINDS:
            raise BadInput(f"Unknown kind '{kind}'.", hint=nearest(kind, KINDS))
    things = {thing.iri: thing for kind in kinds for thing in _things(cards, kind)}
    links = sorted(set(_links(cards, things)), key=lambda link: (link.start, link.end, link.label))
    if around is not None:
        if str(around) not in things:
            known = ", ".join(cards.kinds(around)) or "term"
            raise BadInput(
                f"{cards.label(around)} ({short(around)}) is of a kind that is not drawn: {known}.",
                hint=f"Draw around a node of one of these kinds: {', '.join(kinds)}.",
            )
        near = nx.Graph((link.start, link.end) for link in links)
        near.add_node(str(around))
        kept = nx.single_source_shortest_path_length(near, str(around), cutoff=depth)
        things = {iri: thing for iri, thing in things.items() if iri in kept}
    drawn = tuple(link for link in links if link.start in things and link.end in things)
    return Network(tuple(things[iri] for iri in sorted(things)), drawn)


def _things(cards: Cards, kind: str) -> Iterable[Thing]:
    for cls in cards.data.transitive_subjects(RDFS.subClassOf, KINDS[kind]):
        for node in cards.data.subjects(RDF.type, cls):
            yield Thing(str(node), kind, cards.label(node), cards.label(node, "zh"))


def _links(cards: Cards, things: dict[str, Thing]) -> Iterable[Link]:
    """A symmetric statement is one link, whichever way round it is written."""
    for iri in things:
        for predicate, value in cards.data.predicate_objects(URIRef(iri)):
            if str(value) not in things or str(value) == iri:
                continue
            sort = _SORTS.get(predicate, "other")
            ends = sorted((iri, str(value))) if sort in ("opposes", "near") else (iri, str(value))
            yield Link(*ends, cards.label(predicate), sort)
