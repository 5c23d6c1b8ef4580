"""May this picture be shown here? What came out, its colours and the symbols in it, against what the graph forbids.

No rule is written here: names of colours, pairs that do not stand together and symbols that have no place come from the
graph, as for a costume. A colour counts where it covers a part of the picture that nobody overlooks. A symbol is what
the memory of patterns takes the picture for, with how sure it is: where it is very sure a rule refuses the picture,
else the rule is told as a warning.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from ritual.culture.colour import colour_shares
from ritual.culture.graph import Graph
from ritual.culture.refusing import refused
from ritual.culture.rulebook import DressCode, Rule
from ritual.errors import BadInput, nearest
from ritual.memory.describe import Likely, describe_picture
from ritual.memory.weights import Memory, read_memory
from ritual.pictures.reading import Picture

SHOWS = 0.05
"""Share of a picture from which a colour counts as shown."""
SURE = 0.8
"""Likeness, 0..1, from which a symbol counts as shown; what is less sure is a warning."""
_SIDE = 1024


@dataclass(frozen=True)
class Place:
    """Where a picture will be seen, in slugs; None = nothing is said of it. A dance says its group."""

    dance: str | None = None
    group: str | None = None
    occasion: str | None = None
    performer: str | None = None

    def __bool__(self) -> bool:
        return any((self.dance, self.group, self.occasion, self.performer))


@dataclass(frozen=True)
class Finding:
    """A rule that bears on the picture.

    Attributes:
        what: what it shows, in words. rule: in words, with its source. refuses: whether it keeps the picture out.
    """

    what: str
    rule: Rule
    refuses: bool

    def to_dict(self) -> dict:
        """JSON-able."""
        rule = self.rule
        return {
            "what": self.what, "rule": rule.iri, "text": rule.text, "source": rule.source.citation,
            "allowed": rule.allowed, "review": rule.review, "refuses": self.refuses,
        }  # fmt: skip

    def told(self) -> str:
        """`Black 41 % and yellow 22 %: In the Munao song ... (source).`"""
        return f"{self.what}: {self.rule.text} ({self.rule.source.citation})"


@dataclass(frozen=True)
class Judgement:
    """What a picture shows and what the rules say of it.

    Attributes:
        colours: name -> share, 0..1, of those that count. symbols: that it may show. findings: refusals first.
    """

    colours: dict[str, float]
    symbols: tuple[Likely, ...]
    findings: tuple[Finding, ...]

    def raise_refusal(self) -> None:
        """Raises: Refused: a rule keeps the picture out; tells each."""
        if rules := [finding.rule for finding in self.findings if finding.refuses]:
            raise refused(rules)

    def to_dict(self) -> dict:
        """JSON-able."""
        return {
            "colours": {name: round(share, 3) for name, share in self.colours.items()},
            "symbols": [{"slug": one.slug, "label": one.label, "confidence": one.confidence} for one in self.symbols],
            "findings": [finding.to_dict() for finding in self.findings],
        }


class Glance:
    """What is kept of a picture whose rows pass by: every n-th pixel, enough to see colours and symbols."""

    def __init__(self, height: int, width: int) -> None:
        self._step, self._top = max(1, -(-max(height, width) // _SIDE)), 0
        self._kept: list[np.ndarray] = []

    def __call__(self, rows: np.ndarray) -> None:
        """The next (h, W, 3|4) uint8 rows."""
        self._kept.append(rows[-self._top % self._step :: self._step, :: self._step])
        self._top += len(rows)

    @property
    def pixels(self) -> np.ndarray:
        """(h, w, 4) uint8."""
        seen = np.concatenate(self._kept)
        if seen.shape[2] == 4:
            return seen
        return np.dstack([seen, np.full(seen.shape[:2], 255, np.uint8)])


class Judge:
    """Asks the rules of one place.

    Args:
        memory: of patterns; None = the one that ships, read when the first picture needs it.

    Raises:
        BadInput: the graph knows no such dance, group, occasion or performer.
    """

    def __init__(self, graph: Graph, place: Place, memory: Memory | None = None) -> None:
        self.graph, self.code, self._given = graph, _code_of(graph, place), memory

    def judge(self, pixels: np.ndarray) -> Judgement:
        """Args: pixels: (h, w, 4) uint8, the picture or enough of it (see `Glance`)."""
        seen = pixels[pixels[..., 3] > 127][:, :3]
        prototypes = dict(self.code.prototypes)
        shares = colour_shares(seen, prototypes) if len(seen) else {}
        shown = {name: share for name, share in shares.items() if share >= SHOWS}
        symbols = self._symbols(pixels)
        findings = [*_of_colours(shown, self.code), *_of_symbols(symbols, self.code)]
        each = {(f.what, f.rule.iri): f for f in findings}
        return Judgement(shown, symbols, tuple(sorted(each.values(), key=lambda f: not f.refuses)))

    def _symbols(self, pixels: np.ndarray) -> tuple[Likely, ...]:
        if not self.code.patterns:
            return ()  # no symbol is forbidden here: nobody needs to know which it is
        picture = Picture(pixels.astype(np.float32) / 255, Path("the picture"))
        return describe_picture(self._memory, self.graph, picture, []).symbols

    @cached_property
    def _memory(self) -> Memory:
        return self._given or read_memory()


def _of_colours(shown: dict[str, float], code: DressCode) -> list[Finding]:
    return [
        Finding(" and ".join(f"{name} {shown[name]:.0%}" for name in pair).capitalize(), rule, True)
        for pair, rule in code.pairs
        if {*pair} <= {*shown}
    ]


def _of_symbols(symbols: tuple[Likely, ...], code: DressCode) -> list[Finding]:
    likely = {one.slug: one for one in symbols}
    return [
        Finding(f"{likely[slug].label.capitalize()}, likeness {likely[slug].confidence:.2f}", rule,
                likely[slug].confidence >= SURE)
        for slug, rule in code.patterns
        if slug in likely
    ]  # fmt: skip


def _code_of(graph: Graph, place: Place) -> DressCode:
    """Of the dance, or what all dances of the group have in common; of the graph where nothing narrower is said."""
    groups = graph.lexicon.things("group")
    if place.group is not None and place.group not in groups:
        raise BadInput(f"Unknown group '{place.group}'.", hint=nearest(place.group, groups))
    if place.dance is not None:
        own = graph.dance(place.dance)
        if place.group not in (None, own.group):
            raise BadInput(f"The dance '{place.dance}' is of the group '{own.group}', not of '{place.group}'.")
        return _code(graph, place.dance, place)
    dances = [dance.slug for dance in graph.dances() if place.group in (None, dance.group)]
    if not dances:
        raise BadInput(f"The graph knows no dance of the group '{place.group}', and so no rule.", hint="Name a dance.")
    return _shared([_code(graph, dance, place) for dance in dances], place)


def _shared(codes: list[DressCode], place: Place) -> DressCode:
    """Where no dance is said: the symbols that none of the dances may show; the colours of the people at any of them,
    but no people's where none is said."""
    everywhere = set.intersection(*({(slug, rule.iri) for slug, rule in code.patterns} for code in codes))
    pairs = [pair for code in codes for pair in code.pairs] if place.group else []
    patterns = [(slug, rule) for slug, rule in codes[0].patterns if (slug, rule.iri) in everywhere]
    return DressCode(codes[0].prototypes, tuple(pairs), tuple(patterns))


def _code(graph: Graph, dance: str, place: Place) -> DressCode:
    code = graph.dress_code(dance, place.performer, place.occasion)
    told = tuple((slug, rule) for slug, rule in code.patterns if place.performer or rule.kind != "who-may-wear")
    return DressCode(code.prototypes, code.pairs, told)
