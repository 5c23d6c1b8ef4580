"""Joint-angle domains: ranges that an angle keeps to and boxes of poses that are forbidden."""

from __future__ import annotations

import math

import numpy as np
from rdflib import URIRef

from ritual.body.angle_domain import Reason, TabooBox
from ritual.culture.nodes import Nodes
from ritual.culture.rulebook import Dance, Rule
from ritual.culture.rules.base import RuleNode
from ritual.culture.vocabulary import RM
from ritual.culture.wording import Span, range_text, scope, taboo_text, who


class AngleRule(RuleNode):
    """An rm:AngleRange (its one span is what is allowed) or an rm:AngleTaboo (its spans are forbidden)."""

    kind = "joint-angle-domain"

    def __init__(self, nodes: Nodes, node: URIRef, dance: URIRef | None = None, *, taboo: bool) -> None:
        super().__init__(nodes, node, dance)
        self.taboo = taboo
        self.phases = nodes.phases(node)
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
        where, performer = scope(dance.label, self._phrases, self.phases), who(self.named_performers)
        if self.taboo:
            allowed = ", or ".join(f"{span.name} {span.outside}" for span in self.spans)
            return self.rule(taboo_text(where, performer, self.spans), allowed)
        span = self.spans[0]
        return self.rule(
            range_text(where, performer, span), f"{span.name} from {span.low:g} to {span.high:g} deg"
        )

    @property
    def limits(self) -> tuple[int, float, float]:
        """(angle index, low, high) of a range [rad]."""
        (span,) = self.spans
        return span.angle, math.radians(span.low), math.radians(span.high)

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
