"""Colours that do not stand together."""

from __future__ import annotations

from rdflib import URIRef

from ritual.culture.nodes import Nodes
from ritual.culture.rulebook import Dance, Rule
from ritual.culture.rules.base import RuleNode
from ritual.culture.vocabulary import RM
from ritual.culture.wording import listed, sentence, the


class ColourPairBan(RuleNode):
    """Two colours do not stand together in a costume."""

    kind = "colour-pair"

    def __init__(self, nodes: Nodes, node: URIRef, dance: URIRef | None = None) -> None:
        super().__init__(nodes, node, dance)
        self.colours = nodes.slugs(node, RM.colour)
        self._meanings = [nodes.label(concept) for concept in nodes.all(node, RM.meaning)]

    def worded(self, dance: Dance) -> Rule:
        nodes = self._nodes
        owners = [f"{nodes.label(group)} costume" for group in nodes.all(self.node, RM.group)]
        owners += [the(nodes.label(n)) for p in (RM.ritual, RM.dance) for n in nodes.all(self.node, p)]
        pair = " and ".join(nodes.label(c) for c in nodes.all(self.node, RM.colour))
        meaning = f": together they signify {listed(self._meanings)}" if self._meanings else ""
        when = "".join(f" {phrase}" for phrase in [listed(self._phrases, "or")] if phrase)
        text = sentence(f"in {listed(owners)}{when} {pair} are not joined{meaning}")
        return self.rule(text, f"either {listed(self.colours, 'or')}, not both")
