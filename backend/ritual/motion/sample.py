"""From a rulebook and a sentence to proposals: whole clips drawn from the mixture, smooth, each different.

A phrase of the dance (a cycle, or half of a long one), not a frame, is what a component is chosen for; the choice
falls by w_k = pi_k p_prior(mu_k) (spec §4). What the network adds to the interpolated stances is cross-faded between
phrases, and noise as wide as the mixture's sigma varies over gestures, not frames.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d
from torch import Tensor

from ritual.errors import BadInput
from ritual.motion.checkpoint import WEIGHTS_NAME, read_weights
from ritual.motion.heading import ANGLE_COUNT, STATE_SIZE, TILT, positions, tilt_quaternion
from ritual.motion.network import RATE, Components, MotionNetwork
from ritual.motion.noise import angle_sigmas, smooth_noise
from ritual.motion.prior import looseness, prior_mixture
from ritual.motion.reference import Reference, StanceCurve, batch_features
from ritual.resources import resource

LONGEST_PHRASE = 6.0  # [s]; a longer cycle is danced in two phrases
CROSS_FADE = 0.8  # [s] between the components of two phrases
CONTEXT = 1.5  # [s] of dance before and after the clip, so that its ends are danced like its middle
_CHUNK, _OVERLAP = 96, 32  # frames at RATE: the network has seen little longer than this in training
_STEADY = 0.3  # [s] over which the noise's width is evened out: stances half a beat apart would shake it
_WEIGHT_STRIDE = 3  # p_prior(mu_k) is averaged over a phrase; every third frame is enough


@dataclass(frozen=True)
class Variation:
    """How far variants may stray. Zero everywhere is the mean of the mixture.

    Attributes:
        temperature: of the noise, in sigmas of the mixture.
        timing: standard deviation of early and late [s]; well under a tenth of a beat at any tempo we have.
        start: variants begin up to this much before or after the first stance, in beats.
        amplitude: relative size of the stances, least and most.
    """

    temperature: float = 0.35
    timing: float = 0.03
    start: float = 0.25
    amplitude: tuple[float, float] = (0.9, 1.04)


@dataclass(frozen=True, eq=False)
class Proposal:
    """V variants of T frames in the heading frame, float64, before any rule is enforced.

    Attributes:
        targets: (V, T, 24, 3) joint positions [m], pelvis over the origin, yaw removed, floor at z = 0.
        angles: (V, T, 36) [rad], the angles those positions come from; IK starts here.
        tilt: (V, T, 4) pelvis rotation without yaw, w x y z.
        heading: (V, T) yaw [rad] as the stances' facing gives it, adding up over the cycles.
        components: (V, P) the component that each phrase was drawn from.
    """

    targets: np.ndarray
    angles: np.ndarray
    tilt: np.ndarray
    heading: np.ndarray
    components: np.ndarray


class Generator:
    """The trained network, ready to propose."""

    def __init__(self, network: MotionNetwork, facts: dict, device: str = "cpu") -> None:
        self.network, self.facts, self.device = network.to(device).eval(), facts, device

    @classmethod
    def load(cls, weights: str | Path | None = None, device: str = "cpu") -> Generator:
        """The network in a weights file; None = the one that ships.

        Raises:
            BadInput: no weights there.
        """
        path = resource("assets") / "motion" / WEIGHTS_NAME if weights is None else Path(weights)
        return cls(*read_weights(path, device), device)

    @torch.inference_mode()
    def propose(
        self,
        rulebook: object,
        text_embedding: Tensor,
        frames: int,
        fps: float,
        variants: int,
        seed: int,
        variation: Variation | None = None,
    ) -> Proposal:
        """Draw variants of a dance.

        Args:
            rulebook: of the dance, for its stances and tempo.
            text_embedding: (384,) from `TextEncoder.encode`.
            frames, fps: of the clips.
            variants: how many.
            seed: the same seed and inputs give the same bytes on one machine; the frame rate does not
                change the motion, only how often it is looked at.
            variation: how far variants stray; None = the default.

        Raises:
            BadInput: no frames or variants, or a text vector of another encoder's size.
        """
        if frames < 1 or variants < 1 or not fps > 0:
            raise BadInput(f"{variants} variants of {frames} frames at {fps} fps cannot be drawn.")
        if tuple(text_embedding.shape) != (self.network.config.text,):
            raise BadInput(
                f"The text vector has shape {tuple(text_embedding.shape)}; "
                f"these weights read ({self.network.config.text},).",
                hint="Use the encoder that the weights were trained with.",
            )
        plan = _Plan(
            StanceCurve.of_rulebook(rulebook), frames, fps, rulebook.dance.beats_per_cycle, variation or Variation()
        )
        rows = [plan.variant(_generator(seed, n)) for n in range(variants)]
        out, reference = self._components([row.grid for row in rows], text_embedding)
        states, picks = [], []
        for n, row in enumerate(rows):
            one = Components(out.log_weights[n], out.states[n], out.factors[n])
            extra, picked = plan.correction(row, one, reference[n])
            states.append(row.at_output.state + CubicSpline(plan.grid, extra)(plan.clock))
            picks.append(picked)
        state = torch.from_numpy(np.stack(states))
        heading = np.stack([row.at_output.heading for row in rows])
        return Proposal(
            targets=positions(state).numpy(),
            angles=state[..., :ANGLE_COUNT].numpy(),
            tilt=tilt_quaternion(state[..., TILT]).numpy(),
            heading=heading,
            components=_ragged(picks),
        )

    def _components(self, references: list[Reference], text: Tensor) -> tuple[Components, Tensor]:
        """The network over whole tracks, in overlapping chunks faded into each other."""
        read, state = batch_features(references, self.device)
        said = text.float().to(self.device).expand(len(references), -1)
        length = read.shape[1]
        starts = [*range(0, max(1, length - _CHUNK), _CHUNK - _OVERLAP)]
        sums, total = None, torch.zeros(length, 1)
        for start in starts:
            end = length if start == starts[-1] else min(length, start + _CHUNK)
            part = self.network(said, read[:, start:end], state[:, start:end])
            fade = _fade(end - start, start > 0, end < length)[:, None]
            total[start:end] += fade
            values = torch.cat([x.flatten(2).cpu() for x in vars(part).values()], -1)
            if sums is None:
                sums = torch.zeros(len(references), length, values.shape[-1])
            sums[:, start:end] += fade * values
        k = self.network.config.components
        weights, states, factors = (sums / total).split((k, k * STATE_SIZE, sums.shape[-1] - k * (1 + STATE_SIZE)), -1)
        out = Components(weights.log_softmax(-1), states.unflatten(-1, (k, -1)), factors.unflatten(-1, (k, -1)))
        return out, state.cpu()


@dataclass(frozen=True, eq=False)
class _Variant:
    """One variant's references (at the network's rate and at the output's), stances, noise and source of chance."""

    curve: StanceCurve
    grid: Reference
    at_output: Reference
    noise: np.ndarray
    generator: torch.Generator


