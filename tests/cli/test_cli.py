"""The command line as people and programs use it: exit statuses, files, JSON, one sentence per mistake."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from ritual import clip as clips
from ritual.cli.check import timecode
from ritual.cli.main import app

runner = CliRunner()


def ritual(*args):
    return runner.invoke(app, [str(a) for a in args])


@pytest.fixture(scope="module")
def peacock(tmp_path_factory):
    out = tmp_path_factory.mktemp("peacock")
    result = ritual("generate", "a proud peacock", "--dance", "dai-peacock", "--seconds", 3, "--out", out, "--seed", 5)
    assert result.exit_code == 0, result.output
    return out


def test_generate_writes_three_formats_and_the_report(peacock):
    names = {p.name for p in peacock.iterdir()}
    assert names == {"report.json"} | {f"variant-{n}.{s}" for n in (1, 2, 3) for s in ("npz", "bvh", "glb")}
    report = json.loads((peacock / "report.json").read_text())
    for variant in report["variants"]:
        assert variant["frames"] == 75 and variant["compliant"] is True
        assert variant["seconds_per_stage"]
        for hit in variant["interceptions"]:
            assert {"start_frame", "end_frame", "angle", "rule", "source", "replaced_by"} <= set(hit)


def test_the_npz_keeps_its_contract(peacock):
    with np.load(peacock / "variant-1.npz", allow_pickle=False) as data:
        assert data["angles"].shape == (75, 36) and len(data["angle_names"]) == 36
        assert data["positions"].shape == (75, 24, 3) and len(data["joint_names"]) == 24
        assert data["root_translation"].shape == (75, 3) and data["root_rotation"].shape == (75, 4)
        assert float(data["fps"]) == 25


def test_the_same_seed_gives_the_same_bytes(peacock, tmp_path):
    ritual("generate", "a proud peacock", "--dance", "dai-peacock", "--seconds", 3, "--out", tmp_path, "--seed", 5)
    for path in peacock.glob("variant-*"):
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name


@pytest.mark.parametrize("suffix", ["npz", "bvh", "glb"])
def test_our_own_files_pass_the_check_in_every_format(peacock, suffix):
    result = ritual("check", peacock / f"variant-1.{suffix}", "--dance", "dai-peacock", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["violations"] == []


def test_check_names_the_span_the_angle_and_the_rule_and_fix_mends_only_that(peacock, tmp_path):
    with np.load(peacock / "variant-1.npz") as data:
        arrays = dict(data)
    column = list(arrays["angle_names"]).index("left_wrist_flexion")
    arrays["angles"] = arrays["angles"].copy()
    arrays["angles"][30:40, column] = np.radians(70)
    bad, good = tmp_path / "bad.npz", tmp_path / "good.npz"
    np.savez(bad, **arrays)
    result = ritual("check", bad, "--dance", "dai-peacock", "--performer", "female", "--fix", good, "--json")
    assert result.exit_code == 1
    (hit,) = json.loads(result.stdout)["violations"]
    assert hit["angle"] == "left_wrist_flexion" and hit["value_deg"] == pytest.approx(70, abs=0.1)
    assert hit["allowed_deg"][1] == pytest.approx(65, abs=0.1)
    assert 1.1 < hit["start"] <= 1.2 and 1.5 <= hit["end"] < 1.7
    assert hit["rule"] and "Wang" in hit["source"]
    assert ritual("check", good, "--dance", "dai-peacock").exit_code == 0
    with np.load(good) as mended:
        changed = np.argwhere(mended["angles"] != arrays["angles"])
    assert set(changed[:, 1]) == {column}
    whole = tmp_path / "whole.npz"
    ritual("check", bad, "--dance", "dai-peacock", "--performer", "female", "--fix", whole, "--keep-joints")
    assert ritual("check", whole, "--dance", "dai-peacock").exit_code == 0
    wanted = clips.read(bad).positions
    near, far = (np.square(clips.read(path).positions - wanted).sum() for path in (whole, good))
    assert near < 0.7 * far



def test_a_refused_brief_exits_3_and_writes_nothing(tmp_path):
    out = tmp_path / "none"
    result = ritual(
        "generate", "eagle", "--dance", "mongolian-wrestling", "--performer", "female", "--out", out, "--json"
    )
    assert result.exit_code == 3 and not out.exists()
    refusal = json.loads(result.stdout)["refusals"][0]
    assert refusal["rule"] and refusal["source"] and refusal["allowed"]


@pytest.mark.parametrize(
    "args",
    [
        ("generate", "x", "--dance", "dai-peacok", "--out", "o"),
        ("generate", "", "--dance", "dai-peacock", "--out", "o"),
        ("generate", "x", "--dance", "dai-peacock", "--seconds", "0", "--out", "o"),
        ("generate", "x", "--dance", "dai-peacock", "--seconds", "10000", "--out", "o"),
        ("generate", "x", "--dance", "dai-peacock", "--device", "tpu", "--out", "o"),
        ("generate", "x", "--dance", "dai-peacock", "--graph", "no-such-folder", "--out", "o"),
        ("explain", "nothing"),
        ("check", "no-such-file.bvh", "--dance", "dai-peacock"),
    ],
)
def test_bad_arguments_exit_2_with_one_sentence(args, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = ritual(*args)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output and "Error:" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_dances_and_explain_speak_json():
    dances = json.loads(ritual("dances", "--json").stdout)
    assert {"slug", "label", "group"} <= set(dances[0]) and len(dances) >= 6
    rules = json.loads(ritual("explain", "dai-peacock", "--json").stdout)
    assert rules and all({"iri", "kind", "text", "source", "review"} <= set(rule) for rule in rules)


def test_explain_answers_what_a_symbol_means_in_a_context_and_why():
    asked = ("explain", "--symbol", "red", "--group", "han", "--occasion")
    funeral, wedding = (json.loads(ritual(*asked, at, "--json").stdout) for at in ("funeral", "wedding"))
    (mourning,) = [rule for rule in funeral if rule["decides"]]
    assert {"iri", "kind", "text", "source", "review"} <= set(mourning)
    assert (mourning["kind"], mourning["meanings"]) == ("contextual-meaning", ["mourning"])
    assert "mourning" not in next(rule for rule in wedding if rule["decides"])["meanings"]
    shown = ritual("explain", "--symbol", "dragon", "--worn-on", "child-strap", "--group", "yi").stdout
    assert "shelter" in shown.splitlines()[0] and "Elsewhere also: power" in shown
    assert ritual("explain", "--symbol", "dragon").stdout.count("龙") > 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "Name a dance or a --symbol"),
        (("dai-peacock", "--symbol", "red"), "Name a dance or a --symbol"),
        (("dai-peacock", "--group", "dai"), "are about a symbol"),
        (("--symbol", "redd"), "Unknown symbol or colour 'redd'"),
        (("--symbol", "red", "--measure", "tip"), "'tip' is no measure; write it as NAME=VALUE"),
        (("--symbol", "red", "--measure", "tip=x"), "'tip=x' is no measure"),
    ],
)  # fmt: skip
def test_explain_tells_a_wrong_question_in_one_sentence(args, message):
    result = ritual("explain", *args)
    assert result.exit_code == 2 and message in " ".join(result.stderr.split())


def test_doctor_finds_what_is_needed():
    findings = {f["name"]: f["state"] for f in json.loads(ritual("doctor", "--json").stdout)}
    assert findings["Knowledge graph"] == findings["Motion model"] == findings["Text encoder"] == "ok"


def test_doctor_looks_at_the_graph_that_is_named(tmp_path):
    result = ritual("doctor", "--json", "--graph", tmp_path)
    (graph,) = [f for f in json.loads(result.stdout) if f["name"] == "Knowledge graph"]
    assert (result.exit_code, graph["state"]) == (1, "missing") and str(tmp_path) in graph["detail"]


def test_help_is_quick_and_shows_examples():
    program = Path(sys.executable).parent / "ritual"
    shown = subprocess.run([program, "generate", "--help"], capture_output=True, text=True, check=True).stdout
    assert "--variants" in shown and "dai-peacock" in shown


def test_time_codes_count_frames():
    assert timecode(3.52, 25) == "00:00:03:13"
    assert timecode(3661.0, 30) == "01:01:01:00"


def test_a_foreign_motion_is_checked_and_says_how_near_its_retargeting_came(tmp_path):
    mocap = Path(__file__).parents[3] / "shared" / "data" / "mocap" / "cmu" / "05_02.bvh"
    if not mocap.exists():
        pytest.skip("the CMU mocap is not beside the project (../shared/data/mocap)")
    fixed = tmp_path / "fixed.bvh"
    result = ritual("check", mocap, "--dance", "dai-peacock", "--performer", "female", "--json", "--fix", fixed)
    answer = json.loads(result.stdout)
    assert result.exit_code == 1 and answer["violations"]
    assert answer["retarget"]["position_error_mm"] < 15 and answer["retarget"]["angle_error_deg"] < 6
    assert ritual("check", fixed, "--dance", "dai-peacock", "--performer", "female").exit_code == 0


def test_check_tells_a_costume_that_the_rules_take_off(peacock, tmp_path):
    from dataclasses import replace

    from ritual import clip as clips

    clip = clips.read(peacock / "variant-1.npz")
    costume = {**clip.meta["costume"], "patterns": ["yi-tiger-totem", "dai-peacock-pattern"], "robe": "no colour"}
    clips.write(tmp_path / "dressed.npz", replace(clip, meta={**clip.meta, "costume": costume, "patterns": None}))
    result = ritual("check", tmp_path / "dressed.npz", "--dance", "dai-peacock", "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["compliant"], told["violations"]) == (1, False, [])
    assert [breach["shows"] for breach in told["dress"]] == ["yi-tiger-totem"]
    assert "worn by male performers only" in told["dress"][0]["text"]
    assert "The costume shows yi-tiger-totem." in ritual(
        "check", tmp_path / "dressed.npz", "--dance", "dai-peacock"
    ).stdout


def test_a_loop_to_a_tempo_is_told_and_says_in_its_file_how_a_round_travels(tmp_path):
    words = ("--dance", "han-yangko", "--seconds", 3, "--variants", 1, "--bpm", 120, "--loop", "--energy", 1.3)
    result = ritual("generate", "fans", *words, "--style", 0.8, "--out", tmp_path)
    assert result.exit_code == 0, result.output
    assert "The loop is 4.00 s long, one cycle of the dance" in result.output
    assert "every round moves the dancer by" in result.output
    report = json.loads((tmp_path / "report.json").read_text())
    brief = report["brief"]
    assert (brief["bpm"], brief["loop"], brief["style"], brief["energy"]) == (120, True, 0.8, 1.3)
    with np.load(tmp_path / "variant-1.npz") as data:
        meta, frames = json.loads(str(data["meta"])), len(data["angles"])
    assert frames == 100 and meta["loop"] == report["variants"][0]["loop"]
    assert meta["tempo"]["beats"] == pytest.approx(np.arange(8) * 0.5)
    assert ritual("check", tmp_path / "variant-1.glb", "--dance", "han-yangko").exit_code == 0


def test_music_gives_the_beats(tmp_path):
    soundfile = pytest.importorskip("soundfile", reason="needs the extra: pip install 'ritual-motion[audio]'")
    pytest.importorskip("librosa", reason="needs the extra: pip install 'ritual-motion[audio]'")
    sound = np.zeros(6 * 22050)
    for at in (round((0.3 + 0.6 * n) * 22050) for n in range(9)):
        sound[at : at + 900] = np.sin(np.arange(900) * 0.25) * np.exp(-np.arange(900) / 220)
    soundfile.write(tmp_path / "song.wav", sound, 22050)
    words = ("--dance", "han-yangko", "--variants", 1, "--audio", tmp_path / "song.wav", "--out", tmp_path / "out")
    result = ritual("generate", "fans", *words, "--seconds", 8)
    assert result.exit_code == 0, result.output
    assert "The last beat is at 5.1" in result.output.replace("\n", " ")
    tempo = json.loads((tmp_path / "out" / "report.json").read_text())["tempo"]
    assert tempo["audio"] == "song.wav" and tempo["beats"][:3] == pytest.approx((0.3, 0.9, 1.5), abs=0.03)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--bpm", 300), "bpm 300 is out of range; choose 30 to 240"),
        (("--style", 2), "style 2 is out of range"),
        (("--loop", "--then", "2s=wedding"), "A loop cannot change its occasion"),
        (("--loop", "--audio", "none.wav"), "A loop cannot follow a piece of music"),
        (("--audio", "none.wav"), "There is no audio file 'none.wav'"),
    ],
)
def test_wishes_that_cannot_be_met_are_one_sentence(tmp_path, words, said):
    result = ritual("generate", "x", "--dance", "han-yangko", "--out", tmp_path / "o", *words)
    assert result.exit_code == 2 and said in " ".join(result.output.split()) and "Traceback" not in result.output
    assert not (tmp_path / "o").exists()
