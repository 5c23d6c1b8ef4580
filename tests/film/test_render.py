"""A clip becomes a film in real Blenders, and what goes wrong is said in a sentence."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ritual import film
from ritual.body.kinematics import forward
from ritual.body.skeleton import ANGLE_INDEX
from ritual.clip.clip import MotionClip
from ritual.errors import BadInput, Cancelled
from ritual.film import blender as blenders
from ritual.film.blender import Blender, BlenderFailed, BlenderMissing, find_blender
from ritual.film.render import FilmFailed

FRAMES = 7


@pytest.fixture(scope="module")
def clip() -> MotionClip:
    """Seven frames at 30000/1001 per second: the arms rise."""
    angles = np.zeros((FRAMES, 36))
    for side in ("left", "right"):
        angles[:, ANGLE_INDEX[f"{side}_shoulder_abduction"]] = np.linspace(0, 2, FRAMES)
    translation = np.tile((0.0, 0.0, 0.92), (FRAMES, 1))
    rotation = np.tile((1.0, 0.0, 0.0, 0.0), (FRAMES, 1))
    positions = forward(*map(torch.as_tensor, (angles, translation, rotation))).positions.numpy()
    return MotionClip(angles, translation, rotation, positions, 25.0, "arms rise", {"costume": {"robe": "#a02030"}})


def installed() -> list[Blender]:
    return [b for b in (blenders._program(), blenders._wheel()) if b is not None]


@pytest.fixture(params=["program", "wheel"])
def each(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Blender:
    """Either Blender, for everything."""
    found = {"program": blenders._program, "wheel": blenders._wheel}[request.param]()
    if found is None:
        pytest.skip(f"needs a real Blender: the {request.param} is not installed")
    monkeypatch.setenv(blenders.VARIABLE, str(found.path))
    return found


def probe(path: Path) -> dict:
    fields = "stream=codec_name,pix_fmt,width,height,r_frame_rate,nb_read_frames,duration"
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-count_frames", "-show_entries", fields, "-of", "json", str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)["streams"][0]


@pytest.mark.blender
def test_a_film_has_every_frame_of_the_clip_at_its_rate(each: Blender, clip: MotionClip, tmp_path: Path):
    steps = []
    result = film.render(
        clip, tmp_path / "film.mp4", blend=tmp_path / "scene.blend", width=96, height=64,
        engine="cycles", samples=1, progress=steps.append,
    )  # fmt: skip
    facts = probe(result.film)
    assert (facts["codec_name"], facts["pix_fmt"]) == ("h264", "yuv420p")
    assert (facts["width"], facts["height"], facts["r_frame_rate"]) == (96, 64, "25/1")
    assert int(facts["nb_read_frames"]) == FRAMES == result.frames
    assert float(facts["duration"]) == pytest.approx(FRAMES / 25, abs=1e-3)
    assert [step.step for step in steps] == list(range(1, FRAMES + 1))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["film.mp4", "scene.blend"]


@pytest.mark.blender
def test_a_broken_frame_rate_is_kept_exactly(clip: MotionClip, tmp_path: Path):
    if not installed():
        pytest.skip("needs a real Blender: none is installed")
    ntsc = replace(clip, fps=30000 / 1001)
    result = film.render(ntsc, tmp_path / "film.mp4", width=32, height=32, engine="cycles", samples=1)
    assert probe(result.film)["r_frame_rate"] == "30000/1001"


@pytest.mark.blender
def test_the_scene_of_the_default_choice_opens_in_every_blender(clip: MotionClip, tmp_path: Path):
    if len(installed()) < 2:
        pytest.skip("needs two real Blenders: Debian's program and bpy in .venv-bpy")
    scene = tmp_path / "scene.blend"
    film.render(clip, tmp_path / "film.mp4", blend=scene, width=32, height=32, engine="cycles", samples=1)
    for blender in installed():
        arguments = ["--blend", str(scene), "--out", str(tmp_path / blender.path.name)]
        arguments += ["--width", "32", "--height", "32", "--samples", "1", "--end", "1"]
        blender.run("render_scene.py", arguments)
        assert (tmp_path / blender.path.name / "frame_00001.png").stat().st_size > 100


@pytest.mark.blender
def test_blenders_own_sentence_reaches_the_caller(each: Blender, tmp_path: Path):
    with pytest.raises(BlenderFailed, match=r"none\.safetensors cannot be read") as caught:
        each.run("build_scene.py", ["--clip", str(tmp_path / "none.safetensors"), "--out", str(tmp_path / "s.blend")])
    assert "none.safetensors" in caught.value.log


@pytest.mark.blender
def test_cancelling_ends_blender_and_leaves_nothing(each: Blender, clip: MotionClip, tmp_path: Path):
    steps = []
    with pytest.raises(Cancelled):
        film.render(
            clip, tmp_path / "film.mp4", width=96, height=64, engine="cycles", samples=1,
            progress=steps.append, cancelled=lambda: bool(steps),
        )  # fmt: skip
    assert len(steps) < FRAMES
    assert list(tmp_path.iterdir()) == []
    children = subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "args="], capture_output=True, text=True).stdout
    assert "render_scene.py" not in children


@pytest.mark.blender
def test_a_render_that_fails_keeps_its_log_and_no_film(clip: MotionClip, tmp_path: Path, monkeypatch):
    if blenders._program() is None:
        pytest.skip("needs a real Blender: Debian's program is not installed")
    bad = replace(clip, meta={"costume": {"robe": "crimson"}})
    with pytest.raises(FilmFailed, match=r"'crimson' is no colour.*film\.log"):
        film.render(bad, tmp_path / "film.mp4")
    assert "crimson" in (tmp_path / "film.log").read_text()
    assert not (tmp_path / "film.mp4").exists()


@pytest.mark.blender
def test_an_ffmpeg_that_fails_is_reported_with_its_log(clip: MotionClip, tmp_path: Path, monkeypatch):
    if not installed():
        pytest.skip("needs a real Blender: none is installed")
    tools, out = tmp_path / "tools", tmp_path / "out"
    tools.mkdir()
    out.mkdir()
    (tools / "ffmpeg").write_text("#!/bin/sh\necho no such encoder >&2\nexit 8\n")
    (tools / "ffmpeg").chmod(0o755)
    monkeypatch.setenv("PATH", str(tools), prepend=os.pathsep)
    with pytest.raises(FilmFailed, match=r"ffmpeg could not join the frames \(status 8\)"):
        film.render(clip, out / "film.mp4", width=32, height=32, engine="cycles", samples=1)
    assert "no such encoder" in (out / "film.log").read_text()
    assert not (out / "film.mp4").exists()


def test_a_program_that_is_no_blender_is_reported(monkeypatch: pytest.MonkeyPatch, clip: MotionClip, tmp_path: Path):
    monkeypatch.setenv(blenders.VARIABLE, shutil.which("false"))
    with pytest.raises(FilmFailed, match=r"Blender ended with status 1 while it ran build_scene\.py"):
        film.render(clip, tmp_path / "film.mp4")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"width": 641}, "even number"),
        ({"height": 0}, "even number"),
        ({"engine": "povray"}, "Unknown engine 'povray'"),
        ({"samples": 0}, "0 samples"),
        ({"out": "film.avi"}, r"must end in \.mp4"),
        ({"out": "none/film.mp4"}, "there is no folder"),
    ],
)
def test_bad_arguments_are_refused_before_anything_runs(
    clip: MotionClip, tmp_path: Path, arguments: dict, message: str
):
    wish = {"out": "film.mp4", **arguments}
    with pytest.raises(BadInput, match=message):
        film.render(clip, tmp_path / wish.pop("out"), **wish)
    assert list(tmp_path.iterdir()) == []


def test_a_blender_that_is_named_but_missing_is_an_error(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(blenders.VARIABLE, "blender-from-nowhere")
    with pytest.raises(BlenderMissing, match="RITUAL_BLENDER names blender-from-nowhere"):
        find_blender()


def test_a_python_that_is_named_is_taken_as_one_with_bpy(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(blenders.VARIABLE, sys.executable)
    assert find_blender().module
    assert find_blender().describe().startswith("bpy of ")


def test_without_any_blender_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv(blenders.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(blenders, "_wheel", lambda: None)
    with pytest.raises(BlenderMissing, match="apt install blender"):
        find_blender()


def test_the_scene_is_written_by_the_program_and_drawn_by_the_module():
    if len(installed()) < 2 or os.environ.get(blenders.VARIABLE):
        pytest.skip("needs two real Blenders and no RITUAL_BLENDER")
    assert not find_blender("scene").module
    assert find_blender("render").module
