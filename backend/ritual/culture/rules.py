"""The kinds of rule: read from their nodes, asked whether they hold, and put into words.

A new kind is one class here, one line in `compiling.DanceRules`, one shape and one test.
"""

from __future__ import annotations

import math

import numpy as np
from rdflib import URIRef

from ritual.body.angle_domain import Reason, TabooBox
from ritual.culture.nodes import Nodes
from ritual.culture.rulebook import Dance, Rule
from ritual.culture.vocabulary import RM
from ritual.culture.wording import Span, listed, range_text, scope, sentence, taboo_text, the, who

ANY = None  # "whatever the performer", "whatever the occasion": what `explain` asks


class RuleNode:
    """A rule of the graph and where it holds; `performers` or `occasions` empty = everywhere."""

    kind = ""
    _performer_property = RM.performer

    def __init__(self, nodes: Nodes, node: URIRef) -> None:
        self.node, self._nodes = node, nodes
        self.performers = nodes.slugs(node, self._performer_property)
        self.occasions = nodes.slugs(node, RM.occasion)
        self._phrases = nodes.phrases(self.occasions)

    def holds(self, performer: str | None = ANY, occasion: str | None = ANY) -> bool:
        return (performer is ANY or not self.performers or performer in self.performers) and (
            occasion is ANY or not self.occasions or occasion in self.occasions
        )

    def rule(self, text: str, allowed: str) -> Rule:
        nodes, node = self._nodes, self.node
        return Rule(
            str(node), self.kind, text, nodes.source(node), nodes.review(node), allowed, nodes.label(node)
        )


class AngleRule(RuleNode):
    """An rm:AngleRange (its one span is what is allowed) or an rm:AngleTaboo (its spans are forbidden)."""

    kind = "joint-angle-domain"

    def __init__(self, nodes: Nodes, node: URIRef, *, taboo: bool) -> None:
        super().__init__(nodes, node)
        self.taboo = taboo
        sides = nodes.all(node, RM.interval) if taboo else [node]
        low, high = (RM.above, RM.below) if taboo else (RM.minimum, RM.maximum)
        self.spans = tuple(
            Span(
                (angle := nodes.angle(side)),
                nodes.angle_label(angle),
                nodes.number(side, low, -math.inf),
                nodes.number(side, high, math.inf),
            )
            for side in sides
        )

    def worded(self, dance: Dance) -> Rule:
        where, performer = scope(dance.label, self._phrases), who(self.performers)
        if self.taboo:
            allowed = ", or ".join(f"{span.name} {span.outside}" for span in self.spans)
            return self.rule(taboo_text(where, performer, self.spans), allowed)
        span = self.spans[0]
        return self.rule(
            range_text(where, performer, span), f"{span.name} from {span.low:g} to {span.high:g} deg"
        )

    def reason(self, dance: Dance) -> Reason:
        rule = self.worded(dance)
        return Reason(rule.iri, rule.text, rule.source.citation)

    def box(self, dance: Dance) -> TabooBox:
        sides = ((span.angle, math.radians(span.low), math.radians(span.high)) for span in self.spans)
        return TabooBox(tuple(sides), self.reason(dance))

    def broken_by(self, angles: np.ndarray, tolerance: float = 1e-9) -> bool:
        """Whether one pose, (36,) [rad], breaks the rule."""
        inside = (
            math.radians(s.low) + tolerance < angles[s.angle] < math.radians(s.high) - tolerance
            for s in self.spans
        )
        if self.taboo:
            return all(inside)
        (span,) = self.spans
        value = angles[span.angle]
        return not math.radians(span.low) - tolerance <= value <= math.radians(span.high) + tolerance


class PerformerRule(RuleNode):
    """A dance is not given to a performer role."""

    kind = "who-may-perform"
    _performer_property = RM.forbidsPerformer

    def worded(self, dance: Dance) -> Rule:
        others = [p for p in dance.performers if p not in self.performers]
        where = "".join(f" {phrase}" for phrase in [listed(self._phrases, "or")] if phrase)
        text = sentence(f"{the(dance.label)} is not given to {listed(self.performers, 'or')} performers{where}")
        return self.rule(text, f"{listed(others)} performers" if others else "no performer")


