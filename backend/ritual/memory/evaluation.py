"""The whole evaluation: Table 2, the real motifs, the probes, and what the pages of the report show."""

from __future__ import annotations

import datetime
import platform
from dataclasses import dataclass, replace

import numpy as np
import torch

from ritual.brief import Progress, ProgressCallback
from ritual.culture.graph import Graph
from ritual.memory.atlas import Atlas, atlas_of
from ritual.memory.augment import Damage
from ritual.memory.data import damaged_pictures
from ritual.memory.descriptors import NAMES
from ritual.memory.material import Material
from ritual.memory.model import DualMemory
from ritual.memory.motifs import Motifs, describe_all, motif_figures
from ritual.memory.runs import train_all
from ritual.memory.swaps import Swaps, swap_figures
from ritual.memory.table import Run, channel_figures, probe_figures, row_figures, runs, table
from ritual.memory.told import told_accuracy
from ritual.memory.train_config import TrainConfig
from ritual.memory.training import features_of, model_of
from ritual.memory.weights import Memory, memory_of
from ritual.pictures.damage.kinds import KINDS

GAMMAS = (0.02, 0.04, 0.07, 0.14, 0.3)
_SWEEP, _SWEPT = 0.5, 10_000  # of the epochs, and pictures at most: a sweep compares, it does not compete
STRENGTH = 0.5  # of damage, where robustness is measured
_DESCRIBED = 3000  # test pictures behind Fig. 2, at most
_DAMAGED = 2000  # test pictures that suffer each kind of damage, at most


@dataclass(frozen=True, eq=False)
class Evaluation:
    """`result`: plain data, as `ritual memory evaluate --json` writes it; `best`: the enhanced memory of the first
    seed; `atlas`: pictures of its prototypes."""

    result: dict
    best: Memory
    atlas: Atlas


def evaluate(
    config: TrainConfig,
    graph: Graph,
    material: Material,
    swaps: Swaps | None,
    motifs: Motifs | None,
    kinds: Motifs | None,
    seeds: int,
    command: str,
    damage: Damage | None = None,
    sweep: bool = True,
    jobs: int = 1,
    tell: ProgressCallback | None = None,
) -> Evaluation:
    """Train all rows alike and measure them on what they did not learn from.

    Runs that `config.out` holds already, of the same recipe, are measured and not trained again.

    Args:
        swaps: what test pictures mean elsewhere; None = it is not measured.
        motifs, kinds: real ones by their labels' types, and by what they show; None = it is not measured.
        seeds: runs of each row. sweep: whether the full row is trained with other gammas, too. jobs: trainings at once.
    """
    say = tell or (lambda _: None)
    made = runs(config, material, seeds, damage, jobs, say)
    enhanced = [run for run in made if run.row == "enhanced"]
    say(Progress("probes", 0, 1))
    probes = [probe_figures(run.model, material) for run in enhanced]
    result = {
        "rows": table(made),
        "accuracy_unit": "%",
        "real_motifs": {
            **_motifs(config, material, motifs, enhanced),
            **({} if kinds is None else {"kinds": _motifs(config, material, kinds, enhanced)}),
        },
        "backbone_told": _told(made, material),
        **_mean([figures for figures, _ in probes]),
        "chance": probes[0][1],
        "swaps": _mean([swap_figures(run.model, material, swaps) for run in enhanced]) if swaps else {},
        "robustness": _robustness(made, material),
        "confusion": _confusion(enhanced[0].model, material),
        "descriptors": _correlation(material),
        "gamma": _gammas(config, material, jobs, say) if sweep else [],
        "corpus": _corpus(material),
        "recipe": {name: str(value) for name, value in config.recipe().items()},
        "command": command,
        "date": datetime.date.today().isoformat(),
        "device": f"{platform.machine()}, {torch.get_num_threads()} thread(s), trained on {config.device}",
    }
    atlas = atlas_of(enhanced[0].model, material, graph)
    result["prototypes"] = atlas.rows
    best = memory_of(enhanced[0].model, material, _facts(result), config.size, atlas)
    return Evaluation(result, best, atlas)


