"""Figures on captions: what the generator draws for the sentences of held-out motion capture, beside that capture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ritual.evaluation.drawn import Page, draw, references_by_text
from ritual.evaluation.figure import Figure, Target
from ritual.evaluation.sample import FPS, Sample
from ritual.evaluation.similarity import Found, Similarity, Trial, compare, similarity, trials
from ritual.motion.heading import positions
from ritual.motion.metrics.contact import physical_foot_contact
from ritual.motion.metrics.diversity import feature_diversity, same_frame_diversity, warped_diversity
from ritual.motion.metrics.features import GEOMETRIC, KINETIC, Standard, motion_features
from ritual.motion.metrics.frechet import Directions, floor, frechet
from ritual.motion.metrics.jerk import RATE as JERK_RATE
from ritual.motion.metrics.jerk import jerk
from ritual.motion.metrics.skating import contact_skating, skating_ratio
from ritual.motion.metrics.track import at_rate
from ritual.motion.sample import Generator

PER_FAMILY = 12
VARIANTS = 5
ROUNDS = 4  # of variants per caption, with other references and seeds
_DTW = (
    "Share of the way from chance to real: (d_random - d) / (d_random - d_real), d the DTW distance [cm] to the "
    "nearest of R windows of the same caption from other files, mean over captions"
)


@dataclass(frozen=True, eq=False)
class Held:
    """Held-out windows by family, the training split's windows to take references from, and the captions' vectors."""

    families: dict[str, list[Sample]]
    library: list[Page]
    texts: dict[str, Tensor]


def caption_figures(generator: Generator, held: Held, seed: int = 0) -> tuple[dict[str, Figure], list[dict], dict]:
    """All figures on captions.

    Returns:
        the figures by key; a row per family; and the samples for films: `pairs`, (real, drawn).
    """
    planned = trials(held.families, PER_FAMILY, seed)
    keyed = {name: _from_keys(generator, held, name, rows, seed) for name, rows in planned.items()}
    texted = {name: _from_text(generator, held, name, seed) for name in planned}
    real = {name: [trial.window for trial in rows] for name, rows in planned.items()}
    still = positions(torch.from_numpy(np.concatenate([p.states[0] for p in held.library]))).mean(0).numpy()
    figures, rows = _similarities(planned, real, keyed, texted, still)
    everything = {name: [s for group in groups for s in group] for name, groups in texted.items()}
    figures |= _naturalness(held.families, keyed, everything)
    figures |= _diversity(held.families, texted)
    figures |= _frechet(held.families, keyed, everything)
    pairs = [(planned[name][0].window, keyed[name][0]) for name in planned]
    return figures, rows, {"pairs": pairs}


def _from_keys(generator: Generator, held: Held, name: str, rows: Sequence[Trial], seed: int) -> list[Sample]:
    """One clip per trial, from the key poses of its window and its caption."""
    return draw(generator, held.texts[rows[0].window.caption], [trial.window for trial in rows], seed)


def _from_text(generator: Generator, held: Held, name: str, seed: int) -> list[list[Sample]]:
    """`ROUNDS` of `VARIANTS` clips for the caption alone; references are training clips whose captions come nearest."""
    text = held.texts[held.families[name][0].caption]
    out = []
    for n in range(ROUNDS):
        rng = np.random.default_rng((seed, n))
        picked = references_by_text(text, held.texts, held.library, VARIANTS, rng)
        out.append(draw(generator, text, picked, seed + n))
    return out


def _similarities(
    planned: Mapping[str, Sequence[Trial]],
    real: Mapping[str, list[Sample]],
    keyed: Mapping[str, list[Sample]],
    texted: Mapping[str, list[list[Sample]]],
    still: np.ndarray,
) -> tuple[dict[str, Figure], list[dict]]:
    def against(motions: Mapping[str, Sequence[np.ndarray]]) -> Found:
        return compare(planned, motions, still)

    def tracks(samples: Mapping[str, list[Sample]]) -> dict[str, list[np.ndarray]]:
        return {name: [s.heading for s in rows] for name, rows in samples.items()}

    flat = {name: [s for group in groups for s in group] for name, groups in texted.items()}
    by_text = {name: [flat[name][i % len(flat[name])] for i in range(len(rows))] for name, rows in planned.items()}
    found = {
        "real": against(tracks(real)),
        "random": against({name: [t.other.heading for t in rows] for name, rows in planned.items()}),
        "generated": against(tracks(keyed)),
        "text": against(tracks(by_text)),
        "still": against({n: [np.repeat(still[None], 100, 0)] * len(rows) for n, rows in planned.items()}),
    }
    scores = {name: similarity(one, found["real"], found["random"]) for name, one in found.items()}
    told = {
        "generated": ("dtw_similarity", "drawn from the key poses of a held-out clip", Target(">=", 0.853, "M §4")),
        "real": ("dtw_real_vs_real", "another real clip of the caption (1 by definition)", None),
        "random": ("dtw_random", "a real clip of another caption (0 by definition)", None),
        "still": ("dtw_still_pose", "the mean pose, held", None),
        "text": ("dtw_from_text", "drawn from training clips whose captions come nearest", None),
    }
    figures = {}
    for name, (key, words, target) in told.items():
        score: Similarity = scores[name]
        figures[key] = Figure(score.value, score.spread, score.n, "share", f"{_DTW}: {words}.", target)
        distances = [a.distance for rows in found[name].values() for a in rows]
        what = f"The distance d itself, mean over captions: {words}."
        figures[f"{key}_cm"] = Figure(score.centimetres, float(np.std(distances)), score.n, "cm", what)
        what = f"Concordance along the warping path (1 = equal, 0 = as a still pose): {words}."
        figures[f"{key}_concordance"] = Figure(score.concordance, 0.0, score.n, "share", what)
    rows = [
        {"caption": name, "n": len(planned[name]), "references": len(planned[name][0].references)}
        | {f"dtw_cm_{kind}": float(np.mean([a.distance for a in table[name]])) for kind, table in found.items()}
        for name in planned
    ]
    return figures, rows


def _naturalness(
    families: Mapping[str, Sequence[Sample]], keyed: Mapping[str, list[Sample]], texted: Mapping[str, list[Sample]]
) -> dict[str, Figure]:
    """Jerk and feet, each against real windows of the same captions."""
    measures = {
        "jerk": (sample_jerk, "Mean jerk of the joints, world, 25 Hz", Target("within", 1.5, "issue")),
        "skating": (sample_skating, "Share of frames in which a foot skates (GMD)", Target("<=", 1.5, "issue")),
        "contact_speed": (sample_contact_speed, "Plan speed of feet that touch the floor", None),
        "pfc": (sample_pfc, "Physical foot contact score (EDGE), 30 fps", None),
    }
    figures = {}
    for name, (measure, what, target) in measures.items():
        real = [[measure(s) for s in rows] for rows in families.values()]
        for suffix, made in (("", keyed), ("_from_text", texted)):
            drawn = [[measure(s) for s in made[family]] for family in families]
            key = f"{name}_ratio_captions{suffix}"
            figures[key] = Figure.ratio(np.concatenate(drawn), _weighted(real, drawn), f"{what}, captions.", target)
        unit = {"jerk": "m/s^3", "skating": "share", "contact_speed": "m/s", "pfc": "1"}[name]
        figures[f"{name}_real"] = Figure.of(np.concatenate(real), unit, f"{what}, held-out real windows.")
    return figures


def _weighted(real: Sequence[Sequence[float]], drawn: Sequence[Sequence[float]]) -> np.ndarray:
    """Real figures, each family as often as it was drawn."""
    return np.concatenate([np.resize(np.asarray(a), len(b)) if len(a) < len(b) else np.asarray(a)[: len(b)]
                           for a, b in zip(real, drawn, strict=True)])  # fmt: skip


def sample_jerk(sample: Sample) -> float:
    return jerk(at_rate(sample.world, FPS, JERK_RATE), JERK_RATE)


def sample_skating(sample: Sample) -> float:
    return skating_ratio(sample.world, FPS)


def sample_contact_speed(sample: Sample) -> float:
    return contact_skating(sample.world, FPS)[1]


def sample_pfc(sample: Sample) -> float:
    return physical_foot_contact(sample.world, FPS)


def _diversity(families: Mapping[str, Sequence[Sample]], texted: Mapping[str, list[list[Sample]]]) -> dict[str, Figure]:
    """How different five clips of one caption are, drawn and real, at the same frame and warped."""
    figures = {}
    for key, measure, words in (
        ("diversity_ratio", same_frame_diversity, "Mean joint distance at the same frame between two of five clips"),
        ("diversity_ratio_warped", lambda t: warped_diversity(t, FPS), "DTW distance between two of five clips"),
    ):
        made = [measure([s.heading for s in group]) for groups in texted.values() for group in groups]
        real = []
        for name in texted:
            rng = np.random.default_rng(0)
            for _ in range(ROUNDS):
                rows = [families[name][i] for i in rng.permutation(len(families[name]))[:VARIANTS]]
                real.append(measure([s.heading for s in rows]))
        target = Target(">=", 0.8, "issue") if key == "diversity_ratio" else None
        figures[key] = Figure.ratio(made, real, f"{words} of one caption, drawn from text over real.", target)
    return figures


def _frechet(
    families: Mapping[str, Sequence[Sample]], keyed: Mapping[str, list[Sample]], texted: Mapping[str, list[Sample]]
) -> dict[str, Figure]:
    def features(samples: Mapping[str, Sequence[Sample]]) -> np.ndarray:
        return np.stack([motion_features(s.heading, FPS) for name in families for s in samples[name]])

    real = features({name: rows[: 2 * PER_FAMILY] for name, rows in families.items()})
    standard = Standard.of(real)
    rows = {"": standard(features(keyed)), "_from_text": standard(features(texted))}
    figures = {}
    for key, part in (("k", KINETIC), ("g", GEOMETRIC)):
        base = standard(real)[:, part]
        directions = Directions.of(base)
        mean, spread = floor(base, np.random.default_rng(0), directions=directions)
        space = f"the {base.shape[1]} {'kinetic' if key == 'k' else 'geometric'} features of AIST++, 8 directions"
        figures[f"frechet_{key}_floor"] = Figure(mean, spread, len(base), "1", f"Two halves of real windows, {space}.")
        for suffix, made in rows.items():
            value = frechet(base, made[:, part], directions)
            figures[f"frechet_{key}{suffix}"] = Figure(value, spread, len(made), "1", f"Frechet distance, {space}.")
    for suffix, made in rows.items():
        value = feature_diversity(made) / feature_diversity(standard(real))
        what = "Mean distance of two drawn clips in feature space over that of two real ones."
        figures[f"feature_diversity_ratio{suffix}"] = Figure(value, 0.0, len(made), "of real", what)
    return figures
