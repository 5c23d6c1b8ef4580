"""What a symbol or a colour means in a context, and why: base meanings, context, shape (spec §2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rdflib import URIRef

from ritual.culture.nodes import Nodes
from ritual.culture.rulebook import Rule
from ritual.culture.rules import ContextualMeaning, ShapeMeaning
from ritual.culture.vocabulary import RM
from ritual.culture.wording import listed, sentence, the


@dataclass(frozen=True)
class Context:
    """Where a symbol is seen; None = nothing is known of it.

    Attributes:
        occasion, performer, group, worn_on: slugs.
        measures: slug of a measure -> its value in the measure's unit.
    """

    occasion: str | None = None
    performer: str | None = None
    group: str | None = None
    worn_on: str | None = None
    measures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """One rule that bears on the context.

    Attributes:
        rule: in words.
        meanings: names of the concepts that it gives.
        decides: whether it is one of those that decided.
    """

    rule: Rule
    meanings: tuple[str, ...]
    decides: bool


@dataclass(frozen=True)
class Meaning:
    """The answer.

    Attributes:
        iri, label, label_zh: the symbol or the colour.
        meanings: names of the concepts that hold here; several rules of equal rank that differ give them all.
        concepts: their slugs, in the same order.
        why: the rules that bear on the context, those that decided first; the symbol's own statement comes last.
        overruled: meanings that hold elsewhere and not here, by name.
        conflict: rules of equal rank say different things; nothing was settled.
    """

    iri: str
    label: str
    label_zh: str
    meanings: tuple[str, ...]
    concepts: tuple[str, ...]
    why: tuple[Reading, ...]
    overruled: tuple[str, ...]
    conflict: bool


def meaning_of(nodes: Nodes, thing: URIRef, context: Context) -> Meaning:
    """What the thing means in the context.

    A rule bears on the context where everything that it names is so; of those that do, the ones that name most
    decide, and a measured shape counts as one thing named. Rules of equal rank that differ are all told.

    Args:
        nodes: the graph.
        thing: a symbol or a colour.
        context: what is known of the occasion.
    """
    bearing = [rule for rule in _rules(nodes, thing) if _bears(nodes, rule, context)]
    rank = max((rule.conditions for rule in bearing), default=0)
    deciding = [rule for rule in bearing if rule.conditions == rank]
    own = nodes.all(thing, RM.meaning)
    concepts = sorted({concept for rule in deciding for concept in rule.meanings}) if deciding else own
    elsewhere = [concept for concept in own if concept not in concepts]
    why = [
        Reading(rule.worded(), tuple(map(nodes.label, rule.meanings)), rule in deciding)
        for rule in sorted(bearing, key=lambda rule: -rule.conditions)
    ]
    return Meaning(
        iri=str(thing),
        label=nodes.label(thing),
        label_zh=nodes.label(thing, "zh"),
        meanings=tuple(nodes.label(concept) for concept in concepts),
        concepts=tuple(nodes.slug(concept) for concept in concepts),
        why=(*why, *_own_statement(nodes, thing, decides=not deciding)),
        overruled=tuple(nodes.label(concept) for concept in elsewhere),
        conflict=len({rule.meanings for rule in deciding}) > 1,
    )


def _rules(nodes: Nodes, thing: URIRef) -> list[ContextualMeaning | ShapeMeaning]:
    kinds = ((RM.ContextualMeaning, ContextualMeaning), (RM.ShapeMeaning, ShapeMeaning))
    about = {*nodes.data.subjects(RM.symbol, thing), *nodes.data.subjects(RM.colour, thing)}
    return [make(nodes, node) for cls, make in kinds for node in nodes.of_type(cls) if node in about]


def _bears(nodes: Nodes, rule: ContextualMeaning | ShapeMeaning, context: Context) -> bool:
    if isinstance(rule, ShapeMeaning):
        value = context.measures.get(nodes.slug(rule.measure))
        return value is not None and rule.decides(value)
    asked = (
        (rule.performers, context.performer),
        (rule.occasions, context.occasion),
        (rule.groups, context.group),
        (rule.dress, context.worn_on),
    )
    if not all(not named or value in named for named, value in asked):
        return False
    return not any(lifting.lifts(context.performer, context.occasion) for lifting in rule.exceptions)


def _own_statement(nodes: Nodes, thing: URIRef, *, decides: bool) -> list[Reading]:
    """What the symbol's own node says, as a rule; a colour says nothing by itself."""
    concepts = [nodes.label(concept) for concept in nodes.all(thing, RM.meaning)]
    if not concepts:
        return []
    text = sentence(f"{the(nodes.label(thing))} means {listed(concepts)}")
    source, review = nodes.source(thing), nodes.review(thing)
    rule = Rule(str(thing), "meaning", text, source, review, "any use", nodes.label(thing))
    return [Reading(rule, tuple(concepts), decides)]
