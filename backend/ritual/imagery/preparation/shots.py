"""Where one shot ends and the next begins, told by how the light is spread over the picture.

A cut is where the histogram of the luma changes at once, a gradual transition where it changes little by little but
much in all (twin comparison). A flash changes it and changes it back, and is neither.

Source: Zhang, Kankanhalli and Smoliar, "Automatic partitioning of full-motion video", Multimedia Systems 1 (1993).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BINS = 64
_SHARP = 1.6  # a cut is so many times as strong as the changes beside it
_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601


@dataclass(frozen=True)
class ShotConfig:
    """
    Attributes:
        cut: distance of neighbouring frames (`distance`, 0..1) from which it is a cut.
        gradual: distance over `span` seconds from which it is a gradual transition.
        shortest: a shot lasts so long at least [s]; of changes that come sooner the strongest counts.
        flash: for so long the picture may change and come back [s].
    """

    cut: float = 0.3
    gradual: float = 0.3
    span: float = 0.6
    shortest: float = 0.6
    flash: float = 0.25


def histogram(picture: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 -> (4, BINS): of the luma in each quarter of the picture; every row has the sum 1/4."""
    luma = (picture @ _LUMA * (BINS / 256)).astype(np.intp)
    middle = tuple(side // 2 for side in luma.shape)
    parts = [part for half in np.split(luma, [middle[0]]) for part in np.split(half, [middle[1]], axis=1)]
    return np.stack([np.bincount(part.ravel(), minlength=BINS)[:BINS] / max(part.size, 1) / 4 for part in parts])


def distance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(..., 4, BINS) twice -> (...): half the sum of what the histograms differ by, 0 = alike .. 1 = nothing in common.

    They are smoothed over three bins, so that a picture that grows a little lighter stays the same.
    """
    apart = one - other
    apart = (np.roll(apart, 1, -1) + apart + np.roll(apart, -1, -1)) / 3
    return 0.5 * np.abs(apart).sum((-1, -2))


def cuts(histograms: np.ndarray, fps: float, config: ShotConfig | None = None) -> list[tuple[int, int]]:
    """The transitions of a recording.

    Args:
        histograms: (T, 4, BINS), of each frame (`histogram`).

    Returns:
        (first frame that is no longer of the shot before, first frame that is wholly of the next); both the same frame
        for a cut.
    """
    config = config or ShotConfig()
    count, flash, span = len(histograms), max(1, round(config.flash * fps)), max(2, round(config.span * fps))
    if count < 2:
        return []
    step = np.concatenate(([0.0], distance(histograms[1:], histograms[:-1])))
    found = []  # (strength, from, to)
    for t in np.flatnonzero(step >= config.cut):
        around = np.concatenate((step[max(0, t - 2) : t], step[t + 1 : t + 3]))
        after, before = histograms[t : t + flash + 1], histograms[max(0, t - flash - 1) : t]
        back = distance(after[:, None], before[None]).min()  # a flash ends as it began
        if step[t] >= _SHARP * around.max(initial=0.0) and back >= 0.5 * config.cut:
            found.append((1.0 + step[t], int(t), int(t)))
    sharp = {t for _, t, _ in found}
    wide = np.zeros(count)
    wide[span:] = distance(histograms[span:], histograms[:-span])
    for t in range(span, count):
        within = range(t - span + 1, t + 1)
        if wide[t] >= config.gradual and wide[t] == wide[t - span // 2 : t + span // 2 + 1].max():
            moving = [n for n in within if step[n] >= 0.25 * max(step[within.start : within.stop])]
            if not sharp.intersection(within) and len(moving) > flash:
                found.append((wide[t], moving[0], moving[-1]))
    chosen: list[tuple[float, int, int]] = []
    for hit in sorted(found, reverse=True):
        if all(min(abs(hit[2] - c[1]), abs(hit[1] - c[2])) >= config.shortest * fps for c in chosen):
            chosen.append(hit)
    return sorted((start, stop) for _, start, stop in chosen)
