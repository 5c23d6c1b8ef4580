"""Integrity of structure: how much of the lines and corners that a picture must have are in the made one.

R (Table 7) gives a "structural component integrity rate" in per cent without saying how it was found. Here: the part of
the length of the wanted lines along which the made picture has a line segment (von Gioi et al. 2012, LSD) that runs the
same way within 10 degrees and lies within a tolerance; and the part of the wanted corners near which it has a corner
(Shi & Tomasi 1994). What is wanted comes from the scene that the real picture was rendered from, else it is what the
real picture itself shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from ritual.errors import BadInput
from ritual.imagery.metrics.opencv import greys, opencv
from ritual.imagery.metrics.pixels import see_that_they_pair

_TURN = np.cos(np.radians(10))
_SHORTEST = 0.06  # of the shorter side: segments under it are texture
_REACH = 0.02  # of the shorter side, at least 2 px
_CORNERS, _QUALITY = 400, 0.02


@dataclass(frozen=True, eq=False)
class Structure:
    """What must be there: `lines` (L, 2, 2) and `corners` (C, 2), x to the right and y down as parts of the sides."""

    lines: np.ndarray
    corners: np.ndarray


@dataclass(frozen=True)
class Integrity:
    """`lines`: part of the wanted length that is there; `corners`: of the wanted corners. 1 where none is wanted."""

    lines: float
    corners: float


def structure_of(told: Mapping, whose: str) -> Structure:
    """What our scenes say of a picture: `points` ({x, y, depth [m], seen}) and `lines` ([i, j] between them).

    Points that are hidden, behind the camera or outside the picture, and lines that leave it, are left out.

    Args:
        whose: what messages call it.

    Raises:
        BadInput: it has not that form.
    """
    try:
        points = np.array([(p["x"], p["y"], p.get("depth", 1.0)) for p in told["points"]], float).reshape(-1, 3)
        lines = np.array(told["lines"], int).reshape(-1, 2)
        within = ((points[:, :2] >= 0) & (points[:, :2] <= 1)).all(1) & (points[:, 2] > 0)
        plain = within & np.array([bool(p.get("seen", True)) for p in told["points"]], bool)
        return Structure(points[lines[within[lines].all(1)], :2].reshape(-1, 2, 2), points[plain, :2])
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise BadInput(f"{whose} does not tell the structure of a scene: {error!r}.") from None


def structure_shown(real: np.ndarray) -> Structure:
    """Of a (H, W) uint8 picture: its segments and corners."""
    sides = np.array([real.shape[1], real.shape[0]])
    return Structure(_segments(real, longer_than=_SHORTEST) / sides, _corners(real) / sides)


def integrity(made: Tensor, real: Tensor, told: Sequence[Structure | None] = ()) -> list[Integrity]:
    """Of every picture.

    Args:
        told: of each picture, by its scene; what a scene tells but the real picture does not show (somebody stands
            before it, or it is too small) is not wanted. None, or empty: what the real picture shows.

    Raises:
        BadInput: other shapes. RitualError: OpenCV is missing.
    """
    see_that_they_pair(made, real)
    scenes = told or [None] * len(real)
    return [_kept(x, structure_shown(y) if scene is None else _visible(scene, y))
            for x, y, scene in zip(greys(made), greys(real), scenes, strict=True)]  # fmt: skip


def _visible(scene: Structure, real: np.ndarray) -> Structure:
    sides, reach = np.array([real.shape[1], real.shape[0]]), _reach(real)
    segments = _segments(real)
    lines = [line for line in scene.lines if _covered(line[None] * sides, segments, reach) >= 0.5]
    return Structure(
        np.array(lines).reshape(-1, 2, 2), scene.corners[_near(scene.corners * sides, _corners(real), reach)]
    )


def _reach(grey: np.ndarray) -> float:
    return max(2.0, _REACH * min(grey.shape))


def _kept(made: np.ndarray, wanted: Structure) -> Integrity:
    sides, reach = np.array([made.shape[1], made.shape[0]]), _reach(made)
    near = _near(wanted.corners * sides, _corners(made), reach)
    return Integrity(_covered(wanted.lines * sides, _segments(made), reach), float(near.mean()) if len(near) else 1.0)


def _near(wanted: np.ndarray, there: np.ndarray, reach: float) -> np.ndarray:
    """(W,) bool: whether one of `there` (C, 2) lies within reach of each of `wanted` (W, 2)."""
    if not len(there):
        return np.zeros(len(wanted), bool)
    return np.linalg.norm(wanted[:, None] - there[None], axis=-1).min(1) <= reach


def _segments(grey: np.ndarray, longer_than: float = 0.0) -> np.ndarray:
    """(S, 2, 2) ends in px."""
    found = opencv().createLineSegmentDetector().detect(grey)[0]
    ends = np.zeros((0, 2, 2)) if found is None else np.asarray(found, float).reshape(-1, 2, 2)
    return ends[np.linalg.norm(ends[:, 1] - ends[:, 0], axis=-1) >= longer_than * min(grey.shape)]


def _corners(grey: np.ndarray) -> np.ndarray:
    """(C, 2) in px."""
    found = opencv().goodFeaturesToTrack(grey, _CORNERS, _QUALITY, max(3, 0.01 * min(grey.shape)))
    return np.zeros((0, 2)) if found is None else np.asarray(found, float).reshape(-1, 2)


def _covered(wanted: np.ndarray, there: np.ndarray, reach: float) -> float:
    """Part of the length of `wanted` (L, 2, 2) that runs along segments `there` (S, 2, 2), sampled every pixel."""
    if not len(wanted):
        return 1.0
    if not len(there):
        return 0.0
    way = there[:, 1] - there[:, 0]
    length = np.linalg.norm(way, axis=-1)
    way = way / np.maximum(length, 1e-9)[:, None]
    total = found = 0
    for start, end in wanted:
        run = end - start
        count = max(2, int(np.linalg.norm(run)) + 1)
        along = there[same := np.abs(way @ (run / max(np.linalg.norm(run), 1e-9))) >= _TURN]
        total += count
        if not len(along):
            continue
        offset = np.linspace(start, end, count)[:, None] - along[None, :, 0]
        far = (offset * way[same]).sum(-1)
        beside = np.linalg.norm(offset - far[..., None] * way[same], axis=-1)
        on = (beside <= reach) & (far >= -reach) & (far <= length[same] + reach)
        found += int(on.any(1).sum())
    return found / total
