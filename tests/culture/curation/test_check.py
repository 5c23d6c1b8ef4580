"""`check`: every problem of every file at its line, and nothing of files that nobody asked about."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ritual.culture.curation import reports
from ritual.culture.curation.check import Report, check
from ritual.culture.curation.fmt import formatted
from ritual.culture.graph import load_graph
from ritual.culture.problems import Finding
from ritual.culture.reading import LARGE, LARGEST
from ritual.errors import BadGraph, BadInput

DONG = Path(__file__).parents[1] / "dong.ttl"
PREFIXES = "@prefix rm: <urn:ritual-motion:ontology:> . @prefix kg: <urn:ritual-motion:kg:> .\n"
PREFIXES += "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix dcterms: <http://purl.org/dc/terms/> .\n"
DONE = "dcterms:source kg:source-general-knowledge ; rm:review rm:Unreviewed ."
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """`write(body, name)`: a curator's file outside of any graph."""
    folder = tmp_path_factory.mktemp("curator")

    def put(body: str, name: str = "mine.ttl") -> Path:
        path = folder / name
        path.write_text(PREFIXES + body, encoding="utf-8")
        return path

    return put


def symbol(name: str, more: str = "rm:meaning kg:concept-light ; ") -> str:
    return f'kg:{name} a rm:Symbol ; rm:slug "{name}" ; skos:prefLabel "{name}"@en , "物"@zh ; {more}{DONE}\n'


def errors(report: Report) -> list[tuple[str, int, str]]:
    return [(Path(f.file).name, f.line, f.message) for f in report.findings if f.severity == "error"]


def edit(folder: Path, old: str, new: str, name: str = "groups/dong.ttl") -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_shipped_graph_has_no_error() -> None:
    report = check()
    assert report.count("error") == 0 and report.files > 10


def test_all_problems_are_told_by_file_and_line_each_once(folder: Path) -> None:
    edit(folder, "rm:bpm 90", "rm:bpm 900")
    edit(folder, "rm:phase 0.5", "rm:fase 0.5")
    edit(folder, 'rm:slug "harvest"', 'rm:slug "Harvest time"', "occasions.ttl")
    assert [(file, message.split(";")[0]) for file, _, message in errors(check([folder]))] == [
        ("dong.ttl", "Dong lusheng dance (kg:dong-lusheng) needs one rm:bpm, the tempo from 20 to 240 beats a minute"),
        ("dong.ttl", "lean (kg:dong-lusheng-stance-02) uses the undeclared term rm:fase"),
        (
            "occasions.ttl",
            "harvest festival (kg:harvest) needs one rm:slug of lower-case letters, digits and hyphens, "
            'such as "dai-peacock"',
        ),
    ]


def test_a_suggestion_says_the_nearest_term_or_how_another_node_says_it(folder: Path) -> None:
    edit(folder, "rm:phase 0.5", "rm:fase 0.5")
    edit(folder, "rm:facing 90", "rm:facing 9000")
    edit(folder, "rm:above 65", "rm:above -80")
    suggestions = {f.message.split(";")[0].split(") ")[1]: f.suggestion for f in check([folder]).findings}
    assert suggestions["uses the undeclared term rm:fase"] == "Write rm:phase instead."
    edit(folder, "rm:fase 0.5", "rm:phase 5")
    shown = next(f.suggestion for f in check([folder]).findings if "rm:phase" in f.message)
    assert shown == "For example, kg:dong-lusheng-stance-01 has rm:phase 0."


def test_rules_that_exclude_each_other_are_told_where_they_stand(folder: Path) -> None:
    edit(
        folder, "rm:onAngle angle:left_wrist_flexion ; rm:above 65", "rm:onAngle angle:left_knee_flexion ; rm:below 80"
    )
    found = [f for f in check([folder]).findings if "no allowed pose" in f.message]
    assert found[0].suggestion == (
        "See also kg:dong-lusheng-knee (groups/dong.ttl, line 47), kg:dong-lusheng-wrist (groups/dong.ttl, line 51)."
    )


def test_syntax_errors_of_several_files_are_told_and_the_others_are_still_checked(folder: Path) -> None:
    edit(folder, "rm:phase 0.5 ;", "rm:phase 0.5")
    edit(folder, 'rm:slug "dong-sun" ;', 'rm:slug "dong-sun" rm:group')
    edit(folder, 'rm:slug "wedding" ;', 'rm:slug "wedding ;', "occasions.ttl")
    edit(folder, 'rm:slug "power" ;', 'rm:slug "Power!" ;', "concepts.ttl")
    found = errors(check([folder]))
    assert [(file, line) for file, line, _ in found if file != "occasions.ttl"] == [
        ("concepts.ttl", next(line for file, line, _ in found if file == "concepts.ttl")),
        ("dong.ttl", 24),
        ("dong.ttl", 40),
    ]
    assert [message for file, _, message in found if file == "occasions.ttl"] == [
        "A text in quotes is not closed on its line."
    ]
    assert found[0][2].startswith("power (kg:concept-power) needs one rm:slug")


