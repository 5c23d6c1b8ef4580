"""Check the triples one by one: every term is declared, every reference leads somewhere, every shape holds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from decimal import Decimal

import pyshacl
import rdflib
from pyshacl.errors import ReportableRuntimeError
from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS, SH, SKOS, XSD
from rdflib.term import Node

from ritual.body.skeleton import ANGLES
from ritual.culture.problems import Problem
from ritual.culture.turtle import SHAPES_FILE
from ritual.culture.vocabulary import ANGLE, BORROWED, KG, RM, short
from ritual.errors import BadGraph, nearest

_BORROWED_TERMS: dict[str, frozenset[URIRef]] = {
    str(namespace): frozenset(map(URIRef, dir(namespace)))
    for namespace in (RDF, RDFS, OWL, SKOS, DCTERMS, PROV)
} | {str(namespace): frozenset(namespace[name] for name in names) for namespace, names in BORROWED.items()}


def term_problems(data: rdflib.Graph) -> list[Problem]:
    """Misspelt terms, unknown angles, references to nothing, and nodes without a type."""
    return [*_undeclared(data), *_untyped(data), *_two_values(data)]


def _undeclared(data: rdflib.Graph) -> Iterator[Problem]:
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty)
    properties = {subject for kind in kinds for subject in data.subjects(RDF.type, kind)}
    things = set(data.subjects()) - properties
    for subject, predicate, value in data:
        complaint = _complaint(predicate, properties) or _borrowed_complaint(predicate)
        if complaint is None and isinstance(value, URIRef):
            complaint = _complaint(value, things)
        if complaint is None and predicate.startswith(ANGLE) and not _is_number(value):
            complaint = f"has {short(predicate)} {_shown(value)}, which is no number"
        if complaint is not None:
            yield Problem(subject, complaint, predicate, value)


def _complaint(term: URIRef, declared: set[Node]) -> str | None:
    """What is wrong with a term of our own namespaces."""
    if term.startswith(ANGLE):
        name = term.removeprefix(ANGLE)
        return None if name in ANGLES else f"names the angle '{name}', which the body has not; {_near(name, ANGLES)}"
    # one by one: rdflib's startswith takes no tuple
    for namespace, what in ((RM, "uses the undeclared term"), (KG, "refers to a node that does not exist,")):
        if term.startswith(namespace) and term not in declared:
            known = [short(node) for node in declared if node.startswith(namespace)]
            return f"{what} {short(term)}; {_near(short(term), known)}"
    return None


def _borrowed_complaint(term: URIRef) -> str | None:
    for namespace, known in _BORROWED_TERMS.items():
        if term.startswith(namespace) and term not in known:
            return f"uses {short(term)}, which does not exist; {_near(short(term), map(short, known))}"
    return None


def _near(name: str, known: Iterable[str]) -> str:
    hint = nearest(name, list(known), count=1)
    return f"did you mean {hint[13:-1]}" if hint.startswith("Did you mean ") else "see ontology.ttl"


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
    if isinstance(value, Literal) and value.datatype and value.datatype != XSD.string:
        return str(value)
    return short(value)
