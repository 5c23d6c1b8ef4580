"""Who may perform a dance, and what a dance's own node says of it."""

from __future__ import annotations

from ritual.culture.nodes import Nodes
from ritual.culture.rulebook import Dance, Rule
from ritual.culture.rules.base import RuleNode
from ritual.culture.vocabulary import RM
from ritual.culture.wording import listed, sentence, the


class PerformerRule(RuleNode):
    """A dance is not given to a performer role."""

    kind = "who-may-perform"
    _performer_property = RM.forbidsPerformer

    def worded(self, dance: Dance) -> Rule:
        others = [p for p in dance.performers if p not in self.performers]
        where = "".join(f" {phrase}" for phrase in [listed(self._phrases, "or")] if phrase)
        text = sentence(f"{the(dance.label)} is not given to {listed(self.named_performers, 'or')} performers{where}")
        return self.rule(text, f"{listed(others)} performers" if others else "no performer")


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
