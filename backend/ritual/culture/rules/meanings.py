"""What a symbol or a colour means where: meanings that turn with the context, and meanings decided by shape."""

from __future__ import annotations

import math

from rdflib import URIRef

from ritual.culture.nodes import Nodes
from ritual.culture.rulebook import Dance, Rule
from ritual.culture.rules.base import RuleNode
from ritual.culture.vocabulary import RM
from ritual.culture.wording import listed, sentence, the


class ContextualMeaning(RuleNode):
    """In a context a symbol or a colour means something else than elsewhere."""

    kind = "contextual-meaning"

    def __init__(self, nodes: Nodes, node: URIRef, dance: URIRef | None = None) -> None:
        super().__init__(nodes, node, dance)
        self.things = frozenset([*nodes.all(node, RM.symbol), *nodes.all(node, RM.colour)])
        self.meanings = tuple(nodes.all(node, RM.meaning))
        self.groups, self.dress = nodes.slugs(node, RM.group), nodes.slugs(node, RM.wornOn)

    @property
    def conditions(self) -> int:
        """How many things its context names; the meaning with the most goes first."""
        return sum(map(bool, (self.performers, self.occasions, self.groups, self.dress)))

    def worded(self, _dance: Dance | None = None) -> Rule:
        nodes = self._nodes
        groups = [nodes.label(group) for group in nodes.all(self.node, RM.group)]
        parts = [f"among the {listed(groups, 'or')}"] * bool(groups)
        parts += [listed(self._phrases, "or")] * bool(self._phrases)
        parts += [f"for {listed(self.named_performers, 'or')} performers"] * bool(self.named_performers)
        dress = [the(nodes.label(part)) for part in nodes.all(self.node, RM.wornOn)]
        parts += [f"on {listed(dress, 'or')}"] * bool(dress)
        names = listed([_name(nodes, thing) for thing in sorted(self.things)])
        return self.rule(sentence(f"{' '.join(parts)} {names} means {_concepts(nodes, self.meanings)}"), "any use")


class ShapeMeaning(RuleNode):
    """A measure of the drawn symbol decides what it means."""

    kind = "meaning-by-shape"

    def __init__(self, nodes: Nodes, node: URIRef, dance: URIRef | None = None) -> None:
        super().__init__(nodes, node, dance)
        self.things = frozenset(nodes.all(node, RM.symbol))
        self.meanings = tuple(nodes.all(node, RM.meaning))
        self.measure = nodes.data.value(node, RM.measure)
        self.low, self.high = nodes.number(node, RM.above, -math.inf), nodes.number(node, RM.below, math.inf)

    groups: tuple[str, ...] = ()
    conditions = 1

    def decides(self, value: float) -> bool:
        """Whether a measured value, in the measure's unit, gives this meaning."""
        return self.low < value < self.high

    def worded(self, _dance: Dance | None = None) -> Rule:
        nodes, unit = self._nodes, str(self._nodes.data.value(self.measure, RM.unit))
        sides = [f"above {self.low:g} {unit}"] * (self.low > -math.inf)
        sides += [f"below {self.high:g} {unit}"] * (self.high < math.inf)
        names = listed([_name(nodes, thing) for thing in sorted(self.things)])
        text = f"where its {nodes.label(self.measure)} is {' and '.join(sides)}, {names} means "
        return self.rule(sentence(text + _concepts(nodes, self.meanings)), "any use")


def _name(nodes: Nodes, thing: URIRef) -> str:
    return nodes.label(thing) if thing in nodes.of_type(RM.Colour) else the(nodes.label(thing))


def _concepts(nodes: Nodes, concepts: tuple[URIRef, ...]) -> str:
    return listed([nodes.label(concept) for concept in concepts])
