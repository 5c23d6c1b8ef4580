"""The page of a training: all of it in one file, and how steady the figures are."""

import math
import re

import numpy as np
import pytest
from PIL import Image

from ritual.imagery.training.charts import chart
from ritual.imagery.training.fluctuation import fluctuation, running
from ritual.imagery.training.history import History
from ritual.imagery.training.progress_page import GRIDS, write_page


def test_fluctuation_is_told_over_the_last_third():
    found = fluctuation("FID", np.array([90.0, 80, 50, 40, 30, 20, 11, 9, 10]))
    assert (found.last, found.least, found.most, found.count) == (10, 9, 90, 3)
    assert (found.mean, found.spread, found.variation) == pytest.approx((10, 1, 0.1))
    assert math.isnan(fluctuation("FID", np.array([3.0])).variation)


def test_running_mean_and_spread_look_back():
    mean, spread = running(np.array([1.0, 3, 5]), width=2)
    assert mean.tolist() == [1, 2, 4] and spread == pytest.approx([0, math.sqrt(2), math.sqrt(2)])


def test_a_history_keeps_parts_that_come_late():
    history = History()
    history.add({"g/a": 1.0})
    history.add({"g/a": 2.0, "g/b": 3.0})
    assert history.names == ["g/a", "g/b"]
    assert np.isnan(history.losses()[0, 1]) and history.losses()[1].tolist() == [2, 3]


def test_a_chart_draws_what_is_a_number():
    values = np.array([1.0, np.nan, 3.0])
    drawn = chart("Loss <of> g", {"a": (np.arange(3), values)})
    points = re.search(r'polyline[^>]*points="([^"]*)"', drawn).group(1).split()
    assert len(points) == 2 and "&lt;of&gt;" in drawn
    assert chart("none", {"a": (np.arange(2), np.array([np.nan, np.nan]))}) == ""
    assert chart("flat", {"a": (np.arange(2), np.array([2.0, 2.0]))})


def test_the_page_holds_everything_itself(tmp_path):
    history = History(figures=[{"step": n, "FID-memory": 50.0 - n} for n in range(1, 10)])
    for n in range(1000):
        history.add({"generators/cycle": 1 / (n + 1), "discriminators/d": 0.5})
    samples = []
    for step in range(0, 1000, 50):
        Image.new("RGB", (60, 40), "red").save(tmp_path / f"{step}.png")
        samples.append((step, tmp_path / f"{step}.png"))
    path = write_page(
        tmp_path / "progress.html", {"model": "cyclegan", "side": 64, "options": {"cycle": 10.0}}, history, 1000, 2000,
        3700.0, samples, ["x.png is broken."], {"train": {"a": 3, "b": 4}},
    )  # fmt: skip
    page = path.read_text()
    assert "FID-memory" in page and "Loss of the generators" in page and "Loss of the discriminators" in page
    assert "x.png is broken." in page and "1:01:40 left" in page and "trainA 3" in page
    assert page.count("<img") == GRIDS and "Step 950" in page and ">Step 0<" in page
    assert not re.search(r'(src|href)="(?!data:)', page) and "<script" not in page
    assert len(page) < 200_000
