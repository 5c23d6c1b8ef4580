"""A paper-cut has two colours, and its paper hangs together."""

import drawn_scene
import numpy as np
import pytest
from scipy import ndimage

from ritual.scenes.develop import PARTS
from ritual.scenes.papercut import RED, RICE, cut, papercut, tied

EIGHT = np.ones((3, 3), bool)


@pytest.mark.parametrize("side", [48, 96, 200])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_paper_is_in_one_piece(side, seed):
    paper = cut(drawn_scene.passes(side, seed))
    assert ndimage.label(paper, EIGHT)[1] == 1
    assert 0.08 < paper.mean() < 0.75


def test_there_are_two_colours_and_chance_has_no_say():
    scene = drawn_scene.passes()
    made = papercut(scene)
    assert {tuple(c) for c in made.reshape(-1, 3).tolist()} == {RED, RICE}
    assert (papercut(scene) == made).all()
    assert {tuple(c) for c in papercut(scene, (0, 90, 60)).reshape(-1, 3).tolist()} == {(0, 90, 60), RICE}


def test_sky_and_wall_are_open_and_roof_and_dancer_stand():
    scene = drawn_scene.passes(192)
    paper = cut(scene)
    share = {name: paper[scene.part == PARTS.index(name)].mean() for name in ("sky", "wall", "roof", "person")}
    assert share["roof"] > 2 * share["sky"] and share["person"] > 2 * share["wall"]


def test_carved_bars_stay_where_the_window_has_them():
    scene = drawn_scene.passes(192)
    window = scene.part == PARTS.index("window")
    inside = ndimage.binary_erosion(window, iterations=4)
    wood = scene.albedo[..., 0] < 128
    paper = cut(scene)
    assert paper[inside & wood].mean() > paper[inside & ~wood].mean() + 0.4


@pytest.mark.parametrize("seed", range(6))
def test_tying_joins_every_piece_and_takes_none_of_the_large_away(seed):
    rng = np.random.default_rng(seed)
    paper = ndimage.binary_dilation(rng.random((80, 80)) < 0.004, iterations=3)
    assert ndimage.label(paper, EIGHT)[1] > 3
    whole = tied(paper, 1.0, smallest=4)
    assert ndimage.label(whole, EIGHT)[1] == 1
    assert (whole | ~paper).all()
    assert (whole & ~paper).sum() < 0.25 * paper.size


def test_a_speck_is_dropped_and_not_tied():
    paper = np.zeros((40, 40), bool)
    paper[5:15, 5:15] = True
    paper[30, 30] = True
    assert not tied(paper, 1.0)[25:, 25:].any()


@pytest.mark.parametrize("side", [48, 96])
def test_a_small_scene_is_as_open_as_a_large_one(side):
    def opened(side):
        scene = drawn_scene.passes(side)
        return cut(scene)[np.isin(scene.part, [PARTS.index(name) for name in ("sky", "wall")])].mean()

    assert opened(side) == pytest.approx(opened(384), abs=0.05)
