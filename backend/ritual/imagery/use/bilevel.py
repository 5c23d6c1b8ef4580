"""Two colours and nothing between: what a paper-cut is, paper and the ground that shows through it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from ritual.errors import BadInput
from ritual.imagery.use.canvas import Canvas

LARGEST = 200_000_000
"""A paper-cut is cleaned in one piece: more pixels than this are refused [px]."""
_SAMPLE = 1 << 16
_ROWS = 1024

Colour = tuple[int, int, int]
"""Red, green, blue, 0..255, sRGB."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """A paper-cut. Attributes: paper: (H, W) bool, where there is paper. colour, ground: of the paper, of the rest."""

    paper: np.ndarray
    colour: Colour
    ground: Colour

    def canvas(self, alpha: np.ndarray | None = None) -> Canvas:
        """The picture. Args: alpha: (H, W) uint8; None = opaque."""
        palette = np.array([self.ground, self.colour], np.uint8)
        height, width = self.paper.shape

        def rows():
            for top in range(0, height, _ROWS):
                part = palette[self.paper[top : top + _ROWS].astype(np.intp)]
                yield part if alpha is None else np.dstack([part, alpha[top : top + _ROWS]])

        return Canvas(height, width, 3 if alpha is None else 4, rows())

    def cut_out(self, alpha: np.ndarray | None = None) -> Canvas:
        """The paper alone, on nothing."""
        shown = self.paper.astype(np.uint8) * 255
        return Sheet(np.ones_like(self.paper), self.colour, self.ground).canvas(
            shown if alpha is None else np.minimum(shown, alpha)
        )


def two_colours(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """The split of a picture's colours into two that leaves the least spread within.

    Args:
        pixels: (N, 3), any numbers.

    Returns:
        (3,) mean, (3,) axis: the direction in which the colours differ most, pointing to the darker end, and the
        threshold along it: `(pixels - mean) @ axis > threshold` is the paper.

    Source: N. Otsu, "A threshold selection method from gray-level histograms" (1979), on the first principal axis.
    """
    pixels = np.asarray(pixels, np.float64)
    mean = pixels.mean(0)
    _values, vectors = np.linalg.eigh(np.cov((pixels - mean).T))
    axis = vectors[:, -1]
    axis = axis if axis.sum() < 0 else -axis
    along = (pixels - mean) @ axis
    counts, edges = np.histogram(along, 256)
    centres = (edges[:-1] + edges[1:]) / 2
    below, sums = np.cumsum(counts)[:-1], np.cumsum(counts * centres)
    above = len(along) - below
    between = below * above * (sums[:-1] / np.maximum(below, 1) - (sums[-1] - sums[:-1]) / np.maximum(above, 1)) ** 2
    # In a gap between two peaks every threshold is as good: the middle one.
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    return mean, axis, float(edges[1 + best].mean())


def check_size(height: int, width: int) -> None:
    """Raises: BadInput: larger than can be cleaned in one piece."""
    if height * width > LARGEST:
        raise BadInput(
            f"A paper-cut of {width} x {height} pixels is too large to be cleaned into two colours.",
            hint=f"{LARGEST / 1e6:.0f} million pixels are the most; leave --bilevel out.",
        )


def sheet(rgb: np.ndarray, like: np.ndarray | None = None, speck: int = 0, colour: Colour | None = None) -> Sheet:
    """A picture as a paper-cut.

    Args:
        rgb: (H, W, 3) uint8. like: (N, 3) uint8, pixels that say which two colours; None = the picture's own.
        speck: pieces of paper, and holes in it, of fewer pixels than this are taken away.
        colour: of the paper; None = as it is, on average.
    """
    step = max(1, rgb.shape[0] * rgb.shape[1] // _SAMPLE)
    sample = rgb.reshape(-1, 3)[::step] if like is None else like[:: max(1, len(like) // _SAMPLE)]
    mean, axis, threshold = two_colours(sample)
    paper = np.concatenate(
        [(rgb[top : top + _ROWS].astype(np.float32) - mean) @ axis > threshold for top in range(0, len(rgb), _ROWS)]
    )
    if speck > 1:
        paper = without_specks(without_specks(paper, speck), speck, holes=True)
    taken = (sample.astype(np.float32) - mean) @ axis > threshold
    ground, ink = _mean(sample[~taken], (255, 255, 255)), _mean(sample[taken], (0, 0, 0))
    return Sheet(paper, colour or ink, ground)


def _mean(colours: np.ndarray, none: Colour) -> Colour:
    return tuple(int(value + 0.5) for value in colours.mean(0)) if len(colours) else none


def without_specks(paper: np.ndarray, speck: int, *, holes: bool = False) -> np.ndarray:
    """Without connected pieces (or holes) of fewer than `speck` pixels."""
    mask = ~paper if holes else paper
    pieces, count = ndimage.label(mask)
    if not count:
        return paper
    small = np.bincount(pieces.ravel()) < speck
    small[0] = False
    return paper ^ small[pieces]
