"""Corrections that fade in and out as slowly as their size asks for.

A correction is dilated by the radius of its fade and then averaged over it with a Hann window, so no average can fall
below what is needed in its middle. Its speed is then at most its size times the window's greatest value, its
acceleration at most its size times half the window's summed second differences (Young's inequality; in both, steps
up and down cancel). The radius is the least that keeps both below `SPEED` and `ACCELERATION`.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.ndimage import convolve1d, maximum_filter1d

SPEED = 6.0  # [rad/s] of a correction
ACCELERATION = 60.0  # [rad/s^2]


def eased(
    track: np.ndarray, lower: np.ndarray, upper: np.ndarray, target: tuple[np.ndarray, np.ndarray], fps: float,
    blend: float,
) -> np.ndarray:
    """A track inside its bounds, moved there softly; frames further from any excursion than its fade stay bit for bit.

    Args:
        track: (T, d) [rad].
        lower, upper: (T, d) bounds [rad].
        target: (T, d) bounds inside those [rad], to which a frame goes that has to be moved.
        fps: frames per second.
        blend: least time over which a correction fades [s].

    Returns:
        (T, d) [rad] inside the bounds. Where the bounds leave a fade no room it is cut short.
    """
    out = track.copy()
    over = np.where(track > upper, track - target[1], 0.0)
    under = np.where(track < lower, target[0] - track, 0.0)
    least = np.where(track < lower, target[0], np.minimum(target[0], track))
    most = np.where(track > upper, target[1], np.maximum(target[1], track))
    for j in np.flatnonzero(((over > 0) | (under > 0)).any(0)):
        for first, last, radius in _excursions(over[:, j], under[:, j], fps, blend):
            part = slice(max(first - 2 * radius, 0), last + 2 * radius + 1)
            moved = track[part, j] - _envelope(over[part, j], radius) + _envelope(under[part, j], radius)
            out[part, j] = np.clip(moved, least[part, j], most[part, j])
    return np.where(out == track, track, out)


def hurried(track: np.ndarray, moved: np.ndarray, fps: float) -> np.ndarray:
    """(T, d) bool: frames at which the correction changes faster than `SPEED` or `ACCELERATION`."""
    pace = np.diff(moved - track, axis=0) * fps
    found = np.zeros(track.shape, bool)
    fast = np.abs(pace) > SPEED * (1 + 1e-9) + 1e-9
    found[:-1] |= fast
    found[1:] |= fast
    found[1:-1] |= np.abs(np.diff(pace, axis=0)) * fps > ACCELERATION * (1 + 1e-9) + 1e-6
    return found


def _excursions(over: np.ndarray, under: np.ndarray, fps: float, blend: float) -> list[tuple[int, int, int]]:
    """(first frame, last frame, radius) of needs whose fades do not meet; those that would meet are one."""
    found: list[tuple[int, int, float, float, int]] = []
    need = np.flatnonzero((over > 0) | (under > 0))
    breaks = np.flatnonzero(np.diff(need) > 1) + 1
    for run in np.split(need, breaks):
        first, last = int(run[0]), int(run[-1])
        up, down = float(under[run].max()), float(over[run].max())
        radius = _radius(up + down, fps, blend)
        while found and first - 2 * radius <= found[-1][1] + 2 * found[-1][4] + 2:
            first, _, before_up, before_down, _ = found.pop()
            up, down = max(up, before_up), max(down, before_down)
            radius = _radius(up + down, fps, blend)
        found.append((first, last, up, down, radius))
    return [(first, last, radius) for first, last, _, _, radius in found]


def _radius(size: float, fps: float, blend: float) -> int:
    """Frames over which a correction of this size [rad] is dilated and averaged."""
    radius = max(1, round(blend * fps / 2))
    while True:
        fastest, sharpest = _window(radius)[1:]
        if size * fastest * fps <= SPEED and size * sharpest * fps**2 <= ACCELERATION:
            return radius
        radius += 1


@lru_cache
def _window(radius: int) -> tuple[np.ndarray, float, float]:
    """The Hann window, its greatest value, and half its summed second differences."""
    window = np.hanning(2 * radius + 3)[1:-1]
    window /= window.sum()
    return window, float(window.max()), float(np.abs(np.diff(np.pad(window, 2), 2)).sum() / 2)


def _envelope(need: np.ndarray, radius: int) -> np.ndarray:
    """Smooth curve >= `need` that is zero further than 2 `radius` frames from where it is needed."""
    wide = maximum_filter1d(need, 2 * radius + 1, mode="nearest")
    return np.maximum(convolve1d(wide, _window(radius)[0], mode="nearest"), need)
