"""What a community does not permit (ODRL): its own say over its dances and symbols."""

from __future__ import annotations

from rdflib import URIRef

from ritual.culture.nodes import Nodes
from ritual.culture.rulebook import Dance, Rule
from ritual.culture.vocabulary import ODRL
from ritual.culture.wording import listed, sentence, the


class Permission:
    """One odrl:Prohibition of a community's odrl:Policy; it knows no exceptions.

    Attributes:
        targets: dances and symbols.
        action: `derive` (no motion is made of it) or `display` (it is not shown on a costume).
    """

    kind = "community-permission"

    def __init__(self, nodes: Nodes, node: URIRef, policy: URIRef) -> None:
        self.node, self._nodes, self._policy = node, nodes, policy
        self.targets = frozenset(nodes.all(node, ODRL.target))
        self.action = str(nodes.data.value(node, ODRL.action)).removeprefix(ODRL)

    def worded(self, _dance: Dance | None = None) -> Rule:
        nodes, policy = self._nodes, self._policy
        names = [the(nodes.label(target)) for target in sorted(self.targets)]
        community = nodes.attributed(policy)
        done = "is made into motion" if self.action == "derive" else "is shown on a costume"
        text = sentence(f"{community} does not permit that {listed(names, 'or')} {done}")
        allowed = f"a motion without {listed(names, 'or')}, or with leave of {community}"
        return Rule(
            str(self.node), self.kind, text, nodes.source(policy), nodes.review(policy), allowed, nodes.label(policy)
        )
