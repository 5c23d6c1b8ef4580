"""What was found sound is not asked again, and nothing else is ever believed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ritual.culture import cache, graph
from ritual.culture.cache import Passed, cache_folder, key
from ritual.culture.graph import load_graph
from ritual.errors import BadGraph

TEXTS = {"a.ttl": "one", "b.ttl": "two"}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    monkeypatch.setenv("RITUAL_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "graphs"


def test_the_note_is_found_again_by_another_process_and_for_these_very_files_only(place: Path) -> None:
    Passed(TEXTS).now()
    code = f"from ritual.culture.cache import Passed; print(Passed({TEXTS!r}).before())"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert said.stdout == "True\n"
    others = ({}, {"a.ttl": "one"}, {"a.ttl": "one", "c.ttl": "two"}, {"a.ttl": "two", "b.ttl": "one"})
    for other in (*others, {"a.ttl": "onetwo", "b.ttl": ""}, {**TEXTS, "b.ttl": "two "}):
        assert not Passed(other).before()


def test_other_code_does_not_believe_the_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Passed(TEXTS).now()
    package = tmp_path / "ritual"
    (package / "culture").mkdir(parents=True)
    (package / "body").mkdir()
    seen = set()
    for source in ("x = 1", "x = 2"):
        (package / "culture" / "rules.py").write_text(source)
        cache._code.cache_clear()
        monkeypatch.setattr(cache, "__file__", str(package / "culture" / "cache.py"))
        assert not Passed(TEXTS).before()
        seen.add(key(TEXTS))
    assert len(seen) == 2
    cache._code.cache_clear()


def test_loading_asks_nothing_of_files_that_passed_and_everything_of_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    stages = graph.stages
    monkeypatch.setattr(graph, "stages", lambda *arguments: asked.append(arguments) or stages(*arguments))
    first = load_graph(folder)
    again = load_graph(folder)
    assert len(asked) == 1
    assert again.dances() == first.dances() and len(again.triples) == len(first.triples)
    path = folder / "groups" / "dong.ttl"
    sound = path.read_text(encoding="utf-8")
    path.write_text(sound.replace("rm:bpm 90", "rm:bpm 900"), encoding="utf-8")
    for _ in range(2):  # a broken graph is never noted
        with pytest.raises(BadGraph, match="needs one rm:bpm"):
            load_graph(folder)
    path.write_text(sound, encoding="utf-8")
    load_graph(folder)
    assert len(asked) == 3


def test_a_damaged_note_is_not_believed(place: Path) -> None:
    Passed(TEXTS).now()
    (note,) = place.iterdir()
    for damage in (b"", b"passed", note.read_bytes() + b"x", b"\xff\xfe"):
        note.write_bytes(damage)
        assert not Passed(TEXTS).before()
    Passed(TEXTS).now()
    assert Passed(TEXTS).before()


def test_a_folder_that_cannot_be_made_or_written_is_done_without(
    place: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.parent.write_text("a file stands where the folder should")
    Passed(TEXTS).now()
    assert not Passed(TEXTS).before()
    assert load_graph(folder).dances()
    monkeypatch.setenv("RITUAL_CACHE_DIR", str(tmp_path / "cache2"))
    (tmp_path / "cache2" / "graphs" / key(TEXTS)).mkdir(parents=True)  # no file can take this place
    Passed(TEXTS).now()
    assert not Passed(TEXTS).before()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="permissions as on Unix")
def test_a_folder_that_others_can_write_to_is_not_believed(place: Path) -> None:
    Passed(TEXTS).now()
    place.chmod(0o777)
    assert not Passed(TEXTS).before()
    place.chmod(0o700)
    assert Passed(TEXTS).before()
    place.rename(place.with_name("other"))
    place.symlink_to(place.with_name("other"))
    assert not Passed(TEXTS).before()


def test_the_notes_are_private_and_few(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "KEPT", 3)
    for number in range(6):
        Passed({"a.ttl": str(number)}).now()
        os.utime(place / key({"a.ttl": str(number)}), (number, number))
    assert len(list(place.iterdir())) == 3
    assert Passed({"a.ttl": "5"}).before() and not Passed({"a.ttl": "0"}).before()
    assert not hasattr(os, "getuid") or place.stat().st_mode & 0o777 == 0o700


def test_the_systems_own_place_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RITUAL_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setattr(sys, "platform", "linux")
    assert cache_folder(make=True) == tmp_path / "xdg" / "ritual-motion" / "graphs"


def test_reading_the_graph_needs_no_torch_and_one_that_passed_no_shacl() -> None:
    code = (
        "import sys; from ritual.culture.graph import load_graph; load_graph(); "
        "print([name for name in ('torch', 'pyshacl') if name in sys.modules])"
    )
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(2)]
    assert [run.stdout for run in runs] == ["['pyshacl']\n", "[]\n"]
