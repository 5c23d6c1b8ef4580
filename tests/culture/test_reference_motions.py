"""A dance may point to motion capture: what the graph tells of it, and what is told where it is not as it should be."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ritual.cli.main import app
from ritual.culture.curation import docs
from ritual.culture.curation.check import check
from ritual.culture.curation.fmt import formatted
from ritual.culture.graph import load_graph
from ritual.culture.motion_files import FOLDER_VARIABLE, located
from ritual.errors import BadGraph
from ritual.resources import resource

SOUND = """@prefix rm: <urn:ritual-motion:ontology:> .
@prefix kg: <urn:ritual-motion:kg:> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
kg:dong-lusheng rm:referenceMotion kg:lusheng-recording .
kg:lusheng-recording a rm:ReferenceMotion ; skos:prefLabel "a recording"@en ;
    rm:file "motions/lusheng.bvh" ; rm:performer rm:Male ; rm:cycleBegins 2.5 ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
    dcterms:source kg:source-general-knowledge ; rm:review rm:Unreviewed .
"""
FILE_LINE = 7


@pytest.fixture
def pointing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """`pointing((old, new), ...)`: a folder whose dance points to a recording that is there, with places changed."""
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)

    def make(*changes: tuple[str, str]) -> Path:
        text = SOUND
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (folder / "motions").mkdir(exist_ok=True)
        (folder / "motions" / "lusheng.bvh").write_text("HIERARCHY")
        (folder / "groups" / "recording.ttl").write_text(text, encoding="utf-8")
        return folder

    return make


def told(folder: Path) -> list[tuple[int, str, str]]:
    """(line, severity, message) of what a check says of the file that points."""
    report = check([folder / "groups" / "recording.ttl"], folder)
    return [(finding.line, finding.severity, finding.message) for finding in report.findings]


def test_the_rulebook_of_its_performer_has_it_with_all_that_is_said_of_it(pointing):
    folder = pointing()
    graph = load_graph(folder)
    (motion,) = graph.rulebook("dong-lusheng", performer="male").reference_motions
    assert (motion.name, motion.file, motion.performers) == ("a recording", "motions/lusheng.bvh", ("male",))
    assert motion.path == (folder / "motions" / "lusheng.bvh").resolve()
    assert motion.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert (motion.begins, motion.ends, motion.cycle_begins, motion.cycle_seconds) == (0.0, None, 2.5, None)
    assert (motion.source.label, motion.review) == ("general knowledge", "unreviewed")
    assert graph.rulebook("dong-lusheng", performer="female").reference_motions == ()
    assert graph.reference_motions("dong-lusheng") == (motion,)
    assert graph.reference_motions("dong-lusheng", "female") == ()


def test_one_that_is_sound_and_there_is_told_nothing_of(pointing):
    assert told(pointing()) == []


def test_a_missing_file_is_a_warning_at_its_line_and_the_graph_loads(pointing):
    folder = pointing()
    (folder / "motions" / "lusheng.bvh").unlink()
    ((line, severity, message),) = told(folder)
    assert (line, severity) == (FILE_LINE, "warning")
    assert message == (
        'a recording (kg:lusheng-recording) names a file that is not there, "motions/lusheng.bvh"; the dance goes by '
        "its stances alone."
    )
    (motion,) = load_graph(folder).reference_motions("dong-lusheng")
    assert motion.path is None
    (folder / "motions" / "lusheng.bvh").write_text("HIERARCHY")
    assert motion.path is not None  # asked when it is wanted, not when the graph was read


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;\n", "", "does not say under which"),
        ("lusheng.bvh", "lusheng.mp4", 'names a file of an unknown kind, "motions/lusheng.mp4"; its name must end in'),
        ("kg:dong-lusheng rm:referenceMotion kg:lusheng-recording .", "", "belongs to no dance"),
    ],
)
def test_what_a_curator_should_look_at_is_a_warning(pointing, old, new, text):
    folder = pointing((old, new))
    ((_, severity, message),) = told(folder)
    assert severity == "warning" and message.startswith(f"a recording (kg:lusheng-recording) {text}")
    load_graph(folder)


def test_a_recording_of_somebody_whom_the_dance_is_not_given_to_is_told(pointing):
    folder = pointing()
    dong = folder / "groups" / "dong.ttl"
    text = dong.read_text(encoding="utf-8")
    role = '\nkg:role-elder a rm:PerformerRole ; rm:slug "elder" ; skos:prefLabel "elder"@en , "寨老"@zh .\n'
    dong.write_text(text + role, encoding="utf-8")
    pointing(("rm:performer rm:Male", "rm:performer kg:role-elder"))
    ((_, severity, message),) = told(folder)
    assert severity == "warning" and "shows elder performers only, to whom kg:dong-lusheng is not given" in message


@pytest.mark.parametrize(
    "file", ["../outside.bvh", "/etc/hostname", "motions/../../outside.bvh", "file:///etc/hostname", "C:/x.bvh",
             "http://example.org/x.bvh", "//server/share/x.bvh", ".hidden/x.bvh", "motions\\\\..\\\\x.bvh", ""]
)  # fmt: skip
def test_a_path_that_leads_elsewhere_keeps_the_graph_from_loading(pointing, file):
    folder = pointing(("motions/lusheng.bvh", file))
    with pytest.raises(BadGraph, match=r"recording.ttl, line 7: a recording .* needs one rm:file, a path inside"):
        load_graph(folder)


def test_nothing_outside_the_folders_is_ever_opened(pointing, tmp_path_factory):
    """Whatever a graph says, and wherever a link leads."""
    folder = pointing()
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "secret.bvh"
    elsewhere.write_text("secret")
    (folder / "motions" / "link.bvh").symlink_to(elsewhere)
    (folder / "motions" / "lusheng2.bvh").symlink_to(folder / "motions" / "lusheng.bvh")
    for file in ("motions/link.bvh", str(elsewhere), f"../{elsewhere.parent.name}/secret.bvh", "motions", "a\0b", "."):
        assert located(file, folder) is None
    assert located("motions/lusheng2.bvh", folder) == (folder / "motions" / "lusheng.bvh").resolve()
    assert located("motions/lusheng.bvh", None) is None


def test_the_folder_that_the_user_names_goes_first(pointing, tmp_path_factory, monkeypatch):
    folder, mine = pointing(), tmp_path_factory.mktemp("mine")
    (motion,) = load_graph(folder).reference_motions("dong-lusheng")
    monkeypatch.setenv(FOLDER_VARIABLE, str(mine))
    assert motion.path == (folder / "motions" / "lusheng.bvh").resolve()
    (mine / "motions").mkdir()
    (mine / "motions" / "lusheng.bvh").write_text("HIERARCHY")
    assert motion.path == (mine / "motions" / "lusheng.bvh").resolve()
    assert replace(motion, folder=None).path == motion.path


def test_explain_tells_it_with_licence_and_source(pointing):
    folder = pointing()
    said = CliRunner().invoke(app, ["explain", "dong-lusheng", "--graph", str(folder)]).stdout
    flat = " ".join(said.split())
    assert "reference-motion a recording. Motion capture of male performers in motions/lusheng.bvh; licence:" in flat
    assert "https://creativecommons.org/licenses/by/4.0/" in flat.replace(" ", "")
    result = CliRunner().invoke(app, ["explain", "dong-lusheng", "--graph", str(folder), "--json"])
    (motion,) = [row for row in json.loads(result.stdout) if row["kind"] == "reference-motion"]
    assert motion["found"] is True and motion["file"] == "motions/lusheng.bvh" and motion["review"] == "unreviewed"
    (folder / "motions" / "lusheng.bvh").unlink()
    said = CliRunner().invoke(app, ["explain", "dong-lusheng", "--graph", str(folder)]).stdout
    assert "motions/lusheng.bvh, which is not there" in " ".join(said.split())
    said = CliRunner().invoke(app, ["explain", "dong-lusheng", "--performer", "female", "--graph", str(folder)]).stdout
    assert "reference-motion" not in said


def test_the_pages_tell_it(pointing):
    folder = pointing()
    site = docs.build(load_graph(folder), folder)
    assert '<a href="../things.html#kg-lusheng-recording">a recording</a>' in site["dances/dong-lusheng.html"]
    page = site["things.html"]
    entry = page[page.index('id="kg-lusheng-recording"') :].split("</article>")[0]
    for text in ("motions/lusheng.bvh", "https://creativecommons.org/licenses/by/4.0/", "2.5", "unreviewed", "male"):
        assert text in entry
    assert "reference motion" in site["ontology.html"]


def test_the_example_for_curators_is_sound(tmp_path, monkeypatch):
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    text = (Path(__file__).parents[2] / "docs" / "curators.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```turtle\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    folder = tmp_path / "graph"
    shutil.copytree(resource("knowledge_graph"), folder)
    written = folder / "groups" / "recording.ttl"
    written.write_text(example, encoding="utf-8")
    assert formatted(example, "recording.ttl") == example
    (finding,) = check([written], folder).findings
    assert finding.severity == "warning" and 'a file that is not there, "motions/dai-peacock.bvh"' in finding.message
    (motion,) = load_graph(folder).rulebook("dai-peacock", performer="female").reference_motions
    assert (motion.begins, motion.ends, motion.cycle_begins, motion.cycle_seconds) == (4.2, 71.5, 6.15, 5.7)
    assert motion.licence.startswith("CC BY-NC 4.0")
    assert load_graph(folder).rulebook("dai-peacock", performer="male").reference_motions == ()
