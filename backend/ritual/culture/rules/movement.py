"""How a dance moves: which way it turns, and along which path a symbol unfolds."""

from __future__ import annotations

import math

from rdflib import URIRef

from ritual.body.angle_domain import Reason
from ritual.body.turning import TurningLimit
from ritual.culture.nodes import Nodes
from ritual.culture.rulebook import Binding, Dance, Rule
from ritual.culture.rules.base import RuleNode
from ritual.culture.vocabulary import RM
from ritual.culture.wording import cycle_part, listed, scope, the

DEFAULT_SWING = 45.0  # deg; as rm:swing says in the ontology


class RotationRule(RuleNode):
    """Turning and circling go one way only."""

    kind = "direction-of-rotation"

    def __init__(self, nodes: Nodes, node: URIRef, dance: URIRef | None = None) -> None:
        super().__init__(nodes, node, dance)
        self.symbols = frozenset(nodes.all(node, RM.symbol))
        self.clockwise = nodes.data.value(node, RM.direction) == RM.Clockwise
        self.swing = nodes.number(node, RM.swing, DEFAULT_SWING)

    def worded(self, dance: Dance | None) -> Rule:
        way = "clockwise" if self.clockwise else "counter-clockwise"
        names = [the(self._nodes.label(symbol)) for symbol in sorted(self.symbols)]
        with_symbols = f" with {listed(names)}" if names else ""
        where = scope(dance.label, self._phrases) if dance else f"At {listed(names)}"
        text = (
            f"{where}{with_symbols if dance else ''}, turning goes {way} only, as seen from above; "
            f"a swing back of up to {self.swing:g} deg is no turn."
        )
        return self.rule(text, f"{way} turning")

    def limit(self, dance: Dance) -> TurningLimit:
        rule = self.worded(dance)
        reason = Reason(rule.iri, rule.text, rule.source.citation)
        return TurningLimit(-1 if self.clockwise else 1, math.radians(self.swing), reason)


class TrajectoryBinding(RuleNode):
    """A symbol unfolds along the path of a joint in a part of the cycle; other dances do not show it."""

    kind = "symbol-with-movement"

    def __init__(self, nodes: Nodes, node: URIRef, dance: URIRef | None = None) -> None:
        super().__init__(nodes, node, dance)
        self.symbol = nodes.data.value(node, RM.symbol)
        self.dances = frozenset(nodes.all(node, RM.dance))
        self.joint = str(nodes.data.value(node, RM.onJoint))
        self.phases = nodes.phases(node)

    def worded(self, _dance: Dance | None = None) -> Rule:
        nodes = self._nodes
        dances = listed([the(nodes.label(dance)) for dance in sorted(self.dances)], "or")
        name = nodes.label(self.symbol)
        text = (
            f"In {dances}, {the(name)} unfolds along the path of the {self.joint.replace('_', ' ')}, "
            f"{cycle_part(self.phases)}; other dances do not show it."
        )
        return self.rule(text, f"{the(name)} in {dances}")

    def binding(self) -> Binding:
        rule = self.worded()
        start, end = self.phases
        return Binding(self._nodes.slug(self.symbol), self.joint, start, end, rule.iri, rule.text)
