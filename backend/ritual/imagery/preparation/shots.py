"""Where one shot ends and the next begins, told by how the light is spread over the picture.

A cut is where the histogram of the luma changes at once, a gradual transition where it changes little by little but
much in all (twin comparison). A flash changes it and changes it back, and is neither.

Source: Zhang, Kankanhalli and Smoliar, "Automatic partitioning of full-motion video", Multimedia Systems 1 (1993).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BINS = 64
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601
_SHARP = 1.6  # a cut is so many times as strong as the changes beside it
_BLACK = 0.08 * BINS  # mean luma under which a picture is black


@dataclass(frozen=True)
class ShotConfig:
    """
    Attributes:
        cut: distance of neighbouring frames (`distance`, 0..1) from which it is a cut.
        gradual: distance over `span` seconds from which it is a gradual transition, once the light is made even (a
            camera that closes its iris is none).
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
    if len(histograms) < 2:
        return []
    flash, span = max(1, round(config.flash * fps)), max(2, round(config.span * fps))
    calm = _without_flashes(histograms, flash, 0.5 * config.cut)
    step = np.concatenate(([0.0], distance(calm[1:], calm[:-1])))
    padded = np.pad(step, 2)
    beside = np.max([padded[:-4], padded[1:-3], padded[3:-1], padded[4:]], 0)
    sharp = {int(t) for t in np.flatnonzero((step >= config.cut) & (step >= _SHARP * beside))}
    found = [(1.0 + step[t], t, t) for t in sharp]
    found += _gradual(calm, step, span, config.gradual, sharp, flash)
    chosen: list[tuple[float, int, int]] = []
    for hit in sorted(found, reverse=True):
        if all(min(abs(hit[2] - c[1]), abs(hit[1] - c[2])) >= config.shortest * fps for c in chosen):
            chosen.append(hit)
    return sorted((start, stop) for _, start, stop in chosen)


def _gradual(
    histograms: np.ndarray, step: np.ndarray, span: int, least: float, sharp: set[int], flash: int
) -> list[tuple[float, int, int]]:
    """Transitions that take up to `span` frames: where the change over that time is greatest, without a cut in it."""
    found = []
    wide = np.zeros(len(histograms))
    wide[span:] = distance(histograms[span:], histograms[:-span])
    for t in np.flatnonzero(wide >= least).tolist():
        within = range(t - span + 1, t + 1)
        if wide[t] < wide[t - span // 2 : t + span // 2 + 1].max() or sharp.intersection(within):
            continue
        before, after = histograms[t - span], histograms[t]
        black = min(_lightness(before), _lightness(after)) < _BLACK
        moving = [n for n in within if step[n] >= 0.25 * step[within.start : within.stop].max()]
        if len(moving) > flash and (black or distance(_as_light(after, before), before) >= least):
            found.append((float(wide[t]), moving[0], moving[-1]))
    return found


def _without_flashes(histograms: np.ndarray, longest: int, alike: float) -> np.ndarray:
    """Frames that differ from the one before, when the picture comes back within `longest` frames, made like it."""
    calm = histograms.copy()
    jumps = np.flatnonzero(distance(calm[1:], calm[:-1]) >= alike) + 1
    for t in jumps.tolist():
        for back in range(min(t + longest, len(calm) - 1), t, -1):
            if distance(calm[t], calm[t - 1]) >= alike and distance(calm[back], calm[t - 1]) < alike:
                calm[t:back] = calm[t - 1]
    return calm


def _lightness(histogram: np.ndarray) -> float:
    """Mean luma, 0..BINS."""
    return float(histogram.sum(0) @ (np.arange(BINS) + 0.5))


def _as_light(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Histograms (4, BINS) of a picture, were it as light as another on the whole; at most twice or half as light."""
    gain = np.clip(_lightness(other) / max(_lightness(one), 1e-9), 0.5, 2.0)
    edges = np.arange(BINS + 1) / gain
    total = np.concatenate((np.zeros((4, 1)), np.cumsum(one, -1)), -1)
    moved = np.stack([np.interp(edges, np.arange(BINS + 1), row) for row in total])
    moved[:, -1] = total[:, -1]  # what becomes lighter than white is white
    return np.diff(moved, axis=-1)
