"""`ritual edit` and the references of `ritual generate`, as people type them."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from ritual.cli.main import app
from ritual.cli.moments import frame_of
from ritual.errors import BadInput

runner = CliRunner()


def ritual(*args):
    return runner.invoke(app, [str(a) for a in args])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("made")
    for dance, seconds in (("dai-peacock", 4), ("yi-torch", 3)):
        args = ("--seconds", seconds, "--variants", 1, "--out", out / dance)
        assert ritual("generate", "with joy", "--dance", dance, *args).exit_code == 0
    return {dance: out / dance / "variant-1.npz" for dance in ("dai-peacock", "yi-torch")}


def angles(path):
    with np.load(path) as data:
        return data["angles"]


def test_regenerate_writes_what_generate_writes_and_keeps_the_rest(made, tmp_path):
    result = ritual("edit", "regenerate", made["dai-peacock"], "--from", "1s", "--to", 75, "--out", tmp_path, "--json")
    assert result.exit_code == 0, result.output
    assert {p.name for p in tmp_path.iterdir()} == {"report.json"} | {f"variant-1.{s}" for s in ("npz", "bvh", "glb")}
    report = json.loads(result.stdout)
    assert report["edit"]["start_frame"] == 25 and report["edit"]["end_frame"] == 74 and report["compliant"]
    before, after = angles(made["dai-peacock"]), angles(tmp_path / "variant-1.npz")
    assert np.array_equal(before[:25], after[:25]) and np.array_equal(before[75:], after[75:])
    assert ritual("check", tmp_path / "variant-1.glb", "--dance", "dai-peacock").exit_code == 0


def test_between_joins_and_tells_what_is_new(made, tmp_path):
    peacock = made["dai-peacock"]
    result = ritual("edit", "between", peacock, peacock, "--seconds", 0.8, "--variants", 2, "--out", tmp_path)
    assert result.exit_code == 0, result.output
    assert "New: frames 100-119" in result.output
    assert len(angles(tmp_path / "variant-2.npz")) == 220


def test_through_reaches_its_poses_in_every_variant(made, tmp_path):
    peacock = made["dai-peacock"]
    result = ritual(
        "edit", "through", "a bow", "--dance", "dai-peacock", "--key", f"{peacock}@40=0", "--key", f"{peacock}@2s=3s",
        "--seconds", 4, "--variants", 2, "--out", tmp_path, "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["key_frames"] == [0, 75]
    for n in (1, 2):
        off = np.abs(angles(tmp_path / f"variant-{n}.npz")[[0, 75]] - angles(peacock)[[40, 50]])
        assert np.degrees(off.max()) < 0.1


def test_generate_begins_in_a_pose_and_dances_after_a_reference(made, tmp_path):
    torch = made["yi-torch"]
    args = ("--dance", "dai-peacock", "--seconds", 3, "--variants", 1, "--out", tmp_path)
    assert ritual("generate", "with joy", *args, "--reference", torch, "--from-pose", f"{torch}@10").exit_code == 0
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["compliant"] and report["key_frames"] == [0]
    off = np.degrees(np.abs(angles(tmp_path / "variant-1.npz")[0] - angles(torch)[10]).max())
    assert off < 0.1 or off == pytest.approx(report["moved_poses"][0]["moved_deg"], abs=0.01)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("regenerate", "{p}", "--from", "9s"), "frames are 0 to 99"),
        (("regenerate", "{p}", "--from", "soon"), "no moment"),
        (("regenerate", "nowhere.npz"), "no file"),
        (("between", "{p}", "{y}"), "different dances"),
        (("between", "{p}", "{p}", "--seconds", "0"), "between two clips"),
        (("through", "a bow", "--dance", "dai-peacock", "--key", "{p}@40"), "CLIP@FRAME=WHEN"),
        (("through", "a bow", "--dance", "dai-peacock", "--key", "{p}@400=1s"), "no frame 400"),
        (("through", "a bow", "--dance", "dai-peacock", "--key", "{p}@4=20s"), "no frame 500"),
    ],
)
def test_a_mistake_gets_one_clear_sentence(made, tmp_path, args, message):
    args = [a.format(p=made["dai-peacock"], y=made["yi-torch"]) for a in args]
    result = ritual("edit", *args, "--out", tmp_path / "out")
    assert result.exit_code == 2 and message in " ".join(result.output.split())
    assert not (tmp_path / "out").exists()


def test_every_edit_shows_an_example():
    for name in ("regenerate", "between", "through"):
        assert f"ritual edit {name}" in ritual("edit", name, "--help").output.replace("\n", " ")


def test_moments_are_frames_or_seconds():
    assert frame_of("62", 25) == 62 and frame_of("2.5s", 25) == 62 and frame_of(" 0 ", 30) == 0
    for wrong in ("2.5", "s", "", "infs", "nans", "1m"):
        with pytest.raises(BadInput, match="no moment"):
            frame_of(wrong, 25)
