"""Each form is drawn from its seed alone, stays on its cloth, and is not another form."""

from __future__ import annotations

from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ritual.errors import BadInput
from ritual.pictures.ornament import curves
from ritual.pictures.ornament.crafts import RENDERERS, rendered
from ritual.pictures.ornament.drawing import CLEAR, GROUND, LINE, MAIN, SECOND, Drawing, Outline, svg
from ritual.pictures.ornament.forms import FORMS
from ritual.pictures.ornament.layout import groups_of, parts_of
from ritual.pictures.ornament.motif import drawn, painted
from ritual.pictures.ornament.sketch import Manner, Sketch
from ritual.pictures.ornament.style import ARRANGEMENTS, COMPANIONS, CRAFTS, Style, weathered

PALETTE = np.array([(240, 230, 210), (170, 40, 40), (40, 70, 130), (220, 170, 50), (40, 30, 30)], np.uint8)


EVEN = Manner()


def sketched(form: str, seed: int = 0, manner: Manner = EVEN) -> Drawing:
    sketch = Sketch(np.random.default_rng(seed), manner)
    FORMS[form](sketch)
    return sketch.drawing()


def style(**options: object) -> Style:
    return Style(**{"palette": PALETTE, "craft": "painting", "arrangement": "single", "companion": "none", **options})


@pytest.mark.parametrize("form", FORMS)
@settings(deadline=None)
@given(seed=st.integers(0, 10**6), straight=st.floats(0, 1), order=st.floats(0, 1), wealth=st.floats(0, 1))
def test_a_motif_fills_its_square_and_never_leaves_it(
    form: str, seed: int, straight: float, order: float, wealth: float
) -> None:
    drawing = sketched(form, seed, Manner(straight, order, wealth))
    points = np.concatenate([outline.points for outline in drawing.outlines])
    assert np.isfinite(points).all() and np.abs(points).max() <= 0.95 + 1e-9
    assert np.ptp(points, axis=0).max() > 1.3
    assert all(GROUND <= outline.part <= LINE for outline in drawing.outlines)


@pytest.mark.parametrize("form", FORMS)
def test_a_seed_is_a_drawing_and_another_seed_another(form: str) -> None:
    first, again, other = (sketched(form, seed).parts(96) for seed in (5, 5, 6))
    assert (first == again).all()
    assert (first != other).mean() > 0.005
    assert 0.02 < (first != CLEAR).mean() < 0.98


def test_no_form_is_drawn_like_another() -> None:
    shapes = {form: sketched(form, 3).parts(48) != CLEAR for form in FORMS}
    alike = {(a, b): (shapes[a] & shapes[b]).sum() / (shapes[a] | shapes[b]).sum() for a, b in combinations(FORMS, 2)}
    assert max(alike.values()) < 0.97, max(alike, key=alike.get)


def test_a_straighter_manner_draws_straighter_lines() -> None:
    def bends(straight: float) -> float:
        """Mean number of points of a line: curves have many."""
        some = [(form, seed) for form in ("butterfly", "frog", "figure") for seed in range(8)]
        drawings = [sketched(form, seed, Manner(straight, 1, 0.5)) for form, seed in some]
        return float(np.mean([len(outline.points) for drawing in drawings for outline in drawing.outlines]))

    assert bends(1.0) < 0.75 * bends(0.0)


def test_less_order_strays_from_the_mirror_image() -> None:
    def lopsided(order: float) -> float:
        shapes = [sketched("butterfly", seed, Manner(0, order, 0.5)).parts(96) != CLEAR for seed in range(6)]
        return float(np.mean([(shape != shape[:, ::-1]).mean() for shape in shapes]))

    assert lopsided(1.0) < 0.03 < 0.06 < lopsided(0.0)


def test_a_wealthier_manner_draws_more() -> None:
    few, many = (sum(len(sketched(form, 1, Manner(0.5, 1, wealth)).outlines) for form in FORMS) for wealth in (0, 1))
    assert many > 1.3 * few