@pytest.mark.parametrize(
    ("old", "new", "message", "suggestion"),
    [
        ("rm:phase 0.5", "rn:phase 0.5", "The prefix rn: is not declared.", "Did you mean rm?"),
        ("rm:phase 0.5", "owl:phase 0.5", "The prefix owl: is not declared.", "Add this line at the top of the file: "),
        ("rm:phase 0.5", "rm:phase", "Something is missing before ';'.", "Look at this line"),
        ('"lean"@en', "“lean”@en", "'“' cannot stand here.", "Write straight quotation marks"),
        ("rm:phase 0.5 ;", "rm:phase 0.5 ；", "'；' is no valid subject or graph name here.", "Write the Latin mark"),
    ],
)
def test_a_syntax_error_is_told_in_words(folder: Path, old: str, new: str, message: str, suggestion: str) -> None:
    edit(folder, old, new)
    (found,) = check([folder]).findings
    assert (found.message, found.suggestion.startswith(suggestion)) == (message, True), found


def test_a_file_of_many_syntax_errors_is_cut_short(folder: Path) -> None:
    (folder / "list.ttl").write_text("kg:a no:b kg:c .\n" + "a b ?\n.\n" * 50, encoding="utf-8")
    found = [f for f in check([folder]).findings if f.file.endswith("list.ttl")]
    assert 0 < len(found) <= 21


def test_a_new_file_is_checked_together_with_the_graph(folder: Path, write: Write) -> None:
    path = write(symbol("dong-new", "rm:group kg:dong ; rm:meaning kg:concept-lihgt ; "))
    report = check([path], folder)
    assert report.files == 1
    assert errors(report) == [
        (
            "mine.ttl",
            3,
            "dong-new (kg:dong-new) refers to a node that does not exist, kg:concept-lihgt; "
            "did you mean kg:concept-light.",
        )
    ]
    assert check([write(symbol("dong-new"))], folder).findings == []


def test_what_is_wrong_with_the_graph_itself_is_not_told_of_a_new_file(folder: Path, write: Write) -> None:
    edit(folder, "rm:bpm 90", "rm:bpm 900")
    assert check([write(symbol("dong-new"))], folder).findings == []


def test_an_error_that_a_new_file_brings_into_the_graph_is_told_in_the_file(folder: Path, write: Write) -> None:
    text = symbol("aaa").replace('rm:slug "aaa"', 'rm:slug "dong-sun"')
    assert errors(check([write(text)], folder)) == [
        ("mine.ttl", 3, "Dong sun (kg:dong-sun) has the slug 'dong-sun', which kg:aaa has already; give it another.")
    ]


def test_a_file_of_a_graph_is_checked_with_its_own_graph_and_alone_told_of(folder: Path) -> None:
    edit(folder, "rm:bpm 90", "rm:bpm 900")
    edit(folder, 'rm:slug "power" ;', 'rm:slug "Power!" ;', "concepts.ttl")
    assert [file for file, _, _ in errors(check([folder / "groups" / "dong.ttl"]))] == ["dong.ttl"]
    assert [file for file, _, _ in errors(check([folder / "groups"]))] == ["dong.ttl"]


