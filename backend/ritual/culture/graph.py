"""The knowledge graph: load it, see that it holds together, and ask it for dances, rules and rulebooks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import rdflib
from rdflib import URIRef

from ritual.culture import conformance, crosscheck
from ritual.culture.compiling import DanceRules, worn_wrongly
from ritual.culture.nodes import Nodes
from ritual.culture.problems import raise_first
from ritual.culture.rulebook import Dance, Occasion, Rule, Rulebook
from ritual.culture.rules import OccasionBan, WearRule
from ritual.culture.turtle import parse, read_folder
from ritual.culture.vocabulary import RM
from ritual.errors import BadInput, Refused, nearest
from ritual.resources import resource

_NAMED_KINDS = (
    ("group", RM.Group),
    ("dance", RM.Dance),
    ("symbol", RM.Symbol),
    ("occasion", RM.Occasion),
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
    """A knowledge graph that has passed every check. Made by `load_graph`; never changes."""

    def __init__(self, nodes: Nodes, dances: dict[str, DanceRules]) -> None:
        self._nodes, self._dances = nodes, dances
        self._occasions = {o.slug: o for o in map(nodes.occasion, nodes.of_type(RM.Occasion))}
        self._performers = sorted(map(nodes.slug, nodes.of_type(RM.PerformerRole)))

    @property
    def triples(self) -> rdflib.Graph:
        """The triples themselves, for queries; not to be changed."""
        return self._nodes.data

    def dances(self) -> list[Dance]:
        """Every dance, by slug."""
        return [self._dances[slug].dance for slug in sorted(self._dances)]

    def occasions(self) -> list[Occasion]:
        """Every occasion, by slug."""
        return [self._occasions[slug] for slug in sorted(self._occasions)]

    def labels(self) -> list[Label]:
        """Every name of every group, dance, symbol, occasion and performer, in every language."""
        nodes = self._nodes
        return [
            Label(name, language, kind, str(node), nodes.label(node))
            for kind, cls in _NAMED_KINDS
            for node in nodes.of_type(cls)
            for name, language in nodes.names(node)
        ]

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
            performer: `female` or `male`; None = the dance's default.
            occasion: slug; None = the dance's default. One that the dance does not list is allowed
                unless a rule forbids it; the rulebook then says that the graph is silent.
            mentioned: IRIs of things that the prompt names (see `labels`); a ban on one of them on this
                occasion, or a symbol among them that this performer may not wear, refuses the brief as well.

        Raises:
            BadInput: an unknown dance, performer or occasion.
            Refused: a rule forbids it; carries each rule, its source and what is allowed.
        """
        rules = self._rules(dance)
        self._known(performer, occasion)
        performer = performer or rules.dance.default_performer
        occasion = occasion or rules.dance.default_occasion
        if refusals := rules.refusals(performer, occasion, mentioned):
            raise _refused(refusals)
        return rules.rulebook(performer, occasion, mentioned)

    def slug(self, iri: str) -> str:
        """Raises: BadInput: the graph has no such node, or it has no slug."""
        slug = self.triples.value(URIRef(iri), RM.slug)
        if slug is None:
            raise BadInput(f"The knowledge graph has no slug for '{iri}'.")
        return str(slug)

    def refuse_symbols(self, symbols: Iterable[str], performer: str | None, occasion: str | None) -> None:
        """Nothing where the symbols (IRIs) are allowed by themselves, whatever the dance.

        Prefer `rulebook(..., mentioned=...)`, which knows the dance's own defaults: a performer or an occasion
        of None is one that nobody knows yet, and no rule on it is applied.

        Raises:
            Refused: a ban on the occasion, or a wear rule on the performer.
        """
        named = frozenset(map(URIRef, symbols))
        bans = [OccasionBan(self._nodes, node) for node in self._nodes.of_type(RM.OccasionBan)]
        refusals = [ban.worded(None) for ban in bans if occasion in ban.occasions and ban.touches(named)]
        if performer is not None:
            wear = [WearRule(self._nodes, node) for node in self._nodes.of_type(RM.WearRule)]
            refusals += worn_wrongly(wear, named, performer)
        if refusals:
            raise _refused(refusals)

    def _rules(self, slug: str) -> DanceRules:
        if slug not in self._dances:
            raise BadInput(
                f"Unknown dance '{slug}'.", hint=nearest(slug, self._dances), code="unknown_dance"
            )
        return self._dances[slug]

    def _known(self, performer: str | None, occasion: str | None) -> None:
        if performer is not None and performer not in self._performers:
            raise BadInput(f"Unknown performer '{performer}'.", hint=nearest(performer, self._performers))
        if occasion is not None and occasion not in self._occasions:
            raise BadInput(
                f"Unknown occasion '{occasion}'.",
                hint=nearest(occasion, self._occasions),
                code="unknown_occasion",
            )


def _refused(rules: list[Rule]) -> Refused:
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


def load_graph(folder: Path | None = None) -> Graph:
    """Read, validate and cross-check every *.ttl file under `folder`.

    Args:
        folder: a folder like the shipped knowledge_graph, with its shapes.ttl; None = the shipped one.

    Raises:
        BadGraph: a file cannot be read or the graph does not hold together; names the file, the line, the
            node and what is wrong, and says how many more problems there are.
    """
    folder = resource("knowledge_graph") if folder is None else Path(folder)
    texts = read_folder(folder)
    data, shapes = parse(texts)
    raise_first(conformance.term_problems(data), data, texts, folder)
    raise_first(conformance.shape_problems(data, shapes), data, texts, folder)
    nodes = Nodes(data)
    raise_first(crosscheck.node_problems(nodes), data, texts, folder)
    dances = [DanceRules(nodes, URIRef(node)) for node in nodes.of_type(RM.Dance)]
    problems = [problem for rules in dances for problem in crosscheck.dance_problems(rules)]
    raise_first(problems, data, texts, folder)
    return Graph(nodes, {rules.dance.slug: rules for rules in dances})
