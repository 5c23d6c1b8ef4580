"""Table 1 on drawn patterns whose answers are known."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ritual.memory.descriptors import NAMES, describe


def told(picture):
    made = describe(picture)
    return dict(zip(NAMES, made.values[0].tolist(), strict=True)), int(made.folds[0])


def test_a_grid_of_lines_is_straight_symmetric_and_does_not_bend(drawn):
    values, folds = told(drawn.painted(drawn.line_grid()))
    assert values["linearity"] > 0.65 and values["curvature"] < 0.25 and values["symmetry"] > 0.95 and folds == 4


@pytest.mark.parametrize("turned", [0.0, 0.3, 0.7, 1.1])
def test_lines_are_straight_however_they_lie(drawn, turned):
    values, _ = told(drawn.painted(drawn.lines(turned=turned)))
    assert values["linearity"] > 0.85 and values["curvature"] < 0.1


@pytest.mark.parametrize("radius", [0.12, 0.2, 0.3, 0.4])
def test_a_circle_bends_as_its_radius_says(drawn, radius):
    values, folds = told(drawn.painted(drawn.disc(radius)))
    bend = 1 / radius
    assert values["curvature"] == pytest.approx(bend / (bend + 6), abs=0.02)
    assert values["linearity"] == pytest.approx(1 / (1 + (bend / 2) ** 2), abs=0.03)
    assert values["symmetry"] > 0.98 and folds == 12
    length = 2 * math.pi * radius
    assert values["complexity"] == pytest.approx(length / (length + 10), abs=0.02)


@pytest.mark.parametrize("turns", [2, 3, 5])
def test_a_spiral_bends_and_has_no_symmetry(drawn, turns):
    values, folds = told(drawn.painted(drawn.spiral(turns)))
    assert values["symmetry"] < 0.3 and folds == 1 and values["curvature"] > 0.3 > values["linearity"]


@settings(deadline=None, max_examples=25)
@given(folds=st.integers(3, 12), turned=st.floats(0, 2))
def test_a_rosette_has_as_many_folds_as_petals(folds, turned, drawn):
    values, found = told(drawn.painted(drawn.rosette(folds, turned)))
    assert values["symmetry"] > 0.95 and found == folds


def test_more_windings_are_more_complex(drawn):
    one, many = (told(drawn.painted(drawn.spiral(turns)))[0]["complexity"] for turns in (2, 5))
    dense = told(drawn.painted(drawn.line_grid(10, 0.01)))[0]["complexity"]
    assert 0 < one < many < dense <= 1


@pytest.mark.parametrize(
    ("colour", "hue", "saturation"),
    [
        ((1.0, 0.0, 0.0), 0.0, 1.0),
        ((0.0, 0.5, 0.0), 1 / 3, 1.0),
        ((0.4, 0.4, 0.8), 2 / 3, 0.5),
        ((0.8, 0.8, 0.2), 1 / 6, 0.75),
    ],
)
def test_hue_and_saturation_are_those_of_the_colour(drawn, colour, hue, saturation):
    values, _ = told(drawn.painted(drawn.disc(0.4), colour, ground=(0.5, 0.5, 0.5)))
    assert min(abs(values["hue"] - hue), 1 - abs(values["hue"] - hue)) < 0.01
    assert values["saturation"] == pytest.approx(saturation, abs=0.05)


def test_what_is_grey_has_no_hue_and_no_saturation(drawn):
    values, _ = told(drawn.painted(drawn.rosette(5)))
    assert values["hue"] == values["saturation"] == 0


def test_a_blank_picture_has_nothing():
    made = describe(torch.full((1, 3, 50, 70), 0.7))
    assert made.values.abs().max() == 0 and int(made.folds[0]) == 1


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**31 - 1), st.integers(20, 160), st.integers(20, 160))
def test_every_figure_lies_between_0_and_1_and_alone_or_in_a_batch_is_the_same(seed, height, width):
    pictures = torch.rand(3, 3, height, width, generator=torch.Generator().manual_seed(seed))
    made = describe(pictures).values
    assert ((made >= 0) & (made <= 1)).all()
    assert torch.allclose(made[1], describe(pictures[1:2]).values[0], atol=1e-4)


def test_colours_that_differ_in_hue_only_still_have_edges(drawn):
    values, _ = told(drawn.painted(drawn.lines(), (0.6, 0.2, 0.2), (0.2, 0.4041, 0.2)))
    assert values["linearity"] > 0.9
