"""The layout of Turtle files: the same statements, every comment, and the second time nothing to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.compare import isomorphic

from ritual.culture.curation import fmt
from ritual.culture.curation.fmt import formatted, layouts
from ritual.culture.curation.tokens import tokens
from ritual.errors import BadGraph, BadInput
from ritual.resources import resource

PREFIXES = """@prefix rm: <urn:ritual-motion:ontology:> .
@prefix kg: <urn:ritual-motion:kg:> .
@prefix angle: <urn:ritual-motion:angle:> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix geo: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SHIPPED = sorted(resource("knowledge_graph").rglob("*.ttl"))


def laid_out(body: str) -> str:
    text = formatted(PREFIXES + body, "x.ttl")
    assert text.startswith(PREFIXES)
    return text.removeprefix(PREFIXES)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_file_says_the_same_and_is_in_order_at_once(path: Path) -> None:
    before = path.read_text(encoding="utf-8")
    after = formatted(before, path.name)
    assert formatted(after, path.name) == after
    if path.name != "shapes.ttl":  # rdflib takes seconds for its nameless nodes; `formatted` compares them itself
        assert isomorphic(rdflib.Graph().parse(data=before), rdflib.Graph().parse(data=after))
    assert sorted(w.text for w in tokens(before) if w.kind == "comment") == sorted(
        w.text for w in tokens(after) if w.kind == "comment"
    )


def test_names_come_first_sources_last_and_the_rest_stays_as_the_curator_put_it() -> None:
    assert laid_out(
        'kg:x rm:review rm:Unreviewed; rm:symbol kg:b,kg:a; dcterms:source kg:s; skos:prefLabel "x"@en; a rm:Dance;\n'
        ' rm:bpm 90; rm:slug "x" .'
    ) == (
        'kg:x a rm:Dance ; rm:slug "x" ;\n'
        '    skos:prefLabel "x"@en ;\n'
        "    rm:symbol kg:b , kg:a ;\n"
        "    rm:bpm 90 ;\n"
        "    dcterms:source kg:s ;\n"
        "    rm:review rm:Unreviewed .\n"
    )


def test_the_angles_of_one_joint_and_a_pair_of_bounds_share_a_line() -> None:
    body = (
        "kg:x a rm:Stance ; angle:left_hip_flexion 1 ; angle:left_hip_abduction 2 ; angle:left_knee_flexion 3 ;\n"
        "  geo:lat 1.5 ; geo:long 2 ; rm:minimum 0 ; rm:maximum 9 .\n"
    )
    assert laid_out(body) == (
        "kg:x a rm:Stance ;\n"
        "    angle:left_hip_flexion 1 ; angle:left_hip_abduction 2 ;\n"
        "    angle:left_knee_flexion 3 ;\n"
        "    geo:lat 1.5 ; geo:long 2 ;\n"
        "    rm:minimum 0 ; rm:maximum 9 .\n"
    )


def test_a_short_statement_on_one_line_stays_there() -> None:
    line = "kg:x-side a rm:Interval ; rm:onAngle angle:left_wrist_flexion ; rm:above 65 .\n"
    assert laid_out(line) == line


def test_a_comment_stays_with_what_it_is_about() -> None:
    assert laid_out(
        "# the group\n"
        "\n\n\n"
        "kg:x rm:review rm:Unreviewed ;  # nobody yet\n"
        "    # where they live\n"
        "    geo:lat 22.0 ; geo:long 100.8 ; # Xishuangbanna\n"
        "    a rm:Group . # end\n"
        "# after\n"
    ) == (
        "# the group\n"
        "\n"
        "kg:x a rm:Group ;  # end\n"
        "    # where they live\n"
        "    geo:lat 22.0 ;\n"
        "    geo:long 100.8 ;  # Xishuangbanna\n"
        "    rm:review rm:Unreviewed .  # nobody yet\n"
        "# after\n"
    )


def test_a_comment_before_the_full_stop_is_kept() -> None:
    assert laid_out("kg:x a rm:Group ; rm:bpm 9 ;\n  # more to come\n .\n") == (
        "kg:x a rm:Group ; rm:bpm 9 .\n# more to come\n"
    )


