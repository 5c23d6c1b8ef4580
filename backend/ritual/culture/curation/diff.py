"""What has changed between two states of the graph, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import rdflib
from rdflib import Literal
from rdflib.namespace import PROV, RDF, SKOS
from rdflib.term import BNode, Node

from ritual.culture.curation.revisions import State
from ritual.culture.curation.saying import Saying
from ritual.culture.turtle import SHAPES_FILE
from ritual.culture.vocabulary import ANGLE, RM, short
from ritual.culture.wording import listed

_REVIEW = (RM.review, PROV.wasAttributedTo, PROV.generatedAtTime)
_FIRST = (RDF.type, SKOS.prefLabel, SKOS.altLabel, RM.slug)


@dataclass(frozen=True)
class Entry:
    """What has changed of one thing.

    Attributes:
        subject: as `kg:dai-peacock`; `label`, `kind`: in words.
        change: `added`, `removed` or `changed`.
        lines: one phrase per statement, as `left elbow flexion below 20 -> 25 deg`.
    """

    subject: str
    label: str
    kind: str
    change: str
    lines: tuple[str, ...]


_CONDITIONS = Entry(
    SHAPES_FILE, f"conditions of {SHAPES_FILE}", "", "changed", ("what every statement must hold is said differently",)
)


def compare(before: State, after: State, context: rdflib.Graph) -> list[Entry]:
    """What has changed, by the names of the things; nothing where both say the same.

    Args:
        context: a graph to look names up in that the two do not hold.
    """
    was, now = Saying(before.data, (after.data, context)), Saying(after.data, (before.data, context))
    changed: dict[Node, set[Node]] = defaultdict(set)
    for node, _, _ in {*_named(before.data)} ^ {*_named(after.data)}:
        saying = now if (node, None, None) in after.data else was
        changed[saying.owner(node)].add(node)
    entries = [_entry(owner, sorted(nodes), was, now) for owner, nodes in changed.items()]
    entries += [_CONDITIONS] if before.conditions != after.conditions else []
    return sorted(entries, key=lambda entry: (entry.label.lower(), entry.subject))


def _named(data: rdflib.Graph) -> Iterator[tuple[Node, Node, Node]]:
    """Statements of nodes with names, about such nodes; those of nameless ones cannot be told apart."""
    return (triple for triple in data if not any(isinstance(node, BNode) for node in triple))


def _entry(owner: Node, nodes: list[Node], was: Saying, now: Saying) -> Entry:
    before, after = (owner, None, None) in was.data, (owner, None, None) in now.data
    change = "changed" if before and after else "added" if after else "removed"
    saying = now if after else was
    lines = [line for node in sorted(nodes, key=lambda node: node != owner) for line in _lines(node, was, now, change)]
    return Entry(short(owner), saying.heading(owner), saying.kind(owner), change, tuple(lines))


def _lines(node: Node, was: Saying, now: Saying, change: str) -> Iterator[str]:
    predicates = {*was.data.predicates(node), *now.data.predicates(node)}
    if change != "changed":  # of a thing that comes or goes, what it is stands beside its name
        predicates -= {RDF.type}
    for predicate in sorted(predicates - {*_REVIEW}, key=_order):
        gone = sorted({*was.data.objects(node, predicate)} - {*now.data.objects(node, predicate)})
        come = sorted({*now.data.objects(node, predicate)} - {*was.data.objects(node, predicate)})
        yield from _told(node, predicate, gone, come, was, now, bare=change != "changed")
    yield from _review(node, was, now)


def _order(predicate: Node) -> tuple[int, bool, Node]:
    """Names first, angles last."""
    rank = _FIRST.index(predicate) if predicate in _FIRST else len(_FIRST)
    return rank, predicate.startswith(ANGLE), predicate


def _told(
    node: Node, predicate: Node, gone: list[Node], come: list[Node], was: Saying, now: Saying, bare: bool
) -> Iterator[str]:
    """`tempo 84 -> 90 beats a minute`; of several values each that came or went."""
    about = now.about(node, predicate)
    for old in list(gone):
        new = next((v for v in come if _same_language(old, v)), None) if len(gone) == len(come) else None
        if new is not None:
            gone.remove(old)
            come.remove(new)
            unit = now.unit(node, predicate)
            yield f"{about} {was.bare(old)} -> {now.bare(new)}{f' {unit}' if unit else ''}"
    for sign, values, saying in (("no longer ", gone, was), ("", come, now)):
        words = [saying.value(node, predicate, value) for value in values]
        lead = "" if bare else sign or ("new " if words else "")
        if words:
            yield f"{lead}{saying.about(node, predicate)} {listed(words)}"


def _same_language(old: Node, new: Node) -> bool:
    return getattr(old, "language", None) == getattr(new, "language", None) and isinstance(old, Literal) == isinstance(
        new, Literal
    )


def _review(node: Node, was: Saying, now: Saying) -> Iterator[str]:
    """`reviewed by Li Hua on 2026-05-01 (was unreviewed)`."""
    before, after = _state(node, was), _state(node, now)
    if before != after:
        yield f"{after} (was {before})" if before and after else after or before


def _state(node: Node, saying: Saying) -> str:
    """The review state with who and when; empty where nothing is said of the node."""
    state = saying.data.value(node, RM.review)
    if state is None:
        return ""
    who = [str(w) if isinstance(w, Literal) else saying.name(w) for w in sorted(saying.data.objects(node, _REVIEW[1]))]
    when = saying.data.value(node, PROV.generatedAtTime)
    return f"{saying.name(state)}{f' by {listed(who)}' if who else ''}{f' on {when}' if when else ''}"
