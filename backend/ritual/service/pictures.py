"""What a picture is, and whether it may be worn: the memory of patterns loaded once, when it is first asked."""

from __future__ import annotations

import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ritual.errors import BadInput, nearest
from ritual.service.contract import Message

if TYPE_CHECKING:  # torch: the server answers while it is imported
    from ritual.culture.graph import Graph
    from ritual.memory.weights import Memory
    from ritual.pictures.reading import Picture


class PictureQuery(Message):
    """Where a picture is seen, in slugs (`occasion` may be a part of dress, too); None = nothing is said.

    `name`: what messages call it.
    """

    occasion: str | None = None
    performer: str | None = None
    group: str | None = None
    name: str = "The picture"


class LikelyReply(Message):
    """A slug, its name, and how sure the memory is, 0..1."""

    slug: str
    label: str
    confidence: float


class SymbolReply(LikelyReply):
    """A symbol that the picture may show.

    `groups`: names of the peoples whose it is. `meanings`: what the graph says that it means in that query.
    """

    groups: list[str]
    meanings: list[str]


class PrototypeReply(Message):
    """A prototype that the picture is like; `picture`: a small PNG in base64, empty where the memory carries none."""

    name: str
    form: str
    group: str
    likeness: float
    picture: str = ""


class PictureReply(Message):
    """POST /v1/pictures/describe: what a picture is, as `ritual memory describe` says it.

    `descriptors`: Table 1 by name. `folds`: of its rotation; 1 = none. `concepts`: by occasion or part of dress, the
    empty name first: nothing said. `taboos`: (slug of a symbol, sentence) of every rule on one of `symbols`.
    """

    notes: list[str]
    descriptors: dict[str, float]
    folds: int
    form: list[LikelyReply]
    prototypes: list[PrototypeReply]
    concepts: dict[str, list[LikelyReply]]
    symbols: list[SymbolReply]
    taboos: list[tuple[str, str]]


class DressRequest(Message):
    """POST /v1/patterns/check: may these symbols (slugs) stand on the costume? An error with code `refused`: no."""

    dance: str
    performer: str | None = None
    occasion: str | None = None
    patterns: tuple[str, ...]


class DressReply(Message):
    """The dance, its performer and occasion as they are understood, and all patterns of the costume with their names:
    those that were asked about, then its own."""

    dance: str
    performer: str
    occasion: str
    patterns: list[str]
    names: dict[str, str]


class Eye:
    """Looks at pictures; may be asked from any thread, and looks at one at a time.

    Args:
        weights: of the memory; None = what ships.
    """

    def __init__(self, weights: Path | None = None) -> None:
        self._weights = weights
        self._memory: Memory | None = None
        self._looking = threading.Lock()

    def describe(self, data: bytes, query: PictureQuery, graph: Graph) -> PictureReply:
        """What a picture is.

        Args:
            data: an image file's bytes.
            query: where it is seen.
            graph: as it stands now.

        Raises:
            BadInput: there is no memory, the picture cannot be read, or the graph knows no such query.
        """
        _see_that_it_is_known(query, graph)
        from ritual.pictures.reading import read_bytes

        picture = read_bytes(data, query.name)
        with self._looking:
            return self._described(picture, query, graph)

    def _described(self, picture: Picture, query: PictureQuery, graph: Graph) -> PictureReply:
        from ritual.memory.describe import describe_picture

        memory = self._loaded()
        met = query.occasion in memory.names.contexts
        contexts = [memory.names.context(query.occasion)] if met else [] if query.occasion else None
        told = describe_picture(memory, graph, picture, contexts)
        notes = list(told.notes)
        if contexts == []:
            notes.append(f"the memory has met no pictures at or on '{query.occasion}'")
        plain = asdict(told)
        return PictureReply(
            notes=notes,
            descriptors=told.descriptors,
            folds=told.folds,
            form=plain["form"],
            prototypes=[_kept(PrototypeReply, prototype) for prototype in told.prototypes],
            concepts=plain["concepts"],
            symbols=[_symbol(likely, query, graph) for likely in plain["symbols"]],
            taboos=list(told.taboos),
        )

    def _loaded(self) -> Memory:
        if self._memory is None:
            from ritual.memory.weights import read_memory

            self._memory = read_memory(self._weights)
        return self._memory


def check_dress(request: DressRequest, graph: Graph) -> DressReply:
    """Whether symbols may stand on a costume.

    Raises:
        BadInput: an unknown dance, performer, occasion or symbol.
        Refused: a rule forbids it.
    """
    book = graph.rulebook(request.dance, request.performer, request.occasion)
    book = graph.dressed(book, request.patterns)
    symbols, names = graph.lexicon.things("symbol"), _names(graph, "symbol")
    patterns = book.costume.patterns
    return DressReply(
        dance=book.dance.slug,
        performer=book.performer,
        occasion=book.occasion,
        patterns=list(patterns),
        names={slug: names[symbols[slug]] for slug in patterns},
    )


def _symbol(likely: dict[str, Any], query: PictureQuery, graph: Graph) -> SymbolReply:
    from ritual.culture.meaning import Context

    slug = likely["slug"]
    dress = graph.lexicon.things("part of dress")
    worn_on = query.occasion if query.occasion in dress else None
    context = Context(None if worn_on else query.occasion, query.performer, query.group, worn_on)
    (meaning,) = graph.meanings(slug, context)
    groups, names = graph.lexicon.things("group"), _names(graph, "group")
    return SymbolReply(
        **likely,
        groups=[names[groups[group]] for group in graph.lexicon.groups_of(slug)],
        meanings=list(meaning.meanings),
    )


def _names(graph: Graph, kind: str) -> dict[str, str]:
    """English names of the graph's groups or symbols, by IRI."""
    return {label.iri: label.english for label in graph.labels() if label.kind == kind}


def _see_that_it_is_known(query: PictureQuery, graph: Graph) -> None:
    """Raises: BadInput: the graph knows no such occasion, performer or group; names the nearest."""
    things = graph.lexicon.things
    for what, slug, known in (
        ("occasion", query.occasion, things("occasion") | things("part of dress")),
        ("performer", query.performer, graph.performers()),
        ("group", query.group, things("group")),
    ):
        if slug is not None and slug not in known:
            raise BadInput(f"Unknown {what} '{slug}'.", hint=nearest(slug, known))


def _kept(kind: type[PrototypeReply], told: dict[str, Any]) -> PrototypeReply:
    """The fields of a prototype that cross the wire."""
    return kind(**{name: told[name] for name in kind.model_fields if name in told})
