"""Check the triples one by one: every term is declared, every reference leads somewhere, every shape holds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from decimal import Decimal

import rdflib
from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS, SH, SKOS, XSD
from rdflib.plugins.stores.memory import Memory
from rdflib.term import Node

from ritual.body.skeleton import ANGLES
from ritual.culture.flat_shapes import flattened
from ritual.culture.focus import reach, surroundings
from ritual.culture.problems import ERROR, INFO, WARNING, Problem
from ritual.culture.turtle import SHAPES_FILE
from ritual.culture.vocabulary import ANGLE, BORROWED, KG, RM, short
from ritual.errors import BadGraph, nearest

_NODES_AT_ONCE = 5_000  # checked in one small graph: tens of megabytes
_BORROWED_TERMS: dict[str, frozenset[URIRef]] = {
    str(namespace): frozenset(map(URIRef, dir(namespace)))
    for namespace in (RDF, RDFS, OWL, SKOS, DCTERMS, PROV)
} | {str(namespace): frozenset(namespace[name] for name in names) for namespace, names in BORROWED.items()}
_SEVERITIES = {SH.Warning: WARNING, SH.Info: INFO}


def term_problems(data: rdflib.Graph, focus: Collection[Node] | None = None) -> list[Problem]:
    """Misspelt terms, unknown angles, references to nothing, and nodes without a type.

    Args:
        focus: the subjects to look at; None = every one.
    """
    triples = data if focus is None else (triple for node in focus for triple in data.triples((node, None, None)))
    terms = _Terms(data)
    subjects, values = set(), Counter[tuple[Node, URIRef]]()
    found = []
    for subject, predicate, value in triples:
        subjects.add(subject)
        complaint = terms.of_property[predicate] or (terms.of_value[value] if isinstance(value, URIRef) else None)
        if predicate.startswith(ANGLE):
            values[subject, predicate] += 1
            if complaint is None and not _is_number(value):
                complaint = f"has {short(predicate)} {_shown(value)}, which is no number"
        if complaint is not None:
            found.append(Problem(subject, complaint, predicate, value))
    return [*found, *_untyped(data, subjects), *_two_values(data, values)]


class _Terms:
    """What is wrong with a term as a property and as a value, found out once for each."""

    def __init__(self, data: rdflib.Graph) -> None:
        kinds = (OWL.ObjectProperty, OWL.DatatypeProperty)
        properties = {subject for kind in kinds for subject in data.subjects(RDF.type, kind)}
        things = _Things(data, properties)
        self.of_property = _Memo(lambda term: _complaint(term, properties) or _borrowed_complaint(term))
        self.of_value = _Memo(lambda term: _complaint(term, things))


class _Memo(dict[URIRef, str | None]):
    def __init__(self, ask: Callable[[URIRef], str | None]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, term: URIRef) -> str | None:
        answer = self[term] = self._ask(term)
        return answer


class _Things:
    """The subjects of a graph that are no properties; a large graph is only listed where it must be."""

    def __init__(self, data: rdflib.Graph, properties: set[Node]) -> None:
        self._data, self._properties = data, properties

    def __contains__(self, term: URIRef) -> bool:
        return (term, None, None) in self._data and term not in self._properties

    def __iter__(self) -> Iterator[Node]:
        return iter(set(self._data.subjects()) - self._properties)


def _complaint(term: URIRef, declared: set[Node] | _Things) -> str | None:
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


def _two_values(data: rdflib.Graph, counted: Mapping[tuple[Node, URIRef], int]) -> Iterator[Problem]:
    """A pose has one value for an angle."""
    for (subject, predicate), count in counted.items():
        for value in sorted(data.objects(subject, predicate))[1:] if count > 1 else ():
            yield Problem(subject, f"has two values for {short(predicate)}; keep one", predicate, value)


def _is_number(value: Node) -> bool:
    number = value.toPython() if isinstance(value, Literal) else None
    return isinstance(number, int | float | Decimal) and not isinstance(number, bool) and math.isfinite(number)


def _untyped(data: rdflib.Graph, subjects: Iterable[Node]) -> Iterator[Problem]:
    for subject in subjects:
        if subject.startswith(KG) and (subject, RDF.type, None) not in data:
            yield Problem(subject, "does not say what it is; add a type such as 'a rm:Dance'")


def shape_problems(
    data: rdflib.Graph, shapes: rdflib.Graph, focus: Collection[Node] | None = None
) -> list[Problem]:
    """What SHACL finds, with the value that it found.

    SHACL is slow on a store that is not in memory, and knows no way to check a few nodes only (pySHACL's `focus_nodes`
    leaves out what nested shapes say). So a large graph, or a part of one, is checked as small graphs in memory that
    hold the nodes asked for and all that a shape can read from there.

    Args:
        focus: the nodes to check; None = every one.

    Raises:
        BadGraph: the shapes themselves are wrong.
    """
    steps, shapes = reach(shapes), flattened(shapes)
    if steps is None or (focus is None and isinstance(data.store, Memory)):
        found = _validated(data, shapes)
        return found if focus is None else [problem for problem in found if problem.node in focus]
    nodes = set(data.subjects()) if focus is None else focus
    return [
        problem
        for part in _parts(sorted(nodes))
        for problem in _validated(surroundings(part, data, steps), shapes)
        if problem.node in part
    ]


def _parts(nodes: list[Node]) -> Iterator[set[Node]]:
    for start in range(0, len(nodes), _NODES_AT_ONCE):
        yield set(nodes[start : start + _NODES_AT_ONCE])


def _validated(data: rdflib.Graph, shapes: rdflib.Graph) -> list[Problem]:
    import pyshacl  # a tenth of a second that a graph which is known to conform need not wait for
    from pyshacl.errors import ReportableRuntimeError

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
    severity = _SEVERITIES.get(report.value(result, SH.resultSeverity), ERROR)
    if path is None:
        return Problem(node, text, severity=severity)
    values = [value] if value is not None else sorted(data.objects(node, path))
    found = " and ".join(_shown(v) for v in values) if values else "none"
    return Problem(node, f"{text}; it has {found}", path, values[0] if values else None, severity)


def _shown(value: Node) -> str:
    if isinstance(value, Literal) and value.datatype and value.datatype != XSD.string:
        return str(value)
    return short(value)
