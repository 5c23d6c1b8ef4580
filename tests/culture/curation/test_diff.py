"""Changes of the graph in words."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ritual.culture.curation.diff import Entry, compare
from ritual.culture.curation.revisions import state
from ritual.errors import BadGraph, BadInput
from ritual.resources import resource

DONG = Path(__file__).parents[1] / "dong.ttl"
PROV = "http://www.w3.org/ns/prov#"
REVIEWED = (
    f'rm:Reviewed ; <{PROV}wasAttributedTo> "Li Hua" ; '
    f'<{PROV}generatedAtTime> "2026-05-01"^^<http://www.w3.org/2001/XMLSchema#date>'
)


@pytest.fixture(scope="module")
def context():
    return state(str(resource("knowledge_graph"))).data


def changes(tmp_path: Path, context, *edits: tuple[str, str]) -> list[Entry]:
    text = DONG.read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (tmp_path / "after.ttl").write_text(text, encoding="utf-8")
    return compare(state(str(DONG)), state(str(tmp_path / "after.ttl")), context)


CASES = {
    "a limit": (
        "angle:left_elbow_flexion ; rm:below 20",
        "angle:left_elbow_flexion ; rm:below 25",
        ("Dong lusheng dance, high straight arm", "left elbow flexion below 20 -> 25 deg"),
    ),
    "an angle of a stance": (
        "angle:left_knee_flexion 40",
        "angle:left_knee_flexion 45",
        ("Dong lusheng dance, lean", "left knee flexion 40 -> 45 deg"),
    ),
    "a range": (
        "rm:maximum 60",
        "rm:maximum 70",
        ("Dong lusheng dance, kg:dong-lusheng-knee", "left knee flexion maximum 60 -> 70 deg"),
    ),
    "a number": ("rm:bpm 90", "rm:bpm 84", ("Dong lusheng dance", "tempo 90 -> 84 beats a minute")),
    "one more": (
        "rm:occasion kg:harvest , kg:wedding",
        "rm:occasion kg:harvest , kg:wedding , kg:funeral",
        ("Dong lusheng dance", "new occasion funeral"),
    ),
    "one less": (
        "rm:occasion kg:harvest , kg:wedding",
        "rm:occasion kg:wedding",
        ("Dong lusheng dance", "no longer occasion harvest festival"),
    ),
    "another": (
        "rm:meaning kg:concept-harmony",
        "rm:meaning kg:concept-life",
        ("Dong drum", "meaning harmony -> life"),
    ),
    "a name": ('"侗族鼓纹"@zh', '"鼓纹"@zh', ("Dong drum", 'name "侗族鼓纹" in Chinese -> "鼓纹" in Chinese')),
    "a place": ("geo:lat 26.2", "geo:lat 26.5", ("Dong country", "latitude 26.2 -> 26.5 deg")),
    "a review": (
        "rm:meaning kg:concept-harmony ;\n    dcterms:source kg:source-general-knowledge ; rm:review rm:Unreviewed",
        f"rm:meaning kg:concept-harmony ;\n    dcterms:source kg:source-general-knowledge ; rm:review {REVIEWED}",
        ("Dong drum", "reviewed by Li Hua on 2026-05-01 (was unreviewed)"),
    ),
}


@pytest.mark.parametrize(("old", "new", "told"), CASES.values(), ids=CASES)
def test_a_change_is_said_in_words(tmp_path: Path, context, old: str, new: str, told: tuple[str, str]) -> None:
    (entry,) = changes(tmp_path, context, (old, new))
    assert (entry.label, *entry.lines) == told
    assert entry.change == "changed"


def test_what_came_and_what_went_is_said_with_what_it_is(tmp_path: Path, context) -> None:
    ban = (
        "kg:dong-sun-ban a rm:OccasionBan ; rm:forbids kg:dong-sun ; rm:occasion kg:funeral ;\n"
        "    dcterms:source kg:source-general-knowledge ; rm:review rm:Unreviewed .\n"
    )
    new = ban.replace("dong-sun-ban", "dong-drum-ban").replace("kg:dong-sun ", "kg:dong-drum ")
    assert changes(tmp_path, context, (ban, new)) == [
        Entry(
            "kg:dong-drum-ban",
            "kg:dong-drum-ban",
            "occasion ban",
            "added",
            ("source general knowledge", "forbids Dong drum", "occasion funeral", "unreviewed"),
        ),
        Entry(
            "kg:dong-sun-ban",
            "kg:dong-sun-ban",
            "occasion ban",
            "removed",
            ("source general knowledge", "forbids Dong sun", "occasion funeral", "unreviewed"),
        ),
    ]


def test_another_order_and_other_comments_are_no_change(tmp_path: Path, context) -> None:
    assert changes(tmp_path, context, ("rm:bpm 90 ; rm:beatsPerCycle 8", "rm:beatsPerCycle 8 ; # x\n rm:bpm 90")) == []


def test_other_conditions_are_told(tmp_path: Path, context) -> None:
    shapes = resource("knowledge_graph") / "shapes.ttl"
    (tmp_path / "shapes.ttl").write_text(
        shapes.read_text(encoding="utf-8").replace("sh:maxInclusive 240", "sh:maxInclusive 250"), encoding="utf-8"
    )
    (entry,) = compare(state(str(shapes)), state(str(tmp_path / "shapes.ttl")), context)
    assert entry.label == "conditions of shapes.ttl"


def test_a_revision_of_git_is_a_state(tmp_path: Path, context, monkeypatch: pytest.MonkeyPatch) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=x", "-c", "user.email=x@example.org")
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    (tmp_path / "graph").mkdir()
    path = tmp_path / "graph" / "dong.ttl"
    text = DONG.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    git("init")
    git("add", ".")
    git("commit", "-m", "first")
    path.write_text(text.replace("rm:bpm 90", "rm:bpm 84"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (entry,) = compare(state("HEAD:graph"), state("graph"), context)
    assert entry.lines == ("tempo 90 -> 84 beats a minute",)
    with pytest.raises(BadInput, match="git does not find it"):
        state("nowhere:graph")
    with pytest.raises(BadInput, match=r"no \*\.ttl file under 'other' in the revision 'HEAD'"):
        state("HEAD:other")


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no file or folder"):
        state(str(tmp_path / "nowhere.ttl"))
    (tmp_path / "bad.ttl").write_text("kg:a a .", encoding="utf-8")
    with pytest.raises(BadGraph, match=r"bad\.ttl, line 1: "):
        state(str(tmp_path / "bad.ttl"))
