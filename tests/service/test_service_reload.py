"""A saved file of the graph holds from the next job on; a broken one leaves the last good graph in use, and says so."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ritual.culture.graph import load_graph
from ritual.resources import resource
from ritual.service import living
from ritual.service.living import LivingGraph

from .conftest import serving, wait_for

ROOT = Path(__file__).resolve().parents[2]
BRIEF = {"prompt": "she spreads her wings", "dance": "dai-peacock", "seconds": 1.0, "variants": 1, "seed": 7}
WITHOUT_WOMEN = (
    "\nkg:test-rule a rm:PerformerRule ; rm:dance kg:dai-peacock ; rm:forbidsPerformer rm:Female ; rm:occasion "
    'kg:funeral ; skos:prefLabel "test"@en ; dcterms:source kg:source-general-knowledge ; rm:review rm:Unreviewed .\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped graph, to be edited."""
    return Path(shutil.copytree(resource("knowledge_graph"), tmp_path / "graph"))


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RITUAL_CACHE_DIR", str(tmp_path / "cache"))


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _bpm(graph: LivingGraph) -> float:
    return graph.now().dance("dai-peacock").bpm


def test_an_edit_holds_from_the_next_look_on(folder: Path) -> None:
    graph = LivingGraph(folder, load_graph(folder))
    before = _bpm(graph)
    _edit(folder / "groups/dai.ttl", "rm:bpm 84", "rm:bpm 85")
    assert (before, _bpm(graph), graph.state) == (84, 85, living.CURRENT)


def test_a_broken_file_leaves_the_last_good_graph_until_it_is_mended(folder: Path) -> None:
    path = folder / "groups/dai.ttl"
    graph = LivingGraph(folder, load_graph(folder))
    _edit(path, "rm:bpm 84", "rm:bpm 85")
    good = graph.now()
    _edit(path, "rm:bpm 85", "rm:bpm 999")
    line = path.read_text(encoding="utf-8").split("rm:bpm 999")[0].count("\n") + 1
    for _ in range(2):
        assert graph.now() is good
        assert graph.state.state == "outdated"
        assert f"groups/dai.ttl, line {line}: Dai peacock dance (kg:dai-peacock) needs one" in graph.state.message
    _edit(path, "rm:bpm 999", "rm:bpm 86")
    assert (_bpm(graph), graph.state) == (86, living.CURRENT)


def test_taking_a_mistake_back_makes_the_same_graph_current_again(folder: Path) -> None:
    graph = LivingGraph(folder, load_graph(folder))
    good = graph.now()
    _edit(folder / "groups/dai.ttl", "rm:bpm 84", "rm:bpm 84 ,")
    assert graph.now() is good and graph.state.state == "outdated"
    _edit(folder / "groups/dai.ttl", "rm:bpm 84 ,", "rm:bpm 84")
    assert graph.now() is good and graph.state == living.CURRENT


def test_a_folder_that_is_gone_for_a_while_is_told_and_found_again(folder: Path) -> None:
    graph = LivingGraph(folder, load_graph(folder))
    good = graph.now()
    folder.rename(folder.with_name("elsewhere"))
    assert graph.now() is good
    assert "does not exist" in graph.state.message
    folder.with_name("elsewhere").rename(folder)
    assert graph.now() is good and graph.state == living.CURRENT


def test_a_new_file_and_a_removed_one_are_seen(folder: Path) -> None:
    graph = LivingGraph(folder, load_graph(folder))
    kept = (folder / "groups/dai.ttl").read_text(encoding="utf-8")
    (folder / "groups/dai.ttl").unlink()
    assert "dai-peacock" not in {dance.slug for dance in graph.now().dances()}, graph.state.message
    (folder / "groups/dai2.ttl").write_text(kept, encoding="utf-8")
    assert "dai-peacock" in {dance.slug for dance in graph.now().dances()}


def test_two_saves_of_one_size_in_one_tick_of_the_clock_are_both_seen(folder: Path) -> None:
    path = folder / "groups/dai.ttl"
    graph = LivingGraph(folder, load_graph(folder))
    second = time.time() // 1 + 60  # however slow this machine is, no more than a tick goes by
    for bpm in (85, 86, 87):
        _edit(path, f"rm:bpm {bpm - 1}", f"rm:bpm {bpm}")
        os.utime(path, (second, second))
        assert _bpm(graph) == bpm


def test_files_at_rest_are_not_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in folder.rglob("*.ttl"):
        os.utime(path, (1e9, 1e9))
    graph = LivingGraph(folder, load_graph(folder))
    graph.now()
    monkeypatch.setattr(living, "read_folder", lambda _: pytest.fail("the files were read again"))
    graph.now()
    os.utime(folder / "groups/dai.ttl", (1e9, 1e9 + 1))
    with pytest.raises(pytest.fail.Exception):
        graph.now()


@pytest.fixture
def backend(folder: Path, tmp_path: Path) -> Iterator[httpx.Client]:
    """A client of a real server on the folder."""
    yield from serving(tmp_path, "--graph", str(folder))


def _finished(backend: httpx.Client, **changes: object) -> dict:
    job = backend.post("/v1/jobs", json={**BRIEF, **changes}).json()
    wait_for(lambda: backend.get(f"/v1/jobs/{job['id']}").json()["state"] in ("done", "failed"), 60)
    return backend.get(f"/v1/jobs/{job['id']}").json()


def test_the_next_job_of_a_running_backend_obeys_what_was_saved(backend: httpx.Client, folder: Path) -> None:
    path = folder / "groups/dai.ttl"
    sound = path.read_text(encoding="utf-8")
    women_at_a_funeral = {"performer": "female", "occasion": "funeral"}
    assert _finished(backend, **women_at_a_funeral)["state"] == "done"
    assert backend.get("/v1/health").json()["graph"] == {"state": "current", "message": ""}

    path.write_text(sound + WITHOUT_WOMEN, encoding="utf-8")
    refused = _finished(backend, **women_at_a_funeral)
    assert (refused["state"], refused["error"]["code"]) == ("failed", "refused")
    assert refused["error"]["refusals"][0]["rule"].endswith("test-rule")

    path.write_text(sound + WITHOUT_WOMEN.replace("rm:Female", "rm:Femal"), encoding="utf-8")
    assert _finished(backend, **women_at_a_funeral)["error"]["code"] == "refused"  # the last good graph's rule
    line = sound.count("\n") + 2
    for reply in ("/v1/health", "/v1/dances"):
        told = backend.get(reply).json()["graph"]
        assert told["state"] == "outdated"
        assert f"groups/dai.ttl, line {line}: " in told["message"] and "rm:Femal" in told["message"]

    path.write_text(sound, encoding="utf-8")
    assert backend.get("/v1/dances").json()["graph"]["state"] == "current"
    assert _finished(backend, **women_at_a_funeral)["state"] == "done"
