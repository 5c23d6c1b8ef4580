"""Figures: means, ratios with the spread of a ratio, and verdicts that round nothing in their favour."""

import numpy as np
import pytest

from ritual.evaluation.figure import Figure, Target


def test_a_figure_is_a_mean_with_its_spread_and_number():
    figure = Figure.of([1.0, 2.0, 3.0], "cm", "lengths")
    assert (figure.value, figure.n, figure.unit) == (2.0, 3, "cm")
    assert figure.spread == pytest.approx(np.std([1, 2, 3]))


def test_a_ratio_is_of_means_and_its_spread_shrinks_with_more_samples():
    rng = np.random.default_rng(0)
    few, many = (Figure.ratio(2 + rng.random(n), 1 + rng.random(n), "x") for n in (8, 800))
    assert many.value == pytest.approx(2.5 / 1.5, rel=0.05)
    assert 0 < many.spread < few.spread


@pytest.mark.parametrize(
    ("op", "goal", "good", "bad"),
    [(">=", 0.945, 0.945, 0.9449), ("<=", 1.5, 1.5, 1.5001), ("==", 1.0, 1.0, 0.999), ("within", 1.5, 0.67, 0.66)],
)
def test_a_target_is_met_or_not(op, goal, good, bad):
    target = Target(op, goal, "a test")
    told = [Figure(value, 0.0, 1, "1", "x", target).to_dict() for value in (good, bad)]
    assert [row["met"] for row in told] == [True, False]
    assert told[0]["target"] == {"op": op, "value": goal, "source": "a test"}


def test_a_figure_without_a_target_has_no_verdict():
    assert Figure(1.0, 0.0, 1, "1", "x").to_dict()["met"] is None
