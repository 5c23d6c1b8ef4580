"""A table of models: trained alike over some seeds, measured alike, as rows of mean and spread with tests beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from torch import Tensor

from ritual.brief import Progress, ProgressCallback
from ritual.files import write_bytes
from ritual.imagery.comparison.scoring import (
    INTERPOLATIONS,
    Judges,
    Rule,
    Scored,
    score_enlargement,
    score_interpolation,
    score_recording,
    score_synthesis,
    score_translation,
    score_video,
)
from ritual.imagery.comparison.suites import Entry, Table
from ritual.imagery.comparison.trainings import run_folder, train_all
from ritual.imagery.data.batches import pictures_for
from ritual.imagery.evaluation.statistics import corrected, t_test
from ritual.imagery.features import Features, untrained_features
from ritual.imagery.grid import grid
from ritual.imagery.model import Batch
from ritual.imagery.training.train_config import TrainConfig
from ritual.imagery.weights import read_model
from ritual.pictures.png import png

RULES: dict[str, Rule] = {
    "translation": score_translation,
    "enlargement": score_enlargement,
    "synthesis": score_synthesis,
    "video": score_video,
}
UNTRAINED: dict[str, dict[str, Callable[[Batch, Judges], Scored]]] = {
    "enlargement": {mode: partial(score_interpolation, mode) for mode in INTERPOLATIONS},
    "video": {"CVRM": score_recording},
}
"""Rows that need no training, by task."""
BESIDE = ("CVRM",)
"""Rows that are no rivals: they have the recording itself. References of the table are none, either."""
HELD_OUT = 1000  # pictures or clips at most
SHOWN = 8  # columns of the sheet
_NEVER = 10**9  # steps: what is measured is measured at the end


@dataclass(frozen=True, eq=False)
class Compared:
    """A table's result.

    Attributes:
        rows: per model `model`, `seeds`, `ours`, `beside` (no rival: a recording, a reference), and each figure as
            {"mean", "spread"} over the seeds (the sample's standard deviation). tests: per figure that the claim is
            about and per other row, ours against it over the held-out pictures, corrected by Holm. claims: figure ->
            whether ours leads every rival by its mean.
        sheet: what the first seed's models made, a row a model.
    """

    rows: list[dict]
    tests: list[dict]
    claims: dict[str, bool]
    held_out: int
    sheet: Path


def compare(
    table: Table,
    data: Path,
    out: Path,
    budget: str,
    seeds: int,
    features: Features,
    *,
    jobs: int = 1,
    entries: tuple[Entry, ...] | None = None,
    settings: Mapping[str, object] | None = None,
    tell: ProgressCallback = lambda _: None,
) -> Compared:
    """Train what is not trained yet and measure everything.

    Args:
        data: folder of the suite; the table's pictures lie in `data / table.folder`.
        out: of the runs; the same call goes on where it was stopped.
        features: those of LPIPS, FID and KID; an untrained network's stand beside them, since models that learn by
            the first have an advantage there. entries: rows; None = the table's.
        settings: of `TrainConfig`, that take the place of the table's.

    Raises:
        BadInput: the data is not there, or a run in `out` has other settings.
    """
    entries = entries or table.entries
    shared = {**table.settings[budget], **(settings or {})}
    cells = {
        f"{entry.name}, seed {seed}": (entry, seed)
        for entry in entries
        for seed in range(1, (1 if entry.reference else seeds) + 1)
    }
    wanted = {name: _config(table, entry, seed, shared, data, out) for name, (entry, seed) in cells.items()}
    train_all(wanted, jobs, tell)
    held_out = _held_out(next(iter(wanted.values())))
    judges = (features, untrained_features())
    scored: dict[str, list[Scored]] = {}
    for done, (name, config) in enumerate(wanted.items()):
        tell(Progress("measuring", done, len(wanted), None, name))
        model, _ = read_model(config.out / f"{config.model}.safetensors")
        scored.setdefault(cells[name][0].name, []).append(RULES[table.task](model, held_out, judges))
    scored |= {name: [score(held_out, judges)] for name, score in UNTRAINED.get(table.task, {}).items()}
    ours = {entry.name for entry in entries if entry.ours}
    beside = {*BESIDE, *(entry.name for entry in entries if entry.reference)}
    rows = [_row(name, found, name in ours, name in beside) for name, found in scored.items()]
    better = {full: more for name, more in table.better.items() for full in _full_names(name, rows[0])}
    sheet = write_bytes(out / f"{table.task}-{table.folder}.png", png(grid(_sheet(scored)), small=True))
    tests = _tests(scored, ours, better)
    return Compared(rows, tests, _claims(rows, better), len(next(iter(held_out.values()))), sheet)


def _config(table: Table, entry: Entry, seed: int, shared: Mapping[str, object], data: Path, out: Path) -> TrainConfig:
    config = TrainConfig(
        entry.model, data / table.folder, run_folder(out, table.folder, entry.name, seed), dict(entry.options),
        seed=seed, evaluate_every=_NEVER, **shared,
    )  # fmt: skip
    return replace(config, sample_every=max(1, config.steps // 5), save_every=max(50, config.steps // 10))


def _held_out(config: TrainConfig) -> Batch:
    return pictures_for(config).held_out(HELD_OUT)


def _row(name: str, found: list[Scored], ours: bool, beside: bool) -> dict:
    figures = {
        figure: {
            "mean": float(np.mean([one.figures[figure] for one in found])),
            "spread": float(np.std([one.figures[figure] for one in found], ddof=1)) if len(found) > 1 else 0.0,
        }
        for figure in found[0].figures
    }
    return {"model": name, "seeds": len(found), "ours": ours, "beside": beside, **figures}


def _full_names(short: str, row: dict) -> list[str]:
    """The figures of a row that a claim's short name means: `fid` -> `FID-memory`, `FID-untrained`."""
    return [name for name in row if name.lower() == short or name.lower().startswith(f"{short}-")]


def _tests(scored: dict[str, list[Scored]], ours: set[str], better: Mapping[str, bool]) -> list[dict]:
    """Paired t-tests of ours against each rival, each picture's figure taken as its mean over the seeds."""
    means = {
        name: {figure: np.mean([one.each[figure] for one in found], axis=0) for figure in found[0].each}
        for name, found in scored.items()
    }
    told = []
    for figure in better:
        both = [(our, rival) for our in ours for rival in means if rival not in ours and figure in means[rival]]
        tests = [t_test(our, means[our][figure], rival, means[rival][figure], paired=True) for our, rival in both
                 if figure in means[our]]  # fmt: skip
        told += [{"figure": figure, **asdict(test)} for test in corrected(tests)]
    return told


def _claims(rows: list[dict], better: Mapping[str, bool]) -> dict[str, bool]:
    ours, rivals = [row for row in rows if row["ours"]], [row for row in rows if not (row["ours"] or row["beside"])]
    if not ours or not rivals:
        return {}
    led = {}
    for figure, more in better.items():
        best = max if more else min
        our, their = (best(row[figure]["mean"] for row in side if figure in row) for side in (ours, rivals))
        led[figure] = our > their if more else our < their
    return led


def _sheet(scored: dict[str, list[Scored]]) -> dict[str, Tensor]:
    """What goes in, what the first seed of each model made of it, what is real."""
    first = {name: found[0].shown for name, found in scored.items()}
    rows = {key: shown[key][:SHOWN] for shown in list(first.values())[:1] for key in shown if key != "made"}
    real = {key: rows.pop(key) for key in ("real", "found again", "drawn") if key in rows}
    made = {name: shown.get("made", shown.get("drawn"))[:SHOWN] for name, shown in first.items()}
    return {**rows, **made, "real": real["real"]}
