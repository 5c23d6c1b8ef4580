"""The whole evaluation: Table 2, the real motifs, the probes, and what the pages of the report show."""

from __future__ import annotations

import datetime
import platform
from dataclasses import dataclass, replace
from pathlib import Path

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
from ritual.memory.swaps import Swaps, swap_figures
from ritual.memory.table import Run, channel_figures, probe_figures, row_figures, runs, table
from ritual.memory.train_config import TrainConfig
from ritual.memory.training import features_of, model_of, train
from ritual.memory.weights import Memory, memory_of, read_memory, write_memory
from ritual.pictures.damage.kinds import KINDS

GAMMAS = (0.02, 0.04, 0.07, 0.14, 0.3)
_SWEEP = 0.5  # of the epochs: a sweep compares, it does not compete
STRENGTH = 0.5  # of damage, where robustness is measured


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
    seeds: int,
    command: str,
    damage: Damage | None = None,
    sweep: bool = True,
    tell: ProgressCallback | None = None,
) -> Evaluation:
    """Train all rows alike and measure them on what they did not learn from.

    Runs that `config.out` holds already, of the same recipe, are measured and not trained again.

    Args:
        swaps: what test pictures mean elsewhere; None = it is not measured.
        motifs: real ones; None = they are not measured.
        seeds: runs of each row. sweep: whether the full row is trained with other gammas, too.
    """
    say = tell or (lambda _: None)
    rests = _Rests(config, material)
    made = runs(config, material, seeds, damage, say, rests.model, rests.keep)
    enhanced = [run for run in made if run.row == "enhanced"]
    say(Progress("probes", 0, 1))
    probes = [probe_figures(run.model, material) for run in enhanced]
    result = {
        "rows": table(made),
        "accuracy_unit": "%",
        "real_motifs": _motifs(config, material, motifs, enhanced),
        **_mean([figures for figures, _ in probes]),
        "chance": probes[0][1],
        "swaps": _mean([swap_figures(run.model, material, swaps) for run in enhanced]) if swaps else {},
        "robustness": _robustness(made, material),
        "confusion": _confusion(enhanced[0].model, material),
        "descriptors": _correlation(material),
        "gamma": _gammas(config, material, damage, say) if sweep else [],
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


class _Rests:
    """Runs on disk, so that an evaluation that was stopped goes on where it was."""

    def __init__(self, config: TrainConfig, material: Material) -> None:
        self.folder, self.config, self.material = config.out / "runs", config, material

    def model(self, row: str, seed: int) -> DualMemory | None:
        path = self._path(row, seed)
        if not (self.config.resume and path.is_file()):
            return None
        memory = read_memory(path)
        same = memory.names == self.material.names and memory.facts == self._recipe(row, seed)
        return memory.model if same else None

    def keep(self, run: Run) -> None:
        facts = self._recipe(run.row, run.seed)
        memory = Memory(run.model, self.material.names, facts, [], self.config.size)
        write_memory(self._path(run.row, run.seed), memory, half=False)  # so that it measures the same again

    def _path(self, row: str, seed: int) -> Path:
        return self.folder / f"{row.replace('+ ', '').replace(' ', '-')}-{seed}.safetensors"

    def _recipe(self, row: str, seed: int) -> dict:
        return {name: str(value) for name, value in replace(self.config, row=row, seed=seed).recipe().items()}


def _motifs(config: TrainConfig, material: Material, motifs: Motifs | None, enhanced: list[Run]) -> dict:
    if motifs is None:
        return {}
    found = []
    for run in enhanced:
        untrained = model_of(replace(config, row=run.row, seed=run.seed), material)
        found.append(motif_figures(run.model, untrained, motifs, run.seed))
    spread = {name: round(float(np.std([row[name] for row in found])), 4) for name in found[0]}
    return {**_mean(found), "spread": spread, "pictures": len(motifs.pictures), "types": len(motifs.types)}


def _robustness(made: list[Run], material: Material) -> list[dict]:
    """Of the full and the enhanced row of the first seed: figures on test pictures damaged in each way."""
    index, rows = material.splits["test"], []
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
    figures = describe_all(material.pictures[material.splits["test"]])
    return {"names": list(NAMES), "matrix": np.corrcoef(figures.T).round(3).tolist()}


def _gammas(config: TrainConfig, material: Material, damage: Damage | None, tell: ProgressCallback) -> list[dict]:
    """The full row with other temperatures in eq. 3, all for half the epochs, on the validation part."""
    rows = []
    for n, gamma in enumerate(GAMMAS):
        tell(Progress(f"gamma {gamma:g}", n, len(GAMMAS)))
        short = replace(config, row="full", gamma=gamma, epochs=max(1, round(config.epochs * _SWEEP)), seed=1)
        figures = row_figures(train(short, material, damage).model, material, "val")
        rows.append({"gamma": gamma, **{name: round(value, 4) for name, value in figures.items()}})
    return rows


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
