"""A change of the graph says which existing motions it touches: the verdicts, and each violation at its time."""

import json
import math
import shutil
import subprocess

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from ritual import clip as clips
from ritual.body.kinematics import forward
from ritual.body.skeleton import ANGLES
from ritual.cli.main import app
from ritual.culture.curation import impact
from ritual.culture.graph import load_graph
from ritual.errors import BadInput

META = {"dance": "dong-lusheng", "performer": "female", "occasion": "wedding"}
WRIST = "kg:dong-lusheng-wrist-side a rm:Interval ; rm:onAngle angle:left_wrist_flexion ; rm:above 65 ."


def motion(path, wrist_deg, meta=META, frames=50, fps=25.0, turn_deg=0.0):
    """A motion whose left wrist is bent by `wrist_deg` in frames 20 to 29, and that turns left by `turn_deg`."""
    angles = np.zeros((frames, len(ANGLES)))
    angles[20:30, ANGLES.index("left_wrist_flexion")] = math.radians(wrist_deg)
    angles[:, ANGLES.index("left_elbow_flexion")] = math.radians(30)
    half = np.radians(np.linspace(0.0, turn_deg, frames)) / 2
    rotation = np.stack([np.cos(half), 0 * half, 0 * half, np.sin(half)], -1)
    root = np.tile([0.0, 0.0, 0.92], (frames, 1))
    positions = forward(*map(torch.from_numpy, (angles, root, rotation))).positions.numpy()
    return clips.write(path, clips.MotionClip(angles, root, rotation, positions, fps, path.stem, dict(meta)))


@pytest.fixture
def changed(folder, tmp_path_factory):
    """`changed(old, new)`: (graph A, graph B, folder A, folder B), B with one place changed."""

    def change(old, new):
        other = tmp_path_factory.mktemp("b") / "graph"
        shutil.copytree(folder, other)
        path = other / "groups" / "dong.ttl"
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")
        return load_graph(folder), load_graph(other), folder, other

    return change


def kg(*args):
    return CliRunner().invoke(app, ["kg", "impact", *map(str, args)])


def test_a_narrower_taboo_finds_the_motions_that_it_now_forbids(changed, tmp_path):
    before, after, *_ = changed(WRIST, WRIST.replace("above 65", "above 50"))
    bent, straight = motion(tmp_path / "bent.npz", 60), motion(tmp_path / "straight.npz", 40)
    first, second = impact.impact(before, after, [bent, straight])
    assert (first.before.state, first.after.state, first.changed) == ("allowed", "forbidden", True)
    (finding,) = first.new
    assert finding.rule.endswith("dong-lusheng-wrist") and "stays at or below 50 deg" in finding.text
    assert 19 / 25 <= finding.start <= 20 / 25 and 29 / 25 <= finding.end <= 30 / 25
    assert not second.changed and second.after.state == "allowed" and second.new == second.vanished == ()


def test_a_wider_taboo_lets_a_violation_vanish(changed, tmp_path):
    before, after, *_ = changed(WRIST, WRIST.replace("above 65", "above 75"))
    (one,) = impact.impact(before, after, [motion(tmp_path / "bent.npz", 70)])
    assert (one.before.state, one.after.state) == ("forbidden", "allowed")
    assert len(one.vanished) == 1 and one.new == ()


def test_a_dance_that_is_not_given_to_the_performer_any_more_is_refused(changed, tmp_path):
    old = "rm:forbidsPerformer rm:Female ; rm:occasion kg:worship ;"
    before, after, *_ = changed(old, old.replace("kg:worship", "kg:wedding"))
    (one,) = impact.impact(before, after, [motion(tmp_path / "a.npz", 0)])
    assert (one.before.state, one.after.state) == ("allowed", "refused")
    assert "not given to female performers at a wedding" in one.new[0].text and one.new[0].start is None


def test_a_dress_that_a_rule_now_takes_apart_is_told(changed, tmp_path):
    pair = "rm:colour kg:colour-{} , kg:colour-{}"
    before, after, *_ = changed(pair.format("black", "yellow"), pair.format("green", "orange"))
    meta = {**META, "costume": {"robe": "#208040", "trim": "#f08020", "patterns": []}}
    (one,) = impact.impact(before, after, [motion(tmp_path / "a.npz", 0, meta)])
    assert (one.before.state, one.after.state) == ("allowed", "forbidden")
    assert "the costume shows" in one.new[0].text


def test_a_new_way_of_turning_finds_the_motions_that_turn_the_other_way(changed, tmp_path):
    rule = "kg:dong-way a rm:RotationRule ; rm:dance kg:dong-lusheng ; rm:direction rm:Clockwise ;"
    source = "\n    dcterms:source kg:source-general-knowledge ; rm:review rm:Unreviewed .\n"
    before, after, *_ = changed(WRIST, f"{WRIST}\n{rule}{source}")
    left, right = motion(tmp_path / "l.npz", 0, turn_deg=170), motion(tmp_path / "r.npz", 0, turn_deg=-170)
    to_the_left, to_the_right = impact.impact(before, after, [left, right])
    assert (to_the_left.before.state, to_the_left.after.state) == ("allowed", "forbidden")
    assert to_the_left.new[0].rule.endswith("dong-way") and not to_the_right.changed


def test_an_occasion_that_changes_in_the_motion_is_judged_as_it_changes(changed, tmp_path):
    ban = "rm:forbids kg:dong-sun ; rm:occasion kg:{}"
    before, after, *_ = changed(ban.format("funeral"), ban.format("naadam"))
    meta = {**META, "occasions": [[0, "wedding"], [25, "naadam"]]}
    (one,) = impact.impact(before, after, [motion(tmp_path / "a.npz", 0, meta)])
    assert one.occasions == ((0, "wedding"), (25, "naadam"))
    assert (one.before.state, one.after.state) == ("allowed", "refused")
    (given,) = impact.impact(before, after, [tmp_path / "a.npz"], impact.Role(occasion="wedding"))
    assert not given.changed


