"""Figures on captions: what the generator draws for the sentences of held-out motion capture, beside that capture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from ritual.evaluation.drawn import Page, draw, references_by_text
from ritual.evaluation.figure import Figure, Target
from ritual.evaluation.natural import NATURAL
from ritual.evaluation.sample import FPS, Sample, source_of
from ritual.motion.heading import positions
from ritual.motion.metrics.diversity import feature_diversity, multimodality, same_frame_diversity, warped_diversity
from ritual.motion.metrics.dtw import RATE as DTW_RATE
from ritual.motion.metrics.dtw import nearest
from ritual.motion.metrics.features import GEOMETRIC, KINETIC, Standard, motion_features
from ritual.motion.metrics.frechet import Directions, floor, frechet
from ritual.motion.metrics.retrieval import Retriever, retrieved
from ritual.motion.metrics.similarity import Figure as FoundFigure
from ritual.motion.metrics.similarity import Window, similarity
from ritual.motion.metrics.track import at_rate
from ritual.motion.sample import Generator

PER_FAMILY = 12
VARIANTS = 5
ROUNDS = 4  # of variants per caption, with other references and seeds
_PAPER, _DIVERSE = Target(">=", 0.853, "M §4"), Target(">=", 0.8, "issue")
_DTW = (
    "DTW similarity to held-out real motion: the concordance with the nearest of R real windows of the caption from "
    "other takes, between chance (0) and real (1), mean over captions"
)


@dataclass(frozen=True, eq=False)
class Held:
    """Held-out windows by family, the training split's windows to take references from, and the captions' vectors."""

    families: dict[str, list[Sample]]
    library: list[Page]
    texts: dict[str, Tensor]


def caption_figures(generator: Generator, held: Held, seed: int = 0) -> tuple[dict[str, Figure], list[dict], list]:
    """All figures on captions.

    Returns:
        the figures by key; a row per family; and pairs of samples for films, (real, drawn from its key poses).
    """
    chosen = {name: _some(rows, PER_FAMILY, seed) for name, rows in held.families.items()}
    keyed = drawn_from_keys(generator, held, chosen, seed)
    texted = {name: _from_text(generator, held, name, seed) for name in chosen}
    flat = {name: [s for group in groups for s in group] for name, groups in texted.items()}
    figures, rows = _similarities(held, keyed, flat, seed)
    figures |= _naturalness(held.families, keyed, flat)
    figures |= _diversity(held.families, texted)
    figures |= _frechet(held.families, keyed, flat)
    figures |= _retrieval(held, keyed, flat, seed)
    return figures, rows, [(chosen[name][0], keyed[name][0]) for name in chosen]


def drawn_from_keys(
    generator: Generator, held: Held, chosen: Mapping[str, Sequence[Sample]], seed: int
) -> dict[str, list[Sample]]:
    """One clip per held-out window, by family, from the family's sentence and the window's key poses, in its time."""
    in_time = replace(generator.sampler.variation, timing=0.0, start=0.0, size=0.0)
    return {
        name: [
            replace(s, family=name)
            for s in draw(generator, held.texts[rows[0].caption], rows, seed, variation=in_time)
        ]
        for name, rows in chosen.items()
    }


def _some(rows: Sequence[Sample], most: int, seed: int) -> list[Sample]:
    return [rows[i] for i in np.random.default_rng(seed).permutation(len(rows))[:most]]


def _from_text(generator: Generator, held: Held, name: str, seed: int) -> list[list[Sample]]:
    """`ROUNDS` of `VARIANTS` clips for the caption alone; references are training clips whose captions come nearest."""
    text = held.texts[held.families[name][0].caption]
    out = []
    for n in range(ROUNDS):
        rng = np.random.default_rng((seed, n))
        picked = references_by_text(text, held.texts, held.library, VARIANTS, rng)
        out.append([replace(s, family=name) for s in draw(generator, text, picked, seed + n)])
    return out


def _similarities(
    held: Held, keyed: Mapping[str, list[Sample]], texted: Mapping[str, list[Sample]], seed: int
) -> tuple[dict[str, Figure], list[dict]]:
    """`metrics.similarity` of both ways of drawing, as shares, and a row per family with distances [cm]."""
    still, real = _ground(held)
    told = {
        "generated": ("dtw_similarity", "drawn from its sentence and the key poses of a held-out clip", _PAPER),
        "real": ("dtw_real_vs_real", "other real clips of the caption (1 by definition)", None),
        "random": ("dtw_random", "real clips of other captions (0 by definition)", None),
        "still": ("dtw_still_pose", "the mean pose of the training clips, held", None),
        "middle": ("dtw_collapsed", "an oracle: the mean pose of the very clips it is compared with, held", None),
        "text": ("dtw_from_text", "drawn from its sentence and training clips whose captions come nearest", None),
    }
    figures: dict[str, Figure] = {}
    rows: dict[str, dict] = {name: {"caption": name} for name in held.families}
    for kind, samples in (("generated", keyed), ("text", texted)):
        made = [_window(s) for group in samples.values() for s in group]
        found = similarity(made, real, still, np.random.default_rng(seed), most=PER_FAMILY)
        for who in ("made", "real", "random", "still", "middle") if kind == "generated" else ("made",):
            key, words, target = told[kind if who == "made" else who]
            score = found.percent[who]
            figures[key] = Figure(
                score.value / 100, score.spread / 100, found.n[who], "share", f"{_DTW}: {words}.", target
            )
            score = found.concordance[who]
            what = f"Concordance along the warping path (1 = equal, 0 = as a still pose), {words}."
            figures[f"{key}_concordance"] = Figure(score.value / 100, score.spread / 100, found.n[who], "share", what)
            score = found.distance[who]
            what = f"DTW distance to the nearest real window, mean over captions, {words}."
            figures[f"{key}_cm"] = Figure(score.value, score.spread, found.n[who], "cm", what)
        for name, count in found.references.items():
            rng, pool = np.random.default_rng(seed), [w for w in real if w.caption == name]
            asked = {kind: [w for w in made if w.caption == name]}
            if kind == "generated":
                others = [w for w in real if w.caption != name]
                asked |= {"real": pool, "random": [others[i] for i in rng.permutation(len(others))[:PER_FAMILY]]}
                asked |= {"still": [Window(np.repeat(still[None], 60, 0), name, "")]}
            rows[name] |= {"references": count, "n_real": len(pool), f"n_{kind}": len(asked[kind])}
            for who, windows in asked.items():
                rows[name][f"dtw_cm_{who}"] = _distance(windows[: 2 * PER_FAMILY], pool, count, still, rng)
    return figures, list(rows.values())


def keyed_similarity(held: Held, drawn: Mapping[str, list[Sample]], seed: int = 0) -> FoundFigure:
    """`dtw_similarity` alone [%], of clips drawn from the key poses of held-out windows, by family."""
    still, real = _ground(held)
    made = [_window(s) for rows in drawn.values() for s in rows]
    return similarity(made, real, still, np.random.default_rng(seed), most=PER_FAMILY).percent["made"]


def _ground(held: Held) -> tuple[np.ndarray, list[Window]]:
    """What similarity is measured from: (24, 3) the mean pose of the training clips, and the held-out windows."""
    still = positions(torch.from_numpy(np.concatenate([page.states[0] for page in held.library]))).mean(0).numpy()
    return still, [_window(s) for rows in held.families.values() for s in rows]


def _distance(
    windows: Sequence[Window], pool: Sequence[Window], count: int, still: np.ndarray, rng: np.random.Generator
) -> float:
    """Mean DTW distance [cm] to the nearest of `count` windows of other takes."""
    found = []
    for window in windows:
        others = [w for w in pool if w.take != window.take]
        picked = rng.permutation(len(others))[:count]
        found.append(nearest(window.track, [others[i].track for i in picked], still).distance)
    return float(np.mean(found))


def _window(sample: Sample) -> Window:
    return Window(at_rate(sample.heading, FPS, DTW_RATE), sample.family, source_of(sample.file))


def _naturalness(
    families: Mapping[str, Sequence[Sample]], keyed: Mapping[str, list[Sample]], texted: Mapping[str, list[Sample]]
) -> dict[str, Figure]:
    """Jerk and feet, each against real windows of the same captions."""
    figures = {}
    for natural in NATURAL:
        real = [[natural.of(s) for s in rows] for rows in families.values()]
        for suffix, made in (("", keyed), ("_from_text", texted)):
            drawn = [[natural.of(s) for s in made[family]] for family in families]
            key, base = f"{natural.key}_ratio_captions{suffix}", _weighted(real, drawn)
            figures[key] = Figure.ratio(np.concatenate(drawn), base, f"{natural.what}, captions.", natural.target)
        what = f"{natural.what}, held-out real windows."
        figures[f"{natural.key}_real"] = Figure.of(np.concatenate(real), natural.unit, what)
    return figures


def _weighted(real: Sequence[Sequence[float]], drawn: Sequence[Sequence[float]]) -> np.ndarray:
    """Real figures, each family as often as it was drawn."""
    return np.concatenate([np.resize(np.asarray(a), len(b)) if len(a) < len(b) else np.asarray(a)[: len(b)]
                           for a, b in zip(real, drawn, strict=True)])  # fmt: skip


def real_fives(families: Mapping[str, Sequence[Sample]], rounds: int = ROUNDS) -> list[list[Sample]]:
    """`VARIANTS` real windows of one caption, some rounds of each."""
    out = []
    for rows in families.values():
        rng = np.random.default_rng(0)
        out += [[rows[i] for i in rng.permutation(len(rows))[:VARIANTS]] for _ in range(rounds)]
    return out


def _diversity(families: Mapping[str, Sequence[Sample]], texted: Mapping[str, list[list[Sample]]]) -> dict[str, Figure]:
    """How different five clips of one caption are, drawn and real: at the same frame, warped, and in feature space."""
    fives = real_fives(families)
    standard = Standard.of(np.stack([motion_features(s.heading, FPS) for rows in families.values() for s in rows]))

    def featured(group: Sequence[Sample]) -> float:
        return multimodality([standard(np.stack([motion_features(s.heading, FPS) for s in group]))])

    measures = {
        "diversity_ratio": (
            lambda g: same_frame_diversity([s.heading for s in g]), "Mean joint distance at the same frame", _DIVERSE
        ),
        "diversity_ratio_warped": (lambda g: warped_diversity([s.heading for s in g], FPS), "DTW distance", None),
        "multimodality_ratio": (featured, "Distance in feature space (248 features, standardised by real)", None),
    }  # fmt: skip
    figures = {}
    for key, (measure, words, target) in measures.items():
        made = [measure(group) for groups in texted.values() for group in groups]
        what = f"{words} between two of five clips of one caption, drawn from text over real."
        figures[key] = Figure.ratio(made, [measure(group) for group in fives], what, target)
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
            drawn = [frechet(base, rows, directions) for rows in _again(made[:, part])]
            figures[f"frechet_{key}{suffix}"] = _booted(drawn, len(made), "1", f"Frechet distance, {space}.")
    apart = feature_diversity(standard(real))
    for suffix, made in rows.items():
        drawn = [feature_diversity(rows) / apart for rows in _again(made)]
        what = "Mean distance of two drawn clips in feature space over that of two real ones."
        figures[f"feature_diversity_ratio{suffix}"] = _booted(drawn, len(made), "of real", what)
    return figures


def _again(rows: np.ndarray, rounds: int = 60) -> list[np.ndarray]:
    """The rows themselves, and then drawn again with replacement."""
    rng = np.random.default_rng(0)
    return [rows, *(rows[rng.integers(len(rows), size=len(rows))] for _ in range(rounds))]


def _booted(values: Sequence[float], n: int, unit: str, what: str) -> Figure:
    """The first value, with the standard deviation of the rest: the bootstrap."""
    return Figure(values[0], float(np.std(values[1:])), n, unit, what)


def _retrieval(
    held: Held, keyed: Mapping[str, list[Sample]], texted: Mapping[str, list[Sample]], seed: int
) -> dict[str, Figure]:
    """R-precision by an evaluator fitted on the training split, which no weights of ours have seen."""
    tracks = [positions(torch.from_numpy(page.states[0])).numpy() for page in held.library]
    captions = [page.caption for page in held.library]
    evaluator = Retriever.fit(
        np.stack([motion_features(track, FPS) for track in tracks]),
        np.stack([held.texts[caption].numpy() for caption in captions]),
        captions,
        [page.file for page in held.library],
    )
    texts = {name: held.texts[rows[0].caption].numpy() for name, rows in held.families.items()}
    figures = {}
    for suffix, samples in (("real", held.families), ("generated", keyed), ("from_text", texted)):
        flat = [(s, name) for name in held.families for s in samples[name]]
        found = retrieved(
            evaluator,
            np.stack([motion_features(s.heading, FPS) for s, _ in flat]),
            [name for _, name in flat],
            texts,
            np.random.default_rng(seed),
        )
        for rank in (1, 3):
            what = (
                f"Text-to-motion retrieval: share of motions whose caption is among the first {rank} of "
                f"{found.batch} (chance {found.chance[rank]:.2f}), {suffix.replace('_', ' ')}."
            )
            value, spread = found.precision[rank], found.spread[rank]
            figures[f"retrieval_top{rank}_{suffix}"] = Figure(value, spread, found.batches, "share", what)
    return figures
