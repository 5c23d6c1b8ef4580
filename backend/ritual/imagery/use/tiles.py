"""A picture of any size through a network, tile by tile, blended so that no seam is seen.

A tile's outer quarter of the overlap is thrown away: there the network saw its own padding and not the picture. Over
the next half the neighbours are blended, by weights that add up to one. Memory: the picture itself, one byte a
channel, and one row of tiles of the result, 12 bytes a pixel.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from scipy.ndimage import distance_transform_edt
from torch import Tensor

from ritual.brief import CancelCheck, Progress, ProgressCallback
from ritual.errors import BadInput, Cancelled

Run = Callable[[Tensor], Tensor]
"""(1, 3, h, w) in -1..1 -> (1, 3, k h, k w) in -1..1."""
_LEAST = 32  # side under which no network is run [px]: its paddings need something to reflect


@dataclass(frozen=True)
class Tiling:
    """How a picture is cut.

    Attributes:
        side: of a tile as the network sees it [px]. overlap: of two neighbours [px].
    """

    side: int = 512
    overlap: int = 96

    def checked(self) -> Tiling:
        """Itself.

        Raises:
            BadInput: a tile too small, or an overlap that leaves nothing between two tiles.
        """
        if self.side < 2 * _LEAST:
            raise BadInput(f"A tile of {self.side} pixels is too small; it needs {2 * _LEAST} at least.")
        if not 0 <= self.overlap <= self.side // 2:
            raise BadInput(
                f"Tiles of {self.side} pixels cannot overlap by {self.overlap}.", hint=f"Choose 0 to {self.side // 2}."
            )
        return self


def strips(
    run: Run,
    picture: np.ndarray,
    *,
    scale: int = 1,
    multiple: int = 4,
    tiling: Tiling | None = None,
    tell: ProgressCallback | None = None,
    cancelled: CancelCheck | None = None,
) -> Iterator[np.ndarray]:
    """What the network makes of a picture, from top to bottom, a row of tiles at a time.

    A picture that fits into one tile goes through whole. Beyond its borders the picture is reflected, so that every
    tile's sides are multiples of `multiple`.

    Args:
        run: the network. scale: how many times larger its result is. multiple: that its input's sides must be of.
        picture: (H, W, 3) or (H, W, 4) uint8; under full transparency the nearest colour that shows stands in.
        tell: told after each tile. cancelled: asked before each.

    Yields:
        (h, scale W, 3) float32 in 0..1; together scale H rows.

    Raises:
        Cancelled: `cancelled` said so.
    """
    height, width = picture.shape[:2]
    tiling = tiling or Tiling()
    tall, tops = _spans(height, tiling, multiple)
    wide, lefts = _spans(width, tiling, multiple)
    down = _windows(tops, tall, tiling.overlap, scale)[..., None, None]
    across = _windows(lefts, wide, tiling.overlap, scale)[..., None]
    strip = np.zeros((tall * scale, (lefts[-1] + wide) * scale, 3), np.float32)
    clock = _Clock(len(tops) * len(lefts), tell)
    for row, top in enumerate(tops):
        for column, left in enumerate(lefts):
            if cancelled is not None and cancelled():
                raise Cancelled("Cancelled.")
            made = _through(run, window(picture, top, left, tall, wide))
            strip[:, left * scale : (left + wide) * scale] += made * (down[row] * across[column])
            clock.tick()
        finished = ((tops[row + 1] if row + 1 < len(tops) else height) - top) * scale
        yield (strip[:finished, : width * scale] * 0.5 + 0.5).clip(0, 1)
        rest = np.zeros_like(strip)
        rest[: len(strip) - finished] = strip[finished:]
        strip = rest


def window(picture: np.ndarray, top: int, left: int, tall: int, wide: int) -> np.ndarray:
    """(tall, wide, 3) uint8 of a picture, reflected beyond its borders; what is fully transparent is filled."""
    height, width = picture.shape[:2]
    if top + tall <= height and left + wide <= width:
        cut = picture[top : top + tall, left : left + wide]
    else:
        rows, columns = _reflected(top, tall, height), _reflected(left, wide, width)
        cut = picture[rows[:, None], columns]
    if cut.shape[2] == 3 or cut[..., 3].all():
        return cut[..., :3]
    return _filled(cut)


def _filled(cut: np.ndarray) -> np.ndarray:
    """Colours under full transparency are whatever a program left there: the nearest that shows is put instead."""
    clear = cut[..., 3] == 0
    if clear.all():
        return np.full((*clear.shape, 3), 255, np.uint8)
    rows, columns = distance_transform_edt(clear, return_distances=False, return_indices=True)
    return cut[rows, columns, :3]


def _through(run: Run, cut: np.ndarray) -> np.ndarray:
    """(h, w, 3) uint8 -> (k h, k w, 3) float32 in -1..1."""
    seen = torch.from_numpy(np.ascontiguousarray(cut)).permute(2, 0, 1)[None].float() / 127.5 - 1
    with torch.inference_mode():
        return run(seen)[0].float().cpu().permute(1, 2, 0).numpy()


def _spans(length: int, tiling: Tiling, multiple: int) -> tuple[int, list[int]]:
    """A tile's length, and where each begins: on multiples, so that all see the same grid of down-sampling."""
    whole = _up(max(length, _LEAST), multiple)
    side = _up(tiling.side, multiple)
    if whole <= side:
        return whole, [0]
    step = max(multiple, (side - tiling.overlap) // multiple * multiple)
    return side, [*range(0, whole - side, step), whole - side]


def _windows(starts: list[int], length: int, overlap: int, scale: int) -> np.ndarray:
    """(tiles, scale * length) weights that add up to one wherever tiles overlap."""
    along = (np.arange(length * scale) + 0.5) / scale
    weights = np.ones((len(starts), length * scale))
    for n in range(len(starts)):
        if n > 0:
            weights[n] *= _ramp(along, overlap)
        if n + 1 < len(starts):
            weights[n] *= _ramp(length - along, overlap)
    total = np.zeros((starts[-1] + length) * scale)
    for n, start in enumerate(starts):
        total[start * scale : (start + length) * scale] += weights[n]
    for n, start in enumerate(starts):
        weights[n] /= total[start * scale : (start + length) * scale]
    return weights.astype(np.float32)


def _ramp(distance: np.ndarray, overlap: int) -> np.ndarray:
    """0 in the outer quarter of the overlap, 1 in the inner one, a raised cosine between."""
    t = ((distance / max(overlap, 1) - 0.25) * 2).clip(0, 1)
    return 0.5 - 0.5 * np.cos(np.pi * t) if overlap else np.ones_like(distance)


def _reflected(start: int, count: int, length: int) -> np.ndarray:
    """Indices of `count` places from `start` on, turned back at both borders as often as it takes."""
    places = np.abs(np.arange(start, start + count)) % (2 * (length - 1))
    return np.where(places < length, places, 2 * (length - 1) - places)


def _up(length: int, multiple: int) -> int:
    return -(-length // multiple) * multiple


class _Clock:
    """Tells how many tiles are done and how long the rest will take."""

    def __init__(self, total: int, tell: ProgressCallback | None) -> None:
        self._total, self._tell, self._done, self._began = total, tell, 0, time.monotonic()

    def tick(self) -> None:
        self._done += 1
        if self._tell is not None:
            each = (time.monotonic() - self._began) / self._done
            self._tell(Progress("tiles", self._done, self._total, each * (self._total - self._done)))