def test_marks_inside_text_are_text() -> None:
    body = 'kg:x rm:a "a ; b . # c"@en , """two # lines\n  ; kept """ , \'its\' .\n'
    assert laid_out(body) == body


def test_a_long_bracket_is_broken_between_its_parts() -> None:
    long, other = "x" * 60, "y" * 30
    part = f'rm:a [ rm:label "{long}" ; rm:b [ rm:c 1 ; rm:d 2 ] ; rm:e ( 1 2 3 ) ; rm:f "{other}" ] .'
    assert laid_out(f"kg:x a rm:B ; {part}") == (
        "kg:x a rm:B ;\n"
        f'    rm:a [ rm:label "{long}" ; rm:b [ rm:c 1 ; rm:d 2 ] ;\n'
        f'        rm:e ( 1 2 3 ) ; rm:f "{other}" ] .\n'
    )


_WORD = st.text("ab", min_size=1, max_size=3)
_OBJECT = st.one_of(
    _WORD.map("kg:{}".format),
    st.text('ab#;. "\\\n中', max_size=30).map(lambda text: json.dumps(text, ensure_ascii=False)),
    st.text("ab#;. \n中", max_size=30).map('"""{}"""'.format),
    _WORD.map('"{}"@en-GB'.format),
    st.integers(-9, 9).map(str),
    st.sampled_from(["-1.5", "2e3", "true", '"2026-01-01"^^xsd:date', "[ rm:p 1 ; rm:q ( 1 kg:a ) ]", "( )", "[ ]"]),
)
_COMMENT = st.sampled_from(["", " ", " # c ; .\n", "\n# own\n", "\n\n"])
_END = st.sampled_from([".", ";.", "; # last\n.", ";\n# own\n."])
_PREDICATES = ("a", "rm:slug", "dcterms:source", "rm:review", "angle:neck_flexion", "angle:neck_lateral", "rm:p")


@st.composite
def _statements(draw: st.DrawFn) -> str:
    parts = [f"kg:{draw(_WORD)} "]
    count = draw(st.integers(1, 4))
    for i in range(count):
        predicate = draw(st.sampled_from(_PREDICATES))
        objects = draw(st.lists(_WORD.map("kg:{}".format) if predicate == "a" else _OBJECT, min_size=1, max_size=3))
        parts.append(f"{draw(_COMMENT)}{predicate} ")
        parts += [f"{draw(_COMMENT)}{o} {draw(_COMMENT)}," for o in objects[:-1]]
        parts.append(f" {objects[-1]} {draw(_COMMENT)}{';' if i < count - 1 else draw(_END)}")
    return "".join(parts) + draw(_COMMENT)


@settings(max_examples=150, deadline=None)
@given(st.lists(_statements(), max_size=4).map("\n".join))
def test_any_turtle_keeps_its_meaning_and_its_comments(body: str) -> None:
    once = formatted(PREFIXES + body, "x.ttl")  # raises where a statement or a comment is lost
    assert formatted(once, "x.ttl") == once


def test_a_layout_that_lost_a_statement_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fmt, "laid_out", lambda blocks: PREFIXES)
    with pytest.raises(BadGraph) as caught:
        formatted(PREFIXES + "kg:x a rm:Dance .", "x.ttl")
    assert caught.value.message == "x.ttl cannot be put in order without changing what it says; it was left as it is."


def test_windows_line_ends_are_kept_and_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_bytes(b"\xef\xbb\xbf" + (PREFIXES + "kg:x rm:slug 'x'; a rm:Dance.\n").replace("\n", "\r\n").encode())
    (layout,), _ = layouts([path])
    layout.write()
    assert path.read_bytes() == (PREFIXES + "kg:x a rm:Dance ; rm:slug 'x' .\n").replace("\n", "\r\n").encode()


def test_a_file_that_is_no_turtle_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(PREFIXES + "kg:x a rm:Dance")
    (tmp_path / "b.ttl").write_text(PREFIXES + "kg:x a rm:Dance .\n")
    found, (error,) = layouts([tmp_path])
    assert [layout.path.name for layout in found] == ["b.ttl"] and not found[0].changed
    assert error.message.startswith(f"{tmp_path.as_posix()}/a.ttl, line 8: ")


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no file or folder"):
        layouts([tmp_path / "nowhere"])
