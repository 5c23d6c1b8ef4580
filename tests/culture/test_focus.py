"""Checking what a change touches finds what checking everything finds."""

from __future__ import annotations

import random

import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Literal

from ritual.culture.checks import stages
from ritual.culture.focus import focus_of_change, reach
from ritual.culture.problems import ERROR, Problem
from ritual.culture.turtle import parse, read_folder
from ritual.culture.vocabulary import KG, RM
from ritual.resources import resource

OWN = ("groups/dai.ttl", "groups/yi.ttl", "groups/tibetan.ttl", "groups/jingpo.ttl")
SHAPES = "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> a sh:NodeShape ; sh:targetClass <urn:C> ; "


def _few() -> dict[str, str]:
    """The shipped vocabulary and four groups: small enough to be checked as a whole many times."""
    texts = read_folder(resource("knowledge_graph"))
    return {name: text for name, text in texts.items() if name in OWN or not name.startswith("groups/")}


BEFORE = _few()


def _problems(texts: dict[str, str], known: dict[str, str] | None = None) -> list[set[Problem]]:
    """Stage by stage, up to the first with an error, as loading does."""
    data, shapes = parse(texts)
    focus = None if known is None else focus_of_change(known, texts, data, shapes)
    assert known is None or focus is not None, "nothing was left out"
    found = []
    for problems in stages(data, shapes, focus):
        found.append(set(problems))
        if any(problem.severity == ERROR for problem in problems):
            break
    return found


SOUND = _problems(BEFORE)


def _broken(text: str, data: rdflib.Graph, draw: random.Random) -> str:
    """The statements of one file, a few of them spoilt."""
    graph = rdflib.Graph().parse(data=text, format="turtle")
    everything = sorted(data)
    for _ in range(draw.randint(1, 3)):
        subject, predicate, value = draw.choice(sorted(graph))
        spoil = draw.randrange(6)
        if spoil == 0:
            graph.remove((subject, None, None))  # the node is gone; who refers to it?
            continue
        graph.remove((subject, predicate, value))
        other = draw.choice(everything)
        if spoil == 1:
            graph.add((subject, predicate, other[2]))
        elif spoil == 2:
            graph.add((subject, other[1], value))
        elif spoil == 3:
            graph.add((other[0], predicate, value))
        elif spoil == 4:
            worse = Literal(draw.choice([-999, 0.5, 90])) if isinstance(value, Literal) else KG.nobody
            graph.add((subject, predicate, worse))
    return graph.serialize(format="nt")


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_a_random_change_is_judged_as_if_everything_were_checked(seed: int) -> None:
    draw = random.Random(seed)
    name = draw.choice([*OWN, "vocabulary.ttl", "concepts.ttl", "occasions.ttl"])
    data, _ = parse(BEFORE)
    after = {**BEFORE, name: _broken(BEFORE[name], data, draw)}
    data, shapes = parse(after)
    if focus_of_change(BEFORE, after, data, shapes) is None:
        return  # a term of the ontology was touched: everything is checked
    everything, some = _problems(after), _problems(after, BEFORE)
    assert len(everything) == len(some)
    for stage, (full, part) in enumerate(zip(everything, some, strict=True)):
        assert part <= full
        assert full - part <= SOUND[stage], "a problem was missed"


def test_a_change_in_one_group_leaves_the_others_alone() -> None:
    name = "groups/dai.ttl"
    after = {**BEFORE, name: BEFORE[name].replace("rm:bpm 84", "rm:bpm 85")}
    assert after[name] != BEFORE[name]
    focus = focus_of_change(BEFORE, after, *parse(after))
    assert focus.dances == (KG["dai-peacock"],)
    assert KG["dai-peacock-stance-01"] in focus.nodes  # it refers to the dance
    assert not any("yi-" in node for node in focus.nodes)


def test_a_removed_file_is_missed_by_those_who_referred_to_it() -> None:
    after = {name: text for name, text in BEFORE.items() if name != "occasions.ttl"}
    assert _problems(after, BEFORE)[0] == _problems(after)[0] != set()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("shapes.ttl", "sh:minCount 1", "sh:minCount 2"), ("ontology.ttl", "rm:Dance a", "rm:Dance1 a")],
)
def test_new_shapes_and_new_terms_concern_everything(name: str, old: str, new: str) -> None:
    after = {**BEFORE, name: BEFORE[name].replace(old, new, 1)}
    assert after != BEFORE
    assert focus_of_change(BEFORE, after, *parse(after)) is None


@pytest.mark.parametrize(
    ("shape", "steps"),
    [
        ("sh:nodeKind sh:IRI .", 0),
        ("sh:property [ sh:path <urn:p> ; sh:minCount 1 ] .", 0),
        ("sh:property [ sh:path <urn:p> ; sh:class <urn:D> ] .", 1),
        ("sh:property [ sh:path <urn:p> ; sh:or ( [ sh:datatype <urn:d> ] [ sh:class <urn:D> ] ) ] .", 1),
        ("sh:property [ sh:path <urn:p> ; sh:property [ sh:path <urn:q> ; sh:minCount 1 ] ] .", 1),
        ("sh:property [ sh:path <urn:p> ; sh:node [ sh:property [ sh:path <urn:q> ; sh:class <urn:D> ] ] ] .", 2),
        ("sh:property [ sh:path [ sh:inversePath <urn:p> ] ; sh:minCount 1 ] .", None),
        ("sh:property [ sh:path ( <urn:p> <urn:q> ) ; sh:minCount 1 ] .", None),
        ("sh:property [ sh:path <urn:p> ; sh:node <urn:s> ] .", None),
        ("sh:targetObjectsOf <urn:p> .", None),
        ('sh:sparql [ sh:select "" ] .', None),
    ],
)
def test_how_far_a_shape_reads(shape: str, steps: int | None) -> None:
    assert reach(rdflib.Graph().parse(data=SHAPES + shape, format="turtle")) == steps


def test_shapes_that_read_too_far_are_checked_as_a_whole() -> None:
    shapes = BEFORE["shapes.ttl"] + (
        "\nshape:Shown a sh:NodeShape ; sh:targetClass rm:Symbol ; sh:property [ sh:path [ sh:inversePath rm:symbol ] ;"
        ' sh:maxCount 0 ; sh:message "is shown"@en ] .\n'
    )
    data, graph = parse({**BEFORE, "shapes.ttl": shapes})
    whole = list(stages(data, graph))[1]
    assert {problem.text.split(";")[0] for problem in whole} == {"is shown"}


def test_a_large_graph_is_judged_like_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "groups/dai.ttl"
    spoilt = BEFORE[name].replace("rm:bpm 84", "rm:bpm 999").replace("rm:group kg:dai ;", "rm:group kg:yi-torch ;", 1)
    after = {**BEFORE, name: spoilt}
    small = list(_first_two(after))
    monkeypatch.setattr("ritual.culture.store.LARGE_BYTES", 10)
    monkeypatch.setattr("ritual.culture.conformance._NODES_AT_ONCE", 50)
    assert list(_first_two(after)) == small
    assert len(small[1]) > 1 and RM.bpm in {predicate for _, _, predicate in small[1]}


def _first_two(texts: dict[str, str]) -> list[set[tuple]]:
    found = stages(*parse(texts))
    return [{(p.node, p.text, p.predicate) for p in next(found)} for _ in range(2)]
