"""Edge detail: how much of the real picture's fine edges the made one has again, and how much of its own is true.

R (Fig. 3) gives a "degree of detail restoration" in per cent without saying how it was found. Here: edges by Canny
(1986); fine are those at a blur of 1 px that are gone at a blur of 3 px; an edge is found again if one lies within a
tolerance of 1 px (2 px from 128 px on). The F-measure of recall and precision, as for boundaries (Martin, Fowlkes &
Malik 2004), so that neither blur (few edges found) nor noise (few edges true) gains by it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from ritual.imagery.metrics.opencv import greys, opencv
from ritual.imagery.metrics.pixels import see_that_they_pair

FINE, COARSE = 1.0, 3.0  # px, sigma of the blurs
_LOW, _HIGH = 20, 60  # of the gradient on 8 bits


@dataclass(frozen=True)
class Found:
    """`recall`: part of the real fine edges that the made picture has; `precision`: part of its fine edges that are
    edges of the real one; `f`: their harmonic mean. 1 where neither has any."""

    recall: float
    precision: float

    @property
    def f(self) -> float:
        total = self.recall + self.precision
        return 2 * self.recall * self.precision / total if total else 0.0


def edge_detail(made: Tensor, real: Tensor) -> list[Found]:
    """Of every picture.

    Raises:
        BadInput: other shapes. RitualError: OpenCV is missing.
    """
    see_that_they_pair(made, real)
    return [_found(*pair) for pair in zip(greys(made), greys(real), strict=True)]


def _found(made: np.ndarray, real: np.ndarray) -> Found:
    reach = 2 if min(made.shape) >= 128 else 1
    (all_made, fine_made), (all_real, fine_real) = _edges(made, reach), _edges(real, reach)
    return Found(_part(fine_real, all_made, reach), _part(fine_made, all_real, reach))


def _edges(grey: np.ndarray, reach: int) -> tuple[np.ndarray, np.ndarray]:
    """(H, W) bool: all edges, and those among them that are fine."""
    cv2 = opencv()
    every, coarse = (cv2.Canny(cv2.GaussianBlur(grey, (0, 0), s), _LOW, _HIGH, L2gradient=True) > 0
                     for s in (FINE, COARSE))  # fmt: skip
    return every, every & ~_grown(coarse, reach + 1)


def _part(wanted: np.ndarray, there: np.ndarray, reach: int) -> float:
    count = int(wanted.sum())
    return float((wanted & _grown(there, reach)).sum()) / count if count else 1.0


def _grown(mask: np.ndarray, reach: int) -> np.ndarray:
    cv2 = opencv()
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return cv2.dilate(mask.astype(np.uint8), disc) > 0
