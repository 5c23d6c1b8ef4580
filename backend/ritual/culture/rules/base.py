"""What every rule has: where it holds, what lifts it, and the words of both."""

from __future__ import annotations

from rdflib import URIRef

from ritual.culture.nodes import Nodes
from ritual.culture.rulebook import Rule
from ritual.culture.vocabulary import RM
from ritual.culture.wording import listed, the

ANY = None  # "whatever the performer", "whatever the occasion": what `explain` asks


class RuleNode:
    """A rule of the graph, read for one dance.

    `performers` or `occasions` empty = everywhere. A rule on a performer role holds for the narrower roles, too. An
    rm:Exception whose scope covers the dance lifts the rule where its own performers and occasions say.

    Args:
        nodes: the graph.
        node: the rule.
        dance: that the rule is asked about; None = a rule by itself, which no exception for a dance lifts.
    """

    kind = ""
    _performer_property = RM.performer

    def __init__(self, nodes: Nodes, node: URIRef, dance: URIRef | None = None) -> None:
        self.node, self._nodes, self._dance = node, nodes, dance
        self.named_performers = nodes.slugs(node, self._performer_property)
        self.performers = nodes.roles(node, self._performer_property)
        self.occasions = nodes.slugs(node, RM.occasion)
        self._phrases = nodes.phrases(self.occasions)
        lifting = (Lifting(nodes, e) for e in sorted(nodes.data.subjects(RM.exceptionTo, node)))
        self.exceptions = [exception for exception in lifting if exception.covers(dance)]

    def holds(self, performer: str | None = ANY, occasion: str | None = ANY) -> bool:
        """Whether the rule holds; of ANY performer: for somebody, at ANY occasion: somewhere."""
        if not _within(performer, self.performers) or not _within(occasion, self.occasions):
            return False
        return not any(exception.lifts(performer, occasion) for exception in self.exceptions)

    def rule(self, text: str, allowed: str) -> Rule:
        """The rule as a message, its exceptions told after it."""
        nodes, node = self._nodes, self.node
        text = " ".join((text, *(exception.text() for exception in self.exceptions)))
        return Rule(
            str(node), self.kind, text, nodes.source(node), nodes.review(node), allowed, nodes.label(node)
        )


class Lifting:
    """An rm:Exception: where the rule that it names does not hold."""

    def __init__(self, nodes: Nodes, node: URIRef) -> None:
        self.node, self._nodes = node, nodes
        self.named_performers = nodes.slugs(node, RM.performer)
        self.performers, self.occasions = nodes.roles(node, RM.performer), nodes.slugs(node, RM.occasion)

    def covers(self, dance: URIRef | None) -> bool:
        """Whether the exception bears on the dance at all."""
        return not self._nodes.scoped(self.node) or (dance is not None and self._nodes.in_scope(self.node, dance))

    def lifts(self, performer: str | None, occasion: str | None) -> bool:
        """Whether it lifts the rule for this performer at this occasion; of ANY: for all of them."""
        return (not self.performers or performer in self.performers) and (
            not self.occasions or occasion in self.occasions
        )

    def text(self) -> str:
        """`It does not hold for male performers at a wedding (general knowledge).`"""
        nodes = self._nodes
        where = [the(nodes.label(owner)) for owner in nodes.scoped(self.node)]
        parts = [f"in {listed(where, 'or')}"] if where else []
        parts += [f"for {listed(self.named_performers, 'or')} performers"] if self.named_performers else []
        parts += [listed(nodes.phrases(self.occasions), "or")] if self.occasions else []
        return f"It does not hold {' '.join(parts)} ({nodes.source(self.node).label})."


def _within(value: str | None, allowed: tuple[str, ...]) -> bool:
    return value is ANY or not allowed or value in allowed
