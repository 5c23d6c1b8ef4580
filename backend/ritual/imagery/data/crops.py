"""Crops and flips: pictures of any size as squares of one size, pairs alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image
from torch import Tensor


def crop(pictures: Sequence[np.ndarray], side: int, rng: np.random.Generator | None, flip: bool) -> list[np.ndarray]:
    """The same square out of each picture.

    Args:
        pictures: (..., H, W, 3) uint8; those after the first are first made as large as it is.
        side: of the square [px]; a picture that is smaller is made larger.
        rng: where the square lies and whether it is mirrored; None = in the middle, not mirrored.
        flip: whether it may be mirrored.
    """
    first = _at_least(pictures[0], side)
    height, width = first.shape[-3:-1]
    others = [_resized(picture, width, height) for picture in pictures[1:]]
    if rng is None:
        top, left, mirrored = (height - side) // 2, (width - side) // 2, False
    else:
        top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
        mirrored = flip and bool(rng.integers(2))
    cut = [picture[..., top : top + side, left : left + side, :] for picture in (first, *others)]
    return [part[..., ::-1, :] for part in cut] if mirrored else cut


def smaller(picture: np.ndarray, scale: int) -> np.ndarray:
    """(H, W, 3) uint8 made `scale` times smaller, bicubic with antialiasing: the convention of super-resolution."""
    height, width = picture.shape[:2]
    image = Image.fromarray(np.ascontiguousarray(picture))
    return np.asarray(image.resize((width // scale, height // scale), Image.Resampling.BICUBIC))


def tensor(pictures: Sequence[np.ndarray]) -> Tensor:
    """(N, 3, H, W), or (N, T, 3, H, W) of clips, float32 in -1..1."""
    whole = torch.from_numpy(np.stack([np.ascontiguousarray(picture) for picture in pictures]))
    return whole.movedim(-1, -3).to(torch.float32).mul_(2 / 255).sub_(1).contiguous()


def _at_least(picture: np.ndarray, side: int) -> np.ndarray:
    height, width = picture.shape[-3:-1]
    if min(height, width) >= side:
        return picture
    scale = side / min(height, width)
    return _resized(picture, max(side, round(width * scale)), max(side, round(height * scale)))


def _resized(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    if picture.shape[-3:-1] == (height, width):
        return picture
    if picture.ndim == 4:
        return np.stack([_resized(frame, width, height) for frame in picture])
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BICUBIC))
