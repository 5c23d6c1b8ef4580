"""What somebody says of a picture, in three dimensions, and whether the graph knows those words.

Form (what is drawn), meaning (symbol, concepts, the occasion or part of dress, and where the pattern has no place), and
geography (the people, and latitude and longitude). Source: spec §3 (M §3.1).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ritual.culture.graph import Graph
from ritual.culture.meaning import Context
from ritual.errors import BadInput, nearest
from ritual.pictures.balance import principal, shares


@dataclass(frozen=True)
class Claim:
    """One row or one node, as it stands there.

    Attributes:
        where: `labels.csv:12`, for messages.
        file: path of the picture as it is written.
        words: by field: title, type, form, symbol, group, occasion, worn_on, latitude, longitude, sha256.
        concepts, taboos, tags: the fields that may hold several.
    """

    where: str
    file: str
    words: dict[str, str] = field(default_factory=dict)
    concepts: tuple[str, ...] = ()
    taboos: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Annotation:
    """A claim that holds together. Slugs are of the graph; empty = nobody says.

    Attributes:
        path: of the picture.
        title, type, tags: free words of whoever collected it.
        form, symbol, group, occasion, worn_on: slugs.
        concept, concepts: what it means: as it is annotated, else what the graph says of the symbol there.
        taboos: slugs of occasions and scenes where it has no place.
        place: latitude and longitude [deg]: as annotated, else where its people live, else None.
        level: taboo level of the symbol from 0 to 1; 0 where no symbol is named.
    """

    path: Path
    title: str = ""
    type: str = ""
    tags: tuple[str, ...] = ()
    form: str = ""
    symbol: str = ""
    group: str = ""
    concept: str = ""
    concepts: tuple[str, ...] = ()
    occasion: str = ""
    worn_on: str = ""
    taboos: tuple[str, ...] = ()
    place: tuple[float, float] | None = None
    level: float = 0.0


_KINDS = {
    "form": "form",
    "symbol": "symbol",
    "group": "group",
    "occasion": "occasion",
    "worn_on": "part of dress",
}


class Annotator:
    """Turns claims into annotations with the words of one graph."""

    def __init__(self, graph: Graph) -> None:
        self._words = graph.lexicon
        self._known = {kind: self._words.things(kind) for kind in (*_KINDS.values(), "concept", "scene")}
        self._shares = shares(graph.patterns)

    def annotation(self, claim: Claim, path: Path) -> Annotation:
        """
        Raises:
            BadInput: a word that the graph does not know, a symbol of another people, a place that is none; names the
                row and the nearest word.
        """
        words = {name: claim.words.get(name, "") for name in _KINDS}
        for name, kind in _KINDS.items():
            self._knows(claim, kind, words[name])
        for concept in claim.concepts:
            self._knows(claim, "concept", concept)
        for taboo in claim.taboos:
            self._knows(claim, "occasion or scene", taboo, self._known["occasion"] | self._known["scene"])
        group = self._group(claim, words["symbol"], words["group"])
        concepts = claim.concepts or self._meaning(words, group)
        return Annotation(
            path=path,
            title=claim.words.get("title", ""),
            type=claim.words.get("type", ""),
            tags=claim.tags,
            form=words["form"],
            symbol=words["symbol"],
            group=group,
            concept=principal(concepts, self._shares) if concepts else "",
            concepts=concepts,
            occasion=words["occasion"],
            worn_on=words["worn_on"],
            taboos=tuple(sorted({*claim.taboos, *self._bans(words["symbol"])})),
            place=self._place(claim, group),
            level=self._words.taboo_level(words["symbol"]) if words["symbol"] else 0.0,
        )

    def _knows(self, claim: Claim, kind: str, slug: str, known: dict[str, str] | None = None) -> None:
        known = self._known[kind] if known is None else known
        if slug and slug not in known:
            raise BadInput(f"{claim.where}: the graph knows no {kind} '{slug}'.", hint=nearest(slug, known))

    def _bans(self, symbol: str) -> tuple[str, ...]:
        return self._words.bans(symbol) if symbol else ()

    def _group(self, claim: Claim, symbol: str, group: str) -> str:
        """The people that is named, else the one that the symbol belongs to, where it is one."""
        owners = self._words.groups_of(symbol) if symbol else ()
        if group and owners and group not in owners:
            raise BadInput(
                f"{claim.where}: '{symbol}' is a symbol of {' and '.join(owners)}, not of {group}.",
                hint="Leave one of the two out, or describe the other people's symbol in the graph.",
            )
        return group or (owners[0] if len(owners) == 1 else "")

    def _meaning(self, words: dict[str, str], group: str) -> tuple[str, ...]:
        if not words["symbol"]:
            return ()
        occasion, worn_on = words["occasion"] or None, words["worn_on"] or None
        return self._words.concepts(words["symbol"], Context(occasion=occasion, worn_on=worn_on, group=group or None))

    def _place(self, claim: Claim, group: str) -> tuple[float, float] | None:
        latitude, longitude = claim.words.get("latitude", ""), claim.words.get("longitude", "")
        if not latitude and not longitude:
            return self._words.place_of(group) if group else None
        try:
            place = float(latitude), float(longitude)
        except ValueError:
            place = (float("nan"), 0.0)
        if not (-90 <= place[0] <= 90 and -180 <= place[1] <= 180):
            raise BadInput(
                f"{claim.where}: '{latitude}, {longitude}' is no place.",
                hint="Latitude from -90 to 90 and longitude from -180 to 180 degrees, both or neither.",
            )
        return place
