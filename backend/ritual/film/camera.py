"""A camera that looks at a dancer: where it stands, and what it sees where."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import gaussian_filter1d

STILL = 0.3  # a dancer who stays within this of the middle of the way is watched from a spot that does not move [m]
_CALM = 0.6  # [s], standard deviation of the filter on the way of a camera that follows
_NEAREST, _FURTHEST = 3.5, 200.0  # [m]


@dataclass(frozen=True, eq=False)
class Camera:
    """One view a frame; perspective, Z up.

    Attributes:
        focus: (T, 3) the point that stands in the middle of the picture [m].
        azimuth: (T,) where it looks from [rad], counter-clockwise from above: 0 is a place on -Y.
        elevation: how far it looks down [rad].
        distance: of the eye from the focus [m].
        lens: focal length [pixels].
    """

    focus: np.ndarray
    azimuth: np.ndarray
    elevation: float
    distance: float
    lens: float

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(T, ..., 3) [m] -> (T, ..., 2) pixels right of and below the picture's middle, and (T, ...) depth [m]."""
        frames = (slice(None),) + (None,) * (points.ndim - 2)
        a, e = self.azimuth, self.elevation
        sin, cos, zero = np.sin(a), np.cos(a), np.zeros_like(a)
        right = np.stack((cos, sin, zero), -1)[frames]
        ahead = np.stack((-sin * np.cos(e), cos * np.cos(e), zero - np.sin(e)), -1)[frames]
        up = np.stack((-sin * np.sin(e), cos * np.sin(e), zero + np.cos(e)), -1)[frames]
        arm = points - self.focus[frames]
        depth = self.distance + (arm * ahead).sum(-1)
        flat = np.stack(((arm * right).sum(-1), -(arm * up).sum(-1)), -1)
        return flat * (self.lens / depth)[..., None], depth

    def at(self, frames: slice | np.ndarray) -> Camera:
        """Only some of its frames."""
        return replace(self, focus=self.focus[frames], azimuth=self.azimuth[frames])

    def moved(self, distance: float) -> Camera:
        """Nearer or farther [m]."""
        return replace(self, distance=distance)

    def fitted(self, points: np.ndarray, margin: float, width: float, height: float) -> Camera:
        """From so near that (T, N, 3) points with `margin` [m] around them just stay within width x height pixels."""
        near, far = _NEAREST, _FURTHEST
        for _ in range(40):
            middle = (near + far) / 2
            flat, depth = self.moved(middle).project(points)
            room = margin * self.lens / depth[..., None]
            inside = (depth > 0.5).all() and (np.abs(flat) + room <= (width / 2, height / 2)).all()
            near, far = (near, middle) if inside else (middle, far)
        return self.moved(far)


def watched(pelvis: np.ndarray, fps: float) -> np.ndarray:
    """(T, 2) the spot on the floor [m] that a camera looks at: fixed for who stays, calmly following who travels."""
    way = pelvis[:, :2]
    middle = (way.min(0) + way.max(0)) / 2
    if np.linalg.norm(way - middle, axis=1).max() <= STILL:
        return np.tile(middle, (len(way), 1))
    return gaussian_filter1d(way, _CALM * fps, axis=0, mode="nearest")


def front(heading: np.ndarray) -> float:
    """The azimuth [rad] from which a dancer of these headings (T,) [rad] is seen from in front, on the whole."""
    return float(np.arctan2(np.sin(heading).mean(), np.cos(heading).mean()))