@pytest.mark.parametrize("seed", range(12))
def test_the_antlers_measure_is_the_lean_of_its_tips(seed: int) -> None:
    sketch = Sketch(np.random.default_rng(seed), Manner(0, 1, 0.5))
    FORMS["antler"](sketch)
    beam = sketch.drawing().outlines[0].points
    half = len(beam) // 2
    middle = (beam[:half] + beam[::-1][:half]) / 2
    along = middle[-1] - middle[-10]
    assert np.degrees(np.arctan2(along[0], -along[1])) == pytest.approx(sketch.measures["tip-inclination"], abs=8)


def test_outlines_become_the_pixels_that_they_cover() -> None:
    square = Drawing((Outline(curves.polyline((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)), MAIN),))
    parts = square.parts(40)
    assert (parts[11:29, 11:29] == MAIN).all() and (parts[:9] == CLEAR).all()
    assert (parts == MAIN).mean() == pytest.approx(0.25, abs=0.03)
    line = Drawing((Outline(curves.polyline((-0.5, 0.5), (-0.5, -0.5), (0.5, -0.5)), SECOND, 0.2),))
    assert (line.parts(40) == SECOND)[9:12, 9:12].all(), "a sharp corner is closed"


def test_svg_shows_the_same_outlines_in_the_same_colours() -> None:
    drawing = sketched("rosette")
    text = svg(groups_of(drawing, style(companion="stars", arrangement="all-over", repeats=2)), PALETTE.tolist(), 200)
    root = ElementTree.fromstring(text)
    paths = [e for e in root.iter() if e.tag.endswith("path")]
    assert len(paths) == 4 * len(drawing.outlines) + 9
    assert [e.attrib["transform"] for e in root.iter() if e.tag.endswith("}g")][:2] == [
        "translate(-0.5 -0.5) scale(0.49 0.49)",
        "translate(0.5 -0.5) scale(-0.49 0.49)",
    ], "neighbours are mirror images"
    assert root.attrib["viewBox"] == "-1 -1 2 2" and "#aa2828" in text


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
@pytest.mark.parametrize("companion", COMPANIONS)
def test_every_arrangement_and_companion_is_laid_out(arrangement: str, companion: str) -> None:
    parts = parts_of(sketched("sun"), style(arrangement=arrangement, companion=companion, repeats=3), 128)
    assert parts.shape == (128, 128) and CLEAR not in parts
    bare = parts_of(sketched("sun"), style(arrangement=arrangement, repeats=3), 128)
    assert (parts != bare).any() == (companion != "none")


@pytest.mark.parametrize("craft", CRAFTS)
def test_a_craft_changes_how_it_is_made_and_not_what_is_drawn(craft: str) -> None:
    parts = parts_of(sketched("sun", 2), style(), 192)
    plain = PALETTE[parts[::2, ::2]].astype(float) / 255
    made = rendered(parts, style(craft=craft), 96, np.random.default_rng(0))
    assert made.shape == (96, 96, 3) and made.min() >= 0 and made.max() <= 1
    likeness = np.corrcoef(made.mean(2).ravel(), plain.mean(2).ravel())[0, 1]
    assert 0.6 < likeness < 0.9999
    again = rendered(parts, style(craft=craft), 96, np.random.default_rng(0))
    assert (made == again).all()


def test_every_craft_has_a_renderer() -> None:
    assert sorted(RENDERERS) == sorted(CRAFTS)


def test_a_picture_is_the_same_for_the_same_seed_and_varies_with_it() -> None:
    motif = drawn("cloud", Manner(), style(craft="embroidery"), np.random.default_rng(1))
    a, b, c = (painted(motif.drawing, motif.style, 64, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert a.dtype == np.uint8 and a.shape == (64, 64, 3)
    assert (a == b).all() and (a != c).mean() > 0.5


def test_weather_changes_colours_a_little() -> None:
    other = weathered(style(), np.random.default_rng(0))
    apart = np.abs(other.palette.astype(int) - PALETTE).max()
    assert 0 < apart < 90


@pytest.mark.parametrize(("form", "craft"), [("spirale", "painting"), ("spiral", "paintings")])
def test_what_cannot_be_drawn_is_named_with_what_can(form: str, craft: str) -> None:
    with pytest.raises(BadInput, match="Nothing here can draw") as caught:
        drawn(form, Manner(), style(craft=craft), np.random.default_rng(0))
    assert "Did you mean" in caught.value.hint
