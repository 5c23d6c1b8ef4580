"""A painting uses the pigments it is given, follows contours, and is the same for the same seed."""

import drawn_scene
import numpy as np

from ritual.scenes.contours import outlines
from ritual.scenes.painting import PIGMENTS, RICE, kuwahara, painting, palette, pigmented


def test_every_pixel_is_a_pigment_in_one_of_three_washes():
    image = np.random.default_rng(0).random((40, 40, 3))
    used = {tuple(c) for c in np.rint(pigmented(image, [(10, 200, 30)]) * 255).reshape(-1, 3).astype(int).tolist()}
    allowed = {tuple(c) for c in np.rint(palette([(10, 200, 30)])).astype(int).tolist()}
    assert used <= allowed and len(allowed) == 3 * (len(PIGMENTS) + 1)


def test_a_pigment_stays_itself():
    cinnabar = np.array(PIGMENTS["cinnabar"]) / 255
    assert np.allclose(pigmented(np.full((2, 2, 3), cinnabar)), cinnabar)


def test_the_brush_calms_noise_and_keeps_an_edge():
    rng = np.random.default_rng(1)
    image = np.where(np.arange(48)[None, :, None] < 24, 0.2, 0.8) + rng.normal(0, 0.05, (48, 48, 3))
    brushed = kuwahara(np.clip(image, 0, 1), 2.5)
    assert brushed[:, 4:18].std() < 0.5 * image[:, 4:18].std()
    assert brushed[10:-10, 26].mean() - brushed[10:-10, 21].mean() > 0.45
    assert np.allclose(kuwahara(np.full((20, 20, 3), 0.4), 2.0), 0.4)


def test_the_same_seed_paints_the_same_and_another_seed_another_paper():
    scene = drawn_scene.passes()
    assert (painting(scene, seed=3) == painting(scene, seed=3)).all()
    assert (painting(scene, seed=3) != painting(scene, seed=4)).any()


def test_contours_are_inked_and_the_sky_is_paper():
    scene = drawn_scene.passes(128)
    made = painting(scene, seed=0).astype(float)
    line = outlines(scene) & np.isin(scene.part, [4, 7, 12])
    assert made[line].mean() < 0.75 * made[scene.part == 4].mean()
    sky = made[10:20, 30:90].mean((0, 1))
    assert np.abs(sky - RICE).max() < 45


def test_light_does_not_decide_what_is_painted():
    by_day = drawn_scene.passes()
    dusk = type(by_day)((by_day.photo * 0.3).astype(np.uint8), by_day.part, by_day.depth, by_day.normal, by_day.albedo)
    far = by_day.part > 0
    apart = np.abs(painting(by_day, seed=0).astype(int) - painting(dusk, seed=0).astype(int))[far].mean()
    assert apart < 12
