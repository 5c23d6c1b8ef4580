"""Scene transitions: whether they are found where they are, and whether a clip goes straight from scene to scene."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from ritual.errors import BadInput
from ritual.imagery.metrics.pixels import unit
from ritual.imagery.preparation.shots import distance, histogram


@dataclass(frozen=True)
class Found:
    """How transitions were found; each 0..1, 1 = all and nothing else; None where there is nothing to divide by."""

    precision: float | None
    recall: float | None
    f1: float | None
    hits: int


def found_transitions(said: Sequence[float], true: Sequence[float], tolerance: float) -> Found:
    """Precision and recall of transitions, one to one: each true one is matched with one that was said, or none.

    Args:
        said, true: times [s]. tolerance: by which a hit may be off [s].

    Source: the usual definition, as in TRECVID's shot boundary task (Smeaton, Over and Doherty, CVIU 114, 2010).
    """
    free, hits = sorted(said), 0
    for moment in sorted(true):
        near = [time for time in free if abs(time - moment) <= tolerance + 1e-9]
        if near:
            free.remove(near[0])  # the earliest one leaves most to those that follow
            hits += 1
    precision = hits / len(said) if said else None
    recall = hits / len(true) if true else None
    f1 = 2 * hits / (len(said) + len(true)) if said or true else None
    return Found(precision, recall, f1, hits)


def switching(clip: Tensor, transitions: Sequence[int], around: int = 4) -> float:
    """Scene switching smoothness, 0..1: 1 = the picture goes straight from one scene to the next.

    The way that the histograms (`preparation.shots`) go from `around` frames before each transition to `around` frames
    after it: the straight distance over the length of the way. A clean cut and an even dissolve are both 1 but for what
    moves; a picture that flutters between the scenes, or flashes, is less.

    Args:
        clip: (T, 3, H, W) sRGB in -1..1.
        transitions: first frame of each new scene (the middle one of a dissolve), from 1 to T - 1.
        around: frames looked at before and after.

    Raises:
        BadInput: no transition, or one outside the clip.

    Source: this project's definition; R has raters score it from 0 to 10.
    """
    if not transitions or not all(0 < t < len(clip) for t in transitions):
        raise BadInput(f"Transitions {list(transitions)} do not lie within the clip's {len(clip)} frames, or are none.")
    frames = (unit(clip) * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy()
    straight = []
    for t in transitions:
        spread = np.stack([histogram(f) for f in frames[max(0, t - around) : t + around]])
        way = float(distance(spread[1:], spread[:-1]).sum())
        straight.append(min(1.0, float(distance(spread[-1], spread[0])) / way) if way > 1e-9 else 0.0)
    return float(np.mean(straight))
