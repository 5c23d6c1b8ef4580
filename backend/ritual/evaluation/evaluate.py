"""The whole evaluation: every figure of a generator under a stable key, and clips to look at."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from ritual.brief import Progress, ProgressCallback
from ritual.errors import BadInput
from ritual.evaluation.captions import Held, caption_figures, real_fives
from ritual.evaluation.dances import (
    DIVERSITY,
    beat_figures,
    broken_by_mocap,
    compliance_of,
    dance_figures,
    danced,
    endurance_figures,
    mean_of,
)
from ritual.evaluation.drawn import Page
from ritual.evaluation.figure import Figure, Target
from ritual.evaluation.rules import rule_figures
from ritual.evaluation.sample import Sample, by_family, real_samples
from ritual.generate import Engine
from ritual.motion.data import load_corpus
from ritual.motion.material import caption_texts
from ritual.motion.metrics.similarity import families
from ritual.motion.sample import WITHOUT_CULTURE, Generator, shipped

STAGES = ("reading", "captions", "dances", "rules", "without the cultural loss", "minute-long clips and beats")


@dataclass(frozen=True)
class Evaluation:
    """`result`: plain data, as `ritual motion evaluate --json` writes it; `pairs`: (real, drawn) samples for films."""

    result: dict
    pairs: list[tuple[Sample, Sample]]


def evaluate(
    data: Path,
    engine: Engine,
    cache: Path | None,
    command: str,
    seed: int = 0,
    seeds: int = 4,
    others: dict[str, Generator] | None = None,
    progress: ProgressCallback | None = None,
) -> Evaluation:
    """Measure an engine's generator on held-out motion and on every dance of its graph.

    Args:
        data: folder of motion capture, split as in training; only its test part is measured against, and only its
            training part is drawn from.
        cache: folder for retargeted motion; None = none.
        command: the line that repeats this, for the result.
        seed: of everything that is drawn at random. seeds: generations of each dance.
        others: further models to measure on captions and dances beside this one, by name.

    Raises:
        BadInput: the data has no held-out caption with two clips.
    """
    tell = progress or (lambda _: None)
    held, test = held_out(data, engine, cache, lambda i, t: tell(Progress("reading", i, t)))

    def stage(name: str) -> Callable[[int, int], None]:
        tell(Progress(name, 0, 1))
        return lambda i, t: tell(Progress(name, i, t))

    stage("captions")
    figures, rows, pairs = caption_figures(engine.generator, held, seed)
    made = danced(engine, range(seed, seed + seeds), stage("dances"))
    own, by_dance, confusion = dance_figures(made, dancing(test), real_diversity(held))
    stage("rules")
    figures |= own | rule_figures(made, seed)
    stage("without the cultural loss")
    figures |= _without(engine, test, range(seed, seed + seeds), by_dance)
    stage("minute-long clips and beats")
    figures |= endurance_figures(engine) | beat_figures(engine, seed)
    models = {engine.generator.name: _told(figures)}
    for name, generator in (others or {}).items():
        stage(name)
        models[name] = _told(model_figures(generator, engine, held, test, seed, seeds))
    return Evaluation(
        {
            "figures": _told(figures),
            "captions": rows,
            "dances": by_dance,
            "confusion": confusion,
            "models": models,
            "weights": {"model": engine.generator.name, **engine.generator.facts},
            "command": command,
            "date": datetime.date.today().isoformat(),
            "device": f"{platform.machine()}, {torch.get_num_threads()} threads",
            "data": {"windows": len(test), "families": {name: len(rows) for name, rows in held.families.items()}},
        },
        pairs,
    )


def model_figures(
    generator: Generator, engine: Engine, held: Held, test: list[Sample], seed: int, seeds: int
) -> dict[str, Figure]:
    """The figures on captions and dances of another model in the same engine."""
    figures, _, _ = caption_figures(generator, held, seed)
    made = danced(replace(engine, generator=generator), range(seed, seed + seeds))
    return figures | dance_figures(made, dancing(test), real_diversity(held))[0]


def held_out(
    data: Path, engine: Engine, cache: Path | None, progress: Callable[[int, int], None] | None = None
) -> tuple[Held, list[Sample]]:
    """The held-out windows by family, and all of them.

    Raises:
        BadInput: no caption has two held-out clips.
    """
    corpus = load_corpus(data, cache, progress, workers=os.cpu_count() or 1)
    texts = caption_texts(corpus, engine.encoder)
    test = real_samples(data, corpus, "test", cache and cache / "clips", progress)
    family = families({name: texts[name].numpy() for name in sorted({s.caption for s in test})})
    test = [replace(s, family=family[s.caption]) for s in test]
    known = by_family(test)
    if len(known) < 2:
        raise BadInput(
            f"'{data}' has {len(known)} captions with two held-out clips and more; two are needed to measure.",
            hint="Give the folder that the weights were trained on, or one with more motion.",
        )
    return Held(known, [page for take in corpus.of("train") for page in Page.of(take)], texts), test


def dancing(samples: list[Sample]) -> list[Sample]:
    """Windows whose caption says that somebody dances; all where none does."""
    return [s for s in samples if "dance" in s.caption.lower()] or samples


def real_diversity(held: Held, rounds: int = 8) -> dict[str, float]:
    """How different five real clips of one caption are [cm], by the keys of `DIVERSITY`."""
    fives = [[s.heading for s in five] for five in real_fives(held.families, rounds)]
    return {key: float(np.mean([measure(five) for five in fives])) for key, measure in DIVERSITY.items()}


def _without(engine: Engine, test: list[Sample], seeds: range, by_dance: dict[str, dict]) -> dict[str, Figure]:
    """Compliance before projection of this generator and of one trained without the cultural loss."""
    broken = broken_by_mocap(engine, test)
    weights = shipped(WITHOUT_CULTURE)
    tables = {"compliance_before": compliance_of(engine.generator, engine, seeds)}
    tables["compliance_before_without_kl"] = compliance_of(Generator.load(weights), engine, seeds)
    what = "Share of frames inside the domain before any projection"
    words = {"compliance_before": "this model", "compliance_before_without_kl": "trained without the cultural loss"}
    figures = {}
    for key, table in tables.items():
        target = Target(">=", 0.945, "M §4") if key == "compliance_before" else None
        every = f"{what}, every dance and performer; {words[key]}."
        figures[key] = Figure.of(mean_of(table), "share", every, target)
        hard = {name: row for name, row in table.items() if name in broken}
        for slug in dict.fromkeys(name.split("/")[0] for name in table):
            both = [value for name, row in table.items() if name.split("/")[0] == slug for value in row]
            by_dance.setdefault(slug, {})[key] = float(np.mean(both))
        if hard:
            on = f"{what}, dances whose rules the mocap breaks ({', '.join(hard)}); {words[key]}."
            figures[f"{key}_hard"] = Figure.of(mean_of(hard), "share", on)
    if broken:
        said = "Share of held-out real frames that the rules of those dances forbid."
        figures["mocap_breaks"] = Figure.of(list(broken.values()), "share", said)
    return figures


def _told(figures: dict[str, Figure]) -> dict[str, dict]:
    return {key: figure.to_dict() for key, figure in figures.items()}
