"""Occasions that change in mid-clip and the way of turning, on the command line."""

import json
import shutil

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from ritual.body.contact import yaw_quaternion
from ritual.cli import options
from ritual.cli.main import app
from ritual.errors import BadInput
from ritual.resources import resource

runner = CliRunner()
CLAIM = "dcterms:source kg:source-general-knowledge ; rm:review rm:Unreviewed ."
QUIET = f"""
kg:dai-quiet a rm:AngleTaboo ; rm:dance kg:dai-peacock ; rm:occasion kg:funeral ; skos:prefLabel "quiet wrists"@en ;
    rm:interval kg:dai-quiet-side ; {CLAIM}
kg:dai-quiet-side a rm:Interval ; rm:onAngle angle:left_wrist_flexion ; rm:above 53 .
"""


def ritual(*args):
    return runner.invoke(app, [str(a) for a in args])


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    """The shipped graph with a rule that holds at funerals only."""
    folder = tmp_path_factory.mktemp("changes") / "graph"
    shutil.copytree(resource("knowledge_graph"), folder)
    group = folder / "groups" / "dai.ttl"
    group.write_text(group.read_text(encoding="utf-8") + QUIET, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def procession(graph, tmp_path_factory):
    out = tmp_path_factory.mktemp("procession")
    result = ritual("generate", "a procession", "--dance", "dai-peacock", "--seconds", 4, "--variants", 1, "--out", out,
                    "--occasion", "wedding", "--then", "2s=funeral", "--graph", graph)  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "from 2 s on funeral; rules that begin: 1, that cease: 2" in result.output
    return out


def raised(clip, path, frames):
    """A copy of an .npz clip with the left wrist at 60 deg in these frames: forbidden at a funeral only."""
    with np.load(clip) as data:
        arrays = dict(data)
    arrays["angles"] = arrays["angles"].copy()
    arrays["angles"][frames, list(arrays["angle_names"]).index("left_wrist_flexion")] = np.radians(60)
    np.savez(path, **arrays)
    return path


def test_the_report_says_what_changes_when(procession):
    report = json.loads((procession / "report.json").read_text())
    assert report["occasion"] == "wedding" and report["brief"]["changes"] == [[2.0, "funeral"]]
    (change,) = report["changes"]
    assert (change["frame"], change["occasion"]) == (50, "funeral")
    assert all(iri.endswith("-at-wedding") for iri in change["ceases"])  # what patterns mean there
    assert [iri.split(":")[-1] for iri in change["begins"]] == ["dai-quiet"]


@pytest.mark.parametrize("suffix", ["npz", "glb"])
def test_the_clip_says_itself_for_which_occasions_it_was_made(procession, graph, suffix):
    result = ritual("check", procession / f"variant-1.{suffix}", "--dance", "dai-peacock", "--graph", graph, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["occasions"] == [[0, "wedding"], [50, "funeral"]]


def test_check_holds_each_occasion_to_its_rules(procession, graph, tmp_path):
    clip = procession / "variant-1.npz"
    early = raised(clip, tmp_path / "early.npz", slice(10, 20))
    late = raised(clip, tmp_path / "late.npz", slice(70, 80))
    common = ("--dance", "dai-peacock", "--graph", graph)
    assert ritual("check", early, *common).exit_code == 0
    result = ritual("check", late, *common, "--fix", tmp_path / "good.npz", "--json")
    (hit,) = json.loads(result.stdout)["violations"]
    assert result.exit_code == 1 and hit["rule"].endswith("dai-quiet") and hit["start"] > 2.7
    assert ritual("check", tmp_path / "good.npz", *common).exit_code == 0
    assert ritual("check", late, *common, "--occasion", "wedding").exit_code == 0
    assert ritual("check", early, *common, "--occasion", "funeral").exit_code == 1
    told = ("--occasion", "funeral", "--then", "2=wedding")
    assert ritual("check", early, *common, *told).exit_code == 1
    assert ritual("check", late, *common, *told).exit_code == 0


def test_a_forbidden_later_occasion_exits_3_and_writes_nothing(tmp_path):
    out = tmp_path / "none"
    result = ritual("generate", "fire", "--dance", "yi-torch", "--then", "4s=funeral", "--out", out)
    assert result.exit_code == 3 and not out.exists()
    assert "From second 4 on (funeral)" in result.stderr


@pytest.mark.parametrize(
    ("text", "pair"), [("4s=funeral", (4.0, "funeral")), ("4=funeral", (4.0, "funeral")), (" 1.5 s = a ", (1.5, "a"))]
)
def test_then_reads_seconds_and_an_occasion(text, pair):
    assert options.changes([text]) == (pair,)


@pytest.mark.parametrize("text", ["funeral", "4s", "4s=", "=funeral", "four=funeral"])
def test_then_says_how_it_is_written(text):
    with pytest.raises(BadInput, match="SECONDS=OCCASION"):
        options.changes([text])


@pytest.mark.parametrize("then", ["40s=funeral", "-1=funeral", "1s=funerall", "nan=funeral"])
def test_a_bad_change_exits_2_with_one_sentence(then, tmp_path):
    result = ritual("generate", "x", "--dance", "dai-peacock", "--then", then, "--out", tmp_path / "o")
    assert result.exit_code == 2 and "Error:" in result.stderr and "Traceback" not in result.output
    assert not (tmp_path / "o").exists()


@pytest.fixture(scope="module")
def ring(tmp_path_factory):
    out = tmp_path_factory.mktemp("ring")
    result = ritual("generate", "a ring", "--dance", "tibetan-guozhuang", "--seconds", 6, "--variants", 1, "--out", out)
    assert result.exit_code == 0, result.output
    return out / "variant-1.npz"


def rooted(clip, path, **changed):
    with np.load(clip) as data:
        arrays = dict(data) | changed
    np.savez(path, **arrays)
    return path


def turning(frames, degrees):
    return yaw_quaternion(torch.from_numpy(np.radians(np.linspace(0, degrees, frames)))).numpy()


def test_turning_the_forbidden_way_is_found_and_mended(ring, tmp_path):
    still = np.tile((0.0, 0.0, 0.9), (150, 1))
    bad = rooted(ring, tmp_path / "bad.npz", root_rotation=turning(150, 200.0), root_translation=still)
    good = tmp_path / "good.npz"
    result = ritual("check", bad, "--dance", "tibetan-guozhuang", "--fix", good, "--json")
    told = json.loads(result.stdout)
    hit = told["violations"][0]
    assert result.exit_code == 1 and hit["angle"] == "heading" and told["left"] == []
    assert hit["value_deg"] == pytest.approx(200, abs=0.1) and hit["allowed_deg"] == [0.0, 45.0]
    assert hit["start"] == pytest.approx(45 / 200 * 150 / 25, abs=0.05) and hit["rule"] and hit["source"]
    assert ritual("check", good, "--dance", "tibetan-guozhuang").exit_code == 0
    with np.load(bad) as before, np.load(good) as after:
        assert np.array_equal(before["angles"], after["angles"])
        assert np.array_equal(before["root_rotation"][:25], after["root_rotation"][:25])


def test_a_path_round_the_forbidden_way_is_told_and_cannot_be_mended_by_a_frame(ring, tmp_path):
    a = np.radians(np.linspace(0, 300, 150))
    path = np.stack((1.5 * np.cos(a), 1.5 * np.sin(a), 0 * a + 0.9), -1)
    bad = rooted(ring, tmp_path / "bad.npz", root_rotation=turning(150, 0.0), root_translation=path)
    result = ritual("check", bad, "--dance", "tibetan-guozhuang", "--fix", tmp_path / "same.npz")
    assert result.exit_code == 1
    assert "path 300" in result.stdout and "still goes round the forbidden way" in result.stdout
    told = json.loads(ritual("check", bad, "--dance", "tibetan-guozhuang", "--json").stdout)["violations"]
    assert {hit["angle"] for hit in told} == {"path"}