def test_a_copy_of_a_file_of_the_graph_is_its_new_version(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    copy = tmp_path_factory.mktemp("copy") / "dong.ttl"
    shutil.copy(DONG, copy)
    assert check([copy], folder).findings == []
    copy.write_text(copy.read_text(encoding="utf-8").replace("rm:bpm 90", "rm:bpm 900"), encoding="utf-8")
    (found,) = check([copy], folder).findings
    assert (found.file, found.line) == (copy.as_posix(), 34)


CIRCLES = {
    "concepts": (
        f"kg:c-a skos:broader kg:c-b . {symbol('x')}"
        + "".join(
            f'kg:{n} a rm:Concept ; rm:slug "{n}" ; skos:prefLabel "{n}"@en , "物"@zh ; {DONE}\n'
            for n in ("c-a", "c-b")
        )
        + "kg:c-b skos:broader kg:c-a .\n",
        "c-a (kg:c-a) lies under itself by skos:broader (kg:c-a > kg:c-b > kg:c-a); take one of these statements out.",
    ),
    "rituals": (
        f'kg:r a rm:Ritual ; rm:slug "r" ; skos:prefLabel "r"@en , "物"@zh ; rm:partOf kg:r ; {DONE}\n',
        "r (kg:r) is part of itself by rm:partOf (kg:r > kg:r); take one of these statements out.",
    ),
}


@pytest.mark.parametrize(("body", "message"), CIRCLES.values(), ids=CIRCLES)
def test_a_circle_is_told_once_and_such_a_graph_does_not_load(
    folder: Path, write: Write, body: str, message: str
) -> None:
    path = write(body)
    assert [text for _, _, text in errors(check([path], folder))] == [message]
    shutil.copy(path, folder)
    with pytest.raises(BadGraph) as caught:
        load_graph(folder)
    assert caught.value.message.endswith(message)


def test_one_name_for_two_kinds_of_thing(folder: Path, write: Write) -> None:
    path = write(symbol("x", "a rm:Occasion ; rm:phrase 'at x'@en ; rm:meaning kg:concept-light ; "))
    message = "x (kg:x) is an rm:Occasion and an rm:Symbol at once; give one of them another name."
    assert (path.name, 3, message) in errors(check([path], folder))
    shutil.copy(path, folder)
    with pytest.raises(BadGraph, match="at once; give one of them another name"):
        load_graph(folder)


def test_a_name_that_is_described_in_two_files_is_told_in_the_second(folder: Path, write: Write) -> None:
    path = write(symbol("dong-sun"))
    message = "is described in groups/dong.ttl already; give one of the two another name, or make them one."
    assert any(text.endswith(message) for _, _, text in errors(check([path], folder)))
    shutil.copy(path, folder / "zzz.ttl")
    with pytest.raises(BadGraph) as caught:
        load_graph(folder)
    assert caught.value.message == f"zzz.ttl, line 3: Dong sun (kg:dong-sun) {message}"


def test_a_name_that_is_described_twice_in_one_file_is_told(folder: Path, write: Write) -> None:
    found = errors(check([write(symbol("x") + symbol("x"))], folder))
    assert [text for _, _, text in found] == [
        "x (kg:x) is described in this file already; give one of the two another name, or make them one."
    ]


BYTES = {
    "no text at all": (b"\x89PNG\r\n\x1a\n\x00\x00", 1, "Byte 0x89 is not UTF-8 text."),
    "another encoding": ("kg:a # 侗".encode("gb18030"), 1, "Byte 0xb6 is not UTF-8 text."),
    "zero bytes": (b"a\x00b", 1, "The file is no text: it holds zero bytes."),
    "nothing": (b"", 1, "The file is empty."),
}


@pytest.mark.parametrize(("data", "line", "message"), BYTES.values(), ids=BYTES)
def test_a_file_that_is_no_text_is_told_and_does_not_hide_others(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, write: Write, data: bytes, line: int, message: str
) -> None:
    path = tmp_path_factory.mktemp("odd") / "odd.ttl"
    path.write_bytes(data)
    other = write(symbol("x", "rm:meaning kg:concept-lihgt ; "))
    assert errors(check([path], folder)) == [("odd.ttl", line, message)]
    assert {file for file, _, _ in errors(check([path, other], folder))} == {"odd.ttl", "mine.ttl"}


def test_a_file_that_is_too_large_is_not_read(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("odd") / "large.ttl"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)  # takes no room on the disk
    (found,) = check([path], folder).findings
    assert found.message == "The file has 128 MB, and a file of the graph has at most 128 MB; it was not read."


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Lorem ipsum dolor sit. amet\n", "No Turtle stands here."),
        ("a", "The file has a line of more than 64 KB, so it is no Turtle."),
        ('kg:a kg:b "c" .\n', "No Turtle stands here."),
    ],
    ids=("prose", "one long line", "no prefixes"),
)
def test_a_large_file_is_refused_at_a_glance(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, line: str, message: str
) -> None:
    path = tmp_path_factory.mktemp("odd") / "large.ttl"
    path.write_text(line * (LARGE // len(line) + 1), encoding="utf-8")
    (found,) = check([path], folder).findings
    assert (found.line, found.message) == (1, message)


def test_a_quotation_without_an_end_is_told_however_long_it_is(folder: Path, write: Write) -> None:
    path = write(symbol("x") * 300 + 'kg:x kg:y """' + "text\n" * 2**22)
    assert [text for _, _, text in errors(check([path], folder))] == [
        "A word or a text in quotes does not end within 16 MB."
    ]
    with pytest.raises(BadGraph, match="a word or a text in quotes does not end within 16 MB"):
        formatted(path.read_text(encoding="utf-8"), "x.ttl")


def test_windows_line_ends_and_a_byte_order_mark_are_fine(folder: Path) -> None:
    path = folder / "groups" / "dong.ttl"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert check([folder]).findings == []


def test_shapes_that_do_not_parse_leave_the_terms_to_be_checked(folder: Path) -> None:
    edit(folder, "rm:phase 0.5", "rm:fase 0.5")
    with (folder / "shapes.ttl").open("a", encoding="utf-8") as file:
        file.write("shape:X a sh:NodeShape \n")
    assert sorted({file for file, _, _ in errors(check([folder]))}) == ["dong.ttl", "shapes.ttl"]


@pytest.mark.parametrize(
    ("paths", "graph", "message"),
    [
        (["nowhere.ttl"], None, "There is no file or folder"),
        (["."], None, "holds no \\*.ttl file"),
        ([], "nowhere", "does not exist"),
        ([], ".", "holds no shapes.ttl"),
    ],
)
def test_what_cannot_be_checked_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paths: list[str], graph: str | None, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInput, match=message):
        check([*map(Path, paths)], None if graph is None else Path(graph))


def test_symbols_without_a_meaning_and_open_places_are_warned_of(folder: Path, write: Write) -> None:
    path = write(symbol("x", "skos:definition 'TODO: say what it is'@en ; "))
    report = check([path], folder)
    assert [(f.severity, f.message) for f in report.findings] == [
        ("warning", 'x (kg:x) has a place that is not filled in: skos:definition "TODO: say what it is".'),
        ("warning", "x (kg:x) has no meaning yet."),
    ]


def test_a_known_prefix_that_stands_for_something_else_is_told(folder: Path, write: Write) -> None:
    path = write(symbol("x"))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("urn:ritual-motion:ontology:", "urn:ritual-motion:ontolgy:"), encoding="utf-8")
    assert errors(check([path], folder))[0] == (
        "mine.ttl",
        1,
        "The prefix rm: stands for <urn:ritual-motion:ontolgy:> here, which the graph does not know.",
    )
    path.write_text(f"@prefix geo: <https://example.org/> .\n{text}", encoding="utf-8")
    assert [finding.severity for finding in check([path], folder).findings] == ["warning"]


