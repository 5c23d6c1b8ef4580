"""Differentiable augmentation."""

import pytest
import torch

from ritual.errors import BadInput
from ritual.imagery.objectives.augmentation import augmented, augmented_with


def test_no_policy_changes_nothing():
    x = torch.randn(2, 3, 16, 16)
    assert augmented(x, "") is x


def test_an_unknown_change_is_refused_and_the_known_ones_are_named():
    with pytest.raises(BadInput, match="no augmentation 'color'"):
        augmented(torch.zeros(1, 3, 8, 8), "color")


def test_the_gradient_goes_through_to_the_pixels_that_are_seen():
    torch.manual_seed(0)
    x = torch.rand(4, 3, 16, 16, requires_grad=True)
    out = augmented(x)
    out.square().sum().backward()
    assert out.shape == x.shape and torch.isfinite(x.grad).all() and (x.grad != 0).float().mean() > 0.3
    y = x.detach().requires_grad_()
    seen = augmented(y, "translation,cutout")
    seen.sum().backward()
    assert set(y.grad.unique().tolist()) == {0.0, 1.0}  # what was cut out or moved away has none
    assert y.grad.sum() == (seen != 0).sum()


def test_translation_moves_by_an_eighth_at_most_and_lets_grey_in():
    torch.manual_seed(0)
    x = torch.zeros(200, 3, 16, 16)
    x[:, :, 8, 8] = 1
    moved = augmented(x, "translation")
    at = moved[:, 0].flatten(1).argmax(1)
    rows, columns = at // 16 - 8, at % 16 - 8
    assert moved.sum() == x.sum() and set(rows.tolist()) == set(columns.tolist()) == {-2, -1, 0, 1, 2}
    assert not augmented(torch.ones(50, 3, 16, 16), "translation").all()


def test_cutout_takes_a_square_of_half_the_side_or_what_of_it_is_inside():
    torch.manual_seed(0)
    left = augmented(torch.ones(300, 3, 16, 16), "cutout")[:, 0].sum((1, 2))
    assert left.min() == 256 - 64 and left.max() == 256 - 16  # a quarter of it at least: it starts by -4


def test_colours_change_evenly_about_what_they_were():
    torch.manual_seed(0)
    x = torch.rand(1, 3, 8, 8).expand(4000, -1, -1, -1)
    assert torch.allclose(augmented(x, "colour").mean(0), x[0], atol=0.03)


def test_all_frames_of_a_clip_change_alike():
    torch.manual_seed(0)
    frame = torch.rand(3, 1, 3, 16, 16)
    seen = augmented(frame.expand(-1, 5, -1, -1, -1))
    assert all(torch.allclose(seen[:, n], seen[:, 0]) for n in range(5)) and not torch.allclose(seen[0], seen[1])


@pytest.mark.parametrize("rows", [(6,), (3, 4)])
def test_what_is_known_of_places_moves_with_them(rows):
    torch.manual_seed(0)
    maps = torch.rand(*rows, 1, 8, 8)
    pictures = maps.repeat_interleave(2, -1).repeat_interleave(2, -2).expand(*rows, 3, 16, 16)
    seen, moved = augmented_with(pictures, maps, "translation,cutout")
    pooled = seen[..., :1, :, :].reshape(*rows, 1, 8, 2, 8, 2).mean((-3, -1))
    assert torch.allclose(pooled, moved) and not torch.allclose(moved, maps)
