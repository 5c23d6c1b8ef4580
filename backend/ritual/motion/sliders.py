"""Style and energy: how strongly a dance's stances and its sentence speak, and how large and lively it is danced.

Style s: the stances lie at upright + s (stances - upright), upright being the zero pose that stands and faces ahead;
turns are never exaggerated. A model's correction is guided the same way (classifier-free guidance, Ho and Salimans
2022): without text + s (with text - without text). Silence is a vector of zeros, as in training.

Energy e: the stances lie at middle + g (stances - middle), g = 1 + `SIZE` (e - 1), middle being the mean of the cycle;
air under the feet and noise are e times as much; and between two stances the dancer is where u - k sin(2 pi u) / 2 pi
leads, k = `SHARPNESS` (e - 1): slower at the stances and faster between them where k > 0.

What a slider moves keeps to the body's limits, before any joint is solved: a pose that no body reaches has its limbs
thrown about by the nearest ones that a body does reach.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from torch import Tensor

from ritual.body.skeleton import SKELETON
from ritual.motion.heading import ANGLE_COUNT, CLEARANCE
from ritual.motion.proposal import Variation
from ritual.motion.reference import StanceCurve

SIZE, SHARPNESS = 0.6, 0.3
_TURN = 2 * np.pi
_LIMITS = np.array(SKELETON.limits).T


def styled(curve: StanceCurve, style: float) -> StanceCurve:
    """The curve between plain upright (0), what the graph gives (1) and beyond; 1 leaves it as it is."""
    if style == 1:
        return curve
    turned = min(style, 1.0)
    return replace(curve, states=bounded(style * curve.states), facing=turned * curve.facing, turn=turned * curve.turn)


def energised(curve: StanceCurve, energy: float) -> StanceCurve:
    """The curve, larger or smaller about its mean pose; 1 leaves it as it is."""
    if energy == 1:
        return curve
    middle = curve.states.mean(0)
    states = middle + (1 + SIZE * (energy - 1)) * (curve.states - middle)
    states[:, CLEARANCE] = energy * curve.states[:, CLEARANCE]
    return replace(curve, states=bounded(states))


def sharpened(curve: StanceCurve, cycle: np.ndarray, energy: float) -> np.ndarray:
    """(T,) places in the cycle, drawn to the stances where the energy is high; at the stances they stay."""
    if energy == 1 or not curve.periodic:
        return cycle
    whole = np.floor(cycle)
    phases = np.concatenate((curve.phases[-1:] - 1, curve.phases, curve.phases[:1] + 1))
    after = np.searchsorted(phases, cycle - whole, side="right").clip(1, len(phases) - 1)
    start, gap = phases[after - 1], phases[after] - phases[after - 1]
    local = (cycle - whole - start) / gap
    return whole + start + gap * (local - SHARPNESS * (energy - 1) * np.sin(_TURN * local) / _TURN)


def bounded(states: np.ndarray) -> np.ndarray:
    """(..., 39) states with their angles inside the body's limits."""
    return np.concatenate((np.clip(states[..., :ANGLE_COUNT], *_LIMITS), states[..., ANGLE_COUNT:]), -1)


def lively(variation: Variation, energy: float) -> Variation:
    """How far variants stray at an energy."""
    return replace(variation, temperature=energy * variation.temperature)


def guided(with_text: Tensor, without: Tensor, style: float) -> Tensor:
    """Classifier-free guidance of what a model says of a sentence and of silence, tensors of one shape."""
    return without + style * (with_text - without)
