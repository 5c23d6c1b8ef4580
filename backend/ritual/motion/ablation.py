"""What each part of the model buys: the same training and the same measures with one part left out at a time."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

from ritual.brief import Progress, ProgressCallback
from ritual.errors import BadInput, nearest
from ritual.files import write_text
from ritual.motion.checkpoint import read_weights
from ritual.motion.objective import objective_of
from ritual.motion.train import default_cache, load_material, train
from ritual.motion.train_config import TrainConfig


@dataclass(frozen=True)
class Row:
    """One row of the table.

    Attributes:
        name: its key. what: in words.
        without: the part of eq. 8 that it trains without (`TrainConfig.without`). components: of its mixture.
        sampled: how a measure must use the weights of `full` for it (`unprojected`, `per_frame`); such a row trains
            nothing of its own. None = as a user would.
    """

    name: str
    what: str
    without: str | None = None
    components: int | None = None
    sampled: str | None = None

    def config(self, full: TrainConfig) -> TrainConfig:
        """Of this row's training, in a folder of its own."""
        config = full.without(self.without) if self.without else full
        name = "full" if self.sampled else self.name
        return replace(config, components=self.components or full.components, out=full.out / name)


ROWS = (
    Row("full", "the whole model"),
    Row("without_kl", "KL term of eq. 8 left out", without="kl"),
    Row("without_stance", "theta_ref term of eq. 8 left out", without="stance"),
    Row("without_limits", "boundary term of eq. 8 left out", without="limits"),
    Row("without_cultural", "all of eq. 8 left out", without="cultural"),
    Row("one_component", "one Gaussian instead of five", components=1),
    Row("without_projection", "proposals as they are, no projection into the domain", sampled="unprojected"),
    Row("per_frame", "a component drawn per frame, not per phrase", sampled="per_frame"),
)
Figures = dict[str, dict]
Measure = Callable[[Path, Row], Figures]
"""(weights, row) -> `value`, `spread`, `n` and `unit` of each figure by its key; empty where a row is beyond it.

It must respect `row.sampled`, and give the same for the same weights and row.
"""


def ablate(
    config: TrainConfig,
    measure: Measure,
    graph: Path | None = None,
    names: list[str] | None = None,
    jobs: int | None = None,
    again: bool = False,
    progress: ProgressCallback | None = None,
) -> dict:
    """Train every row that needs it, measure every row, and write `ablation.json` into `config.out`.

    Rows that are trained or measured already are not done again, so a stopped ablation goes on row by row.

    Args:
        config: of the full model; every row is a folder in its `out`.
        graph: folder of TTL files; None = the graph that ships.
        names: of the rows; None = all.
        jobs: rows trained at once; None = two, or one on a single core.
        again: measure again what is measured.

    Raises:
        BadInput: no such row, or a folder with a training of other settings.
    """
    tell, rows = progress or (lambda _: None), _rows(names)
    config = replace(config, cache=default_cache(config))
    _train_rows(config, rows, graph, jobs or min(2, os.cpu_count() or 1), tell)
    path = config.out / "ablation.json"
    table = json.loads(path.read_text(encoding="utf-8"))["rows"] if path.exists() else {}
    for n, row in enumerate(rows):
        tell(Progress(f"measuring {row.name}", n, len(rows)))
        weights = _weights(row.config(config))
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()
        if again or table.get(row.name, {}).get("weights_sha256") != digest:
            figures = measure(weights, row)
            table[row.name] = {"what": row.what, "weights_sha256": digest, "figures": figures}
        order = [row.name for row in ROWS if row.name in table]
        result = {"recipe": config.recipe(), "rows": {name: table[name] for name in order}}
        write_text(path, json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    return result


def _rows(names: list[str] | None) -> list[Row]:
    by_name = {row.name: row for row in ROWS}
    for name in names or ():
        if name not in by_name:
            raise BadInput(f"The ablation has no row '{name}'.", hint=nearest(name, by_name))
    return [row for row in ROWS if not names or row.name in names]


def _weights(config: TrainConfig) -> Path:
    return config.out / objective_of(config).weights_name


def _train_rows(
    config: TrainConfig, rows: list[Row], graph: Path | None, jobs: int, tell: ProgressCallback
) -> None:
    todo = {row.config(config).out: row.config(config) for row in rows}
    todo = {out: row for out, row in todo.items() if not _trained(row)}
    if not todo:
        return
    shared = load_material(config, tell, _graph(graph))  # also retargets once for all
    if jobs == 1:
        for n, row in enumerate(todo.values()):
            name = f"{row.out.name} ({n + 1} of {len(todo)})"
            train(row, lambda step, name=name: tell(replace(step, stage=f"training {name}")), material=shared)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        runs = [pool.submit(_train_apart, replace(row, workers=0), graph) for row in todo.values()]
        for done, run in enumerate(as_completed(runs)):
            tell(Progress(f"trained {run.result()}", done + 1, len(runs)))


def _train_apart(config: TrainConfig, graph: Path | None) -> str:
    train(config, graph=_graph(graph))
    return config.out.name


def _trained(config: TrainConfig) -> bool:
    path = _weights(config)
    return path.exists() and read_weights(path)[1].get("recipe") == config.recipe()


def _graph(folder: Path | None) -> object:
    from ritual.culture.graph import load_graph

    return load_graph(folder)
