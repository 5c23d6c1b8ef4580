"""What a graph must be as a whole: nothing lies above itself, and a name means one thing that is described once."""

from __future__ import annotations

from collections.abc import Iterator

import rdflib
from rdflib import URIRef
from rdflib.namespace import RDF, RDFS, SKOS

from ritual.culture.problems import Problem
from ritual.culture.store import rdflib_term
from ritual.culture.turtle import SHAPES_FILE, statements
from ritual.culture.vocabulary import CRM, KG, ODRL, RM, short
from ritual.culture.wording import listed

_UPWARD = ((SKOS.broader, "lies under itself"), (RM.partOf, "is part of itself"))
_OURS = (str(RM), str(CRM), str(ODRL))


def structure_problems(data: rdflib.Graph) -> list[Problem]:
    """Circles in `skos:broader` and `rm:partOf`, and names that stand for two kinds of thing."""
    return [*_circles(data), *_two_kinds(data)]


def twice_described(texts: dict[str, str]) -> list[Problem]:
    """Things whose kind is said twice: two descriptions under one name, in two files or in one.

    Args:
        texts: as `turtle.read_folder` gives them; all of them Turtle.
    """
    first: dict[tuple[object, object], str] = {}
    found = []
    for name, text in texts.items():
        for quad in () if name == SHAPES_FILE else statements(name, text):
            if quad.predicate.value != str(RDF.type) or not str(quad.subject.value).startswith(KG):
                continue
            key = (quad.subject, quad.object)
            if key in first:
                where = "in this file" if first[key] == name else f"in {first[key]}"
                complaint = f"is described {where} already; give one of the two another name, or make them one"
                found.append(Problem(rdflib_term(key[0]), complaint, RDF.type, rdflib_term(key[1]), file=name))
            first.setdefault(key, name)
    return found


def _circles(data: rdflib.Graph) -> Iterator[Problem]:
    for predicate, complaint in _UPWARD:
        above = {node: sorted(data.objects(node, predicate)) for node in sorted(set(data.subjects(predicate)))}
        told: set[frozenset[URIRef]] = set()
        for node in above:
            circle = _way_back(node, above)
            if circle and frozenset(circle) not in told:
                told.add(frozenset(circle))
                way = " > ".join(short(step) for step in (*circle, node))
                text = f"{complaint} by {short(predicate)} ({way}); take one of these statements out"
                yield Problem(node, text, predicate, [*circle, node][1])


def _way_back(start: URIRef, above: dict[URIRef, list[URIRef]]) -> list[URIRef]:
    """The shortest way from a node up to itself, without its end; empty where there is none."""
    came: dict[URIRef, URIRef | None] = {start: None}
    waiting = [start]
    for node in waiting:
        for upper in above.get(node, ()):
            if upper == start:
                way = [node]
                while (step := came[way[-1]]) is not None:
                    way.append(step)
                return way[::-1]
            if upper not in came:
                came[upper] = node
                waiting.append(upper)
    return []


def _two_kinds(data: rdflib.Graph) -> Iterator[Problem]:
    kinds: dict[URIRef, set[URIRef]] = {}
    for node, kind in data.subject_objects(RDF.type):
        if node.startswith(KG) and any(kind.startswith(namespace) for namespace in _OURS):
            kinds.setdefault(node, set()).add(kind)
    for node, several in sorted((node, several) for node, several in kinds.items() if len(several) > 1):
        broader = {upper for kind in several for upper in set(data.transitive_objects(kind, RDFS.subClassOf)) - {kind}}
        if len(apart := sorted(several - broader)) > 1:
            names = listed([f"{_article(short(kind))} {short(kind)}" for kind in apart])
            yield Problem(node, f"is {names} at once; give one of them another name", RDF.type, apart[1])


def _article(name: str) -> str:
    return "an" if name.startswith(("rm:", "odrl:")) else "a"
