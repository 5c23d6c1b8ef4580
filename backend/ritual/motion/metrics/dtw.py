"""Dynamic time warping between two motions, and two readings of it in per cent.

The distance: of all monotone paths through the (T1, T2) table of frame pairs (steps (1, 0), (0, 1), (1, 1), ends tied)
the one with the least sum of squared distances over 72 coordinates (Sakoe and Chiba 1978, step pattern symmetric1,
no slope limit; dtaidistance's C code). With K cells on it, d = sqrt(sum / (24 K)): the root mean square, over cells and
joints, of how far a joint is from its counterpart.

No per cent is part of DTW, and two that suggest themselves mislead. One minus d over a body length calls a statue
in the mean pose 86 % like a dance where that length is the body's height. The mean over all pairs lets a collapsed
model win: the middle of a class is nearer to its members than they are to each other. So distances here are to the
*nearest* of a few real clips, and a per cent is told from what real and unrelated clips score in the same way:
`chance_corrected`, 100 for other real clips of the caption, 0 for real clips of other captions. `concordance`
needs no such anchors. What real clips, chance and statues score: `benchmarks/dtw_baselines.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ritual.errors import BadInput
from ritual.motion.metrics.track import checked, extra, mirrored

RATE = 15.0  # [Hz]: what a gesture needs and no more; the cost grows with its square
REFERENCES = 8  # real windows of which the nearest counts


@dataclass(frozen=True, eq=False)
class Alignment:
    """Two motions laid over each other.

    Attributes:
        distance: d above [cm].
        spread: the same of what `concordance` divides by: how far both are from a still pose, root of the sum of
            both mean squares [cm]; nan where none was given.
        path: (K, 2) frames of the first and the second motion.
        mirror: the second motion was mirrored.
    """

    distance: float
    spread: float
    path: np.ndarray
    mirror: bool = False


def align(a: np.ndarray, b: np.ndarray, still: np.ndarray | None = None) -> Alignment:
    """Warp two motions of the same frame rate onto each other.

    Args:
        a, b: (T1, 24, 3), (T2, 24, 3) [m], heading frame; `track.at_rate(..., RATE)` brings them there.
        still: (24, 3) the pose that `spread` is measured from.

    Raises:
        BadInput: no motions.
        RitualError: dtaidistance is not installed.
    """
    first, second = (checked(x, RATE, 1).reshape(len(x), -1) for x in (a, b))
    ndim, dtw = extra("dtaidistance.dtw_ndim"), extra("dtaidistance.dtw")
    total, table = ndim.warping_paths_fast(first, second)
    path = np.array(dtw.best_path(table))
    joints = first.shape[1] / 3
    spread = np.nan
    if still is not None:
        middle = np.asarray(still, float).reshape(-1)
        squares = [((x[rows] - middle) ** 2).sum(1).mean() for x, rows in zip((first, second), path.T, strict=True)]
        spread = 100 * float(np.sqrt(sum(squares) / joints))
    return Alignment(100 * float(np.sqrt(total**2 / (len(path) * joints))), spread, path)


def align_either(a: np.ndarray, b: np.ndarray, still: np.ndarray | None = None) -> Alignment:
    """`align` with the motion `b` or its mirror image, whichever is nearer: a caption does not tell the hand."""
    there = align(a, b, still)
    back = align(a, mirrored(b), still)
    return there if there.distance <= back.distance else Alignment(back.distance, back.spread, back.path, True)


def nearest(a: np.ndarray, references: Sequence[np.ndarray], still: np.ndarray | None = None) -> Alignment:
    """`align_either` with the nearest of some real motions.

    More references are nearer ones: compare only figures that were taken with the same number.

    Raises:
        BadInput: no references.
    """
    if not references:
        raise BadInput("There is no real motion to compare with.")
    return min((align_either(a, b, still) for b in references), key=lambda found: found.distance)


def concordance(found: Sequence[Alignment]) -> float:
    """How much of two motions is the same [%]: 100 (1 - sum d^2 / sum spread^2), over some alignments.

    100 where both are equal, 0 where one of them stands still in the pose that the spread is measured from, or
    where they have nothing in common; below where they are opposites. Lin's concordance (1989) of the deviations from
    that pose, along the path.

    Raises:
        BadInput: nothing aligned, or aligned without a still pose.
    """
    spread = np.array([one.spread for one in found])
    if not len(found) or not np.isfinite(spread).all() or not spread.any():
        raise BadInput("Concordance needs alignments that were made with a still pose, and some motion in them.")
    return float(100 * (1 - (np.array([one.distance for one in found]) ** 2).sum() / (spread**2).sum()))


def macro(distances: Mapping[str, Sequence[float]]) -> float:
    """Mean over captions of each caption's mean, so that forty walks count as much as three bows."""
    if not distances or not all(len(d) for d in distances.values()):
        raise BadInput("A caption without a figure cannot be averaged over.")
    return float(np.mean([np.mean(d) for d in distances.values()]))


def chance_corrected(
    made: Mapping[str, Sequence[float]], real: Mapping[str, Sequence[float]], random: Mapping[str, Sequence[float]]
) -> float:
    """Similarity [%] = 100 (d_random - d_made) / (d_random - d_real), each d the `macro` mean over captions.

    100: as near to the real clips of its caption as other real clips of it are. 0: as far as real clips of other
    captions. Above 100 and below 0 are possible and not cut off.

    Args:
        made, real, random: by caption, distances [cm] to the nearest real window of it (`nearest`, with one number of
            references): of what was made for it, of real clips of it (other files), of real clips of other captions.

    Raises:
        BadInput: the captions differ, or real clips are no nearer than random ones: there is nothing to measure by.
    """
    if not made.keys() == real.keys() == random.keys():
        raise BadInput("Made, real and random distances must be of the same captions.")
    ceiling, chance = macro(real), macro(random)
    if chance <= ceiling:
        raise BadInput(
            f"Real clips of one caption are {ceiling:.1f} cm apart, of different ones {chance:.1f} cm: "
            "these captions say nothing about the motion."
        )
    return 100 * (chance - macro(made)) / (chance - ceiling)
