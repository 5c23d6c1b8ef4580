"""Clips become pictures: who looks sees left and right, the floor, and what breaks a rule."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from ritual.cli.motion import app
from ritual.clip import files
from ritual.errors import BadInput, Cancelled
from ritual.film.contact_sheet import CELL, UNIT, contact_sheet
from ritual.film.lettering import cut, font
from ritual.film.paint import BROKEN, LEFT, RIGHT, SIDES, rgb
from ritual.film.panel import panels
from ritual.film.show import write_sheet, write_turntable
from ritual.film.turntable import Turntable

MOCAP = Path(__file__).parents[2].parent / "shared" / "data" / "mocap"
FFMPEG = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg")


def places(image: Image.Image, colour: str, near: int = 40) -> np.ndarray:
    """(N, 2) x and y of the pixels of about this colour, words and keys at the top left out."""
    pixels = np.asarray(image.convert("RGB"), int)
    found = np.argwhere(np.abs(pixels - rgb(colour)).sum(-1) < near)[:, ::-1]
    return found[found[:, 1] > 100]


def probe(path: Path) -> dict:
    fields = "stream=codec_name,pix_fmt,width,height,r_frame_rate,nb_read_frames"
    command = ["ffprobe", "-v", "error", "-count_frames", "-show_entries", fields, "-of", "json", str(path)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["streams"][0]


def test_the_camera_goes_once_round_from_the_front(standing):
    pictures = list(Turntable(panels([standing()], ["one"])).frames())
    first, half = (
        np.subtract(*(places(pictures[n], SIDES[side], 60)[:, 0].mean() for side in (LEFT, RIGHT))) for n in (0, 5)
    )
    assert len(pictures) == 10
    assert first > 100 and half < -100  # in front: its left is on our right; behind: on our left
    assert abs(first + half) < 60


def test_no_limb_leaves_the_picture_or_its_neighbours_part(standing):
    shown = panels([standing(travel=3.0), standing()], ["far", "near"])
    table = Turntable(shown)
    for painting in table.paintings:
        assert (np.abs(painting.edges) <= (table.part, 600)).all()
    ratio = table.paintings[0].camera.distance / table.paintings[1].camera.distance
    assert ratio == 1.0  # one scale for all


def test_the_floor_is_under_the_feet(standing):
    table = Turntable(panels([standing()], ["one"]))
    painting = table.paintings[0]
    assert painting.standing.all()
    feet = painting.skins[:, -6:, :, 1].max()
    prints = painting.prints[..., 1]
    assert abs(prints.max() - feet) < 0.06 * np.ptp(painting.skins[..., 1])


def test_what_breaks_a_rule_is_red_while_it_does(breaking):
    red = [places(p, BROKEN)[:, 1] for p in Turntable(panels([breaking], ["one"])).frames()]
    shown = [int((heights < 640).sum()) for heights in red]  # the bar under the dancer is red all the time
    assert min(shown[10:16]) > 200 and not any(shown[:10] + shown[16:])


def test_the_sheet_shows_moments_in_order_and_names_the_broken_spans(breaking, standing):
    sheet = contact_sheet(panels([breaking, standing()], ["one", "two"]), 6)
    assert sheet.width == UNIT * (6 * CELL[0] + 32)
    red = places(sheet, BROKEN)
    cell = ((red[:, 0] - UNIT * 16) // (UNIT * CELL[0])).astype(int)
    low = red[:, 1] > UNIT * 100  # under the line with the spans
    assert set(cell[low]) == {2, 3}  # 0.4 and 0.6 s of 0, 0.2, 0.4 ... s


def test_a_sheet_of_a_single_frame_can_be_drawn(standing):
    assert contact_sheet(panels([standing(0.04)], ["one"])).width >= 1000


def test_feet_on_the_sheet_reach_the_line_and_floating_ones_do_not(standing):
    from dataclasses import replace

    clip, up = standing(), (0.0, 0.0, 0.15)
    high = replace(clip, positions=clip.positions + up, root_translation=clip.root_translation + up)
    gaps = []
    for shown in (clip, high):
        sheet = contact_sheet(panels([shown], ["one"]), 2)
        pixels = np.concatenate([places(sheet, SIDES[side], 60) for side in (LEFT, RIGHT)])
        gaps.append(UNIT * (62 + 28 + 190) - pixels[:, 1].max())
    assert 0 <= gaps[0] < 8 < 20 < gaps[1]


@FFMPEG
def test_a_film_has_every_frame_at_the_rate_of_the_fastest_clip(standing, tmp_path):
    film = write_turntable([standing(0.4), standing(0.4, fps=12.5)], ["a", "b"], tmp_path / "f.mp4")
    facts = probe(film.path)
    assert (facts["codec_name"], facts["pix_fmt"], facts["r_frame_rate"]) == ("h264", "yuv420p", "25/1")
    assert (facts["width"], facts["height"]) == (1080, 720) and int(facts["nb_read_frames"]) == film.frames == 10
    quick = write_turntable([standing(0.2, fps=120.0)], ["a"], tmp_path / "q.mp4")
    assert quick.fps == 30.0 and probe(quick.path)["r_frame_rate"] == "30/1"


@FFMPEG
def test_a_cancelled_film_leaves_nothing(standing, tmp_path):
    steps = []
    with pytest.raises(Cancelled):
        write_turntable([standing()], ["a"], tmp_path / "f.mp4", steps.append, lambda: len(steps) > 3)
    assert [s.step for s in steps] == [1, 2, 3, 4] and list(tmp_path.iterdir()) == []


@FFMPEG
def test_a_film_that_cannot_be_written_is_said_in_a_sentence(standing, tmp_path):
    (tmp_path / "f.mp4").mkdir()
    with pytest.raises(BadInput, match=r"Cannot write .*f\.mp4"):
        write_turntable([standing()], ["a"], tmp_path / "f.mp4")
    assert [p.name for p in tmp_path.iterdir()] == ["f.mp4"]


def test_too_many_clips_and_moments_are_refused(standing, tmp_path):
    with pytest.raises(BadInput, match="choose 1 to 6"):
        write_sheet([standing()] * 7, ["a"] * 7, tmp_path / "s.png")
    with pytest.raises(BadInput, match="choose 2 to 60"):
        write_sheet([standing()], ["a"], tmp_path / "s.png", 1)
    assert list(tmp_path.iterdir()) == []


def test_words_are_cut_to_their_room():
    assert cut("short", 14, 500) == "short"
    long = cut("In the Dai peacock dance the wrist stays at or below 65 deg.", 14, 200)
    assert long.endswith("...") and font(long, 14).getlength(long) <= 200


def show(*args):
    return CliRunner().invoke(app, ["show", *map(str, args)])


@FFMPEG
def test_the_command_draws_clips_of_different_kinds_side_by_side(standing, breaking, tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    files.write(tmp_path / "one" / "variant-1.npz", breaking)
    files.write(tmp_path / "other" / "variant-1.glb", standing(0.2))
    out = tmp_path / "look" / "here"
    result = show(tmp_path / "one" / "variant-1.npz", tmp_path / "other" / "variant-1.glb", "--out", out, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["frames"] == 25 and sorted(map(str, out.iterdir())) == sorted([told["sheet"], told["film"]])
    assert Image.open(told["sheet"]).size[0] > 2000 and probe(Path(told["film"]))["width"] == 1080


def test_without_ffmpeg_the_sheet_is_written_and_one_sentence_says_why_no_film(standing, tmp_path, monkeypatch):
    files.write(tmp_path / "a.npz", standing())
    monkeypatch.setenv("PATH", str(tmp_path))
    result = show(tmp_path / "a.npz", "--out", tmp_path)
    assert result.exit_code == 1 and "ffmpeg is not on the PATH." in result.output
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a-sheet.png", "a.npz"]


def test_what_is_no_clip_is_bad_input(tmp_path):
    (tmp_path / "a.npz").write_text("no motion")
    for path, words in ((tmp_path / "a.npz", "not an npz"), (tmp_path / "b.npz", "no file"), ("x.txt", "must end in")):
        result = show(path, "--out", tmp_path)
        assert result.exit_code == 2 and words in result.output and "Traceback" not in result.output
    assert [p.name for p in tmp_path.iterdir()] == ["a.npz"]


@pytest.mark.skipif(not MOCAP.is_dir(), reason=f"needs the mocap in {MOCAP}")
def test_a_real_cartwheel_is_never_cut_off():
    clip = files.read(MOCAP / "cmu" / "05_06.bvh")
    table = Turntable(panels([clip], ["05_06"]))
    painting = table.paintings[0]
    assert (np.abs(painting.edges) <= (720, 596)).all() and painting.edges[..., 1].min() < -150
