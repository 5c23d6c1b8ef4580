"""The graph answers SPARQL: reading only, itself only, in time, and a slip is named with its place."""

import csv
import io
import json
import subprocess
import sys
import threading
import time

import pytest
import rdflib
from typer.testing import CliRunner

from ritual.cli.main import app
from ritual.culture.curation import query
from ritual.errors import BadInput

DANCES = "SELECT ?dance ?name { ?dance a rm:Dance ; skos:prefLabel ?name FILTER(LANG(?name) = 'en') }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def kg(*args):
    return CliRunner().invoke(app, ["kg", "query", *map(str, args)])


def test_a_select_gives_its_rows_with_short_names(dong):
    answer = query.ask(dong.triples, DANCES)
    assert answer.columns == ("dance", "name")
    assert answer.rows == (("kg:dong-lusheng", "Dong lusheng dance"),)


def test_a_variable_without_a_value_is_empty(dong):
    answer = query.ask(dong.triples, "SELECT ?n ?x { kg:dong rm:slug ?n OPTIONAL { kg:dong rm:bpm ?x } }")
    assert answer.rows == (("dong", ""),)


@pytest.mark.parametrize(("group", "truth"), [("kg:dong", True), ("kg:dong-sun", False)])
def test_an_ask_says_yes_or_no(dong, group, truth):
    assert query.ask(dong.triples, f"ASK {{ {group} a rm:Group }}").truth is truth


def test_a_construct_gives_turtle_that_can_be_read_again(dong):
    text = query.to_text(query.ask(dong.triples, "CONSTRUCT { ?d rm:group ?g } WHERE { ?d rm:group ?g }"), "table")
    assert "kg:dong-lusheng rm:group kg:dong" in text
    assert len(rdflib.Graph().parse(data=text, format="turtle")) == 4


def test_csv_and_json_are_the_standards_own(dong):
    answer = query.ask(dong.triples, DANCES)
    rows = list(csv.reader(io.StringIO(query.to_text(answer, "csv"))))
    assert rows == [["dance", "name"], ["urn:ritual-motion:kg:dong-lusheng", "Dong lusheng dance"]]
    (binding,) = json.loads(query.to_text(answer, "json"))["results"]["bindings"]
    assert binding["name"] == {"type": "literal", "value": "Dong lusheng dance", "xml:lang": "en"}


@pytest.mark.parametrize(
    "update",
    ["INSERT DATA { kg:x a rm:Dance }", "DELETE WHERE { ?s ?p ?o }", "CLEAR ALL", "LOAD <http://example.org/x>"],
)
def test_an_update_is_refused_and_changes_nothing(dong, update):
    before = len(dong.triples)
    with pytest.raises(BadInput, match="only reads"):
        query.ask(dong.triples, update)
    assert len(dong.triples) == before


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("SELECT * FROM <http://example.org/x> { ?s ?p ?o }", "FROM"),
        ("SELECT * FROM NAMED <http://example.org/x> { GRAPH ?g { ?s ?p ?o } }", "FROM"),
        ("SELECT * { SERVICE <http://example.org/x> { ?s ?p ?o } }", "SERVICE"),
        ("SELECT * { ?s ?p ?o FILTER NOT EXISTS { SERVICE <http://example.org/x> { ?s ?p ?o } } }", "SERVICE"),
    ],
)
def test_a_query_reads_this_graph_only(dong, text, what):
    with pytest.raises(BadInput, match=f"reaches out with {what}"):
        query.ask(dong.triples, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT ?d\n{ ?d a rm:Dance\n ?d rm:bpm ?b }", r"line 3, column 2: '\?d rm:bpm"),
        ("SELEC ?d { ?d ?p ?o }", "line 1, column 1: 'SELEC"),
        ("SELECT ?d { ?d a rm:Dance", "ends too early"),
        ("", "ends too early"),
        ("SELECT ?d { ?d a foo:Dance }", "foo"),
        ("SELECT ?d (COUNT(?x) AS ?n) { ?d a ?x }", "not allowed in SPARQL: at line and column 1:"),
    ],
)
def test_a_slip_is_named_with_its_place(dong, text, message):
    with pytest.raises(BadInput, match=message):
        query.ask(dong.triples, text)


def test_a_query_that_takes_too_long_is_given_up(dong):
    start = time.monotonic()
    with pytest.raises(query.TooSlow, match=r"within 0.3 seconds"):
        query.ask(dong.triples, ENDLESS, seconds=0.3)
    assert [thread.name for thread in threading.enumerate() if "work" in thread.name] == []  # nothing goes on behind
    assert time.monotonic() - start < 60  # it would never end


def test_a_query_may_stand_in_a_file(tmp_path, folder):
    path = tmp_path / "dances.rq"
    path.write_text(DANCES, encoding="utf-8")
    result = kg(path, "--graph", folder)
    assert result.exit_code == 0 and "Dong lusheng dance" in result.output and "1 row" in result.output


def test_a_missing_file_and_an_unknown_format_are_one_sentence(folder):
    for args, what in [(("no.rq",), "cannot be read"), ((DANCES, "--format", "xml"), "Unknown format 'xml'")]:
        result = kg(*args, "--graph", folder)
        assert result.exit_code == 2 and what in result.output and "Traceback" not in result.output


def test_the_examples_of_the_help_find_something(folder):
    import re

    from ritual.cli.kg.query import EXAMPLES

    examples = re.findall(r'"(SELECT .+?)"', EXAMPLES, re.DOTALL)
    assert len(examples) == 3
    for text in examples:
        result = kg(text)
        assert result.exit_code == 0 and "\n0 rows" not in result.output, result.output


def test_query_does_not_wait_for_torch():
    code = (
        "import sys; from typer.testing import CliRunner; from ritual.cli.main import app;"
        "r = CliRunner().invoke(app, ['kg', 'query', 'ASK { ?s ?p ?o }']); assert r.exit_code == 0, r.output;"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
