"""A folder of recordings becomes windows with sound and labels; what is broken is told and the rest goes on."""

import csv
import json
import os

import numpy as np
import pytest
from scipy.io import wavfile

from ritual.errors import BadInput
from ritual.imagery.data.folders import listing_of
from ritual.imagery.metrics.sound import peak_dbfs
from ritual.imagery.preparation.labels import Label, Transition, read_label, read_table, write_label, write_table
from ritual.imagery.preparation.media import facts, pictures, write_video
from ritual.imagery.preparation.prepare import Recipe, prepare

pytest.importorskip("av")
SMALL = Recipe(side=32)


def film(path, seed=0, shots=(30, 40), sound=True):
    """A recording of dark and light scenes at 12.5 fps."""
    rng = np.random.default_rng(seed)
    parts = [
        np.repeat(np.kron(rng.normal(60 + 110 * (n % 2), 25, (6, 6, 3)), np.ones((8, 8, 1)))[None], frames, 0)
        for n, frames in enumerate(shots)
    ]
    frames = np.clip(np.concatenate(parts), 0, 255).astype(np.uint8)
    tone = 0.3 * np.sin(2 * np.pi * 200 * np.arange(len(frames) * 1280) / 16_000)
    return write_video(path, frames, 12.5, sound=tone + rng.normal(0, 0.02, len(tone)) if sound else None)


def rows(out):
    return list(csv.DictReader((out / "manifest.csv").open(encoding="utf-8")))


def test_windows_keep_to_their_shots_and_carry_their_labels(tmp_path):
    path = film(tmp_path / "in" / "square.mp4") if (tmp_path / "in").mkdir() is None else None
    write_label(path, Label("new-year", (Transition(30 / 12.5),)))
    result = prepare([tmp_path / "in"], tmp_path / "out", SMALL)
    assert not result.bad and [r["shot"] for r in result.rows] == [0, 1]
    first, second = rows(tmp_path / "out")
    assert first["event"] == "new-year" and first["ends"] == second["begins"] == "cut" and first["begins"] == ""
    assert float(first["start"]) + float(first["seconds"]) <= 2.4 <= float(second["start"])
    window = tmp_path / "out" / second["path"]
    assert facts(window).fps == 12.5 and np.stack(list(pictures(window))).shape == (int(second["frames"]), 32, 32, 3)
    rate, sound = wavfile.read(tmp_path / "out" / second["sound"])
    assert rate == 16_000 and len(sound) == round(float(second["seconds"]) * 16_000)
    assert peak_dbfs(sound / 32768) == pytest.approx(-1, abs=0.01)
    assert read_label(window).event == "new-year"
    listing = listing_of(tmp_path / "out", two=False, video=True)  # the trainer takes the folder as it is
    assert len(listing.of("train", "")) == 2


def test_what_is_broken_is_told_and_the_rest_goes_on(tmp_path):
    good = film(tmp_path / "good.mp4")
    film(tmp_path / "mute.mp4", 1, sound=False)
    film(tmp_path / "short.mp4", 2, shots=(12,))
    (tmp_path / "text.mp4").write_text("no film")
    (tmp_path / "cut.mp4").write_bytes(good.read_bytes()[:900])
    (tmp_path / "labelled.mp4").write_bytes(good.read_bytes())
    (tmp_path / "labelled.json").write_text('{"transitions": [{"seconds": "soon"}]}')
    result = prepare([tmp_path], tmp_path / "out", SMALL)
    assert {p.name for p, _ in result.bad} == {"text.mp4", "cut.mp4", "labelled.mp4"}
    assert {p.name: note for p, note in result.noted} == {
        "mute.mp4": "it has no sound",
        "short.mp4": "no shot lasts 2 s, so there is no window in it",
    }
    assert {r["recording"] for r in rows(tmp_path / "out")} == {"good.mp4", "mute.mp4"}
    assert all(r["sound"] == "" for r in rows(tmp_path / "out") if r["recording"] == "mute.mp4")


def test_a_second_call_goes_on_where_the_first_one_stopped(tmp_path):
    film(tmp_path / "a.mp4")
    out = tmp_path / "out"
    prepare([tmp_path / "a.mp4"], out, SMALL)
    before = {p: p.stat().st_mtime_ns for p in (out / "windows").iterdir()}
    film(tmp_path / "b.mp4", 1)
    again = prepare([tmp_path / "a.mp4", tmp_path / "b.mp4"], out, SMALL)
    assert again.ready == 1 and len(again.rows) == 4 == len(rows(out))
    assert all(p.stat().st_mtime_ns == then for p, then in before.items())
    write_label(tmp_path / "a.mp4", Label("wedding"))  # its label has changed: it is prepared anew
    assert prepare([tmp_path / "a.mp4"], out, SMALL).ready == 0
    assert {r["event"] for r in rows(out)} == {"wedding", ""}
    with pytest.raises(BadInput, match="another recipe"):
        prepare([tmp_path / "a.mp4"], out, Recipe(side=64))


def test_two_recordings_of_one_name_do_not_overwrite_each_other(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        film(tmp_path / name / "a.mp4", len(name))
    result = prepare([tmp_path / "one", tmp_path / "two"], tmp_path / "out", SMALL)
    assert len({r["path"] for r in result.rows}) == len(result.rows) == 4


def test_recipes_and_places_out_of_range_are_told(tmp_path):
    for recipe, said in ((Recipe(side=33), "even"), (Recipe(fps=0), "frames a second"), (Recipe(noise="no"), "keep")):
        with pytest.raises(BadInput, match=said):
            prepare([tmp_path], tmp_path / "out", recipe)
    with pytest.raises(BadInput, match="No recording"):
        prepare([tmp_path], tmp_path / "out")


def test_labels_are_read_as_they_were_written(tmp_path):
    label = Label("new-year", (Transition(3.2), Transition(7.48, "dissolve", 0.6)))
    write_table(tmp_path, {"a.mp4": label})
    assert read_table(tmp_path / "labels.csv") == {"a.mp4": label} and read_label(tmp_path / "a.mp4") == label
    write_label(tmp_path / "b.mp4", label, scenes=[1])
    assert read_label(tmp_path / "b.mp4") == label and json.loads((tmp_path / "b.json").read_text())["scenes"] == [1]
    assert read_label(tmp_path / "c.mp4") is None


@pytest.mark.parametrize(
    ("row", "said"),
    [("a.mp4,fair,soon", "no transition"), ("a.mp4,fair,3:jump", "valid kinds"), ("a.mp4,fair,3 2", "in the order"),
     ("a.mp4,fair,-1", "out of range"), ("a.mp4,fair,nan", "out of range"), (f"a.mp4,{'x' * 99},", "no name")],
)  # fmt: skip
def test_a_wrong_label_is_told_with_its_line(row, said, tmp_path):
    (tmp_path / "labels.csv").write_text(f"file,event,transitions\nb.mp4,fair,1.5\n{row}\n")
    with pytest.raises(BadInput, match=rf"labels.csv, line 3: .*{said}"):
        read_table(tmp_path / "labels.csv")


def test_a_full_disk_leaves_no_half_written_window(tmp_path, monkeypatch):
    film(tmp_path / "a.mp4")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    result = prepare_or_error(tmp_path)
    assert "No space left" in result
    assert not list((tmp_path / "out" / "windows").iterdir())


def prepare_or_error(folder):
    try:
        return prepare([folder / "a.mp4"], folder / "out", SMALL).bad[0][1]
    except BadInput as error:
        return str(error)
