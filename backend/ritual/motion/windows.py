"""What the network trains on: windows of real motion seen through sparse stances, and windows of the dances.

A window of real motion gets a reference made of its own key poses (moments where the body is slowest), disturbed and
interpolated exactly as a dance's stances are. So the network learns what a body does between stances, and the
dances, of which no motion capture exists, give it nothing but stances.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from ritual.body.angle_domain import AngleDomain
from ritual.motion.data import Take, mirrored
from ritual.motion.heading import CLEARANCE, STATE_SIZE, TILT
from ritual.motion.key_poses import key_times
from ritual.motion.mixture import Mixture
from ritual.motion.network import RATE
from ritual.motion.prior import looseness, prior_mixture, stacked
from ritual.motion.reference import Reference, StanceCurve, batch_features

TEMPO = (0.8, 1.25)  # tempo augmentation of real motion; the dances keep within DANCE_TEMPO
DANCE_TEMPO = (0.92, 1.08)
KEY_GAP = (0.2, 0.45)  # [s] between key poses, stretched by a factor drawn per window: half a beat to three beats
KEY_STRETCH = (1.0, 3.0)
BEATS_PER_CYCLE = (4, 13)  # real motion has beats but no cycle: some number of them is taken for one
_POSE_NOISE = np.radians(4.0)  # at most; the level is drawn per window
_CLEARANCE_NOISE = 0.01  # [m]


@dataclass(frozen=True, eq=False)
class Dance:
    """A dance to train on.

    Attributes:
        slug, performer: whose rulebook.
        curve: its stances and motion capture (`prior.curve_of`); domain: its Omega.
        texts: (N, 384) ways of asking for it.
    """

    slug: str
    performer: str
    curve: StanceCurve
    domain: AngleDomain
    texts: Tensor


@dataclass(frozen=True, eq=False)
class RealBatch:
    """Windows of real motion: text (B, 384), features (B, T, 189), reference and truth (B, T, 39), mask (B, T)."""

    text: Tensor
    features: Tensor
    reference: Tensor
    truth: Tensor
    mask: Tensor


@dataclass(frozen=True, eq=False)
class DanceBatch:
    """Windows of dances: as above, `stances` (B, T, 39) undisturbed, `hold` (B, T), prior over (B, T)."""

    text: Tensor
    features: Tensor
    reference: Tensor
    stances: Tensor
    hold: Tensor
    prior: Mixture
    domains: tuple[AngleDomain, ...]


def real_window(
    take: Take, frames: int, rng: np.random.Generator, augment: bool = True
) -> tuple[Reference, np.ndarray, np.ndarray]:
    """One window of a take: its reference, its true states (T, 39), and (T,) 1 where the take still runs."""
    tempo = rng.uniform(*TEMPO) if augment else 1.0
    length = tempo * (frames - 1) / RATE
    start = rng.uniform(0.0, max(0.0, take.seconds - length))
    clock = np.arange(frames) / RATE
    mask = (start + tempo * clock <= take.seconds + 1e-9).astype(float)
    states, heading = take.at(start + tempo * clock)
    keys = _key_times(take, start, tempo, clock[-1], rng)
    key_states, key_heading = take.at(start + tempo * keys)
    key_states = disturbed(key_states, rng)
    if augment and rng.random() < 0.5:
        states, heading = mirrored(states, heading)
        key_states, key_heading = mirrored(key_states, key_heading)
    curve = StanceCurve(keys, key_states, key_heading, 1.0, periodic=False)
    reference = curve.at(clock, RATE)
    cycle = rng.uniform() + take.beat_count(start + tempo * clock) / rng.integers(*BEATS_PER_CYCLE)
    return replace(reference, cycle=cycle), states, mask


def _key_times(take: Take, start: float, tempo: float, end: float, rng: np.random.Generator) -> np.ndarray:
    """Times of the key poses in window time [s], from before its first to after its last frame where there is motion.

    From one key the next is where the body is slowest, within a gap.
    """
    stretch = rng.uniform(*KEY_STRETCH)
    near, far = KEY_GAP[0] * stretch, KEY_GAP[1] * stretch
    first, last = max(-far, -start / tempo), min(end + far, (take.seconds - start) / tempo)
    times = np.arange(first, last + 1e-9, 1 / RATE)
    if len(times) < 4:
        return np.array([first, max(last, first + 1 / RATE)])
    return key_times(take.at(start + tempo * times)[0], times, near, far)


def disturbed(states: np.ndarray, rng: np.random.Generator, level: float = 1.0) -> np.ndarray:
    """Key states (N, 39) as an imprecise hand would give them; tilt by half of what the angles get."""
    scale = np.full(STATE_SIZE, _POSE_NOISE)
    scale[TILT], scale[CLEARANCE] = _POSE_NOISE / 2, _CLEARANCE_NOISE
    return states + level * rng.uniform() * rng.normal(0.0, 1.0, states.shape) * scale


def real_batch(
    takes: list[Take],
    texts: dict[str, Tensor],
    frames: int,
    size: int,
    rng: np.random.Generator,
    augment: bool = True,
    device: str | torch.device = "cpu",
    text_dropout: float = 0.0,
    dance_texts: Tensor | None = None,
) -> RealBatch:
    """Windows of real motion, takes drawn by their length.

    Captions are replaced by silence in a part of the windows, so that any text has a trained fallback, and in as
    large a part by what is said of a dance (`dance_texts`, (N, 384)): else the network could tell real motion from
    the dances by their texts alone, and would keep what it learns of bodies away from the dances.
    """
    lengths = np.array([take.seconds for take in takes])
    drawn = [takes[i] for i in rng.choice(len(takes), size, p=lengths / lengths.sum())]
    windows = [real_window(take, frames, rng, augment) for take in drawn]
    said = [_said(_caption(take, texts, rng), dance_texts, text_dropout, rng) for take in drawn]
    read, reference = batch_features([w[0] for w in windows], device)
    truth = torch.from_numpy(np.stack([w[1] for w in windows])).float().to(device)
    mask = torch.from_numpy(np.stack([w[2] for w in windows])).float().to(device)
    return RealBatch(torch.stack(said).to(device), read, reference, truth, mask)


def _caption(take: Take, texts: dict[str, Tensor], rng: np.random.Generator) -> Tensor:
    """One of what is said of a take, of what has a sentence vector."""
    known = [caption for caption in take.captions if caption in texts]
    return texts[known[rng.integers(len(known))]] if len(known) > 1 else texts[take.caption]


def _said(caption: Tensor, others: Tensor | None, part: float, rng: np.random.Generator) -> Tensor:
    chance = rng.random()
    if chance < part:
        return torch.zeros_like(caption)
    if others is not None and chance < 2 * part:
        return others[rng.integers(len(others))]
    return caption


def dance_batch(
    dances: list[Dance],
    frames: int,
    size: int,
    rng: np.random.Generator,
    device: str | torch.device = "cpu",
    text_dropout: float = 0.0,
) -> DanceBatch:
    """Windows of the dances at random places in their cycles, stances disturbed in what the network reads."""
    rows, said = [], []
    for i in rng.permutation(np.arange(size) % len(dances)):
        dance = dances[i]
        cycle_seconds = dance.curve.cycle_seconds / rng.uniform(*DANCE_TEMPO)
        clean = replace(dance.curve, cycle_seconds=cycle_seconds)
        shaken = replace(clean, states=disturbed(clean.states, rng, 0.5))
        cycle = rng.uniform() + np.arange(frames) / RATE / cycle_seconds
        rows.append((dance, clean, clean.at(cycle, RATE), shaken.at(cycle, RATE)))
        said.append(dance.texts[rng.integers(len(dance.texts))] * (rng.random() >= text_dropout))
    read, reference = batch_features([row[3] for row in rows], device)
    stances = torch.from_numpy(np.stack([row[2].state for row in rows])).float().to(device)
    hold = torch.from_numpy(np.stack([1 - looseness(row[2].local) for row in rows])).float().to(device)
    prior = stacked([prior_mixture(row[1], row[2], device) for row in rows])
    return DanceBatch(
        torch.stack(said).to(device), read, reference, stances, hold, prior, tuple(row[0].domain for row in rows)
    )


