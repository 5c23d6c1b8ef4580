"""What every kind of damage promises."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ritual.errors import BadInput
from ritual.pictures.damage import KINDS, PAPER, chosen_strengths, damage_batch, damaged

NAMES = tuple(KINDS)
kinds = pytest.mark.parametrize("kind", NAMES)


def picture(height: int = 72, width: int = 96, channels: int = 3, seed: int = 0) -> np.ndarray:
    """Coloured squares; with alpha, a round cloth."""
    rng = np.random.default_rng(seed)
    image = rng.uniform(0.05, 0.7, (height // 8 + 1, width // 8 + 1, 3)).repeat(8, 0).repeat(8, 1)[:height, :width]
    if channels == 3:
        return image.astype(np.float32)
    rows, columns = np.indices((height, width))
    round_ = np.hypot((rows + 0.5) / height - 0.5, (columns + 0.5) / width - 0.5) < 0.45
    return np.concatenate([image, round_[..., None]], -1).astype(np.float32)


@kinds
def test_no_strength_changes_nothing(kind: str) -> None:
    image = picture(channels=4)
    result = damaged(image, [kind], 0.0)
    np.testing.assert_array_equal(result.image, image)
    assert not result.mask.any() and result.kinds == ()


@kinds
@pytest.mark.parametrize("channels", [3, 4])
def test_outside_its_mask_a_picture_is_bit_for_bit_what_it_was(kind: str, channels: int) -> None:
    image = picture(channels=channels)
    result = damaged(image, [kind], 0.6, seed=3)
    assert result.kinds == (kind,) and 0 < result.mask.mean() <= 1
    np.testing.assert_array_equal(result.image[~result.mask], image[~result.mask])
    moved = np.abs(result.image - image).max(-1) > 1 / 255
    assert moved[result.mask].mean() > 0.7  # and inside most is another colour


@kinds
def test_the_seed_decides(kind: str) -> None:
    image = picture()
    first, again, other = (damaged(image, [kind], 0.6, seed=seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.image, again.image)
    assert np.abs(first.image - other.image).max() > 0.05


@kinds
def test_stronger_damage_changes_more(kind: str) -> None:
    image = picture(128, 128)
    amount = [
        np.mean([np.abs(damaged(image, [kind], strength, seed=s).image - image).mean() for s in range(8)])
        for strength in (0.1, 0.4, 1.0)
    ]
    assert amount[0] < 0.7 * amount[1] and amount[1] < 0.8 * amount[2]


@pytest.mark.parametrize("kind", ["occlusion", "abrasion"])
def test_what_is_lost_at_one_strength_is_lost_at_every_greater_one(kind: str) -> None:
    image = picture(100, 80)
    weak, strong = (damaged(image, [kind], strength, seed=1).mask for strength in (0.3, 0.5))
    assert weak.any() and (weak & ~strong).mean() < 0.002


@kinds
def test_what_is_not_there_is_in_no_mask(kind: str) -> None:
    image = picture(channels=4)
    result = damaged(image, [kind], 0.8, seed=2)
    if kind != "curl":  # a roll lies on what was empty before
        assert not result.mask[image[..., 3] == 0].any()
    assert result.mask[image[..., 3] > 0].any()


@pytest.mark.parametrize("kind", ["insect", "occlusion", "curl"])
def test_holes_are_transparent_where_there_is_alpha_and_bare_ground_where_there_is_none(kind: str) -> None:
    result = damaged(picture(channels=4), [kind], 0.8, seed=2)
    was = picture(channels=4)[..., 3] > 0
    assert (result.image[..., 3][was] < 0.01).mean() > 0.02
    flat = damaged(picture(), [kind], 0.8, seed=2, ground=(0.0, 1.0, 0.0)).image
    assert (np.abs(flat - (0.0, 1.0, 0.0)).max(-1) < 1e-5).mean() > 0.02


def test_kinds_befall_in_their_order_and_leave_each_others_draws_alone() -> None:
    image = picture()
    both = damaged(image, ["occlusion", "fading"], 0.5, seed=4)
    assert both.kinds == ("fading", "occlusion")
    alone = damaged(image, ["occlusion"], 0.5, seed=4)
    np.testing.assert_array_equal(both.masks["occlusion"], alone.masks["occlusion"])
    np.testing.assert_array_equal(both.mask, both.masks["fading"] | both.masks["occlusion"])


@kinds
def test_a_batch_gives_each_picture_what_it_gets_alone(kind: str) -> None:
    images = torch.from_numpy(np.stack([picture(seed=s, channels=4) for s in range(3)])).permute(0, 3, 1, 2)
    strength = {kind: torch.tensor([0.7, 0.0, 0.3])}
    together = damage_batch(images, [kind], strength, [11, 12, 13])
    assert torch.equal(together.images[1], images[1]) and not together.mask[1].any()
    for row, said in ((0, 0.7), (2, 0.3)):
        alone = damage_batch(images[row : row + 1], [kind], said, [11 + row])
        assert (together.mask[row] != alone.mask[0]).float().mean() < 1e-3  # rounding, at the very edge
        assert (together.images[row] - alone.images[0]).abs().mean() < 1e-4


@given(
    height=st.integers(8, 90),
    width=st.integers(8, 90),
    strength=st.floats(0.001, 1),
    seed=st.integers(-5, 2**64),
    alpha=st.booleans(),
    kind=st.sampled_from(NAMES),
)
def test_any_picture_comes_back_sound(
    height: int, width: int, strength: float, seed: int, alpha: bool, kind: str
) -> None:
    image = picture(height, width, 4 if alpha else 3)
    result = damaged(image, [kind], strength, seed)
    np.testing.assert_array_equal(image, picture(height, width, 4 if alpha else 3))  # what came in is left alone
    assert result.image.shape == image.shape and result.image.dtype == np.float32
    assert result.mask.shape == image.shape[:2] and result.mask.dtype == bool
    assert np.isfinite(result.image).all() and result.image.min() >= 0 and result.image.max() <= 1
    np.testing.assert_array_equal(result.image[~result.mask], image[~result.mask])


@kinds
@pytest.mark.parametrize("shape", [(8, 400), (300, 9), (513, 257)])
def test_long_and_odd_pictures_too(kind: str, shape: tuple[int, int]) -> None:
    assert damaged(picture(*shape), [kind], 0.7, seed=1).mask.any()


def test_augmentation_chooses_some_kinds_for_some_pictures() -> None:
    chosen = chosen_strengths(range(400), chance=0.3, most=0.8)
    assert set(chosen) == set(NAMES)
    for strengths in chosen.values():
        assert 0.2 < (strengths > 0).float().mean() < 0.4 and strengths.max() <= 0.8
    images = torch.rand(8, 3, 32, 32)
    result = damage_batch(images, NAMES, chosen_strengths(range(8)), range(8))
    spared = torch.stack([s == 0 for s in chosen_strengths(range(8)).values()]).all(0)
    assert torch.equal(result.images[spared], images[spared])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kinds": ["oclusion"]}, "occlusion"),
        ({"kinds": []}, "No kind"),
        ({"strength": 1.5}, "goes from 0"),
        ({"strength": float("nan")}, "goes from 0"),
        ({"strength": {"curl": 0.5}}, "No strength"),
        ({"image": np.zeros((8, 8, 3), np.uint8)}, "floats"),
        ({"image": np.zeros((8, 8), np.float32)}, "floats"),
        ({"image": np.full((8, 8, 3), 2.0)}, "outside 0..1"),
        ({"image": np.full((8, 8, 3), np.nan)}, "outside 0..1"),
    ],
)
def test_bad_arguments_are_refused_in_one_sentence(change: dict, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        damaged(**({"image": picture(), "kinds": ["occlusion"], "strength": 0.5} | change))


@pytest.mark.parametrize("images", [torch.zeros(2, 3, 8), torch.zeros(2, 1, 8, 8), torch.zeros(2, 3, 8, 8).double()])
def test_a_bad_batch_is_refused(images: torch.Tensor) -> None:
    with pytest.raises(BadInput, match="float32 images"):
        damage_batch(images, ["curl"], 0.5, [0, 1])
    with pytest.raises(BadInput, match="B seeds"):
        damage_batch(torch.zeros(2, 3, 8, 8), ["curl"], 0.5, [0])


def test_paper_is_the_ground_unless_said() -> None:
    result = damaged(picture(), ["occlusion"], 0.9, seed=0)
    assert (np.abs(result.image - PAPER).max(-1) < 1e-5).mean() > 0.2
