"""Sentences of rules: data and labels to English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """An open interval of one angle [deg]; infinite where it has no such side.

    Attributes:
        angle: index into `skeleton.ANGLES`.
        name: the angle in words.
        low, high: above `low` and below `high`.
    """

    angle: int
    name: str
    low: float
    high: float

    @property
    def outside(self) -> str:
        """`at most 65 deg`: where the angle may be instead."""
        sides = []
        if self.low > float("-inf"):
            sides.append(f"at most {self.low:g} deg")
        if self.high < float("inf"):
            sides.append(f"at least {self.high:g} deg")
        return " or ".join(sides)

    @property
    def inside(self) -> str:
        """`above 65 deg`: where the angle must not be."""
        sides = []
        if self.low > float("-inf"):
            sides.append(f"above {self.low:g} deg")
        if self.high < float("inf"):
            sides.append(f"below {self.high:g} deg")
        return " and ".join(sides)


def listed(words: Sequence[str], joint: str = "and") -> str:
    """`a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"


def the(name: str) -> str:
    """`the Dai peacock dance`; a name that begins with an article keeps it."""
    return name if name.lower().startswith(("the ", "a ", "an ")) else f"the {name}"


def sentence(text: str) -> str:
    """Capital letter and full stop."""
    return f"{text[0].upper()}{text[1:]}."


def scope(dance: str, phrases: Sequence[str], phases: tuple[float, float] | None = None) -> str:
    """`In the Dai peacock dance at a wedding or at New Year, from 20 to 60 % of its cycle`."""
    where = f" {listed(phrases, 'or')}" if phrases else ""
    when = f", {cycle_part(phases)}" if phases else ""
    return f"In {the(dance)}{where}{when}"


def cycle_part(phases: tuple[float, float]) -> str:
    """`from 20 to 60 % of its cycle`."""
    return f"from {100 * phases[0]:g} to {100 * phases[1]:g} % of its cycle"


def who(performers: Sequence[str]) -> str:
    """`a female performer`; `a performer` where the rule holds for all."""
    return f"a {listed(performers, 'or')} performer" if performers else "a performer"


def range_text(where: str, performer: str, span: Span) -> str:
    return f"{where}, {performer}'s {span.name} stays between {span.low:g} and {span.high:g} deg."


def taboo_text(where: str, performer: str, spans: Sequence[Span]) -> str:
    """One interval says where the angle stays; several say what must not be held together."""
    if len(spans) > 1:
        together = " together with ".join(f"{span.name} {span.inside}" for span in spans)
        return f"{where}, {performer} does not hold {together}."
    span = spans[0]
    if span.low == float("-inf"):
        return f"{where}, {performer}'s {span.name} stays at or above {span.high:g} deg."
    if span.high == float("inf"):
        return f"{where}, {performer}'s {span.name} stays at or below {span.low:g} deg."
    return f"{where}, {performer}'s {span.name} is never between {span.low:g} and {span.high:g} deg."
