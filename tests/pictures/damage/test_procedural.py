"""Each procedural kind against what it says of itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from ritual.pictures.damage import damaged
from ritual.pictures.damage.abrasion import Abrasion
from ritual.pictures.damage.curl import Curl
from ritual.pictures.damage.draws import Draws
from ritual.pictures.damage.fading import Fading, gamma, linear
from ritual.pictures.damage.fields import blurred, smooth
from ritual.pictures.damage.occlusion import Occlusion
from ritual.pictures.damage.polygons import cover, stars
from ritual.pictures.damage.sheet import Sheet


def square(x0: float, y0: float, x1: float, y1: float) -> list[list[float]]:
    return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]


def test_a_polygon_covers_its_area_to_the_edge_of_a_pixel() -> None:
    covered = cover(torch.tensor([[square(2.25, 1.0, 7.5, 4.5)]]), (8, 10))[0, 0]
    assert float(covered.sum()) == pytest.approx(5.25 * 3.5, abs=1e-4)
    assert float(covered[2, 2]) == pytest.approx(0.75, abs=1e-5) and float(covered[2, 8]) == 0
    assert float(covered[4, 4]) == pytest.approx(0.5, abs=1e-5)


def test_polygons_that_overlap_or_reach_over_the_rim_cover_once() -> None:
    two = torch.tensor([[square(-5, -5, 4, 4), square(2, 2, 20, 6)]])
    assert float(cover(two, (8, 8)).sum()) == pytest.approx(16 + 6 * 4 - 2 * 2, abs=1e-4)


def test_a_triangle_covers_half() -> None:
    covered = cover(torch.tensor([[[[0.0, 0.0], [64, 0], [0, 64]]]]), (64, 64))
    assert float(covered.mean()) == pytest.approx(0.5, abs=1e-3)


def test_stars_have_area_one_about_their_centre() -> None:
    points = stars(Draws(range(50), "t"), 3, 9, 0.6)
    covered = cover(points * 40 + 100, (200, 200)).sum((1, 2, 3))  # three on top of each other
    assert (covered < 3 * 1600).all() and (covered >= 1600 * 0.99).all()
    after = points.roll(-1, dims=-2)
    assert (points[..., 0] * after[..., 1] - points[..., 1] * after[..., 0] > 0).all()  # seen whole from the centre


def test_one_polygon_takes_what_was_asked() -> None:
    image = np.full((200, 200, 4), 0.5, np.float32)
    image[..., 3] = 1
    left = [damaged(image, [Occlusion(count=1)], 0.15, seed).image[..., 3] for seed in range(40)]
    assert all(((alpha > 0.1) & (alpha < 0.9)).any() for alpha in left)  # edges are soft
    lost = [1 - alpha.mean() for alpha in left]
    assert max(lost) == pytest.approx(0.09, abs=0.003)  # those that lie wholly inside
    assert 0.05 < np.mean(lost) < 0.09


@pytest.mark.parametrize("strength", [0.1, 0.5, 0.9])
def test_abrasion_rubs_the_share_that_was_asked(strength: float) -> None:
    image = np.full((128, 128, 3), 0.1, np.float32)
    rubbed = [(damaged(image, [Abrasion(full=0.6)], strength, seed).image > 0.1001).any(-1).mean() for seed in range(8)]
    assert np.mean(rubbed) == pytest.approx(0.6 * strength, abs=0.06)


def test_fading_is_exponential_in_the_exposure_channel_by_channel() -> None:
    image = np.full((32, 32, 3), (0.2, 0.5, 0.7), np.float32)
    kind = Fading(rates=(0.3, 0.6, 1.2), exposure=2.0, uneven=0.0, covered=0.2)
    ground = (0.9, 0.85, 0.8)
    found = [damaged(image, [kind], 0.5, seed, ground) for seed in range(8)]
    one, two = (linear(torch.tensor(c)).numpy() for c in ((0.2, 0.5, 0.7), ground))
    expected = gamma(torch.tensor(two + (one - two) * np.exp(-np.array([0.3, 0.6, 1.2]) * 1.0))).numpy()
    for result in found:
        np.testing.assert_allclose(result.image[16, 16], expected, atol=1e-4)
        assert result.mask[16, 16]
    hidden = [not result.mask.all() for result in found]
    assert any(hidden) and not all(hidden)  # a frame kept the light from some


def test_two_exposures_are_one_of_their_sum() -> None:
    image = np.random.default_rng(0).uniform(0, 1, (24, 24, 3)).astype(np.float32)
    even = {"uneven": 0.0, "covered": 0.2}
    seed = next(s for s in range(20) if damaged(image, [Fading(**even)], 0.5, s).mask.all())
    short, long = Fading(exposure=1.0, **even), Fading(exposure=2.0, **even)
    twice = damaged(damaged(image, [short], 1.0, seed).image, [short], 1.0, seed)
    np.testing.assert_allclose(twice.image, damaged(image, [long], 1.0, seed).image, atol=2e-4)


def test_light_and_its_encoding_are_inverse() -> None:
    values = torch.linspace(0, 1, 101)
    torch.testing.assert_close(gamma(linear(values)), values, atol=1e-5, rtol=0)
    assert float(linear(torch.tensor(0.5))) == pytest.approx(0.21404, abs=1e-4)


def roll(angle: float, depth: float, back: float = 1.0) -> tuple[torch.Tensor, torch.Tensor]:
    """A black sheet with a white stripe along its right side, rolled up from `angle`; RGBA and mask."""
    rgb = torch.zeros(1, 3, 100, 100)
    rgb[..., 95:] = 1.0
    sheet = Sheet(rgb, torch.ones(1, 1, 100, 100), torch.zeros(1, 3, 1, 1), whole=True)
    pixels = torch.cat([rgb, sheet.alpha], 1).permute(0, 2, 3, 1).flatten(0, 2)
    rolled = torch.zeros(100 * 100, dtype=torch.bool)
    Curl(back=back)._roll(pixels, rolled, sheet, torch.tensor([angle]), torch.tensor([depth]))
    return pixels.view(100, 100, 4).permute(2, 0, 1), rolled.view(100, 100)


def test_a_roll_bares_the_ground_beyond_it_and_shows_its_back_before_it() -> None:
    image, rolled = roll(0.0, 0.4)
    radius = 0.16 * 0.4
    beyond = int(100 * (0.6 + radius)) + 1
    assert (image[3, :, beyond:] == 0).all() and rolled[:, beyond:].all()
    end = 0.6 - (0.4 - math.pi * radius)  # where the sheet's own edge comes to lie
    bright = image[0, 50].nonzero()[:, 0]
    assert abs(float(bright.min()) / 100 - end) < 0.015 and float(bright.max()) / 100 < end + 0.06
    assert not rolled[:, : int(100 * (end - 0.06))].any() and (image[3, :, :60] == 1).all()


def test_a_roll_from_another_side_is_the_same_turned() -> None:
    image, rolled = roll(0.0, 0.3, back=0.0)
    turned, rolled_too = roll(math.pi / 2, 0.3, back=0.0)
    assert (rolled_too == rolled.T).float().mean() > 0.995
    torch.testing.assert_close(image[3].T, turned[3], atol=0.05, rtol=0)


def test_a_roll_meets_the_thing_and_not_its_empty_corner() -> None:
    """A small round thing in a large empty picture is rolled from its own rim."""
    rows, columns = np.indices((120, 120))
    image = np.full((120, 120, 4), 0.3, np.float32)
    image[..., 3] = np.hypot(rows - 60, columns - 60) < 25
    for seed in range(6):
        assert damaged(image, ["curl"], 0.4, seed).mask.any()


def test_fields_have_the_spread_that_they_say() -> None:
    field = smooth(Draws(range(60), "t"), (64, 64), 12)
    assert abs(float(field.mean())) < 0.05 and float(field.std()) == pytest.approx(1.0, abs=0.15)


def test_a_blur_keeps_the_whole_and_spreads_it() -> None:
    spot = torch.zeros(1, 1, 60, 60)
    spot[..., 27:33, 27:33] = 1
    soft = blurred(spot, 0.1, 60)
    assert float(soft.sum()) == pytest.approx(36, rel=0.25) and float(soft.max()) < 1.0
    assert float(soft[0, 0, 30, 24]) > 0 == float(soft[0, 0, 5, 5])
