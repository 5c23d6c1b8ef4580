"""The knowledge graph: load it, see that it holds together, and ask it for dances, rules and rulebooks."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import rdflib
from rdflib import URIRef

from ritual.culture import cache
from ritual.culture.checks import stages
from ritual.culture.compiling import DanceRules
from ritual.culture.focus import focus_of_change
from ritual.culture.lexicon import Lexicon
from ritual.culture.meaning import Context, Meaning, meaning_of
from ritual.culture.nodes import Nodes
from ritual.culture.patterns import Pattern, patterns
from ritual.culture.problems import raise_first
from ritual.culture.refusing import refused
from ritual.culture.rulebook import Dance, DressCode, Occasion, ReferenceMotion, Rule, Rulebook
from ritual.culture.structure import twice_described
from ritual.culture.taboo_level import taboo_levels
from ritual.culture.turtle import parse, read_folder
from ritual.culture.vocabulary import RM
from ritual.culture.wardrobe import dressed
from ritual.errors import BadInput, nearest
from ritual.resources import resource

_NAMED_KINDS = (
    ("group", RM.Group),
    ("dance", RM.Dance),
    ("symbol", RM.Symbol),
    ("occasion", RM.Occasion),
    ("scene", RM.Scene),
    ("performer", RM.PerformerRole),
)


class Label(NamedTuple):
    """A name by which a text may mean a node; `english` is the node's preferred English name."""

    label: str
    language: str
    kind: str
    iri: str
    english: str


