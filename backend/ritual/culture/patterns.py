"""What the graph says of how a symbol looks and what it means where: all that a picture of it needs to know."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import URIRef
from rdflib.namespace import RDF

from ritual.culture.meaning import Context, meaning_of
from ritual.culture.nodes import Nodes
from ritual.culture.rules import ContextualMeaning, OccasionBan, ShapeMeaning
from ritual.culture.taboo_level import share_of_sacred
from ritual.culture.vocabulary import CRM, GEO, RM

_COLOURS = ("robeColour", "trimColour", "sashColour", "sleeveColour", "garmentColour", "headdressColour")
_PROTOTYPE = ("linearity", "curvature", "symmetry", "dominantHue", "dominantSaturation", "complexity")


@dataclass(frozen=True)
class Setting:
    """Where a pattern is seen, and what it means there.

    Attributes:
        occasion, worn_on: slugs; empty = nothing is said.
        concepts: slugs of what it means there; empty = the graph does not say.
        decides: a rule of the graph turns on this occasion or part of dress.
    """

    occasion: str
    worn_on: str
    concepts: tuple[str, ...]
    decides: bool


@dataclass(frozen=True)
class Pattern:
    """One symbol that can be drawn, of one group.

    Attributes:
        symbol, label, label_zh: its slug and its names.
        group, group_label: the people's slug and name.
        place: latitude and longitude of where they live [deg].
        forms, crafts: slugs; no craft = any.
        colours: `#rrggbb` of the people's costumes, the most worn first.
        prototypes: rows of Table 1 of this people: linearity, curvature, symmetry, dominant hue, dominant
            saturation, complexity, each 0..1; empty where there is none.
        level: taboo level from 0 (ordinary decoration) to 1 (sacred): where its delta lies between theirs.
        settings: nothing said first; then every occasion of its people and every part of dress that a rule names.
        measures: slugs of what a rule asks of its shape.
    """

    symbol: str
    label: str
    label_zh: str
    group: str
    group_label: str
    place: tuple[float, float]
    forms: tuple[str, ...]
    crafts: tuple[str, ...]
    colours: tuple[str, ...]
    prototypes: tuple[tuple[float, ...], ...]
    level: float
    settings: tuple[Setting, ...]
    measures: tuple[str, ...]


def patterns(nodes: Nodes, deltas: dict[str, float]) -> tuple[Pattern, ...]:
    """Every symbol with a depiction and a group, by slug; one of two groups comes twice.

    Args:
        nodes: the graph.
        deltas: safety boundary of every symbol, by slug (`TabooLevels.deltas`).
    """
    drawn: dict[URIRef, list[URIRef]] = {}
    for depiction in nodes.of_type(RM.Depiction):
        drawn.setdefault(nodes.data.value(depiction, RM.draws), []).append(depiction)
    return tuple(
        _pattern(nodes, symbol, group, depictions, deltas[nodes.slug(symbol)])
        for symbol, depictions in sorted(drawn.items(), key=lambda item: nodes.slug(item[0]))
        for group in nodes.all(symbol, RM.group)
    )


def _pattern(nodes: Nodes, symbol: URIRef, group: URIRef, depictions: list[URIRef], delta: float) -> Pattern:
    place = nodes.data.value(group, CRM.P74_has_current_or_former_residence)
    rules = [n for n in nodes.data.subjects(RM.symbol, symbol) if (n, RDF.type, RM.ShapeMeaning) in nodes.data]
    return Pattern(
        symbol=nodes.slug(symbol),
        label=nodes.label(symbol),
        label_zh=nodes.label(symbol, "zh"),
        group=nodes.slug(group),
        group_label=nodes.label(group),
        place=(nodes.number(place, GEO.lat), nodes.number(place, GEO.long)),
        forms=tuple(sorted({slug for d in depictions for slug in nodes.slugs(d, RM.form)})),
        crafts=tuple(sorted({slug for d in depictions for slug in nodes.slugs(d, RM.craft)})),
        colours=_colours(nodes, group),
        prototypes=tuple(
            tuple(nodes.number(row, RM[name]) for name in _PROTOTYPE)
            for row in nodes.of_type(RM.Prototype)
            if group in nodes.all(row, RM.group)
        ),
        level=share_of_sacred(delta),
        settings=_settings(nodes, symbol, group),
        measures=tuple(sorted({nodes.slug(ShapeMeaning(nodes, rule).measure) for rule in rules})),
    )


def _colours(nodes: Nodes, group: URIRef) -> tuple[str, ...]:
    worn = [
        str(colour).lower()
        for costume in nodes.all(group, RM.costume)
        for name in _COLOURS
        for colour in nodes.data.objects(costume, RM[name])
    ]
    return tuple(sorted(dict.fromkeys(worn), key=lambda colour: (-worn.count(colour), worn.index(colour))))


def _settings(nodes: Nodes, symbol: URIRef, group: URIRef) -> tuple[Setting, ...]:
    """Occasions at which the symbol is banned are left out: nobody should draw it there."""
    about = set(nodes.data.subjects(RM.symbol, symbol))
    turns = [ContextualMeaning(nodes, n) for n in nodes.of_type(RM.ContextualMeaning) if n in about]
    banned = {
        slug
        for ban in (OccasionBan(nodes, n) for n in nodes.of_type(RM.OccasionBan))
        if symbol in ban.forbidden
        for slug in ban.occasions
    }
    deciding = {slug for rule in turns for slug in rule.occasions}
    occasions = sorted((deciding | _occasions(nodes, group)) - banned)
    dress = sorted({slug for rule in turns for slug in rule.dress})
    people = nodes.slug(group)
    feasts = [(slug, "", slug in deciding) for slug in occasions]
    found = [("", "", False), *feasts, *(("", slug, True) for slug in dress)]
    return tuple(
        Setting(
            occasion,
            worn,
            meaning_of(nodes, symbol, Context(occasion=occasion or None, worn_on=worn or None, group=people)).concepts,
            decides,
        )
        for occasion, worn, decides in found
    )


def _occasions(nodes: Nodes, group: URIRef) -> set[str]:
    """At which its people dance."""
    dances = [dance for dance in nodes.of_type(RM.Dance) if group in nodes.all(dance, RM.group)]
    return {slug for dance in dances for slug in nodes.slugs(dance, RM.occasion)}
