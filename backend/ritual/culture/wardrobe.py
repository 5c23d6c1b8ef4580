"""May this costume, or this texture, be shown here? Colours and patterns against a rulebook's dress code."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ritual.culture.colour import nearest_colour
from ritual.culture.rulebook import Costume, DressBreach, DressCode

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
