"""Symbols and dances: where they have no place, and who wears them."""

from __future__ import annotations

from rdflib import URIRef

from ritual.culture.nodes import Nodes
from ritual.culture.rulebook import Dance, Rule
from ritual.culture.rules.base import ANY, RuleNode
from ritual.culture.vocabulary import RM
from ritual.culture.wording import listed, sentence, the


class Ban(RuleNode):
    """Dances or symbols have no place somewhere."""

    def __init__(self, nodes: Nodes, node: URIRef, dance: URIRef | None = None) -> None:
        super().__init__(nodes, node, dance)
        self.forbidden = tuple(nodes.all(node, RM.forbids))

    def touches(self, things: frozenset[URIRef]) -> bool:
        """Whether one of the things is what it forbids."""
        return any(thing in things for thing in self.forbidden)

    def _names(self) -> list[str]:
        return [the(self._nodes.label(thing)) for thing in self.forbidden]


class OccasionBan(Ban):
    """A dance or a symbol has no place at an occasion."""

    kind = "occasion"

    def worded(self, dance: Dance | None) -> Rule:
        """Says, too, that the dance shows the symbol, where that is why the ban bears on it.

        Args:
            dance: that the ban bears on; None = a symbol by itself is asked about.
        """
        nodes, names = self._nodes, self._names()
        text = f"{listed(names)} {'are' if names[1:] else 'is'} forbidden {listed(self._phrases, 'or')}"
        own = [] if dance is None else nodes.all(URIRef(dance.iri), RM.symbol)
        shown = [thing for thing in self.forbidden if thing in own]
        if shown:
            text += f", and {the(dance.label)} shows {'them' if shown[1:] else 'it'}"
        elif dance is None or URIRef(dance.iri) not in self.forbidden:
            return self.rule(sentence(text), f"a dance without {listed(names, 'or')}")
        left = nodes.phrases([slug for slug in dance.occasions if slug not in self.occasions])
        return self.rule(sentence(text), f"{the(dance.label)} {listed(left, 'or')}" if left else "nothing else")

class SceneBan(Ban):
    """A symbol or a dance is never set in a scene."""

    kind = "symbol-with-scene"

    def __init__(self, nodes: Nodes, node: URIRef, dance: URIRef | None = None) -> None:
        super().__init__(nodes, node, dance)
        self.scenes = frozenset(nodes.all(node, RM.scene))

    def worded(self, _dance: Dance | None = None) -> Rule:
        names, scenes = self._names(), self._nodes.phrases_of(sorted(self.scenes))
        text = f"{listed(names)} {'are' if names[1:] else 'is'} never set {listed(scenes, 'or')}"
        return self.rule(sentence(text), f"{listed(names, 'or')} in another scene, or this scene without")


class WearRule(RuleNode):
    """A symbol is worn by one performer role only."""

    kind = "who-may-wear"

    def __init__(self, nodes: Nodes, node: URIRef, dance: URIRef | None = None) -> None:
        super().__init__(nodes, node, dance)
        self._only_named = nodes.slugs(node, RM.onlyPerformer)
        self.only = nodes.roles(node, RM.onlyPerformer)
        self.symbols = tuple(nodes.all(node, RM.symbol))

    def forbids(self, performer: str, occasion: str | None = ANY) -> bool:
        return performer not in self.only and self.holds(performer, occasion)

    def worded(self, dance: Dance | None) -> Rule:
        names = [the(self._nodes.label(symbol)) for symbol in self.symbols]
        verb = "are" if len(names) > 1 else "is"
        text = sentence(f"{listed(names)} {verb} worn by {listed(self._only_named)} performers only")
        return self.rule(text, f"{listed(names)} on {listed(self._only_named)} costume")
