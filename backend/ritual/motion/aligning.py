"""Which moment of a recording is which place in the dance's cycle, found by comparing its poses with the stances.

Dynamic time warping of the recording against the stance curve, which goes round and round: the recording may begin
anywhere in the cycle, and its tempo may give way by half. The distance of two poses is that of their joints in sigmas
of the table of `mixture`, so the way that is found is the one on which the stances make the recording likeliest. (What
dtaidistance and tslearn warp has a beginning and an end; neither knows a circle, nor what a tempo is.)
"""

from __future__ import annotations

import numpy as np
import torch
from scipy.ndimage import gaussian_filter1d

from ritual.errors import BadMotion
from ritual.motion.heading import positions
from ritual.motion.mixture import SIGMA
from ritual.motion.network import RATE
from ritual.motion.reference import StanceCurve

_STEPS = 6  # places that a frame advances at the tempo sought
_SLOWEST, _FASTEST = 3, 9  # places: half of the tempo to half as much again
_STIFFNESS = 2.0  # what standing still for a frame would cost, in squared sigmas of a mean coordinate
_TEMPI = np.geomspace(0.6, 1.65, 13)  # of the dance's own, to be tried where the graph does not say
_TEMPO_COST = 0.3  # of a tempo twice or half the dance's own
_EVEN = 0.3  # [s] over which the tempo is evened out: a place is a sixth of a frame, a frame a fifteenth of a second
CLEAR = 0.7  # a recording whose distance is more than this part of the mean over all places follows no stances
_FAR = 1e9


def aligned(
    states: np.ndarray, curve: StanceCurve, begins: float | None = None, cycle_seconds: float | None = None
) -> np.ndarray:
    """(T,) the place in the cycle of every frame of a recording, in cycles, rising.

    Where both numbers are given they are believed, and nothing is compared.

    Args:
        states: (T, 39) at `network.RATE` frames per second.
        curve: the dance's stances.
        begins: a moment at which a cycle begins, from the first frame [s]; None = found.
        cycle_seconds: that a cycle takes; None = found.

    Raises:
        BadMotion: the recording does not follow the stances, so nothing can be found.
    """
    clock = np.arange(len(states)) / RATE
    if begins is not None and cycle_seconds is not None:
        return (clock - begins) / cycle_seconds
    seen = _sigmas(states)
    tempi = curve.cycle_seconds / _TEMPI if cycle_seconds is None else [cycle_seconds]
    ways = [_way(seen, curve, seconds, begins) for seconds in tempi]
    way, cost, typical = min(ways, key=lambda found: found[1])
    if cycle_seconds is None:  # once more at the tempo found
        seconds = clock[-1] / (way[-1] - way[0])
        way, cost, typical = _way(seen, curve, seconds, begins)
    if cost > CLEAR * typical:
        raise BadMotion(
            "The recording does not follow the stances closely enough to tell where its cycle begins.",
            hint="Say rm:cycleBegins and rm:cycleSeconds of it, or cut it with rm:beginsAt and rm:endsAt.",
        )
    drift = way - clock * (way[-1] - way[0]) / clock[-1]
    return way + gaussian_filter1d(drift, _EVEN * RATE, mode="nearest") - drift


def _way(seen: np.ndarray, curve: StanceCurve, seconds: float, begins: float | None) -> tuple[np.ndarray, float, float]:
    """The cheapest way round the cycle at about a tempo.

    Args:
        seen: (T, 72) joints of the recording, in sigmas.
        seconds: of a cycle.

    Returns:
        (T,) places in cycles; what a frame of it costs, in squared sigmas of a mean coordinate, with what leaving
        the tempo and the dance's own tempo cost; and what a frame costs at any place, on average.
    """
    count = round(seconds * RATE * _STEPS)
    apart = _distances(seen, _sigmas(curve.at(np.arange(count) / count, RATE).state))
    typical = float(apart.mean())
    if begins is not None:
        _anchored(apart, begins, seconds)
    places, cost = _cheapest(apart)
    cost += _TEMPO_COST * np.log2(seconds / curve.cycle_seconds) ** 2
    return places / count, cost, typical


def _sigmas(states: np.ndarray) -> np.ndarray:
    """(N, 72) joint positions of (N, 39) states, each coordinate in sigmas of its joint."""
    return positions(torch.from_numpy(states)).flatten(1).numpy() / np.repeat(SIGMA, 3)


def _distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(N, M) mean squared difference of a coordinate between (N, D) and (M, D)."""
    return ((a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T) / a.shape[1]


def _anchored(apart: np.ndarray, begins: float, seconds: float) -> None:
    """Leave the frame nearest to where a cycle begins no other place, in `apart` itself."""
    frame = round(begins * RATE)
    if not 0 <= frame < len(apart):
        raise BadMotion(
            f"The cycle is said to begin at {begins:.2f} s of a part that lasts {len(apart) / RATE:.2f} s.",
            hint="rm:cycleBegins must lie between rm:beginsAt and rm:endsAt, or say rm:cycleSeconds, too.",
        )
    count = apart.shape[1]
    place = round((frame / RATE - begins) / seconds * count) % count
    apart[frame, np.arange(count) != place] = _FAR


def _cheapest(apart: np.ndarray) -> tuple[np.ndarray, float]:
    """(T,) places, adding up over the rounds, of the cheapest way through (T, M) costs, and its mean cost a frame."""
    steps = np.arange(_SLOWEST, _FASTEST + 1)
    leaving = _STIFFNESS * (steps / _STEPS - 1) ** 2
    frames, count = apart.shape
    before = (np.arange(count) - steps[:, None]) % count
    taken = np.zeros((frames, count), np.int8)
    cost = apart[0]
    for t in range(1, frames):
        ways = cost[before] + leaving[:, None]
        taken[t] = ways.argmin(0)
        cost = ways.min(0) + apart[t]
    place = int(cost.argmin())
    advance = np.zeros(frames)
    at = place
    for t in range(frames - 1, 0, -1):
        advance[t] = steps[taken[t, at]]
        at = (at - int(advance[t])) % count
    return at + np.cumsum(advance), float(cost.min() / frames)
