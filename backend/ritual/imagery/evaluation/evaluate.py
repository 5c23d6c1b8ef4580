"""Folders of made pictures measured against one of real ones, side by side, with tests of whether they differ."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from ritual.brief import Progress, ProgressCallback
from ritual.errors import BadInput
from ritual.imagery.evaluation.instruments import Instruments
from ritual.imagery.evaluation.measures import MEASURES, measure_of
from ritual.imagery.evaluation.measuring import per_picture, set_figures
from ritual.imagery.evaluation.pairing import Rows, alone, pairs, scenes_of
from ritual.imagery.evaluation.picture_sets import (
    RESIZED_BY,
    PictureSet,
    Reader,
    Shape,
    batches,
    named_sets,
    picture_set,
)
from ritual.imagery.evaluation.statistics import corrected, summary, t_test
from ritual.imagery.metrics.classification import DomainClassifier, domain_classifier
from ritual.imagery.metrics.frechet import ENOUGH
from ritual.imagery.metrics.inception_score import inception_score
from ritual.imagery.metrics.kid import SEED, SUBSETS
from ritual.imagery.metrics.opencv import has_opencv
from ritual.imagery.metrics.structure import Structure

FORMAT = "ritual-picture-evaluation/1"
_SHOWN = 8


@dataclass
class Seen:
    """What was found on one set: `names` and `each` figure of its pictures in their order, `vectors` (N, D) and
    `classes` (N, C) of its features."""

    names: list[str] = field(default_factory=list)
    each: dict[str, list[float]] = field(default_factory=dict)
    vectors: list[Tensor] = field(default_factory=list)
    classes: list[Tensor] = field(default_factory=list)


def evaluate(
    made: Sequence[Path],
    real: Path,
    paired: bool,
    instruments: Instruments,
    source: Path | None = None,
    tell: ProgressCallback | None = None,
) -> dict:
    """The figures of every made folder; JSON-able.

    Args:
        made: folders, one for each model; the first is tested against each other one.
        paired: pictures of one name show the same. source: folder of real pictures of the domain that was translated
            from: a classifier learns to tell the two, and accuracies are measured.

    Returns:
        `models`: `name`, `folder`, `pictures`, `figures` (name -> mean, spread, low, high, count), `each`, `names`;
        `real` likewise; `tests`, `measures` (definitions), `notes`, `bad`, `shown` (names of pictures for a page), and
        how it was measured.

    Raises:
        BadInput: a folder is missing or holds fewer than two pictures that can be read, or nothing pairs.
    """
    began, notes = time.perf_counter(), list(instruments.notes)
    sets, truth, reader = named_sets(made), picture_set(real, "real"), Reader()
    shape = reader.common_shape(truth)
    total = sum(len(one.files) for one in (truth, *sets))
    watch = _Watch(tell, total)
    true = _seen(truth, alone(truth, reader, shape), instruments, False, watch)
    classifier, told = _classifier(source, reader, shape, instruments, true)
    models = []
    for one in sets:
        rows = pairs(one, truth, reader, shape, notes) if paired else alone(one, reader, shape)
        scenes = scenes_of(truth, notes) if paired else {}
        models.append(_seen(one, rows, instruments, paired, watch, scenes))
    rows = [_row(one, seen, true, instruments, classifier) for one, seen in zip(sets, models, strict=True)]
    return {
        "format": FORMAT,
        "paired": paired,
        "size": {"width": shape[1], "height": shape[0], "resized_by": RESIZED_BY},
        "features": instruments.told(),
        "kid": {"subsets": SUBSETS, "seed": SEED},
        "classifier": told,
        "real": _row(truth, true, None, instruments, None),
        "models": rows,
        "tests": _tests(rows),
        "measures": _definitions(rows),
        "notes": [*dict.fromkeys([*notes, *_remarks(rows, len(true.names), reader, sets)])],
        "bad": [{"file": str(path), "message": said} for path, said in reader.bad.items()],
        "shown": _shown(rows, paired),
        "seconds": round(time.perf_counter() - began, 1),
    }


class _Watch:
    """Counts pictures for whoever looks on."""

    def __init__(self, tell: ProgressCallback | None, total: int) -> None:
        self._tell, self._total, self._done, self._began = tell, total, 0, time.perf_counter()

    def saw(self, name: str, count: int) -> None:
        self._done += count
        if self._tell:
            left = (time.perf_counter() - self._began) / self._done * max(self._total - self._done, 0)
            self._tell(Progress(name, self._done, self._total, left))


def _seen(
    one: PictureSet,
    rows: Rows,
    instruments: Instruments,
    paired: bool,
    watch: _Watch,
    scenes: Mapping[str, Structure] | None = None,
) -> Seen:
    seen = Seen()
    for names, columns in batches(rows):
        common, x, y = columns if paired else (columns[0], columns[0], columns[0])
        told = [(scenes or {}).get(name) for name in names]
        found = per_picture(x, y, paired, instruments.pairs, instruments.heads, told)
        if instruments.nima is not None:
            found["NIMA"] = instruments.nima.score(x).tolist()
        for name, values in found.items():
            seen.each.setdefault(name, []).extend(values)
        vectors, classes = instruments.looked(common)
        seen.vectors.append(vectors)
        if classes is not None:
            seen.classes.append(classes)
        seen.names += names
        watch.saw(one.name, len(names))
    if len(seen.names) < 2:
        raise BadInput(
            f"Of the pictures in '{one.folder}' {len(seen.names)} can be used; two at least are needed.",
            hint="Look whether they can be read, and whether they pair.",
        )
    return seen


def _classifier(
    source: Path | None, reader: Reader, shape: Shape, instruments: Instruments, true: Seen
) -> tuple[DomainClassifier | None, dict | None]:
    if source is None:
        return None, None
    domain = picture_set(source)
    vectors = [instruments.looked(columns[0])[0] for _, columns in batches(alone(domain, reader, shape))]
    found = domain_classifier(torch.cat(vectors) if vectors else torch.zeros(0, 1), torch.cat(true.vectors))
    return found, {
        "kind": f"logistic regression on {instruments.sets.name}",
        "source": str(source),
        "accuracy_on_held_out_real": found.real,
        "seed": 0,
    }


def _row(
    one: PictureSet, seen: Seen, true: Seen | None, instruments: Instruments, classifier: DomainClassifier | None
) -> dict:
    vectors, each = torch.cat(seen.vectors), dict(seen.each)
    if classifier is not None:
        each["accuracy"] = classifier.passes(vectors).double().tolist()
    figures: dict[str, dict] = {name: summary(values).to_dict() for name, values in each.items()}
    count = len(seen.names)
    sets: dict[str, tuple[float, float | None]] = {}
    if true is not None:
        found = set_figures(vectors, torch.cat(true.vectors), instruments.sets)
        sets = {name: (value, found.get(f"{name} spread")) for name, value in found.items() if "spread" not in name}
    if seen.classes:
        sets[f"IS{instruments.sets.suffix}"] = inception_score(torch.cat(seen.classes))
    for name, (mean, spread) in sets.items():
        figures[name] = {"mean": mean, "spread": spread, "low": None, "high": None, "count": count}
    return {"name": one.name, "folder": str(one.folder), "pictures": count, "figures": _ordered(figures),
            "each": each, "names": seen.names}  # fmt: skip


def _ordered(figures: dict[str, dict]) -> dict[str, dict]:
    order = list(MEASURES)
    return {n: figures[n] for n in sorted(figures, key=lambda n: (order.index(n.split("-")[0]), n))}


def _tests(rows: list[dict]) -> list[dict]:
    """The first model against each other one, on every figure that each picture has; Holm's correction by figure."""
    found = []
    for figure, values in rows[0]["each"].items():
        tests = []
        for other in rows[1:]:
            mine, theirs = (dict(zip(row["names"], row["each"][figure], strict=True)) for row in (rows[0], other))
            shared = [name for name in mine if name in theirs]
            if len(shared) >= 2 and 2 * len(shared) > min(len(mine), len(theirs)):
                pair = [mine[n] for n in shared], [theirs[n] for n in shared]
                tests.append(t_test(rows[0]["name"], pair[0], other["name"], pair[1], paired=True))
            else:
                tests.append(t_test(rows[0]["name"], values, other["name"], other["each"][figure], paired=False))
        found += [{"figure": figure, **test.to_dict()} for test in corrected(tests)]
    return found