def _generator(seed: int, variant: int) -> torch.Generator:
    """Of its own per variant, so that a variant stays the same however many are asked for."""
    state = np.random.SeedSequence((seed, variant)).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(state) >> 1)


class _Plan:
    """What all variants of one proposal share, and what is drawn at random for each, in a fixed order."""

    def __init__(
        self,
        curve: StanceCurve,
        frames: int,
        fps: float,
        beats: float,
        variation: Variation,
    ) -> None:
        self.curve, self.fps, self.beats, self.variation = curve, fps, beats, variation
        self.clock = np.arange(frames) / fps
        pad = int(np.ceil(CONTEXT * RATE))
        inner = int(np.ceil(self.clock[-1] * RATE)) + 1
        self.grid = np.arange(-pad, inner + pad) / RATE
        self.sigmas = angle_sigmas(curve.states[:, :ANGLE_COUNT].mean(0))
        self.phrases = 2 if curve.cycle_seconds > LONGEST_PHRASE else 1

    def variant(self, generator: torch.Generator) -> _Variant:
        v, size = self.variation, len(self.grid)
        start, size_of = torch.rand(2, generator=generator, dtype=torch.float64).tolist()
        warp = v.timing * smooth_noise((size, 1), 1 / RATE, generator)[:, 0]
        noise = smooth_noise((size, ANGLE_COUNT), 1 / RATE, generator)
        middle = self.curve.states.mean(0)
        amplitude = v.amplitude[0] + (v.amplitude[1] - v.amplitude[0]) * size_of
        curve = replace(self.curve, states=middle + amplitude * (self.curve.states - middle))
        cycle = v.start * (2 * start - 1) / self.beats + (self.grid + warp) / curve.cycle_seconds
        spline = CubicSpline(self.grid, cycle)
        return _Variant(curve, curve.at(cycle, RATE), curve.at(spline(self.clock), self.fps), noise, generator)

    def correction(self, row: _Variant, out: Components, reference: Tensor) -> tuple[np.ndarray, np.ndarray]:
        """(N, 39) what is added to the reference on the network's grid, and the (P,) components chosen."""
        phrase = np.floor(row.grid.cycle * self.phrases).astype(int)
        phrase -= phrase.min()
        blend, picked = self._choose(row, out, np.maximum.accumulate(phrase))
        shift = (out.states - reference[:, None]).double().numpy()
        extra = (blend[..., None] * shift).sum(1)
        factor = (blend[..., None] * out.factors.double().numpy()).sum(1)[:, _JOINT_OF_ANGLE]
        wide = factor * (0.5 + 0.5 * looseness(row.grid.local)[:, None])
        wide = gaussian_filter1d(wide, _STEADY * RATE, axis=0)
        extra[:, :ANGLE_COUNT] += self.variation.temperature * wide * self.sigmas * row.noise
        return extra, picked

    def _choose(self, row: _Variant, out: Components, phrase: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(N, K) how much of each component, and the component of each phrase."""
        pick = slice(None, None, _WEIGHT_STRIDE)
        prior = prior_mixture(row.curve, _every(row.grid, pick))
        means = positions(out.states[pick]).flatten(-2)
        match = torch.stack([prior.log_prob(means[:, k]) for k in range(means.shape[1])], -1)
        log_weights = (out.log_weights[pick] + match).double()
        picked = []
        for n in range(phrase.max() + 1):
            inside = torch.from_numpy(phrase[pick] == n)
            score = log_weights[inside].mean(0) if inside.any() else log_weights.mean(0)
            picked.append(int(torch.multinomial(score.softmax(0), 1, generator=row.generator)))
        hard = np.eye(means.shape[1])[np.array(picked)[phrase]]
        return _cross_faded(hard), np.array(picked)


def _every(reference: Reference, pick: slice) -> Reference:
    arrays = {name: getattr(reference, name)[pick] for name in ("state", "heading", "cycle", "local", "interval")}
    return Reference(**arrays, fps=reference.fps)


def _cross_faded(hard: np.ndarray) -> np.ndarray:
    """(N, K) one-hot rows with every switch spread over `CROSS_FADE` by a raised cosine."""
    width = max(3, round(CROSS_FADE * RATE) | 1)
    window = np.hanning(width + 2)[1:-1]
    padded = np.pad(hard, ((width // 2, width // 2), (0, 0)), mode="edge")
    return np.stack([np.convolve(column, window / window.sum(), "valid") for column in padded.T], -1)


def _fade(frames: int, at_start: bool, at_end: bool) -> Tensor:
    """(frames,) weights of a chunk, rising and falling over the overlap where it has a neighbour."""
    out = torch.ones(frames)
    ramp = torch.linspace(0, 1, _OVERLAP + 2)[1:-1]
    if at_start:
        out[:_OVERLAP] = ramp[: len(out[:_OVERLAP])]
    if at_end:
        out[-_OVERLAP:] *= ramp.flip(0)
    return out


def _ragged(rows: list[np.ndarray]) -> np.ndarray:
    """(V, P) with -1 where a variant has fewer phrases."""
    out = np.full((len(rows), max(map(len, rows))), -1)
    for n, row in enumerate(rows):
        out[n, : len(row)] = row
    return out


def _joint_of_angle() -> list[int]:
    """For each angle the joint whose spread it serves: the first below it, or its own where none is."""
    from ritual.body.skeleton import SKELETON

    out = []
    for angle in SKELETON.angles:
        below = [j for j, parent in enumerate(SKELETON.parents) if parent == angle.joint]
        out.append(below[0] if below else angle.joint)
    return out


_JOINT_OF_ANGLE = _joint_of_angle()
