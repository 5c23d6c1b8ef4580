"""Where a draughtsman would put a line: edges of what a picture shows, from its passes and not from its light."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from ritual.scenes.develop import PARTS, Passes


def part_mask(passes: Passes, *names: str) -> np.ndarray:
    """(H, W) bool: where the picture shows one of these parts (`PARTS`)."""
    return np.isin(passes.part, [PARTS.index(name) for name in names])


def outlines(passes: Passes) -> np.ndarray:
    """(H, W) bool: the border between parts, and where the depth leaps within one; one pixel wide, on the nearer side.

    A leap is a step of more than 4 % of the depth beyond what the slope of the surface explains.
    """
    depth = np.log(np.maximum(passes.depth, 0.1))
    bend = np.maximum(*(np.abs(ndimage.convolve1d(depth, (1, -2, 1), axis=axis, mode="nearest")) for axis in (0, 1)))
    found = bend > 0.04
    for axis in (0, 1):
        a, b = _pair(passes.part, axis), _pair(depth, axis)
        differ = a[0] != a[1]
        near = b[0] < b[1]
        first, second = _sides(found, axis)
        first |= differ & near
        second |= differ & ~near
    return found & (passes.part > 0)


def creases(passes: Passes, least: float = 0.35) -> np.ndarray:
    """(H, W) bool: where the surface turns by more than about `least` (length of the difference of unit normals)."""
    found = np.zeros(passes.part.shape, bool)
    for axis in (0, 1):
        a = _pair(passes.normal, axis)
        first, _ = _sides(found, axis)
        first |= np.linalg.norm(a[1] - a[0], axis=-1) > least
    return found


def seams(passes: Passes, least: float = 38) -> np.ndarray:
    """(H, W) bool: where the colour of the thing itself changes, whatever the light does.

    Args:
        least: sum over the channels of the difference of neighbours, 0..765.
    """
    found = np.zeros(passes.part.shape, bool)
    colour = passes.albedo.astype(int)
    for axis in (0, 1):
        a = _pair(colour, axis)
        first, _ = _sides(found, axis)
        first |= np.abs(a[1] - a[0]).sum(-1) > least
    return found


def disc(radius: float) -> np.ndarray:
    """A round structuring element; of radius 0.5 a single pixel."""
    reach = int(radius)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    return np.hypot(x, y) <= radius


def _pair(values: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Each pixel and its next neighbour along an axis, one row or column less."""
    return np.delete(values, -1, axis), np.delete(values, 0, axis)


def _sides(values: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Views of all but the last, and of all but the first, row or column."""
    return (values[:-1], values[1:]) if axis == 0 else (values[:, :-1], values[:, 1:])