def test_what_is_thin_is_told_on_request_in_one_line_per_file_and_kind(folder: Path) -> None:
    assert check([folder]).findings == []
    found = [f for f in check([folder], everything=True).findings if f.file.endswith("dong.ttl")]
    assert [(f.severity, f.message) for f in found] == [
        ("info", "13 statements rest on general knowledge alone: kg:dong, kg:dong-costume, kg:dong-costume-male, "
                 "kg:dong-sun and 9 more."),
        ("info", "4 names are in English only: kg:dong-lusheng-stance-02, kg:dong-lusheng-stance-01, "
                 "kg:dong-lusheng-wrist, kg:dong-lusheng-arm."),
    ]  # fmt: skip


FOUND = Report(
    [
        Finding("a,b.ttl", 3, "error", "100 % wrong.", "Mend\nit."),
        Finding("a,b.ttl", 4, "warning", "Look <here>."),
        Finding("c.ttl", 1, "info", "Thin."),
    ],
    2,
    {},
)


def test_a_report_is_told_to_programs() -> None:
    assert json.loads(json.dumps(reports.as_rows(FOUND)))[0] == {
        "file": "a,b.ttl", "line": 3, "severity": "error", "message": "100 % wrong.", "suggestion": "Mend\nit."
    }  # fmt: skip
    assert list(reports.as_github(FOUND)) == [
        "::error file=a%2Cb.ttl,line=3,title=knowledge graph::100 %25 wrong. Mend%0Ait.",
        "::warning file=a%2Cb.ttl,line=4,title=knowledge graph::Look <here>.",
        "::notice file=c.ttl,line=1,title=knowledge graph::Thin.",
    ]
    suite = ElementTree.fromstring(reports.as_junit(FOUND))
    assert suite.attrib | {} == {"name": "ritual kg check", "errors": "0", "tests": "2", "failures": "1"}
    assert [(case.get("name"), case.find("failure") is None) for case in suite] == [("a,b.ttl", False), ("c.ttl", True)]
    assert suite[0].findtext("system-out") == "a,b.ttl:4: warning: Look <here>."
