"""The part of a graph that no error touches: it can be compiled while the rest waits to be mended."""

from __future__ import annotations

from collections.abc import Iterable

import rdflib
from rdflib.namespace import RDF
from rdflib.term import Node

from ritual.culture.vocabulary import RM


def without(data: rdflib.Graph, broken: Iterable[Node]) -> rdflib.Graph:
    """The graph without these nodes, and without all that refers to them, step by step.

    What a broken node would have completed goes with it: a stance's dance, which might else seem to have too few; an
    exception's rule, which might else seem to hold.
    """
    gone, waiting = set(), set(broken)
    if not waiting:
        return data
    while waiting:
        node = waiting.pop()
        if node in gone:
            continue
        gone.add(node)
        waiting |= {subject for subject, predicate in data.subject_predicates(node) if predicate != RDF.type}
        waiting |= {rule for rule in data.objects(node, RM.exceptionTo)}
        if (node, RDF.type, RM.Stance) in data:
            waiting |= {dance for dance in data.objects(node, RM.dance)}
    left = rdflib.Graph()
    for triple in data:
        if triple[0] not in gone:
            left.add(triple)
    return left
