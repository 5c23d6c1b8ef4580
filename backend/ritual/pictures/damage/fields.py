"""Smooth random fields over a picture, blurs, and the level above which a given share of it lies."""

from __future__ import annotations

import functools

import torch
from torch import Tensor
from torch.nn import functional

from ritual.pictures.damage.draws import Draws
from ritual.pictures.damage.sheet import Sheet

SAMPLES = 2048  # pixels at most that a level is taken from


def smooth(draws: Draws, size: tuple[int, int], across: float, down: float | None = None) -> Tensor:
    """(B, 1, H, W) of mean 0 and standard deviation about 1: a lattice of normal numbers, cubic in between.

    Args:
        size: height and width [px].
        across, down: cells of the lattice along the shorter side, horizontally and vertically; alike unless said.
    """
    unit = min(size)
    cells = [max(round(n * side / unit), 1) + 1 for n, side in zip((down or across, across), size, strict=True)]
    cells = [min(n, side) for n, side in zip(cells, size, strict=True)]
    field = resized(draws.normal(1, *cells), size)
    return field * 1.17  # what interpolation took from the spread


def cloudy(draws: Draws, size: tuple[int, int], cells: float, octaves: int = 3) -> Tensor:
    """(B, 1, H, W) of mean 0 and deviation about 1: smooth fields, each twice as fine and half as strong."""
    total = sum(0.5**n * smooth(draws, size, cells * 2**n) for n in range(octaves))
    return total / sum(0.25**n for n in range(octaves)) ** 0.5


def blurred(x: Tensor, width: float, unit: int) -> Tensor:
    """(B, C, H, W) averaged over about `width` shares of the shorter side; cheap at every size."""
    size = x.shape[-2:]
    step = max(width * unit, 1.0)
    small = (max(round(size[0] / step), 1), max(round(size[1] / step), 1))
    return resized(resized(x, small, "area"), size).clamp(0, 1)


def resized(x: Tensor, size: tuple[int, int], how: str = "bicubic") -> Tensor:
    """(B, C, h, w) -> (B, C, *size) by a matrix for rows and one for columns: many times faster than `interpolate`."""
    down = _weights(x.shape[-2], size[0], how).to(x.device)
    across = _weights(x.shape[-1], size[1], how).to(x.device)
    return down @ (x @ across.T)


@functools.lru_cache(maxsize=64)
def _weights(few: int, many: int, how: str) -> Tensor:
    """(many, few): what each of `few` numbers on a line adds to each of `many` between them."""
    corners = {} if how == "area" else {"align_corners": False}
    return functional.interpolate(torch.eye(few)[None, :, None], (1, many), mode=how, **corners)[0, :, 0].T.contiguous()


def level(field: Tensor, share: Tensor, sheet: Sheet) -> Tensor:
    """(B, 1, 1, 1) above which `share` (B,) of the pixels that are there lies, from a sample of them."""
    stride = max(round((field.shape[-1] * field.shape[-2] / SAMPLES) ** 0.5), 1)
    some = field[..., ::stride, ::stride].flatten(1)
    if not sheet.whole:
        there = sheet.alpha[..., ::stride, ::stride].flatten(1) > 0
        some = some.masked_fill(~there, -torch.inf)
        count = there.sum(1).clamp(min=1)
    else:
        count = torch.full_like(share, some.shape[1])
    ranked = some.sort(dim=1, descending=True).values
    place = (share * count).long().clamp(max=some.shape[1] - 1)
    return ranked.gather(1, place[:, None])[..., None, None]
