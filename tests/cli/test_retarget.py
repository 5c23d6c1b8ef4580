"""`ritual retarget`: a file or a folder of anybody's motion, a table for people, JSON for programs."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from ritual import clip as clips
from ritual.body.kinematics import forward
from ritual.body.skeleton import SKELETON
from ritual.cli.main import app
from ritual.clip import MotionClip, bvh_own

runner = CliRunner()


def ritual(*args):
    return runner.invoke(app, [str(a) for a in args])


def dance(frames=30):
    import torch

    low, high = np.array(SKELETON.limits).T
    t = np.linspace(0, 2 * np.pi, frames)[:, None]
    angles = (low + high) / 2 + 0.15 * (high - low) * np.sin(t + np.arange(36))
    root, turn = np.tile((0, 0, 0.92), (frames, 1)), np.tile((1.0, 0, 0, 0), (frames, 1))
    positions = forward(*(torch.from_numpy(x) for x in (angles, root, turn))).positions.numpy()
    return MotionClip(angles, root, turn, positions, 30.0, "dance")


def foreign(text, rename=lambda name: name, unit=10.0):
    """Our BVH under other names and in another unit, so that it is nobody's but has to be retargeted."""
    lines = []
    for line in text.splitlines():
        words = line.split()
        if words[:1] in (["ROOT"], ["JOINT"]):
            line = f"{words[0]} {rename(words[1])}"
        elif words[:1] == ["OFFSET"]:
            line = "OFFSET " + " ".join(str(unit * float(w)) for w in words[1:])
        lines.append(line)
    return "\n".join(lines) + "\n"


@pytest.fixture
def folder(tmp_path):
    text = bvh_own.to_text(dance())
    inside = tmp_path / "in"
    (inside / "deep").mkdir(parents=True)
    numbers = {}
    (inside / "named.bvh").write_text(foreign(text))
    (inside / "deep" / "nameless.bvh").write_text(foreign(text, lambda n: f"j{numbers.setdefault(n, len(numbers))}"))
    (inside / "ours.bvh").write_text(text)
    (inside / "broken.bvh").write_text(text[:900])
    return inside


def test_a_folder_is_converted_and_the_broken_file_is_told_in_one_sentence(folder, tmp_path):
    out, report = tmp_path / "out", tmp_path / "report.json"
    result = ritual("retarget", folder, "--out", out, "--format", "bvh", "--report", report)
    assert result.exit_code == 1
    names = {p.relative_to(out).as_posix() for p in out.rglob("*.*")}
    assert names == {"named.bvh", "ours.bvh", "deep/nameless.bvh"}
    assert "broken.bvh:" in result.stderr and "line 40" in result.stderr and "Traceback" not in result.output
    assert "named.bvh" in result.stdout and "found by the skeleton's shape" in result.stdout
    told = json.loads(report.read_text())
    assert told["summary"]["files"] == 4 and told["summary"]["broken"] == 1 and told["summary"]["already_ours"] == 1
    assert told["summary"]["found_by"] == {"fit": 1, "names": 1} and set(told["folders"]) == {".", "deep"}
    clip = next(c for c in told["clips"] if c["file"] == "named.bvh")["retarget"]
    assert clip["position_error_mm"] < 1 and clip["mapped"]["left_knee"] == "left_knee" and clip["jumps"] == 0
    back = clips.read(out / "named.bvh")
    assert np.degrees(np.abs(back.angles - dance().angles)).mean() < 0.5


def test_one_file_to_any_format_at_another_rate(folder, tmp_path):
    target = tmp_path / "one.npz"
    result = ritual("retarget", folder / "named.bvh", "--out", target, "--fps", 60, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    clip = clips.read(target)
    assert clip.fps == 60 and clip.frames == told["clips"][0]["frames"] == 59
    assert clip.meta["retarget"]["metres_per_unit"] == pytest.approx(0.001)


def test_without_out_it_only_measures(folder, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    assert ritual("retarget", folder / "named.bvh").exit_code == 0
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("suffix", ["json", "toml"])
def test_a_map_goes_before_names(folder, tmp_path, suffix):
    own = tmp_path / f"map.{suffix}"
    own.write_text('{"left_hand": "left_wrist", "left_wrist": "left_hand"}' if suffix == "json" else
                   'left_hand = "left_wrist"\nleft_wrist = "left_hand"\n')  # fmt: skip
    result = ritual("retarget", folder / "named.bvh", "--map", own, "--json")
    told = json.loads(result.stdout)["clips"][0]["retarget"]
    assert told["found_by"] == "map" and told["mapped"]["left_wrist"] == "left_hand"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("nothing.bvh",), "There is no file"),
        (("in/broken.bvh",), "line 40: expected 3 numbers"),
        (("in", "--out", "in/out"), "lies in the folder that is read"),
        (("in", "--out", "in/ours.bvh"), "is a file"),
        (("in", "--out", "x", "--format", "fbx"), "'.fbx' is no format"),
        (("in/named.bvh", "--out", "x.fbx"), "must end in"),
        (("in/named.bvh", "--map", "no.json"), "There is no file"),
        (("in/named.bvh", "--map", "list.json"), "is no map of joints"),
        (("in/named.bvh", "--map", "half.json"), "cannot be read as a map"),
        (("in/named.bvh", "--map", "wrong.json"), "no joint of ours. Did you mean left_knee"),
        (("empty",), "There is no .bvh"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(folder, tmp_path, monkeypatch, args, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "half.json").write_text("{")
    (tmp_path / "wrong.json").write_text('{"left_nee": "left_knee"}')
    (tmp_path / "empty").mkdir()
    result = ritual("retarget", *args)
    assert result.exit_code == 2 and says in result.stderr, result.output
    assert "Traceback" not in result.output and not (tmp_path / "x").exists()


def test_help_shows_examples():
    shown = ritual("retarget", "--help").stdout
    assert "--map" in shown and "dance.bvh" in shown and "converted/" in shown


def test_feet_are_planted_where_it_is_asked_for(tmp_path):
    clip = dance(60)
    drift = clip.root_translation + np.linspace(0, 0.6, 60)[:, None] * [1, 0, 0]  # the whole body slides to its left
    clip = MotionClip(clip.angles, drift, clip.root_rotation, clip.positions + (drift - clip.root_translation)[:, None],
                      30.0, "dance")  # fmt: skip
    source, target = tmp_path / "in.bvh", tmp_path / "out.npz"
    source.write_text(foreign(bvh_own.to_text(clip)))
    result = ritual("retarget", source, "--plant", "--out", target, "--json")
    assert result.exit_code == 0
    (told,) = json.loads(result.stdout)["clips"]
    assert told["contact"]["under_floor_mm"] < 5 and told["contact"]["sliding_mm"] < 5
    assert clips.read(target).meta["contact"]["sliding_mm"] == told["contact"]["sliding_mm"]
