"""From rules to the error that says what they forbid, whence they are, and what is allowed."""

from __future__ import annotations

from collections.abc import Iterable

from ritual.culture.rulebook import Rule
from ritual.errors import Refused


def refused(rules: Iterable[Rule]) -> Refused:
    """The refusal that these rules make together; each is told once."""
    rules = list(dict.fromkeys(rules))
    refusals = [
        {
            "rule": rule.iri,
            "text": rule.text,
            "source": rule.source.citation,
            "allowed": rule.allowed,
            "review": rule.review,
        }
        for rule in rules
    ]
    message = " ".join(rule.text for rule in rules)
    allowed = "; ".join(dict.fromkeys(rule.allowed for rule in rules))
    return Refused(message, refusals, hint=f"Allowed: {allowed}.")
