"""A network over a track of any length: in overlapping chunks as long as those it was trained on, faded together."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

CHUNK, OVERLAP = 160, 50  # frames at the network's rate: it has seen little longer than this in training


def over_chunks(run: Callable[[slice], Tensor], length: int) -> Tensor:
    """(B, length, D) of a network that is only asked for a slice of frames at a time.

    Args:
        run: slice of frames -> (B, frames of the slice, D).
        length: frames of the whole track.
    """
    starts = [*range(0, max(1, length - CHUNK), CHUNK - OVERLAP)]
    if len(starts) == 1:
        return run(slice(0, length))
    sums, total = None, None
    for start in starts:
        end = length if start == starts[-1] else min(length, start + CHUNK)
        part = run(slice(start, end))
        if sums is None:
            sums, total = part.new_zeros(len(part), length, part.shape[-1]), part.new_zeros(length, 1)
        fade = _fade(end - start, start > 0, end < length).to(part)[:, None]
        total[start:end] += fade
        sums[:, start:end] += fade * part
    return sums / total


def _fade(frames: int, at_start: bool, at_end: bool) -> Tensor:
    """(frames,) weights of a chunk, rising and falling over the overlap where it has a neighbour."""
    out = torch.ones(frames)
    ramp = torch.linspace(0, 1, OVERLAP + 2)[1:-1]
    if at_start:
        out[:OVERLAP] = ramp[: len(out[:OVERLAP])]
    if at_end:
        out[-OVERLAP:] *= ramp.flip(0)
    return out
