"""The kinds of rule: read from their nodes, asked whether they hold, and put into words.

A new kind is one class in one of these files, one line in `compiling.DanceRules`, one shape and one test.
"""

from ritual.culture.rulebook import Rule
from ritual.culture.rules.angles import AngleRule
from ritual.culture.rules.base import ANY, RuleNode
from ritual.culture.rules.colours import ColourPairBan
from ritual.culture.rules.meanings import ContextualMeaning, ShapeMeaning
from ritual.culture.rules.movement import RotationRule, TrajectoryBinding
from ritual.culture.rules.performing import PerformerRule, dance_statements
from ritual.culture.rules.permissions import Permission
from ritual.culture.rules.symbols import OccasionBan, SceneBan, WearRule

__all__ = [
    "ANY",
    "AngleRule",
    "ColourPairBan",
    "ContextualMeaning",
    "OccasionBan",
    "PerformerRule",
    "Permission",
    "RotationRule",
    "RuleNode",
    "SceneBan",
    "ShapeMeaning",
    "TrajectoryBinding",
    "WearRule",
    "dance_statements",
    "in_order",
]

KINDS = (
    "who-may-perform",
    "occasion",
    "community-permission",
    "joint-angle-domain",
    "direction-of-rotation",
    "symbol-with-movement",
    "symbol-with-scene",
    "who-may-wear",
    "colour-pair",
    "contextual-meaning",
    "meaning-by-shape",
)


def in_order(rules: list[Rule]) -> tuple[Rule, ...]:
    """Without repetitions, kind by kind, then by IRI."""
    return tuple(sorted(dict.fromkeys(rules), key=lambda rule: (KINDS.index(rule.kind), rule.iri)))
