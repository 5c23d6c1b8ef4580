"""May this costume, or this texture, be shown here? Colours and patterns against a rulebook's dress code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from ritual.culture.colour import nearest_colour
from ritual.culture.refusing import refused
from ritual.culture.rulebook import Costume, DressBreach, DressCode, Rulebook

_HEX = re.compile("#[0-9a-fA-F]{6}")
_COLOURS = ("robe", "trim", "sash", "sleeve", "garment_colour", "headdress_colour")


def costume_breaches(costume: Costume, code: DressCode) -> list[DressBreach]:
    """What a costume shows that the rules do not allow."""
    return breaches([getattr(costume, name) for name in _COLOURS], costume.patterns, code)


def table_breaches(table: dict, code: DressCode) -> list[DressBreach]:
    """As `costume_breaches`, of the plain table that travels with a clip (`meta["costume"]`); what is no colour and no
    name in it is passed over."""
    colours = [value for name in _COLOURS if _HEX.fullmatch(value := str(table.get(name)))]
    patterns = table.get("patterns")
    return breaches(colours, map(str, patterns) if isinstance(patterns, list | tuple) else (), code)


def breaches(colours: Iterable[str], patterns: Iterable[str], code: DressCode) -> list[DressBreach]:
    """What a choice of colours and patterns breaks.

    Args:
        colours: sRGB, `#rrggbb`, that stand together.
        patterns: slugs of symbols.
        code: of the rulebook.
    """
    prototypes = dict(code.prototypes)
    names = {nearest_colour(colour, prototypes): colour for colour in sorted(colours)}
    found = [
        DressBreach(" and ".join(f"{name} ({names[name]})" for name in pair), rule)
        for pair, rule in code.pairs
        if {*pair} <= {*names}
    ]
    shown = {*patterns}
    return found + [DressBreach(slug, rule) for slug, rule in code.patterns if slug in shown]


def dressed(book: Rulebook, patterns: tuple[str, ...]) -> Rulebook:
    """The rulebook with further patterns on its costume, before those that the graph gives it.

    Args:
        book: of the dance, the performer and the occasion.
        patterns: slugs of symbols.

    Raises:
        Refused: a rule takes one of them off.
    """
    if found := breaches((), patterns, book.dress_code):
        raise refused(breach.rule for breach in found)
    shown = tuple(dict.fromkeys((*patterns, *book.costume.patterns)))
    return replace(book, costume=replace(book.costume, patterns=shown))
