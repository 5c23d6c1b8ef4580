"""Figures of a trained network: on held-out real motion, and on proposals for every dance of the graph."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import torch
from scipy.interpolate import CubicSpline
from torch import Tensor

from ritual.motion.data import Take
from ritual.motion.flow_network import SCALE, starting_noise
from ritual.motion.flow_sampler import FlowSampler
from ritual.motion.heading import ANGLE_COUNT, positions
from ritual.motion.losses import frame_nll, phrase_nll
from ritual.motion.metrics.diversity import same_frame_diversity
from ritual.motion.metrics.jerk import jerk
from ritual.motion.mixture import Mixture, table_sigmas
from ritual.motion.proposal import Proposal, Request
from ritual.motion.reference import Reference, StanceCurve
from ritual.motion.sample import Generator
from ritual.motion.text import TextEncoder
from ritual.motion.windows import RealBatch, real_batch

WINDOW = 96  # frames at the network's rate
SECONDS, FPS, VARIANTS = 8.0, 25.0, 3
_UNITS = {
    "seconds": "s", "compliance_before": "share of frames", "diversity": "cm", "jerk_ratio": "of real",
    "interpolation_jerk_ratio": "of real", "correction": "deg",
}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A measured value, its standard deviation over n samples, and its unit."""

    value: float
    spread: float
    n: int
    unit: str

    @staticmethod
    def of(samples: list[float] | np.ndarray, unit: str) -> Figure:
        array = np.asarray(samples, float)
        return Figure(float(array.mean()), float(array.std()), array.size, unit)


def held_out_figures(
    generator: Generator, takes: list[Take], texts: dict[str, Tensor], seed: int = 0, rounds: int = 12
) -> dict[str, Figure]:
    """Figures on windows of takes that training never saw, beside those of bare stance interpolation.

    Args:
        takes: the held-out ones. texts: sentence vector of each caption.
        seed, rounds: of the windows: `rounds` batches of 16.

    Returns:
        `interpolation_error` [cm], mean distance of the joints (pelvis over the origin) from the truth of the bare
        reference; `jerk_ratio`, `interpolation_jerk_ratio`; of a mixture `nll`, `nll_interpolation` [nats per
        coordinate] and `best_component_error` [cm]; of a flow `drawn_error` of its draws and `best_of_five_error` [cm].
    """
    rows: dict[str, list[float]] = {}
    for n in range(rounds):
        rng = np.random.default_rng((seed, n))
        batch = real_batch(takes, texts, WINDOW, 16, rng, augment=False)
        for name, value in _window_figures(generator, batch, n).items():
            rows.setdefault(name, []).append(value)
    units = {"nll": "nats per coordinate", "error": "cm", "ratio": "of real"}
    return {
        name: Figure.of(values, next(unit for key, unit in units.items() if key in name))
        for name, values in rows.items()
    }


@torch.inference_mode()
def _window_figures(generator: Generator, batch: RealBatch, number: int) -> dict[str, float]:
    y, flat = (positions(states).flatten(-2) for states in (batch.truth, batch.reference))
    own = _flow_figures if isinstance(generator.sampler, FlowSampler) else _mixture_figures
    return {
        **own(generator, batch, y, number),
        "interpolation_error": _error(flat, y, batch.mask),
        "interpolation_jerk_ratio": _masked_jerk(flat, batch.mask) / _masked_jerk(y, batch.mask),
    }


def _mixture_figures(generator: Generator, batch: RealBatch, y: Tensor, _: int) -> dict[str, float]:
    out = generator.network(*(x.to(generator.sampler.device) for x in (batch.text, batch.features, batch.reference)))
    mixture = out.mixture()
    flat = positions(batch.reference)[..., None, :, :].flatten(-2)
    bare = Mixture(torch.zeros_like(flat[..., 0]), flat, table_sigmas(flat).expand(flat.shape))
    best = phrase_nll(mixture, y, batch.mask)[1].argmax(-1)
    chosen = mixture.means[torch.arange(len(best)), :, best]
    return {
        "nll": float(frame_nll(mixture, y, batch.mask)),
        "nll_interpolation": float(frame_nll(bare, y, batch.mask)),
        "best_component_error": _error(chosen, y, batch.mask),
        "jerk_ratio": _masked_jerk(chosen, batch.mask) / _masked_jerk(y, batch.mask),
    }


