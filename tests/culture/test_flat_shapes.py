"""Shapes written for speed say what the shapes of the file say."""

from __future__ import annotations

import random

import pytest
import rdflib
from rdflib import Literal
from rdflib.namespace import SH

from ritual.culture.conformance import _validated
from ritual.culture.flat_shapes import flattened
from ritual.culture.turtle import parse, read_folder
from ritual.resources import resource

HEAD = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . "
NEEDS = "sh:property [ sh:path <urn:p> ; sh:minCount 1 ; sh:message 'p'@en ]"


def _spoilt(data: rdflib.Graph, draw: random.Random) -> rdflib.Graph:
    """A tenth of all statements is missing, or has the value of another."""
    triples = sorted(data)
    spoilt = rdflib.Graph()
    for subject, predicate, value in triples:
        fate = draw.random()
        if fate < 0.95:
            spoilt.add((subject, predicate, value if fate < 0.9 else draw.choice(triples)[2]))
    return spoilt


def _found(data: rdflib.Graph, shapes: rdflib.Graph) -> list[tuple]:
    found = _validated(data, shapes)
    return sorted((str(p.node), p.text, str(p.predicate), str(p.value), p.severity) for p in found)


@pytest.mark.parametrize("seed", range(2))
def test_a_spoilt_graph_has_the_same_problems(seed: int) -> None:
    texts = read_folder(resource("knowledge_graph"))
    few = {name: text for name, text in texts.items() if "/" not in name or name in ("groups/yi.ttl", "groups/dai.ttl")}
    data, shapes = parse(few)
    spoilt = _spoilt(data, random.Random(seed))
    found = _found(spoilt, shapes)
    assert len(found) > 100
    assert found == _found(spoilt, flattened(shapes))
    assert (None, SH.property, None) in shapes and len(flattened(shapes)) > len(shapes)


@pytest.mark.parametrize(
    "shape",
    [
        f"<urn:s> a sh:NodeShape ; sh:targetClass <urn:C> , <urn:D> ; {NEEDS} .",
        f"<urn:s> a sh:NodeShape ; sh:targetNode <urn:c> ; {NEEDS} .",
        f"<urn:s> a sh:NodeShape ; sh:targetSubjectsOf <urn:q> ; sh:targetObjectsOf <urn:q> ; {NEEDS} .",
        f"<urn:s> a sh:NodeShape ; sh:targetClass <urn:C> ; sh:deactivated true ; {NEEDS} .",
        f"<urn:s> a sh:NodeShape ; sh:targetClass <urn:C> ; {NEEDS} . "
        "<urn:t> a sh:NodeShape ; sh:targetClass <urn:D> ; sh:node <urn:s> ; sh:message 't'@en .",
        f"<urn:D> a sh:NodeShape , rdfs:Class ; sh:targetClass <urn:C> ; {NEEDS} .",
        "<urn:s> a sh:NodeShape ; sh:targetClass <urn:C> ; sh:property <urn:i> . "
        "<urn:t> a sh:NodeShape ; sh:targetClass <urn:D> ; sh:property <urn:i> . "
        "<urn:i> sh:path <urn:p> ; sh:minCount 1 ; sh:message 'p'@en .",
        "<urn:s> a sh:NodeShape ; sh:targetClass <urn:C> ; sh:property [ sh:path <urn:q> ; "
        f"sh:property [ sh:path <urn:p> ; sh:minCount 1 ; sh:message 'deep'@en ] ; sh:message 'q'@en ] ; {NEEDS} .",
    ],
)
def test_each_way_to_say_who_is_asked_is_kept(shape: str) -> None:
    nodes = "<urn:a> a <urn:C> ; <urn:p> 1 . <urn:b> a <urn:C> ; <urn:q> <urn:c> . <urn:c> a <urn:D> ."
    data = rdflib.Graph().parse(data=nodes, format="turtle")
    shapes = rdflib.Graph().parse(data=HEAD + shape, format="turtle")
    found = _found(data, shapes)
    assert found == _found(data, flattened(shapes))
    assert bool(found) == ((None, SH.deactivated, Literal(True)) not in shapes)
