"""What a change of some files can have put wrong: the nodes and the dances that must be checked again.

A node is checked again where its own statements changed, or those of a node that a shape reads from it; a dance where
it hangs together with a changed node. What cannot be bounded so (new shapes, new terms) is checked as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import rdflib
from rdflib import BNode, URIRef
from rdflib.namespace import DCTERMS, PROV, RDF, RDFS, SH, SKOS
from rdflib.term import Node

from ritual.culture.turtle import SHAPES_FILE, parse
from ritual.culture.vocabulary import CRM, RM

SHARED = frozenset(
    {
        RDF.type, DCTERMS.source, DCTERMS.license, PROV.wasAttributedTo, SKOS.inScheme,
        CRM.P74_has_current_or_former_residence,
        RM.review, RM.performer, RM.defaultPerformer, RM.forbidsPerformer, RM.onlyPerformer, RM.occasion,
        RM.defaultOccasion, RM.scene, RM.colour, RM.meaning, RM.wornOn, RM.measure, RM.onAngle, RM.garment,
        RM.headdress, RM.direction, RM.sanctity, RM.form, RM.craft, RM.tabooAt,
    }
)  # fmt: skip
"""Properties whose values all groups share: that two dances have one does not tie them together."""

_NESTED = (SH.property, SH.node, SH["not"], SH.qualifiedValueShape)
_LISTS = (SH["or"], SH["and"], SH.xone)
_UNBOUNDED = (SH.sparql, SH.js, SH.target, SH.targetObjectsOf)


@dataclass(frozen=True)
class Focus:
    """What to check again: `nodes` against terms and shapes, `dances` against the rules that bear on them."""

    nodes: frozenset[Node]
    dances: tuple[URIRef, ...]


def focus_of_change(
    before: Mapping[str, str], after: Mapping[str, str], data: rdflib.Graph, shapes: rdflib.Graph
) -> Focus | None:
    """What the difference between two states of a folder can have put wrong; None = everything.

    Args:
        before: the texts of a graph that passed every check.
        after: the texts of `data` and `shapes`.
    """
    names = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    steps = reach(shapes)
    if SHAPES_FILE in names or steps is None:
        return None
    changed = _triples(before, names) ^ _triples(after, names)
    touched = {subject for subject, _, _ in changed}
    if any(_is_term(subject, predicate) for subject, predicate, _ in changed):
        return None
    nodes = set(touched)
    for _ in range(max(steps, 1)):  # a name that leads nowhere is found one step away
        nodes |= {subject for node in nodes for subject in data.subjects(None, node)}
    return Focus(frozenset(nodes), tuple(sorted(_dances(changed, data))))


def reach(shapes: rdflib.Graph) -> int | None:
    """How many steps from its focus node a shape reads statements: 1 where it asks for a value's class.

    None: that cannot be told, because a shape runs a query, refers to itself or follows a path that is no property.
    """
    if any((None, predicate, None) in shapes for predicate in _UNBOUNDED):
        return None
    try:
        return max([0, *(_reach(shape, shapes) for shape in set(shapes.subjects()))])
    except (_NoProperty, RecursionError):
        return None


def surroundings(nodes: Iterable[Node], data: rdflib.Graph, steps: int) -> rdflib.Graph:
    """The statements of the nodes and of all within so many steps of them, and which class is part of which."""
    near, edge = rdflib.Graph(), set(nodes)
    for triple in data.triples((None, RDFS.subClassOf, None)):
        near.add(triple)
    seen: set[Node] = set()
    for _ in range(steps + 1):
        seen |= edge
        triples = [triple for node in edge for triple in data.triples((node, None, None))]
        near.addN((*triple, near) for triple in triples)
        edge = {value for _, _, value in triples if isinstance(value, URIRef | BNode)} - seen
    return near


class _NoProperty(Exception):
    """A path goes backwards, or has alternatives or repetitions."""


def _reach(shape: Node, shapes: rdflib.Graph) -> int:
    """As `reach`; -1 where a shape looks at the node itself and reads none of its statements."""
    path = shapes.value(shape, SH.path)
    if isinstance(path, BNode):
        raise _NoProperty
    nested = [value for predicate in _NESTED for value in shapes.objects(shape, predicate)]
    nested += [item for p in _LISTS for items in shapes.objects(shape, p) for item in shapes.items(items)]
    reads = any((shape, predicate, None) in shapes for predicate in (SH["class"], SH.closed))
    far = max([0 if reads else -1, *(_reach(child, shapes) for child in nested)])
    return far if path is None else far + 1


def _triples(texts: Mapping[str, str], names: Iterable[str]) -> set[tuple[Node, URIRef, Node]]:
    data, _ = parse({SHAPES_FILE: "", **{name: texts[name] for name in names if name in texts}})
    return set(data)


def _is_term(subject: Node, predicate: URIRef) -> bool:
    """Whether a statement says what a word means, which may concern every node; a nameless subject may, too."""
    return isinstance(subject, BNode) or subject.startswith(str(RM)) or predicate == RDFS.subClassOf


def _dances(changed: set[tuple[Node, URIRef, Node]], data: rdflib.Graph) -> set[URIRef]:
    """The dances that hang together with a changed node; all where one hangs together with none."""
    every = set(data.subjects(RDF.type, RM.Dance))
    seen: set[Node] = set()
    for start in sorted({subject for subject, _, _ in changed}):
        if start in seen:
            continue
        linked = {value for subject, predicate, value in changed if subject == start and _links(predicate, value)}
        together = _together({start, *linked}, data)
        if every.isdisjoint(together):
            return every
        seen |= together
    return every & seen


def _together(start: Iterable[Node], data: rdflib.Graph) -> set[Node]:
    """Every node that a chain of statements, read in either direction, ties to one of these."""
    found, waiting = set(start), list(start)
    while waiting:
        for node in _neighbours(waiting.pop(), data):
            if node not in found:
                found.add(node)
                waiting.append(node)
    return found


def _links(predicate: Node, value: Node) -> bool:
    return predicate not in SHARED and isinstance(value, URIRef | BNode)


def _neighbours(node: Node, data: rdflib.Graph) -> Iterator[Node]:
    for predicate, value in data.predicate_objects(node):
        if _links(predicate, value):
            yield value
    for subject, predicate in data.subject_predicates(node):
        if predicate not in SHARED:
            yield subject
