"""Draws from the mixture: one component per phrase, smooth noise as wide as its sigma.

A phrase of the dance, not a frame, is what a component is chosen for; the choice falls by w_k = pi_k p_prior(mu_k)
(spec §4). What the network adds to the interpolated stances is cross-faded between phrases, and noise as wide as the
mixture's sigma varies over gestures, not frames.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from scipy.ndimage import gaussian_filter1d
from torch import Tensor

from ritual.motion.chunks import over_chunks
from ritual.motion.heading import ANGLE_COUNT, STATE_SIZE, positions
from ritual.motion.network import RATE, Components, MotionNetwork
from ritual.motion.noise import angle_sigmas
from ritual.motion.plan import Plan, VariantPlan
from ritual.motion.prior import looseness, prior_mixture
from ritual.motion.proposal import Variation
from ritual.motion.reference import Reference, batch_features
from ritual.motion.sliders import guided

CROSS_FADE = 0.8  # [s] between the components of two phrases
_STEADY = 0.3  # [s] over which the noise's width is evened out: stances half a beat apart would shake it
_WEIGHT_STRIDE = 3  # p_prior(mu_k) is averaged over a phrase; every third frame is enough


class MixtureSampler:
    """The mixture density network as a `Sampler`."""

    name = "mixture"
    variation = Variation()

    def __init__(self, network: MotionNetwork, device: str = "cpu", per_frame: bool = False) -> None:
        """`per_frame` draws a component and noise for every frame by itself: what the ablation measures it against."""
        self.network, self.device, self.per_frame = network.to(device).eval(), device, per_frame
        self.text_size = network.config.text

    def corrections(self, plan: Plan, rows: list[VariantPlan], text: Tensor) -> list[tuple[np.ndarray, np.ndarray]]:
        """As `Sampler.corrections`."""
        if self.per_frame:
            rows = [_frame_by_frame(row) for row in rows]
        out, reference = self._components([row.grid for row in rows], text, plan.request.style)
        return [
            _correction(
                row, Components(out.log_weights[n], out.states[n], out.factors[n]), reference[n], plan.variation,
                self.per_frame,
            )
            for n, row in enumerate(rows)
        ]

    def _components(
        self, references: list[Reference], text: Tensor, style: float
    ) -> tuple[Components, Tensor]:
        """The network over whole tracks, in overlapping chunks faded into each other; its states guided by style."""
        read, state = batch_features(references, self.device)
        said = text.float().to(self.device).expand(len(references), -1)

        def spoken(said: Tensor) -> tuple[Tensor, ...]:
            def run(part: slice) -> Tensor:
                out = self.network(said, read[:, part], state[:, part])
                return torch.cat([x.flatten(2) for x in vars(out).values()], -1)

            values = over_chunks(run, read.shape[1]).cpu()
            return values.split((k, k * STATE_SIZE, values.shape[-1] - k * (1 + STATE_SIZE)), -1)

        k = self.network.config.components
        weights, states, factors = spoken(said)
        if style != 1:
            states = guided(states, spoken(torch.zeros_like(said))[1], style)
        out = Components(weights.log_softmax(-1), states.unflatten(-1, (k, -1)), factors.unflatten(-1, (k, -1)))
        return out, state.cpu()


def _correction(
    row: VariantPlan, out: Components, reference: Tensor, variation: Variation, per_frame: bool
) -> tuple[np.ndarray, np.ndarray]:
    blend, picked = _choose(row, out, per_frame)
    shift = (out.states - reference[:, None]).double().numpy()
    extra = (blend[..., None] * shift).sum(1)
    factor = (blend[..., None] * out.factors.double().numpy()).sum(1)[:, _JOINT_OF_ANGLE]
    wide = factor * (0.5 + 0.5 * looseness(row.grid.local)[:, None])
    wide = gaussian_filter1d(wide, _STEADY * RATE, axis=0)
    sigmas = angle_sigmas(row.curve.states[:, :ANGLE_COUNT].mean(0))
    extra[:, :ANGLE_COUNT] += variation.temperature * wide * sigmas * row.noise
    return extra, picked


def _frame_by_frame(row: VariantPlan) -> VariantPlan:
    noise = torch.randn(row.noise.shape, generator=row.generator, dtype=torch.float64).numpy()
    return replace(row, phrase=np.arange(len(row.phrase)), noise=noise)


def _choose(row: VariantPlan, out: Components, per_frame: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """(N, K) how much of each component, and the component of each phrase."""
    pick = slice(None, None, _WEIGHT_STRIDE)
    prior = prior_mixture(row.curve, _every(row.grid, pick))
    means = positions(out.states[pick]).flatten(-2)
    match = torch.stack([prior.log_prob(means[:, k]) for k in range(means.shape[1])], -1)
    log_weights = (out.log_weights[pick] + match).double()
    picked = []
    for n in range(row.phrase.max() + 1):
        inside = torch.from_numpy(row.phrase[pick] == n)
        score = log_weights[inside].mean(0) if inside.any() else log_weights.mean(0)
        picked.append(int(torch.multinomial(score.softmax(0), 1, generator=row.generator)))
    hard = np.eye(means.shape[1])[np.array(picked)[row.phrase]]
    return hard if per_frame else _cross_faded(hard), np.array(picked)


def _every(reference: Reference, pick: slice) -> Reference:
    arrays = {name: getattr(reference, name)[pick] for name in ("state", "heading", "cycle", "local", "interval")}
    return Reference(**arrays, fps=reference.fps)


def _cross_faded(hard: np.ndarray) -> np.ndarray:
    """(N, K) one-hot rows with every switch spread over `CROSS_FADE` by a raised cosine."""
    width = max(3, round(CROSS_FADE * RATE) | 1)
    window = np.hanning(width + 2)[1:-1]
    padded = np.pad(hard, ((width // 2, width // 2), (0, 0)), mode="edge")
    return np.stack([np.convolve(column, window / window.sum(), "valid") for column in padded.T], -1)


def _joint_of_angle() -> list[int]:
    """For each angle the joint whose spread it serves: the first below it, or its own where none is."""
    from ritual.body.skeleton import SKELETON

    out = []
    for angle in SKELETON.angles:
        below = [j for j, parent in enumerate(SKELETON.parents) if parent == angle.joint]
        out.append(below[0] if below else angle.joint)
    return out


_JOINT_OF_ANGLE = _joint_of_angle()
