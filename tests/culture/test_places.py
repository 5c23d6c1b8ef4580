"""The line that a curator is sent to is the line where it stands."""

from __future__ import annotations

from rdflib import URIRef

from ritual.culture.turtle import places, read_folder
from ritual.culture.vocabulary import KG, short
from ritual.resources import resource


def test_every_statement_of_the_shipped_graph_is_found_at_its_line() -> None:
    texts = read_folder(resource("knowledge_graph"))
    lines = {name: text.split("\n") for name, text in texts.items()}
    asked = 0
    for what, place in places(texts).items():
        line = lines[place.file][place.line - 1]
        if isinstance(what, URIRef) and what.startswith(KG):
            assert line.startswith(f"{short(what)} "), place
        if isinstance(what, tuple) and what[0] is not None and what[0].startswith(KG) and isinstance(what[2], URIRef):
            near = lines[place.file][max(place.line - 9, 0) : place.line]  # a list of values is told at its last line
            assert any(short(what[2]) in line for line in near), (place, what)
            asked += 1
    assert asked > 1000
