"""Tables of models: trained alike, measured alike, and honest about who leads."""

import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ritual.errors import BadInput
from ritual.imagery.comparison.compare import compare
from ritual.imagery.comparison.suites import ABLATIONS, SUITES, Entry, suite
from ritual.imagery.features import features_of
from ritual.imagery.model import Size
from ritual.imagery.models import model_of

TINY = {"side": 64, "width": 4, "batch": 1, "steps": 2}


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    """Discs on a coloured ground, and the same as cut out of red paper."""
    folder, rng = tmp_path_factory.mktemp("sets"), np.random.default_rng(0)
    for split, count in (("train", 4), ("test", 3)):
        for domain in "AB":
            (folder / "papercut" / f"{split}{domain}").mkdir(parents=True)
        for number in range(count):
            x, y = rng.integers(8, 30, 2)
            for domain, ground, ink in (("A", "skyblue", "brown"), ("B", "white", "red")):
                picture = Image.new("RGB", (72, 72), ground)
                ImageDraw.Draw(picture).ellipse((x, y, x + 34, y + 34), fill=ink)
                picture.save(folder / "papercut" / f"{split}{domain}" / f"{number}.png")
    return folder


@pytest.fixture(scope="module")
def table():
    whole = SUITES["papercut"][0]
    rows = (Entry("CycleGAN", "cyclegan"), Entry("P", "papercut", ours=True))
    return replace(whole, entries=rows, settings={"quick": TINY})


@pytest.fixture(scope="module")
def result(sets, table, tmp_path_factory):
    return compare(table, sets, tmp_path_factory.mktemp("out"), "quick", 2, features_of(None))


def test_each_row_has_its_figures_as_mean_and_spread_over_the_seeds(result):
    assert [(row["model"], row["seeds"]) for row in result.rows] == [("CycleGAN", 2), ("P", 2)]
    for row in result.rows:
        assert 0 < row["SSIM"]["mean"] < 1 and row["SSIM"]["spread"] > 0
        assert row["FID-memory"]["mean"] > 0
    assert result.held_out == 3


def test_ours_leads_only_where_its_mean_is_the_better_one(result):
    rival, ours = result.rows
    for figure, more in (("SSIM", True), ("FID-memory", False), ("LPIPS-memory", False)):
        led = ours[figure]["mean"] > rival[figure]["mean"]
        assert result.claims[figure] == (led if more else not led)


def test_ours_is_tested_against_each_rival_picture_by_picture(result):
    of_ssim = next(test for test in result.tests if test["figure"] == "SSIM")
    assert (of_ssim["one"], of_ssim["other"]) == ("P", "CycleGAN")
    assert of_ssim["low"] <= of_ssim["difference"] <= of_ssim["high"]
    rival, ours = result.rows
    assert of_ssim["difference"] == pytest.approx(ours["SSIM"]["mean"] - rival["SSIM"]["mean"])


def test_a_reference_is_trained_once_and_is_nobodys_rival(sets, table, tmp_path):
    rows = (*table.entries, Entry("Pix2pix", "pix2pix", reference=True))
    found = compare(replace(table, entries=rows), sets, tmp_path, "quick", 2, features_of(None))
    rival, ours, reference = found.rows
    assert (rival["seeds"], ours["seeds"], reference["seeds"]) == (2, 2, 1)
    assert reference["beside"] and not rival["beside"]
    assert found.claims["SSIM"] == (ours["SSIM"]["mean"] > rival["SSIM"]["mean"])


def test_what_is_trained_is_not_trained_again_and_says_the_same(sets, table, tmp_path):
    once = compare(table, sets, tmp_path, "quick", 1, features_of(None))
    files = sorted(tmp_path.rglob("*.safetensors"))
    written = [file.stat().st_mtime_ns for file in files if file.name == "state.safetensors"]
    again = compare(table, sets, tmp_path, "quick", 1, features_of(None))
    assert [file.stat().st_mtime_ns for file in files if file.name == "state.safetensors"] == written
    for before, after in zip(once.rows, again.rows, strict=True):
        assert before["SSIM"] == after["SSIM"]


def test_the_trainings_end_with_who_began_them_even_if_killed(sets, tmp_path):
    begin = f"""
from pathlib import Path
from ritual.imagery.comparison.trainings import train_all
from ritual.imagery.training.train_config import TrainConfig
if __name__ == "__main__":
    runs = {{n: TrainConfig("pix2pix", Path({str(sets / "papercut")!r}), Path({str(tmp_path)!r}) / n, width=4, batch=1,
                            steps=10**6, save_every=5) for n in "ab"}}
    train_all(runs, 2, lambda _: None)
"""
    script = tmp_path / "begin.py"
    script.write_text(begin)
    parent = subprocess.Popen([sys.executable, script], start_new_session=True)
    _within(300, lambda: all((tmp_path / name / "state.safetensors").exists() for name in "ab"))
    parent.kill()
    parent.wait()
    _within(120, lambda: not _alive(parent.pid))


def _within(seconds, condition):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.1)


def _alive(session):
    """Processes of a session that are no zombies."""
    states = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            states += [fields[0]] if int(fields[3]) == session and fields[0] != "Z" else []
    return states


def test_every_entry_of_every_suite_and_ablation_is_a_model_that_can_be_built():
    tables = [table for tables in SUITES.values() for table in tables] + list(ABLATIONS.values())

    for table in tables:
        assert len({entry.model for entry in table.entries if entry.ours}) == 1, table.folder
        for entry in table.entries:
            model = model_of(entry.model, Size(side=64, width=8, frames=8), dict(entry.options))
            assert model.task == table.task, entry.name


def test_a_suite_that_is_none_is_told_with_those_that_are():
    with pytest.raises(BadInput, match="papercut"):
        suite("papercuts")
