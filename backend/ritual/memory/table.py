"""Table 2: every row trained alike, over some seeds, and measured on pictures that none of them learnt from."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from ritual.brief import ProgressCallback
from ritual.memory.augment import Damage
from ritual.memory.backbone import parameters_m
from ritual.memory.material import Material
from ritual.memory.measures import best_guess, best_guess_given, probe, purity
from ritual.memory.model import ROWS, DualMemory
from ritual.memory.runs import train_all
from ritual.memory.train_config import TrainConfig
from ritual.memory.training import Features, features_of

PAPER = {  # Table 2 of the paper: visual purity, semantic purity, accuracy [%], parameters [M], ms
    "backbone": (0.42, 0.38, 62.1, 23.1, 15.2),
    "+ visual bank": (0.67, 0.41, 74.3, 24.9, 16.8),
    "+ semantic bank": (0.49, 0.69, 68.9, 25.3, 17.5),
    "full": (0.78, 0.73, 89.7, 27.5, 19.3),
    "enhanced": (0.82, 0.79, 92.4, 28.1, 20.1),
}
FIGURES = ("visual_purity", "semantic_purity", "accuracy", "parameters_m", "ms")
MEASURED_AT = 128  # px, of the time
_PROBED = 10_000  # training pictures that a probe learns from, at most


@dataclass(frozen=True, eq=False)
class Run:
    """One row trained with one seed: the model and its figures on the test part."""

    row: str
    seed: int
    model: DualMemory
    figures: dict[str, float]


def runs(
    config: TrainConfig,
    material: Material,
    seeds: int,
    damage: Damage | None = None,
    jobs: int = 1,
    tell: ProgressCallback | None = None,
) -> list[Run]:
    """Train and measure every row with every seed; those that are on disk already are only measured."""
    cells = {f"{row}-{seed}": (row, seed) for row in ROWS for seed in range(1, seeds + 1)}
    todo = {name: replace(config, row=row, seed=seed) for name, (row, seed) in cells.items()}
    models = train_all(todo, material, damage, jobs, tell)
    return [Run(*cells[name], model, row_figures(model, material)) for name, model in models.items()]


def row_figures(model: DualMemory, material: Material, part: str = "test") -> dict[str, float]:
    """Figures of one row of Table 2 on a part of the material; accuracy is of the concept, with the occasion that the
    picture came with said to the rows that can hear it."""
    index = material.splits[part]
    seen = features_of(model, material.pictures[index], material.occasion[index])
    return {**channel_figures(seen, material, index), "parameters_m": parameters_m(model), "ms": milliseconds(model)}


def channel_figures(seen: Features, material: Material, index: Tensor) -> dict[str, float]:
    """`visual_purity` of the visual channel against the form, `semantic_purity` of the semantic channel against the
    concept, `accuracy` of the concept [%] and `form_accuracy` [%]."""
    form, concept = material.form[index], material.concept[index]
    return {
        "visual_purity": purity(seen.visual.numpy(), form.numpy()),
        "semantic_purity": purity(seen.semantic.numpy(), concept.numpy()),
        "accuracy": 100 * float((seen.concept.argmax(1) == concept).float().mean()),
        "form_accuracy": 100 * float((seen.form.argmax(1) == form).float().mean()),
    }


def probe_figures(model: DualMemory, material: Material) -> tuple[dict[str, float], dict[str, float]]:
    """What linear probes read in the wrong channel of the test part, and what chance is.

    Returns:
        `probe_concept_on_visual`, `probe_form_on_semantic` (accuracies, 0..1), and beside them the probes of the right
        channels; and the chances: `concept`, `form` of always naming the commonest; `concept_given_form`,
        `form_given_concept` of naming the commonest beside what the channel is there to hold: what form says of the
        concept in this corpus no visual channel that holds form can fail to tell.
    """
    train_part, test_part = material.some("train", _PROBED), material.splits["test"]
    on = [features_of(model, material.pictures[i], material.occasion[i]) for i in (train_part, test_part)]
    form = [material.form[i].numpy() for i in (train_part, test_part)]
    concept = [material.concept[i].numpy() for i in (train_part, test_part)]

    def asked(channel: str, labels: list[np.ndarray]) -> float:
        return probe(getattr(on[0], channel).numpy(), labels[0], getattr(on[1], channel).numpy(), labels[1])

    figures = {
        "probe_concept_on_visual": asked("visual", concept),
        "probe_form_on_semantic": asked("semantic", form),
        "probe_form_on_visual": asked("visual", form),
        "probe_concept_on_semantic": asked("semantic", concept),
    }
    chance = {
        "concept": best_guess(*concept),
        "form": best_guess(*form),
        "concept_given_form": best_guess_given(form[0], concept[0], form[1], concept[1]),
        "form_given_concept": best_guess_given(concept[0], form[0], concept[1], form[1]),
    }
    return figures, chance


@torch.inference_mode()
def milliseconds(model: DualMemory, rounds: int = 15) -> float:
    """Median time [ms] for one picture of 128 px, on one CPU thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        picture = torch.rand(1, 3, MEASURED_AT, MEASURED_AT).contiguous(memory_format=torch.channels_last)
        occasion, times = torch.zeros(1, dtype=torch.long), []
        model.eval()
        for _ in range(rounds + 3):
            began = time.perf_counter()
            model(picture, occasion)
            times.append(time.perf_counter() - began)
        return 1000 * float(np.median(times[3:]))
    finally:
        torch.set_num_threads(threads)


def table(made: list[Run]) -> list[dict]:
    """The rows of Table 2: mean over the seeds, `spread` (standard deviation), `seeds`, and the paper's beside it."""
    rows = []
    for row in ROWS:
        of = [run.figures for run in made if run.row == row]
        if not of:
            continue
        keys = list(of[0])
        rows.append(
            {
                "name": row,
                **{key: round(float(np.mean([f[key] for f in of])), 4) for key in keys},
                "spread": {key: round(float(np.std([f[key] for f in of])), 4) for key in keys},
                "seeds": len(of),
                "paper": dict(zip(FIGURES, PAPER[row], strict=True)),
            }
        )
    return rows
