"""Corrections of least size that fade in and out at bounded speed and acceleration.

For one angle over one excursion, the correction c is what costs least (the sum of its squares) among those that keep
the track in its bounds, |c'| <= `SPEED` and |c''| <= `ACCELERATION`, and that are zero further away than the fade
takes. A quadratic program, strictly convex and banded, solved by alternating directions (ADMM; Boyd et al. 2011)
in time linear in the frames.

`SPEED` and `ACCELERATION` are what the angles of real dancers reach in about 1 % of the time: in a CMU salsa clip the
99th percentile over all angles is 4.2 rad/s and 57 rad/s^2, in one of CMU's modern dances (05_02) 7.3 rad/s and
172 rad/s^2. A correction adds at most that to what the clip does.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

SPEED = 6.0  # [rad/s] of a correction
ACCELERATION = 60.0  # [rad/s^2]
ROUNDS = 1000
SHARE = 1e-3  # of the bounds that the solver keeps in hand for its own error


def eased(
    track: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    target: tuple[np.ndarray, np.ndarray],
    fps: float,
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
        (T, d) [rad] inside the bounds. Where they leave a fade no room it is cut short (see `hurried`).
    """
    out = track.copy()
    over, under = track > upper, track < lower
    least = np.where(under, target[0], np.minimum(target[0], track)) - track
    most = np.where(over, target[1], np.maximum(target[1], track)) - track
    for j in np.flatnonzero((over | under).any(0)):
        need = np.maximum(np.maximum(least[:, j], -most[:, j]), 0)
        for first, last, size, reach in _excursions(need, fps, blend):
            part = slice(max(first - reach, 0), last + reach + 1)
            moved = track[part, j] + _correction(least[part, j], most[part, j], need[part], size, fps, blend)
            out[part, j] = np.clip(moved, least[part, j] + track[part, j], most[part, j] + track[part, j])
    still = np.abs(out - track) <= _error(fps)
    return np.where(still & (least <= 0) & (most >= 0), track, np.clip(out, *_bounds(track, lower, upper, target)))


