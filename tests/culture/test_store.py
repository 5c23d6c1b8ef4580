"""Two parsers and two stores, one meaning: oxigraph reads what rdflib reads, and both stores answer alike."""

from __future__ import annotations

from pathlib import Path

import pytest
import rdflib
from rdflib import BNode, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import RDF, XSD

from ritual.culture import turtle
from ritual.culture.store import memory_graph, oxigraph_graph, quads
from ritual.culture.turtle import parse, places, read_folder
from ritual.errors import BadGraph
from ritual.resources import resource

TRICKY = """
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@base <http://example.org/a/> .
@prefix : <#> .
PREFIX q: <q/>
<r> a :C ; :p 1.0 , 01 , +1 , 1.50 , 1e3 , true , "1.0"^^xsd:decimal , "01"^^xsd:integer , "1"^^xsd:boolean ,
    "2020-01-02"^^xsd:date , "x"^^xsd:integer , "a"@EN-us , "a"@zh-Hans , "s"^^xsd:string , 'x' , '\\u00e9' , "" ,
    \"\"\"two
lines with "quotes" and \\\\ \"\"\" ;
  :q [ :r ( 1 2 ( ) ) ] , _:b .
_:b :s _:c .
q:a\\-b\\,c :p <#f> , <../z> , <> , <?x=1> .
@base <http://example.org/other/> .
@prefix : <http://example.org/new#> .
<r> :p <r> .
"""


def _plain(graph: rdflib.Graph) -> rdflib.Graph:
    """As RDF 1.1 has it: xsd:string is what text without a language is, and languages have no capitals."""
    plain = rdflib.Graph()
    for subject, predicate, value in graph:
        if isinstance(value, Literal) and value.datatype == XSD.string:
            value = Literal(str(value))
        elif isinstance(value, Literal) and value.language:
            value = Literal(str(value), lang=value.language.lower())
        plain.add((subject, predicate, value))
    return plain


def _by_value(graph: rdflib.Graph) -> rdflib.Graph:
    """With each number in its shortest form."""
    short = rdflib.Graph()
    for subject, predicate, value in graph:
        if isinstance(value, Literal) and value.datatype in (XSD.decimal, XSD.double) and value.value is not None:
            value = Literal(f"{float(value):.12g}", datatype=value.datatype, normalize=False)
        short.add((subject, predicate, value))
    return short


TEXTS = {"tricky": TRICKY, **read_folder(resource("knowledge_graph"))}


@pytest.mark.parametrize("name", TEXTS)
def test_oxigraph_reads_what_rdflib_reads(name: str) -> None:
    theirs = _plain(rdflib.Graph().parse(data=TEXTS[name], format="turtle"))
    assert isomorphic(memory_graph([quads(TEXTS[name])]), theirs)


@pytest.mark.parametrize("name", TEXTS)
def test_both_stores_hold_the_same_and_oxigraph_keeps_numbers_by_value(name: str) -> None:
    large, small = oxigraph_graph([quads(TEXTS[name])]), memory_graph([quads(TEXTS[name])])
    assert len(large) == len(small)
    assert isomorphic(_by_value(large), _by_value(small))


def test_blank_nodes_of_two_files_stay_apart() -> None:
    text = "_:a <urn:p> 1 ."
    for fill in (memory_graph, oxigraph_graph):
        assert len(set(fill([quads(text), quads(text)]).subjects())) == 2


def test_both_stores_answer_every_pattern_alike() -> None:
    text = '<urn:s> a <urn:C> ; <urn:p> "x" , "x"@en , 1 . <urn:t> <urn:p> <urn:s> .'
    small, large = memory_graph([quads(text)]), oxigraph_graph([quads(text)])
    nodes = [None, URIRef("urn:s"), URIRef("urn:t"), RDF.type, URIRef("urn:p"), Literal("x"), Literal("x", lang="en")]
    nodes += [Literal("x", datatype=XSD.string), Literal(1), BNode(), URIRef("no iri")]
    for subject in nodes:
        for predicate in nodes:
            for value in nodes:
                if Literal("x", datatype=XSD.string) in (subject, predicate, value):
                    continue  # one and the same as "x" in oxigraph, another term in rdflib's memory; never parsed
                pattern = (subject, predicate, value)
                assert set(large.triples(pattern)) == set(small.triples(pattern)), pattern
                assert (pattern in large) == (pattern in small)


def test_a_query_runs_in_oxigraph() -> None:
    graph = oxigraph_graph([quads("<urn:s> <urn:p> 1 , 2 .")])
    ((count,),) = graph.query("SELECT (COUNT(*) AS ?n) WHERE { ?s <urn:p> ?o }")
    assert count.toPython() == 2


def test_a_folder_beyond_the_limit_is_kept_in_oxigraph_and_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = read_folder(resource("knowledge_graph"))
    small, shapes = parse(texts)
    monkeypatch.setattr("ritual.culture.store.LARGE_BYTES", 10)
    large, same_shapes = parse(texts)
    assert type(large.store) is not type(small.store) is type(same_shapes.store)
    assert isomorphic(_by_value(large), _by_value(small)) and len(same_shapes) == len(shapes)


@pytest.mark.parametrize("limit", [10, 10**9])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("\n<a> <urn:p> 1 .", "line 2: an address in <...> is relative to nothing; write it whole or as a kg: name."),
        ("\n\n<urn:a> <urn:p> <urn:c d> .", "line 3: Invalid IRI code point ' '."),
        ("\n<urn:a> <urn:p> 1 , .", "line 2: objectList expected (the line reads: <urn:a> <urn:p> 1 , .)."),
        ("<urn:a> <urn:p> z:c .", "line 1: Prefix \"z:\" not bound (the line reads: <urn:a> <urn:p> z:c .)."),
    ],
)
def test_text_that_is_no_turtle_is_refused_by_file_and_line(
    monkeypatch: pytest.MonkeyPatch, limit: int, text: str, sentence: str
) -> None:
    monkeypatch.setattr("ritual.culture.store.LARGE_BYTES", limit)
    with pytest.raises(BadGraph) as caught:
        parse({"shapes.ttl": "", "groups/x.ttl": text})
    assert caught.value.message == f"groups/x.ttl, {sentence}"


@pytest.mark.parametrize("value", ["<<( <urn:a> <urn:p> 1 )>>", '"x"@en--ltr'])
def test_what_rdf_1_2_adds_is_refused(value: str) -> None:
    with pytest.raises(BadGraph):
        parse({"shapes.ttl": "", "x.ttl": f"<urn:a> <urn:p> {value} ."})


def test_places_of_some_nodes_are_those_among_all_places(tmp_path: Path) -> None:
    texts = read_folder(resource("knowledge_graph"))
    data, _ = parse(texts)
    everywhere = places(texts)
    node = URIRef("urn:ritual-motion:kg:dai-peacock")
    some = places(texts, [node])
    for subject, predicate, value in data.triples((node, None, None)):
        assert some[subject, predicate, value] == everywhere[subject, predicate, value]
    assert len({place.file for place in some.values()}) < len({place.file for place in everywhere.values()})


def test_a_name_written_with_escapes_is_placed() -> None:
    texts = {"a.ttl": "<urn:x:other> <urn:p> 1 .", "b.ttl": "@prefix k: <urn:x:> .\n\nk:a\\-b <urn:p> \"s\" ."}
    node = URIRef("urn:x:a-b")
    assert str(places(texts, [node])[node]) == "b.ttl, line 3"
    assert str(places(texts, [node])[node, URIRef("urn:p"), Literal("s")]) == "b.ttl, line 3"
    assert turtle.Place("b.ttl", 3) in places(texts).values()