def _motifs(config: TrainConfig, material: Material, motifs: Motifs | None, enhanced: list[Run]) -> dict:
    if motifs is None:
        return {}
    found = []
    for run in enhanced:
        untrained = model_of(replace(config, row=run.row, seed=run.seed), material)
        found.append(motif_figures(run.model, untrained, motifs, run.seed))
    spread = {name: round(float(np.std([row[name] for row in found])), 4) for name in found[0]}
    return {**_mean(found), "spread": spread, "pictures": len(motifs.pictures), "types": len(motifs.types)}


def _told(made: list[Run], material: Material) -> dict[str, float]:
    """`accuracy` [%] of the plain backbone with a head that is told the occasion; mean and spread over the seeds."""
    figures = [told_accuracy(run.model, material, run.seed) for run in made if run.row == "backbone"]
    return {"accuracy": round(float(np.mean(figures)), 4), "spread": round(float(np.std(figures)), 4)}


def _robustness(made: list[Run], material: Material) -> list[dict]:
    """Of three rows of the first seed: figures on test pictures damaged in each way."""
    index, rows = material.some("test", _DAMAGED), []
    models = {run.row: run.model for run in made if run.seed == 1 and run.row in ("backbone", "full", "enhanced")}
    for kind in (None, *KINDS):
        pictures = material.pictures[index]
        if kind:
            pictures = damaged_pictures(pictures, kind, STRENGTH)
        for row, model in models.items():
            figures = channel_figures(features_of(model, pictures, material.occasion[index]), material, index)
            rows.append({"damage": kind or "none", "row": row, **{k: round(v, 4) for k, v in figures.items()}})
    return rows


def _confusion(model: DualMemory, material: Material) -> dict:
    """Fig. 3: rows are what it is, columns what it was taken for; counts on the test part."""
    index, names = material.splits["test"], material.names.concepts
    guessed = features_of(model, material.pictures[index], material.occasion[index]).concept.argmax(1)
    count = len(names)
    cells = torch.bincount(material.concept[index] * count + guessed, minlength=count * count).view(count, count)
    return {"labels": list(names), "matrix": cells.tolist()}


def _correlation(material: Material) -> dict:
    """Fig. 2: how the figures of Table 1 go together over the test part (Pearson)."""
    figures = describe_all(material.pictures[material.some("test", _DESCRIBED)])
    return {"names": list(NAMES), "matrix": np.corrcoef(figures.T).round(3).tolist()}


def _gammas(config: TrainConfig, material: Material, jobs: int, tell: ProgressCallback) -> list[dict]:
    """The full row with other temperatures in eq. 3, all for half the epochs on a part of the pictures."""
    material = replace(material, splits={**material.splits, "train": material.some("train", _SWEPT)})
    short = replace(config, row="full", epochs=max(1, round(config.epochs * _SWEEP)), seed=1)
    todo = {f"gamma-{gamma:g}": replace(short, gamma=gamma) for gamma in GAMMAS}
    models = train_all(todo, material, None, jobs, tell)
    figures = [row_figures(model, material, "val") for model in models.values()]
    return [
        {"gamma": gamma, **{name: round(value, 4) for name, value in row.items()}}
        for gamma, row in zip(GAMMAS, figures, strict=True)
    ]


def _corpus(material: Material) -> dict:
    names = material.names
    return {
        "pictures": len(material.pictures),
        **{name: len(part) for name, part in material.splits.items()},
        "forms": len(names.forms), "concepts": len(names.concepts), "groups": len(names.groups),
        "symbols": len(names.symbols), "contexts": len(names.contexts), "size": int(material.pictures.shape[-1]),
    }  # fmt: skip


def _mean(rows: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(float(np.mean([row[name] for row in rows])), 4) for name in rows[0]}


def _facts(result: dict) -> dict:
    """What the file of weights says of itself."""
    row = next(row for row in result["rows"] if row["name"] == "enhanced")
    return {
        "recipe": result["recipe"],
        "figures": {k: row[k] for k in ("visual_purity", "semantic_purity", "accuracy", "parameters_m", "ms")},
        "corpus": result["corpus"],
        "date": result["date"],
    }
