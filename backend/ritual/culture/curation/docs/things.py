"""What a page says of a node beyond its card: dress, stances, rules, who refers to it, where it lies."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup
from rdflib import URIRef

from ritual.culture.curation.cards import Card, Cards, Fact, Sentence, Value
from ritual.culture.curation.docs.addresses import Addresses
from ritual.culture.curation.docs.figures import figures
from ritual.culture.curation.docs.worldmap import Spot, world_map
from ritual.culture.nodes import Nodes
from ritual.culture.vocabulary import CRM, GEO, RM

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_SHOWN_ELSEWHERE = (RM.Stance, RM.Costume, RM.Interval, RM.Rule)  # have their own part of a page


@dataclass(frozen=True)
class Entry:
    """A node in a list: its names, its definition, its review state; `colours` of its dress, if it has any."""

    iri: str
    label: str
    label_zh: str
    definition: str
    review: str
    colours: tuple[str, ...]


@dataclass(frozen=True)
class Dress:
    """A costume: its card and its colours as (what, `#rrggbb`)."""

    card: Card
    colours: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Figure:
    """A stance: its card without the angles, its picture, where in the cycle it is struck, its angles [deg]."""

    card: Card
    picture: Markup
    phase: float
    facing: float
    lift: float
    angles: tuple[Fact, ...]


@dataclass(frozen=True)
class Thing:
    """All that a page says of a node; `referrers` are (kind, property, who), `more` how many are left out."""

    card: Card
    dresses: tuple[Dress, ...]
    stances: tuple[Figure, ...]
    referrers: tuple[tuple[str, str, tuple[Value, ...], int], ...]


@dataclass(frozen=True)
class RuleEntry:
    """A rule on the page of rules: its card, its sentences, and the sides of its taboo box."""

    card: Card
    sentences: tuple[Sentence, ...]
    sides: tuple[Card, ...]


class Things:
    """Reads what the pages of one site need."""

    def __init__(self, cards: Cards, addresses: Addresses) -> None:
        self._cards, self._addresses = cards, addresses
        self._nodes = Nodes(cards.data)
        self._known: dict[URIRef, Card] = {}

    def entry(self, node: URIRef) -> Entry:
        card = self._plain(node)
        colours = dict.fromkeys(colour for dress in self._dresses(node)[:1] for _, colour in dress.colours)
        return Entry(card.iri, card.label, card.label_zh, card.definition, card.review, tuple(colours))

    def thing(self, node: URIRef, most: int = 60) -> Thing:
        return Thing(self._plain(node), self._dresses(node), self._stances(node), self._referrers(node, most))

    def listed(self, nodes: Iterable[URIRef]) -> list[Thing]:
        """Things that share a page: who refers to them is cut short."""
        return [self.thing(node, most=12) for node in nodes]

    def rule(self, node: URIRef) -> RuleEntry:
        sides = tuple(self._cards.card(URIRef(side)) for side in sorted(self._cards.data.objects(node, RM.interval)))
        return RuleEntry(self._cards.card(node), tuple(self._cards.sentences(node)), sides)

    def searched(self, node: URIRef) -> list[str]:
        card = self._plain(node)
        names = "\n".join([card.short, *(name for name, _ in card.other_names)])
        return [card.label, card.label_zh, names, " and ".join(card.kinds), self._addresses[node]]

    def map(self) -> Markup:
        """The map of every place; a dot leads to the group that lives there, or to the place."""
        return Markup(world_map([self._spot(place) for place in self._addresses.places if self._has_position(place)]))

    def _has_position(self, place: URIRef) -> bool:
        return (place, GEO.lat, None) in self._cards.data and (place, GEO.long, None) in self._cards.data

    def _spot(self, place: URIRef) -> Spot:
        groups = sorted(self._cards.data.subjects(CRM.P74_has_current_or_former_residence, place))
        label = ", ".join(map(self._cards.label, groups)) or self._cards.label(place)
        latitude, longitude = (self._nodes.number(place, p) for p in (GEO.lat, GEO.long))
        return Spot(latitude, longitude, label, self._addresses[groups[0] if len(groups) == 1 else place])

    def _plain(self, node: URIRef) -> Card:
        if node not in self._known:
            self._known[node] = self._cards.card(node)
        return self._known[node]

    def _dresses(self, node: URIRef) -> tuple[Dress, ...]:
        found = []
        for costume in sorted(self._cards.data.objects(node, RM.costume)):
            card = self._plain(costume)
            colours = [(f.label, v.text) for f in card.facts for v in f.values if _COLOUR.fullmatch(v.text)]
            found.append(Dress(card, tuple(colours)))
        return tuple(found)

    def _stances(self, node: URIRef) -> tuple[Figure, ...]:
        own = [s for s in self._cards.data.subjects(RM.dance, node) if self._cards.is_a(s, RM.Stance)]
        stances = sorted(map(self._nodes.stance, own), key=lambda stance: (stance.phase, stance.iri))
        found = []
        for stance, picture in zip(stances, figures(stances), strict=True):
            card = self._cards.card(URIRef(stance.iri))
            angles = tuple(fact for fact in card.facts if fact.property.startswith("angle:"))
            facing = self._nodes.number(URIRef(stance.iri), RM.facing)
            found.append(Figure(card, Markup(picture), stance.phase, facing, stance.lift, angles))
        return tuple(found)

    def _referrers(self, node: URIRef, most: int) -> tuple[tuple[str, str, tuple[Value, ...], int], ...]:
        found: dict[tuple[str, str], list[Value]] = {}
        for fact in self._plain(node).referrers:
            for value in fact.values:
                who = URIRef(value.iri)
                if value.iri and not any(self._cards.is_a(who, cls) for cls in _SHOWN_ELSEWHERE):
                    found.setdefault((" and ".join(self._cards.kinds(who)), fact.label), []).append(value)
        return tuple(
            (kind, label, tuple(values[:most]), max(0, len(values) - most))
            for (kind, label), values in sorted(found.items())
        )