def _flow_figures(generator: Generator, batch: RealBatch, y: Tensor, number: int) -> dict[str, float]:
    source, device = torch.Generator().manual_seed(number), generator.sampler.device
    text, features = batch.text.to(device), batch.features.to(device)
    drawn = []
    for _ in range(5):
        noise = starting_noise(tuple(batch.truth.shape), source).to(device)
        correction = generator.sampler.draw(text, features, noise).cpu() * torch.tensor(SCALE)
        drawn.append(positions(batch.reference + correction).flatten(-2))
    errors = [_error(one, y, batch.mask, each=True) for one in drawn]
    return {
        "drawn_error": float(torch.stack(errors).mean()),
        "best_of_five_error": float(torch.stack(errors).amin(0).mean()),
        "jerk_ratio": float(np.mean([_masked_jerk(one, batch.mask) for one in drawn])) / _masked_jerk(y, batch.mask),
    }


def _error(guess: Tensor, truth: Tensor, mask: Tensor, each: bool = False) -> float | Tensor:
    """Mean joint distance [cm]; `each`: (B,) of every window."""
    apart = (guess - truth).unflatten(-1, (-1, 3)).norm(dim=-1).mean(-1) * mask
    if each:
        return 100 * apart.sum(1) / mask.sum(1).clamp(min=1)
    return float(100 * apart.sum() / mask.sum())


def _masked_jerk(track: Tensor, mask: Tensor) -> float:
    third = track.unflatten(-1, (-1, 3)).diff(n=3, dim=1).norm(dim=-1).mean(-1)
    return float((third * mask[:, 3:]).sum() / mask[:, 3:].sum())


def diversity(proposal: Proposal) -> float:
    """Mean joint distance [cm] between two variants at the same frame, over all pairs."""
    return same_frame_diversity(proposal.targets)


def real_jerk(takes: list[Take]) -> float:
    """Jerk [m/s^3] of real takes, unsmoothed, at the frame rate that proposals are measured at, weighted by length."""
    values, weights = [], []
    for take in takes:
        clock = np.arange(0.0, take.seconds, 1 / FPS)
        if len(clock) > 8:
            states = CubicSpline(np.arange(len(take.states)) / take.fps, take.states)(clock)
            values.append(jerk(positions(torch.from_numpy(states)).numpy(), FPS))
            weights.append(len(clock))
    return float(np.average(values, weights=weights))


def bare_stances(rulebook: object) -> Reference:
    """A dance's stances at tempo with nothing added, as long as a measured proposal."""
    curve = StanceCurve.of_rulebook(rulebook)
    return curve.at(np.arange(int(SECONDS * FPS)) / FPS / curve.cycle_seconds, FPS)


def _correction(rulebook: object, made: Proposal) -> float:
    curve, clock = StanceCurve.of_rulebook(rulebook), np.arange(made.angles.shape[1]) / FPS
    bare = [curve.at(tempo.cycle(clock), FPS).state[:, :ANGLE_COUNT] for tempo in made.tempos]
    return float(np.degrees(np.abs(made.angles - np.stack(bare)).mean()))


def dance_figures(
    generator: Generator, graph: object, encoder: TextEncoder, takes: list[Take], seeds: int = 4
) -> dict[str, dict[str, Figure]]:
    """Figures on proposals of `SECONDS` at `FPS`, `VARIANTS` at a time, over some seeds.

    Returns:
        per `slug/performer`: `seconds`; `compliance_before`, share of frames inside the domain before any projection;
        `diversity` [cm]; `jerk_ratio`, to held-out dance clips, and `interpolation_jerk_ratio`, of bare stances;
        `correction` [deg], mean angle between the proposal and the bare stances at its own beats.
    """
    labels, base = graph.labels(), real_jerk([t for t in takes if "dance" in t.caption] or takes)
    out = {}
    for dance in graph.dances():
        for performer in dance.performers:
            book = graph.rulebook(dance.slug, performer=performer)
            text = encoder.encode(f"a {dance.label}", labels)
            bare = bare_stances(book)
            bare_positions = positions(torch.from_numpy(bare.state)).numpy()
            rows: dict[str, list[float]] = {}
            for seed in range(seeds):
                began = time.perf_counter()
                made = generator.propose(
                    Request.of_rulebook(book, text, int(SECONDS * FPS), FPS, variants=VARIANTS, seed=seed)
                )
                row = {
                    "seconds": time.perf_counter() - began,
                    "compliance_before": float(1 - book.domain.violates(made.angles).mean()),
                    "diversity": diversity(made),
                    "jerk_ratio": jerk(made.targets, FPS) / base,
                    "interpolation_jerk_ratio": jerk(bare_positions, FPS) / base,
                    "correction": _correction(book, made),
                }
                for name, value in row.items():
                    rows.setdefault(name, []).append(value)
            out[f"{dance.slug}/{performer}"] = {n: Figure.of(v, _UNITS[n]) for n, v in rows.items()}
    return out
