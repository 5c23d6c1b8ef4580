"""What the tests of several parts of the body draw their cases with, and how they look between frames."""

import math

import numpy as np
import pytest

from ritual.body.angle_domain import AngleDomain, Reason, TabooBox

BODY = AngleDomain.physiological()
SLIVER = math.radians(0.1)


@pytest.fixture(scope="session")
def adversarial():
    return _adversarial


@pytest.fixture(scope="session")
def smooth_track():
    return _smooth_track


@pytest.fixture(scope="session")
def poses_outside():
    return _poses_outside


def _adversarial(rng, angles, boxes, widest=1.0):
    """Boxes that overlap, nest, touch each other and the limits, or leave slivers of 0.1 degree."""
    made = []
    for n in range(boxes):
        intervals = []
        for j in rng.choice(angles, rng.integers(1, len(angles) + 1), replace=False):
            low, high = BODY.lower[j], BODY.upper[j]
            a, b = np.sort(rng.uniform(low - 0.1, high + 0.1, 2))
            b = a + (b - a) * rng.uniform(0.2, widest)
            earlier = [(c, d) for other in made for k, c, d in other.intervals if k == j]
            kind = rng.integers(0, 12)
            if kind == 0:
                a = -math.inf
            elif kind == 1:
                b = math.inf
            elif kind == 2:
                a = low + rng.choice([0, SLIVER])
            elif kind == 3:
                b = high - rng.choice([0, SLIVER])
            elif kind in (4, 5) and earlier:
                c, d = earlier[rng.integers(len(earlier))]
                a, b = (d + rng.choice([0, SLIVER]), max(b, d + 0.2)) if np.isfinite(d) else (c - 0.1, d)
            if a < b:
                intervals.append((int(j), float(a), float(b)))
        if intervals:
            made.append(TabooBox(tuple(intervals), Reason(f"taboo-{n}")))
    return AngleDomain(BODY.lower, BODY.upper, tuple(made))


def _smooth_track(rng, frames, amplitude=1.0, fps=25):
    """Sinusoids over the whole range of every angle."""
    t = np.arange(frames)[:, None] / fps
    centre, half = (BODY.lower + BODY.upper) / 2, (BODY.upper - BODY.lower) / 2
    return centre + amplitude * half * np.sin(2 * np.pi * (rng.uniform(0.1, 1.0, 36) * t + rng.uniform(0, 1, 36)))


def _poses_outside(track, schedule, steps=64):
    """Brute force: poses at 1/64 frame in a forbidden part of the span that they lie in."""
    s = np.arange(steps + 1)[:, None, None] / steps
    count = 0
    for span in schedule:
        part = track[span.start : span.end + 1]
        dense = part if len(part) == 1 else (part[:-1] * (1 - s) + part[1:] * s).reshape(-1, 36)
        count += int(span.domain.violates(dense, 1e-9).sum())
    return count
