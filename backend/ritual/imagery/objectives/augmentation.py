"""Differentiable augmentation: what a discriminator sees, real or made, is changed alike, so that few pictures last.

With some hundreds of pictures a discriminator learns them by heart and the generator stops learning. Changing the real
ones alone would teach the changes to the generator; changing both, with gradients through, does not.

Source: Zhao et al. (2020), Differentiable augmentation for data-efficient GAN training.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from ritual.errors import BadInput, nearest

POLICY = "colour,translation,cutout"
"""What helps with few pictures."""


def augmented(pictures: Tensor, policy: str = POLICY) -> Tensor:
    """Pictures changed at random, each in its own way; all frames of a clip in one way.

    Args:
        pictures: (N, 3, H, W), or clips (N, T, 3, H, W), in -1..1.
        policy: names of CHANGES with commas; "" changes nothing.

    Returns:
        the same shape; colours may leave -1..1 a little, as in the source.

    Raises:
        BadInput: no such change.
    """
    for change in _changes(policy, (*COLOUR, *PLACE)):
        pictures = change(pictures)
    return pictures


def augmented_with(pictures: Tensor, maps: Tensor, policy: str = POLICY) -> tuple[Tensor, Tensor]:
    """Pictures changed at random, and what is known of their places moved and cut with them.

    Args:
        pictures: (N, 3, H, W) or (N, T, 3, H, W). maps: (N, 1, h, w) or (N, T, 1, h, w); their sides divide H and W.
    """
    *rows, _, height, width = maps.shape
    for change in _changes(policy, COLOUR):
        pictures = change(pictures)
    times = (pictures.shape[-2] // height, pictures.shape[-1] // width)
    large = maps.repeat_interleave(times[0], -2).repeat_interleave(times[1], -1)
    both = torch.cat([pictures, large], -3)
    for change in _changes(policy, PLACE):
        both = change(both)
    small = both[..., 3:, :, :].reshape(*rows, 1, height, times[0], width, times[1]).mean((-3, -1))
    return both[..., :3, :, :], small


def _changes(policy: str, among: Iterable[str]) -> list[Callable[[Tensor], Tensor]]:
    names = [name for name in policy.split(",") if name]
    for name in names:
        if name not in CHANGES:
            raise BadInput(f"There is no augmentation '{name}'.", hint=nearest(name, CHANGES))
    return [change for name in names if name in among for change in CHANGES[name]]


def _brightness(x: Tensor) -> Tensor:
    return x + _uniform(x) - 0.5


def _saturation(x: Tensor) -> Tensor:
    grey = x.mean(-3, keepdim=True)
    return grey + (x - grey) * 2 * _uniform(x)


def _contrast(x: Tensor) -> Tensor:
    mean = x.mean((-3, -2, -1), keepdim=True)
    return mean + (x - mean) * (0.5 + _uniform(x))


def _translation(x: Tensor) -> Tensor:
    """By up to an eighth of the side, grey coming in."""
    height, width = x.shape[-2:]
    rows = torch.arange(height, device=x.device) - _shift(x, height)
    columns = torch.arange(width, device=x.device) - _shift(x, width)
    inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[:, None]
    one = torch.arange(len(x), device=x.device)[:, None, None]
    flat = x.flatten(1, -3).permute(0, 2, 3, 1)  # (N, H, W, channels of all frames)
    moved = flat[one, rows.clamp(0, height - 1)[:, :, None], columns.clamp(0, width - 1)[:, None]]
    seen = torch.where(inside[..., None], moved, 0.0)
    return seen.permute(0, 3, 1, 2).reshape(x.shape)


def _cutout(x: Tensor) -> Tensor:
    """A grey square of half the side, anywhere, also over the border."""
    height, width = x.shape[-2:]
    top, left = (torch.randint(-side // 4, side - side // 4, (len(x), 1), device=x.device) for side in (height, width))
    rows, columns = torch.arange(height, device=x.device) - top, torch.arange(width, device=x.device) - left
    hole = ((rows >= 0) & (rows < height // 2))[:, :, None] & ((columns >= 0) & (columns < width // 2))[:, None]
    return x * ~hole.view(len(x), *(1,) * (x.ndim - 3), height, width)


def _uniform(x: Tensor) -> Tensor:
    return torch.rand(len(x), *(1,) * (x.ndim - 1), device=x.device, dtype=x.dtype)


def _shift(x: Tensor, side: int) -> Tensor:
    return torch.randint(-(side // 8), side // 8 + 1, (len(x), 1), device=x.device)


COLOUR, PLACE = ("colour",), ("translation", "cutout")
CHANGES = {"colour": (_brightness, _saturation, _contrast), "translation": (_translation,), "cutout": (_cutout,)}
