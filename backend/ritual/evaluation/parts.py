"""What each part of the model buys: the figures of an ablation's row, quick enough to be taken for every row."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

from torch import Tensor

from ritual.evaluation.captions import drawn_from_keys, keyed_similarity
from ritual.evaluation.dances import compliance_of, mean_of
from ritual.evaluation.evaluate import held_out
from ritual.evaluation.figure import Figure
from ritual.evaluation.natural import sample_jerk
from ritual.generate import Engine
from ritual.motion.ablation import Row
from ritual.motion.data import Take, load_corpus
from ritual.motion.evaluate import held_out_figures
from ritual.motion.mixture_sampler import MixtureSampler
from ritual.motion.sample import Generator

SEEDS = range(2)


def measure_of(data: Path, graph: Path | None, cache: Path | None) -> Callable[[Path, Row], dict[str, dict]]:
    """A measure for `ablation.ablate` on one data folder and graph.

    Its figures: `compliance_before` and `compliance_after`, of proposals and of what is handed out;
    `dtw_similarity` and `jerk_ratio` of clips drawn from held-out key poses; of a mixture that was trained for the row
    also `nll` and `best_component_error` of `motion.evaluate.held_out_figures`.
    """

    @functools.cache
    def loaded_once() -> tuple:
        engine = Engine.load(graph)
        return engine, held_out(data, engine, cache)[0], load_corpus(data, cache).of("test")

    def measure(weights: Path, row: Row) -> dict[str, dict]:
        engine, held, takes = loaded_once()
        generator = Generator.load(weights)
        if row.sampled == "per_frame":
            generator = Generator(MixtureSampler(generator.network, per_frame=True), generator.facts)
        before = mean_of(compliance_of(generator, engine, SEEDS))
        after = before if row.sampled == "unprojected" else mean_of(compliance_of(generator, engine, SEEDS, kept=True))
        drawn = drawn_from_keys(generator, held, held.families, 0)
        pairs = [(s, t) for name, rows in drawn.items() for s, t in zip(rows, held.families[name], strict=True)]
        score = keyed_similarity(held, drawn)
        figures = {
            "compliance_before": Figure.of(before, "share", "Frames inside the domain before projection."),
            "compliance_after": Figure.of(after, "share", "The same as handed out."),
            "dtw_similarity": Figure(
                score.value / 100, score.spread / 100, len(pairs), "share", "As in the evaluation."
            ),
            "jerk_ratio": Figure.ratio(
                [sample_jerk(s) for s, _ in pairs], [sample_jerk(t) for _, t in pairs], "Drawn over real, captions."
            ),
        }
        return {key: figure.to_dict() for key, figure in figures.items()} | _likelihood(
            generator, row, takes, held.texts
        )

    return measure


def _likelihood(generator: Generator, row: Row, takes: list[Take], texts: dict[str, Tensor]) -> dict[str, dict]:
    if row.sampled:
        return {}
    found = held_out_figures(generator, takes, texts)
    return {key: vars(found[key]) for key in ("nll", "best_component_error") if key in found}