class OccasionBan(RuleNode):
    """A dance or a symbol has no place at an occasion."""

    kind = "occasion"

    def __init__(self, nodes: Nodes, node: URIRef) -> None:
        super().__init__(nodes, node)
        self.forbidden = tuple(nodes.all(node, RM.forbids))

    def touches(self, things: frozenset[URIRef]) -> bool:
        return any(thing in things for thing in self.forbidden)

    def worded(self, dance: Dance | None) -> Rule:
        """Says, too, that the dance shows the symbol, where that is why the ban bears on it.

        Args:
            dance: that the ban bears on; None = a symbol by itself is asked about.
        """
        nodes, names = self._nodes, [the(self._nodes.label(thing)) for thing in self.forbidden]
        text = f"{listed(names)} {'are' if names[1:] else 'is'} forbidden {listed(self._phrases, 'or')}"
        own = [] if dance is None else nodes.all(URIRef(dance.iri), RM.symbol)
        shown = [thing for thing in self.forbidden if thing in own]
        if shown:
            text += f", and {the(dance.label)} shows {'them' if shown[1:] else 'it'}"
        elif dance is None or URIRef(dance.iri) not in self.forbidden:
            return self.rule(sentence(text), f"a dance without {listed(names, 'or')}")
        left = nodes.phrases([slug for slug in dance.occasions if slug not in self.occasions])
        return self.rule(sentence(text), f"{the(dance.label)} {listed(left, 'or')}" if left else "nothing else")


class WearRule(RuleNode):
    """A symbol is worn by one performer role only."""

    kind = "who-may-wear"

    def __init__(self, nodes: Nodes, node: URIRef) -> None:
        super().__init__(nodes, node)
        self.only = nodes.slugs(node, RM.onlyPerformer)
        self.symbols = tuple(nodes.all(node, RM.symbol))

    def forbids(self, performer: str) -> bool:
        return performer not in self.only

    def worded(self, dance: Dance | None) -> Rule:
        names = [the(self._nodes.label(symbol)) for symbol in self.symbols]
        verb = "are" if len(names) > 1 else "is"
        text = sentence(f"{listed(names)} {verb} worn by {listed(self.only)} performers only")
        return self.rule(text, f"{listed(names)} on {listed(self.only)} costume")


class ColourPairBan(RuleNode):
    """Two colours do not stand together in a costume."""

    kind = "colour-pair"

    def __init__(self, nodes: Nodes, node: URIRef) -> None:
        super().__init__(nodes, node)
        self.groups, self.dances = nodes.all(node, RM.group), nodes.all(node, RM.dance)
        self.colours = nodes.slugs(node, RM.colour)
        self._meanings = [nodes.label(concept) for concept in nodes.all(node, RM.meaning)]

    def worded(self, dance: Dance) -> Rule:
        nodes = self._nodes
        owners = [f"{nodes.label(g)} costume" for g in self.groups] + [the(nodes.label(d)) for d in self.dances]
        pair = " and ".join(nodes.label(c) for c in nodes.all(self.node, RM.colour))
        meaning = f": together they signify {listed(self._meanings)}" if self._meanings else ""
        when = "".join(f" {phrase}" for phrase in [listed(self._phrases, "or")] if phrase)
        text = sentence(f"in {listed(owners)}{when} {pair} are not joined{meaning}")
        return self.rule(text, f"either {listed(self.colours, 'or')}, not both")


def dance_statements(nodes: Nodes, dance: Dance) -> tuple[Rule, Rule]:
    """(who may perform, where it is danced) as the dance's own node says."""
    performers = f"{listed(dance.performers)} performers"
    occasions = listed(nodes.phrases(dance.occasions))
    common = (dance.source, dance.review)
    return (
        Rule(
            dance.iri,
            "who-may-perform",
            sentence(f"{the(dance.label)} is given to {performers}"),
            *common,
            performers,
        ),
        Rule(
            dance.iri,
            "occasion",
            sentence(f"{the(dance.label)} is performed {occasions}"),
            *common,
            occasions,
        ),
    )


def in_order(rules: list[Rule]) -> tuple[Rule, ...]:
    """Without repetitions, kind by kind, then by IRI."""
    kinds = ("who-may-perform", "occasion", "joint-angle-domain", "who-may-wear", "colour-pair")
    return tuple(sorted(dict.fromkeys(rules), key=lambda rule: (kinds.index(rule.kind), rule.iri)))