class Graph:
    """A knowledge graph that has passed every check. Made by `load_graph`; never changes.

    Attributes:
        texts: the files that it was read from, by their path in the folder.
    """

    def __init__(self, nodes: Nodes, texts: dict[str, str]) -> None:
        self._nodes, self.texts = nodes, texts
        self._dances = {nodes.slug(node): node for node in nodes.of_type(RM.Dance)}
        self._compiled: dict[str, DanceRules] = {}
        self._occasions = {o.slug: o for o in map(nodes.occasion, nodes.of_type(RM.Occasion))}
        self._performers = sorted(map(nodes.slug, nodes.of_type(RM.PerformerRole)))

    @property
    def triples(self) -> rdflib.Graph:
        """The triples themselves, for queries; not to be changed."""
        return self._nodes.data

    def dances(self) -> list[Dance]:
        """Every dance, by slug."""
        return [self._nodes.dance(self._dances[slug]) for slug in sorted(self._dances)]

    def occasions(self) -> list[Occasion]:
        """Every occasion, by slug."""
        return [self._occasions[slug] for slug in sorted(self._occasions)]

    def performers(self) -> list[str]:
        """Slug of every performer role."""
        return self._performers

    def labels(self) -> list[Label]:
        """Every name of every group, dance, symbol, occasion and performer, in every language."""
        return list(self._labels)

    @cached_property
    def _labels(self) -> tuple[Label, ...]:
        nodes = self._nodes
        return tuple(
            Label(name, language, kind, str(node), nodes.label(node))
            for kind, cls in _NAMED_KINDS
            for node in nodes.of_type(cls)
            for name, language in nodes.names(node)
        )

    def dance(self, slug: str) -> Dance:
        """Raises: BadInput: no such dance; names the nearest."""
        return self._rules(slug).dance

    def explain(
        self, slug: str, performer: str | None = None, occasion: str | None = None
    ) -> tuple[Rule, ...]:
        """Every rule that bears on the dance; None = for every performer, on every occasion.

        Raises:
            BadInput: an unknown dance, performer or occasion.
        """
        rules = self._rules(slug)
        self._known(performer, occasion)
        return rules.rules(performer, occasion)

    def reference_motions(self, slug: str, performer: str | None = None) -> tuple[ReferenceMotion, ...]:
        """The motion capture that the dance points to, whether it is there or not; None = of every performer.

        Raises:
            BadInput: an unknown dance or performer.
        """
        rules = self._rules(slug)
        self._known(performer, None)
        return rules.reference_motions(performer)

    def meanings(self, name: str, context: Context | None = None) -> list[Meaning]:
        """What a symbol or a colour means in a context, and why; each that goes by the name (`dragon`) is answered.

        Args:
            name: slug, words of a slug after its first (`dragon` for `yi-dragon`), or a name in any language.
            context: what is known of the occasion.

        Raises:
            BadInput: no such symbol; an unknown occasion, performer, group, part of dress or measure.
        """
        nodes, context = self._nodes, context or Context()
        self._known(context.performer, context.occasion)
        nodes.known(context.group, RM.Group, "group")
        nodes.known(context.worn_on, RM.DressPart, "part of dress")
        for measure in context.measures:
            nodes.known(measure, RM.Measure, "measure")
        found = nodes.find(name, (RM.Symbol, RM.Colour), context.group)
        return [meaning_of(nodes, thing, context) for thing in found]

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """Every symbol that can be drawn, with its look and its meanings, by slug."""
        return patterns(self._nodes, taboo_levels(self.triples).deltas())

    @cached_property
    def lexicon(self) -> Lexicon:
        """Look-ups by slug."""
        return Lexicon(self._nodes)

    def rulebook(
        self,
        dance: str,
        performer: str | None = None,
        occasion: str | None = None,
        *,
        mentioned: Iterable[str] = (),
    ) -> Rulebook:
        """What the culture allows here.

        Args:
            dance: slug.
            performer: slug of a role, such as `female` or `male`; None = the dance's default.
            occasion: slug; None = the dance's default. One that the dance does not list is allowed
                unless a rule forbids it; the rulebook then says that the graph is silent.
            mentioned: IRIs of symbols and scenes that the prompt names (see `labels`); a rule on one of them
                refuses the brief as well, and a pattern that has no place in a scene is taken off the costume.

        Raises:
            BadInput: an unknown dance, performer or occasion.
            Refused: a rule forbids it; carries each rule, its source and what is allowed.
        """
        rules = self._rules(dance)
        self._known(performer, occasion)
        performer = performer or rules.dance.default_performer
        occasion = occasion or rules.dance.default_occasion
        if refusals := rules.refusals(performer, occasion, mentioned):
            raise refused(refusals)
        return rules.rulebook(performer, occasion, mentioned)

    def dress_code(self, dance: str, performer: str | None = None, occasion: str | None = None) -> DressCode:
        """What a picture may not show there, whether or not the dance itself may be performed.

        Args:
            dance: slug. performer: slug; None = whoever.
            occasion: slug; None = none is said: only rules that hold at every one count.

        Raises:
            BadInput: an unknown dance, performer or occasion.
        """
        rules = self._rules(dance)
        self._known(performer, occasion)
        return rules.dress_code(performer, occasion or "")

    def dressed(self, book: Rulebook, patterns: Iterable[str]) -> Rulebook:
        """The rulebook with further patterns on its costume, before those that the graph gives it.

        Args:
            book: of the dance, the performer and the occasion.
            patterns: slugs of symbols.

        Raises:
            BadInput: no such symbol.
            Refused: a rule takes one of them off.
        """
        known, patterns = self.lexicon.things("symbol"), tuple(patterns)
        for slug in patterns:
            if slug not in known:
                raise BadInput(f"Unknown symbol '{slug}'.", hint=nearest(slug, known))
        return dressed(book, patterns)

    def slug(self, iri: str) -> str:
        """Raises: BadInput: the graph has no such node, or it has no slug."""
        slug = self.triples.value(URIRef(iri), RM.slug)
        if slug is None:
            raise BadInput(f"The knowledge graph has no slug for '{iri}'.")
        return str(slug)

    def _rules(self, slug: str) -> DanceRules:
        if slug not in self._dances:
            raise BadInput(
                f"Unknown dance '{slug}'.", hint=nearest(slug, self._dances), code="unknown_dance"
            )
        if slug not in self._compiled:  # two threads may both do it, to the same end
            self._compiled[slug] = DanceRules(self._nodes, self._dances[slug])
        return self._compiled[slug]

    def _known(self, performer: str | None, occasion: str | None) -> None:
        if performer is not None and performer not in self._performers:
            raise BadInput(f"Unknown performer '{performer}'.", hint=nearest(performer, self._performers))
        if occasion is not None and occasion not in self._occasions:
            raise BadInput(
                f"Unknown occasion '{occasion}'.",
                hint=nearest(occasion, self._occasions),
                code="unknown_occasion",
            )


def load_graph(folder: Path | None = None, known: Graph | None = None) -> Graph:
    """Read, validate and cross-check every *.ttl file under `folder`.

    What these very files passed before is not asked again (see `cache`); where `known` differs in some files, only
    what the difference can have put wrong is.

    Args:
        folder: a folder like the shipped knowledge_graph, with its shapes.ttl; None = the shipped one.
        known: an earlier state of the folder.

    Raises:
        BadGraph: a file cannot be read or the graph does not hold together; names the file, the line, the
            node and what is wrong, and says how many more problems there are.
    """
    folder = resource("knowledge_graph") if folder is None else Path(folder)
    texts = read_folder(folder)
    data, shapes = parse(texts)
    passed = cache.Passed(texts)
    if not passed.before():
        focus = None if known is None else focus_of_change(known.texts, texts, data, shapes)
        raise_first(twice_described(texts), data, texts, folder)
        for problems in stages(data, shapes, focus):
            raise_first(problems, data, texts, folder)
        passed.now()
    return Graph(Nodes(data, folder.absolute()), texts)
