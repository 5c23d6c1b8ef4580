"""Check the triples one by one: every term is declared, every reference leads somewhere, every shape holds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from decimal import Decimal

import pyshacl
import rdflib
from pyshacl.errors import ReportableRuntimeError
from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS, SH, SKOS
from rdflib.term import Node

from ritual.body.skeleton import ANGLES
from ritual.culture.problems import Problem
from ritual.culture.turtle import SHAPES_FILE
from ritual.culture.vocabulary import ANGLE, GEO, KG, RM, short
from ritual.errors import BadGraph, nearest

_BORROWED_TERMS: dict[str, frozenset[URIRef]] = {
    str(namespace): frozenset(map(URIRef, dir(namespace)))
    for namespace in (RDF, RDFS, OWL, SKOS, DCTERMS, PROV)
} | {str(GEO): frozenset({GEO.lat, GEO.long, GEO.alt})}


def term_problems(data: rdflib.Graph) -> list[Problem]:
    """Misspelt terms, unknown angles, references to nothing, and nodes without a type."""
    return [*_undeclared(data), *_untyped(data), *_two_values(data)]


def _undeclared(data: rdflib.Graph) -> Iterator[Problem]:
    subjects = set(data.subjects())
    for subject, predicate, value in data:
        for term, role in ((predicate, "property"), (value, "value")):
            if isinstance(term, URIRef) and (complaint := _complaint(term, role, subjects)):
                yield Problem(subject, complaint, predicate, value)
        if predicate.startswith(ANGLE) and not _is_number(value):
            yield Problem(subject, f"has {short(predicate)} {_shown(value)}, which is no number", predicate, value)


def _two_values(data: rdflib.Graph) -> Iterator[Problem]:
    """A pose has one value for an angle."""
    seen = set()
    for subject, predicate, value in sorted(data):
        if predicate.startswith(ANGLE):
            if (subject, predicate) in seen:
                yield Problem(subject, f"has two values for {short(predicate)}; keep one", predicate, value)
            seen.add((subject, predicate))


def _is_number(value: Node) -> bool:
    number = value.toPython() if isinstance(value, Literal) else None
    return isinstance(number, int | float | Decimal) and not isinstance(number, bool) and math.isfinite(number)


def _complaint(term: URIRef, role: str, subjects: set[Node]) -> str | None:
    if term.startswith(ANGLE):
        name = term.removeprefix(ANGLE)
        return None if name in ANGLES else f"names the angle '{name}', which the body has not; {_near(name, ANGLES)}"
    if term.startswith((RM, KG)):
        if term in subjects:
            return None
        namespace = RM if term.startswith(RM) else KG
        known = [short(s) for s in subjects if s.startswith(namespace)]
        what = "uses the undeclared term" if namespace == RM else "refers to a node that does not exist,"
        return f"{what} {short(term)}; {_near(short(term), known)}"
    if role != "property":
        return None
    for namespace, known in _BORROWED_TERMS.items():
        if term.startswith(namespace) and term not in known:
            return f"uses {short(term)}, which does not exist; {_near(short(term), map(short, known))}"
    return None


def _near(name: str, known: Iterable[str]) -> str:
    known = list(known)
    hint = nearest(name, known) if known else "none is declared."
    if len(hint) > 200:  # not a list of a hundred names
        hint = "see ontology.ttl."
    return hint[0].lower() + hint[1:].rstrip("?.")


def _untyped(data: rdflib.Graph) -> Iterator[Problem]:
    for subject in set(data.subjects()):
        if subject.startswith(KG) and (subject, RDF.type, None) not in data:
            yield Problem(subject, "does not say what it is; add a type such as 'a rm:Dance'")


def shape_problems(data: rdflib.Graph, shapes: rdflib.Graph) -> list[Problem]:
    """What SHACL finds, with the value that it found.

    Raises:
        BadGraph: the shapes themselves are wrong.
    """
    try:
        conforms, report, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=False, inplace=True)
    except ReportableRuntimeError as error:
        why = str(error).splitlines()[0]
        raise BadGraph(f"{SHAPES_FILE} holds a shape that SHACL does not allow: {why}.") from error
    if conforms:
        return []
    return [_from_result(result, report, data) for result in report.objects(None, SH.result)]


def _from_result(result: Node, report: rdflib.Graph, data: rdflib.Graph) -> Problem:
    node = report.value(result, SH.focusNode)
    path = report.value(result, SH.resultPath)
    value = report.value(result, SH.value)
    text = str(report.value(result, SH.resultMessage))
    if path is None:
        return Problem(node, text)
    values = [value] if value is not None else sorted(data.objects(node, path))
    found = " and ".join(_shown(v) for v in values) if values else "none"
    return Problem(node, f"{text}; it has {found}", path, values[0] if values else None)


def _shown(value: Node) -> str:
    return short(value) if isinstance(value, URIRef) else value.n3().split("^^")[0]
