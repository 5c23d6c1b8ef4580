"""Windows of two to three seconds that never cross from one shot into another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ritual.errors import BadInput

SHORTEST, LONGEST = 2.0, 3.0
"""Of a window [s] (R §III-C: 2-3 s)."""


@dataclass(frozen=True)
class Window:
    """Frames `start` to `stop` of a recording, of its shot number `shot` (from 0)."""

    start: int
    stop: int
    shot: int

    @property
    def frames(self) -> int:
        return self.stop - self.start


def windows(
    frames: int, transitions: Sequence[tuple[int, int]], fps: float, shortest: float = SHORTEST,
    longest: float = LONGEST,
) -> list[Window]:  # fmt: skip
    """Cut each shot into windows of one length, side by side, as few as can hold it.

    Args:
        frames: of the recording.
        transitions: as `shots.cuts` gives them, in order; frames within one belong to no shot.
        shortest, longest: of a window [s]. A shot that is shorter gives none; of one that cannot be divided evenly the
            ends are left out.

    Raises:
        BadInput: the bounds hold no whole number of frames.
    """
    least, most = math.ceil(shortest * fps - 1e-9), math.floor(longest * fps + 1e-9)
    if not 1 <= least <= most:
        raise BadInput(f"Windows of {shortest:g} to {longest:g} s hold no whole frame at {fps:g} frames a second.")
    begins, ends = [0, *(to for _, to in transitions)], [*(since for since, _ in transitions), frames]
    found = []
    for shot, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        length = end - begin
        if length < least:
            continue
        count = max(1, math.ceil(length / most))
        if length // count < least:
            count = length // least
        each = min(most, length // count)
        begin += (length - count * each) // 2
        found += [Window(begin + k * each, begin + (k + 1) * each, shot) for k in range(count)]
    return found