def _definitions(rows: list[dict]) -> dict[str, str]:
    names = dict.fromkeys(name for row in rows for name in row["figures"])
    return {name: measure.said for name in names if (measure := measure_of(name))}


def _remarks(rows: list[dict], reals: int, reader: Reader, sets: list[PictureSet]) -> list[str]:
    told = []
    counts = {row["name"]: row["pictures"] for row in rows}
    if min(reals, *counts.values()) < ENOUGH:
        told.append(f"FID is biased upwards below {ENOUGH:,} pictures (here {min(reals, *counts.values())}):"
                    " compare it at equal numbers only, and look at KID.")  # fmt: skip
    if len(set(counts.values())) > 1:
        said = ", ".join(f"{name} {count}" for name, count in counts.items())
        told.append(f"The models have different numbers of pictures ({said}): their FID does not compare.")
    if reader.resized:
        some = min(reader.resized)
        told.append(f"{len(reader.resized)} pictures had another size and were resized, such as {some}.")
    for one in sets:
        if one.twice:
            told.append(f"'{one.name}' has pictures of one name in two formats; the first counts: {one.twice[0]}.")
    if not has_opencv():
        told.append("Edge detail, lines and corners need OpenCV, which is not installed (extra `imagery`).")
    return told


def _shown(rows: list[dict], paired: bool) -> list[str]:
    """Names that every model has, from the first to the last."""
    names = [n for n in rows[0]["names"] if all(n in row["names"] for row in rows)] if paired else []
    step = max(1, len(names) // _SHOWN)
    return names[::step][:_SHOWN]