def _bounds(
    track: np.ndarray, lower: np.ndarray, upper: np.ndarray, target: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    low = np.where(track < lower, target[0], np.minimum(target[0], track))
    return low, np.where(track > upper, target[1], np.maximum(target[1], track))


def hurried(track: np.ndarray, moved: np.ndarray, fps: float) -> np.ndarray:
    """(T, d) bool: frames at which the correction changes faster than `SPEED` or `ACCELERATION`."""
    pace = np.diff(moved - track, axis=0) * fps
    found = np.zeros(track.shape, bool)
    fast = np.abs(pace) > SPEED
    found[:-1] |= fast
    found[1:] |= fast
    found[1:-1] |= np.abs(np.diff(pace, axis=0)) * fps > ACCELERATION
    return found


def haste(track: np.ndarray, moved: np.ndarray, fps: float) -> float:
    """The correction's greatest acceleration, as a multiple of `ACCELERATION`."""
    return float(np.abs(np.diff(moved - track, 2, axis=0)).max(initial=0)) * fps**2 / ACCELERATION


def fade_frames(size: float, onset: float, fps: float, blend: float) -> int:
    """How many frames a correction of some size [rad], which begins at some speed [rad/s], may take to fade."""
    seconds = size / SPEED + 2 * math.sqrt(size / ACCELERATION) + min(onset, SPEED) / ACCELERATION
    return math.ceil(max(blend, seconds) * fps - 1e-9)


def _excursions(need: np.ndarray, fps: float, blend: float) -> list[tuple[int, int, float, int]]:
    """(first frame, last frame, size, frames of its fade) of needs whose fades do not meet; such as would are one."""
    found: list[tuple[int, int, float, int]] = []
    where = np.flatnonzero(need)
    onset = np.abs(np.diff(need, prepend=need[:1])) * fps
    for run in np.split(where, np.flatnonzero(np.diff(where) > 1) + 1):
        first, last = int(run[0]), int(run[-1])
        while True:
            size, fastest = float(need[first : last + 1].max()), float(onset[first : last + 2].max())
            reach = fade_frames(size, fastest, fps, blend)
            if not found or first - reach > found[-1][1] + found[-1][3]:
                break
            first = found.pop()[0]
        found.append((first, last, size, reach))
    return found


def _correction(
    least: np.ndarray, most: np.ndarray, need: np.ndarray, size: float, fps: float, blend: float
) -> np.ndarray:
    """The least correction between its bounds; it is zero beyond the part, but where the clip ends."""
    where = np.flatnonzero(need)
    before, after = (2 if where[0] > 0 else 0), (2 if where[-1] < len(need) - 1 else 0)
    low, high = np.pad(least, (before, after)), np.pad(most, (before, after))
    softest = 4 * size / blend**2 if blend > 0 else ACCELERATION  # a fade at this acceleration takes `blend`
    speed = (1 - SHARE) * SPEED / fps
    most_rounds = ROUNDS if _room(low, high, speed) else ROUNDS // 10
    for acceleration in sorted({min(softest, ACCELERATION), ACCELERATION}):
        sharp = (1 - SHARE) * acceleration / fps**2
        found, rounds = _solve(low, high, speed, sharp, _error(fps), most_rounds)
        if rounds < most_rounds:
            break
    return found[before : len(found) - after]


@njit(cache=True, nogil=True)
def _room(low, high, speed):
    """Whether some values between the bounds change by no more than `speed` from one to the next."""
    least, most = low[0], high[0]
    for i in range(1, len(low)):
        least, most = max(low[i], least - speed), min(high[i], most + speed)
        if least > most:
            return False
    return True


def _error(fps: float) -> float:
    """How exactly a correction is found [rad]: so that its acceleration keeps to what is kept in hand."""
    return 0.1 * SHARE * ACCELERATION / fps**2


@njit(cache=True, nogil=True)
def _solve(low, high, speed, sharp, error, most_rounds):
    """((n,) values between the bounds, rounds): least squares under bounds on values and first and second differences.

    With rounds = most_rounds there is none, and what comes back keeps to the bounds on values only.
    """
    n, rho = len(low), 3.0
    diagonal, first, second = np.full(n, 1.0 + rho), np.zeros(n), np.zeros(n)
    for i in range(n - 1):
        diagonal[i] += rho
        diagonal[i + 1] += rho
        first[i] -= rho
    for i in range(n - 2):
        diagonal[i] += rho
        diagonal[i + 1] += 4 * rho
        diagonal[i + 2] += rho
        first[i] -= 2 * rho
        first[i + 1] -= 2 * rho
        second[i] += rho
    for i in range(n):  # L D L' in place
        for k in range(max(i - 2, 0), i):
            factor = first[k] if k == i - 1 else second[k]
            diagonal[i] -= factor * factor * diagonal[k]
        if i + 1 < n:
            if i > 0:
                first[i] -= second[i - 1] * first[i - 1] * diagonal[i - 1]
            first[i] /= diagonal[i]
        if i + 2 < n:
            second[i] /= diagonal[i]
    value = np.minimum(np.maximum(np.zeros(n), low), high)
    z0, z1, z2 = value.copy(), np.zeros(n), np.zeros(n)
    u0, u1, u2, r = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    for i in range(n - 1):
        z1[i] = min(max(value[i + 1] - value[i], -speed), speed)
    for i in range(n - 2):
        z2[i] = min(max(value[i] - 2 * value[i + 1] + value[i + 2], -sharp), sharp)
    for done in range(most_rounds):
        for i in range(n):
            r[i] = rho * (z0[i] - u0[i])
        for i in range(n - 1):
            a = rho * (z1[i] - u1[i])
            r[i] -= a
            r[i + 1] += a
        for i in range(n - 2):
            a = rho * (z2[i] - u2[i])
            r[i] += a
            r[i + 1] -= 2 * a
            r[i + 2] += a
        for i in range(n):
            if i > 0:
                r[i] -= first[i - 1] * r[i - 1]
            if i > 1:
                r[i] -= second[i - 2] * r[i - 2]
        off = 0.0
        for i in range(n - 1, -1, -1):
            r[i] /= diagonal[i]
            if i + 1 < n:
                r[i] -= first[i] * r[i + 1]
            if i + 2 < n:
                r[i] -= second[i] * r[i + 2]
            off = max(off, abs(r[i] - value[i]))
            value[i] = r[i]
        for i in range(n):
            a = value[i]
            new = min(max(1.6 * a - 0.6 * z0[i] + u0[i], low[i]), high[i])
            u0[i] += 1.6 * a - 0.6 * z0[i] - new
            z0[i] = new
            off = max(off, abs(a - new))
        for i in range(n - 1):
            a = value[i + 1] - value[i]
            new = min(max(1.6 * a - 0.6 * z1[i] + u1[i], -speed), speed)
            u1[i] += 1.6 * a - 0.6 * z1[i] - new
            z1[i] = new
            off = max(off, abs(a - new))
        for i in range(n - 2):
            a = value[i] - 2 * value[i + 1] + value[i + 2]
            new = min(max(1.6 * a - 0.6 * z2[i] + u2[i], -sharp), sharp)
            u2[i] += 1.6 * a - 0.6 * z2[i] - new
            z2[i] = new
            off = max(off, abs(a - new))
        if off < error:
            return z0, done
    return z0, most_rounds
