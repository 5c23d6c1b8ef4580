"""A suggestion for each problem that does not bring one: the nearest term, or how another node says it."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import rdflib
from rdflib import Literal, URIRef
from rdflib.namespace import RDF
from rdflib.term import Node

from ritual.culture.problems import Problem
from ritual.culture.vocabulary import KG, short

_MEANT = re.compile(r"did you mean (\S+)$")


def advised(problem: Problem, data: rdflib.Graph, wrong: set[Node]) -> Problem:
    """The problem with a suggestion, where there is one to make.

    Args:
        wrong: nodes with an error, which are no examples.
    """
    if problem.suggestion or not isinstance(problem.node, URIRef):
        return problem
    if meant := _MEANT.search(problem.text):
        return replace(problem, suggestion=f"Write {meant[1]} instead.")
    if problem.predicate is None or "; it has " not in problem.text:  # said by a shape
        return problem
    example = _example(problem, data, wrong)
    return replace(problem, suggestion=example) if example else problem


def _example(problem: Problem, data: rdflib.Graph, wrong: set[Node]) -> str:
    """`For example, kg:dai-peacock has rm:bpm 84.`"""
    for kind in sorted(data.objects(problem.node, RDF.type)):
        for node in sorted(n for n in data.subjects(RDF.type, kind) if isinstance(n, URIRef) and n.startswith(KG)):
            value = next(iter(sorted(data.objects(node, problem.predicate))), None)
            if node not in wrong and value is not None:
                return f"For example, {short(node)} has {short(problem.predicate)} {_written(value)}."
    return ""


def _written(value: Node) -> str:
    """As it stands in Turtle, numbers without their type."""
    if isinstance(value, Literal) and not value.language and isinstance(value.value, int | float | Decimal):
        return str(value)
    return short(value)