def test_a_graph_may_be_a_revision_of_git(changed, tmp_path, monkeypatch):
    _, _, a, b = changed(WRIST, WRIST.replace("above 65", "above 50"))
    repository = tmp_path / "repository"
    shutil.copytree(a, repository / "graph")
    git = ["git", "-C", str(repository), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "one"]):
        subprocess.run([*git, *arguments], check=True)
    shutil.copytree(b, repository / "graph", dirs_exist_ok=True)
    monkeypatch.chdir(repository)
    result = kg("HEAD:graph", "graph", motion(tmp_path / "bent.npz", 60))
    assert result.exit_code == 1 and "allowed -> forbidden" in result.output
    result = kg("nothing:graph", "graph", tmp_path / "bent.npz")
    assert result.exit_code == 2 and "git does not find it" in result.output


def test_a_dance_that_one_graph_does_not_know_is_unknown_there(dong, shipped, tmp_path):
    path = motion(tmp_path / "a.npz", 0, {"dance": "yi-torch"})
    (one,) = impact.impact(dong, shipped, [path])
    assert one.before.state == "unknown" and "Unknown dance 'yi-torch'" in one.before.findings[0].text
    assert one.after.state != "unknown" and one.changed


def test_what_is_given_goes_before_what_the_motion_says(changed, tmp_path):
    before, after, *_ = changed(WRIST, WRIST.replace("above 65", "above 50"))
    path = motion(tmp_path / "bent.npz", 60)
    (one,) = impact.impact(before, after, [path], impact.Role(performer="male"))
    assert one.performer == "male" and not one.changed


def test_a_motion_that_does_not_say_its_dance_is_skipped_with_the_reason(dong, tmp_path):
    (tmp_path / "broken.npz").write_bytes(b"no motion")
    nameless = motion(tmp_path / "nameless.npz", 0, {})
    first, second = impact.impact(dong, dong, [nameless, tmp_path / "broken.npz"])
    assert isinstance(first, impact.Skipped) and "--dance" in first.why
    assert isinstance(second, impact.Skipped)


@pytest.mark.parametrize("suffix", ["npz", "glb", "safetensors"])
def test_every_format_that_says_its_dance_is_judged(changed, tmp_path, suffix):
    before, after, *_ = changed(WRIST, WRIST.replace("above 65", "above 50"))
    (one,) = impact.impact(before, after, [motion(tmp_path / f"bent.{suffix}", 60)])
    assert one.after.state == "forbidden"


def test_a_folder_is_searched_and_a_motion_in_several_formats_is_read_once(tmp_path):
    (tmp_path / "deep").mkdir()
    empty = tmp_path / "empty"
    empty.mkdir()
    for name in ("a.npz", "a.glb", "a.bvh", "deep/b.bvh", "notes.txt"):
        (tmp_path / name).write_text("x")
    assert impact.motions([tmp_path]) == [tmp_path / "a.npz", tmp_path / "deep" / "b.bvh"]
    assert impact.motions([tmp_path / "a.bvh", tmp_path / "a.npz"]) == [tmp_path / "a.bvh", tmp_path / "a.npz"]
    with pytest.raises(BadInput, match="no file or folder"):
        impact.motions([tmp_path / "missing"])
    with pytest.raises(BadInput, match="No motion was found"):
        impact.motions([empty])


def test_progress_says_what_is_left(dong, tmp_path):
    paths = [motion(tmp_path / f"{n}.npz", 0, frames=5) for n in range(3)]
    steps = []
    list(impact.impact(dong, dong, paths, tell=lambda *step: steps.append(step)))
    assert [step[:3] for step in steps] == [("0.npz", 0, 3), ("1.npz", 1, 3), ("2.npz", 2, 3)]
    assert steps[0][3] is None and steps[2][3] > 0


def test_the_exit_status_says_whether_something_changes(changed, tmp_path):
    _, _, a, b = changed(WRIST, WRIST.replace("above 65", "above 50"))
    (tmp_path / "clips").mkdir()
    motion(tmp_path / "clips" / "bent.npz", 60)
    same, other = kg(a, a, tmp_path / "clips"), kg(a, b, tmp_path / "clips")
    assert same.exit_code == 0 and "0 of 1 motions change" in same.output
    assert other.exit_code == 1 and "allowed -> forbidden" in other.output
    assert "+ 00:00:00:" in other.output and "stays at or below 50 deg" in other.output


def test_json_has_both_verdicts(changed, tmp_path):
    _, _, a, b = changed(WRIST, WRIST.replace("above 65", "above 50"))
    result = kg(a, b, motion(tmp_path / "bent.npz", 60), "--json")
    (one,) = json.loads(result.output)["judged"]
    assert one["before"]["state"] == "allowed" and one["after"]["state"] == "forbidden" and one["changed"] is True
    assert one["new"][0]["rule"].endswith("dong-lusheng-wrist")


def test_what_cannot_run_is_one_sentence_and_status_2(folder, tmp_path):
    nameless = motion(tmp_path / "nameless.npz", 0, {})
    for after, path in [(folder, tmp_path / "missing"), (tmp_path / "no", nameless), (folder, nameless)]:
        result = kg(folder, after, path)
        assert result.exit_code == 2 and "Error:" in result.output and "Traceback" not in result.output
