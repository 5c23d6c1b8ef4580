"""Clips drawn for a caption, which no dance of the graph answers to: all stages of the corridor but the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from ritual.body import contact
from ritual.body.kinematics import forward
from ritual.clip import MotionClip
from ritual.culture.clip_planting import planted
from ritual.evaluation.sample import FPS, SECONDS, SHORTEST, Sample
from ritual.generate import solved
from ritual.motion.data import Take
from ritual.motion.key_poses import curve_of
from ritual.motion.proposal import Request, Variation
from ritual.motion.sample import Generator
from ritual.stages import one_thread

_BEAT = 0.5  # [s]: captions of motion capture name no tempo
_TIE = 0.08  # of the cosine: captions that say as good as the same


class Reference(Protocol):
    """A window of real motion whose key poses are used; `states` are (T, 39) and (T,) yaw at `FPS`."""

    caption: str
    file: str
    states: tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Page:
    """A window of a library of real motion; as a `Reference`."""

    caption: str
    file: str
    states: tuple[np.ndarray, np.ndarray]

    @staticmethod
    def of(take: Take) -> list[Page]:
        """Windows of `SECONDS` of a take, one after the other; a shorter take whole, if it is not too short."""
        length = min(take.seconds, SECONDS)
        if length < SHORTEST:
            return []
        starts = np.arange(0.0, take.seconds - length + 1e-6, length)
        clock = np.arange(0.0, length, 1 / FPS)
        return [Page(take.caption, take.name, take.at(start + clock)) for start in starts]


@one_thread()
def draw(
    generator: Generator,
    text: Tensor,
    references: Sequence[Reference],
    seed: int,
    seconds: float = SECONDS,
    variation: Variation | None = None,
) -> list[Sample]:
    """One clip of `seconds` per reference clip, whose key poses are the reference skeleton.

    Args:
        text: (384,) of what is asked for.
        references: windows of real motion; what is drawn counts as of their caption and file.
    """
    curves = tuple(curve_of(*sample.states, FPS, _BEAT, sample.file) for sample in references)
    request = Request(curves, text, round(seconds * FPS), FPS, variants=len(curves), seed=seed, variation=variation)
    proposal = generator.propose(request)
    solution = solved(proposal)
    out = []
    for n, sample in enumerate(references):
        lift = contact.lift(torch.as_tensor(proposal.targets[n], dtype=torch.float64))
        angles, tilt = solution.angles[n], solution.rotation[n]
        heading = torch.as_tensor(proposal.heading[n], dtype=torch.float64)
        place, rotation = contact.ground(angles, tilt, heading, lift, FPS)
        bare = MotionClip(
            angles.numpy(), place.numpy(), rotation.numpy(), forward(angles, place, rotation).positions.numpy(), FPS,
            f"{sample.caption} (drawn)",
        )  # fmt: skip
        clip, *_ = planted(bare, airborne=lift.numpy() > 0, keep_path=False)
        out.append(Sample.of(clip, sample.caption, sample.file))
    return out


def references_by_text(
    text: Tensor, texts: dict[str, Tensor], library: Sequence[Page], count: int, rng: np.random.Generator
) -> list[Page]:
    """Windows of a library whose captions say most nearly what is asked for, drawn at random among those.

    Args:
        text: (384,) of what is asked for. texts: (384,) of each caption of the library.
        count: how many; a small library repeats itself.
    """
    near = {caption: float(text @ vector) for caption, vector in texts.items()}
    present = sorted({sample.caption for sample in library}, key=lambda caption: -near[caption])
    best = near[present[0]]
    among = [s for s in library if near[s.caption] >= best - _TIE]
    picks = [rng.permutation(len(among)) for _ in range(-(-count // len(among)))]
    return [among[i] for i in np.concatenate(picks)[:count]]
