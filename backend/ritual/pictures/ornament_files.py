"""A corpus on disk: pictures, or their drawings as SVG, with the labels that make the folder a collection."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ritual.culture.graph import Graph
from ritual.errors import BadInput, nearest
from ritual.files import write_bytes, write_text
from ritual.pictures.corpus import Corpus, Label
from ritual.pictures.labels_csv import COLUMNS
from ritual.pictures.png import png
from ritual.pictures.side_by_side import side_by_side

TABLE = "labels.csv"


def write_ornament(
    graph: Graph,
    folder: Path,
    *,
    forms: Sequence[str] = (),
    groups: Sequence[str] = (),
    symbols: Sequence[str] = (),
    count: int = 12,
    size: int = 256,
    seed: int = 0,
    vector: bool = False,
    tell: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> list[tuple[Path, Label]]:
    """Draw `count` pictures into a folder, with `labels.csv` (read by `Collection`) and a contact sheet.

    Args:
        graph: what they are made from.
        folder: made where it is not there; must hold no labels yet.
        forms, groups, symbols: slugs; none = all.
        count: how many, each another drawing.
        size: side of a picture [px].
        seed: of all chance.
        vector: SVG of the bare drawing instead of PNG of the made thing; no contact sheet then.
        tell: hears of each picture that is done: its number from 1, how many there will be, its name.

    Raises:
        BadInput: a slug that the graph does not know, no symbol that is all of these, or a folder with labels.
    """
    for kind, slugs in (("form", forms), ("group", groups), ("symbol", symbols)):
        for slug in slugs:
            if slug not in (known := graph.lexicon.things(kind)):
                raise BadInput(f"The graph knows no {kind} '{slug}'.", hint=nearest(slug, known))
    wanted = [
        p for p in graph.patterns
        if (not groups or p.group in groups) and (not symbols or p.symbol in symbols)
        and (not forms or {*p.forms} & {*forms}) and any(s.concepts for s in p.settings)
    ]  # fmt: skip
    if not wanted:
        hint = _what_there_is(graph, groups)
        raise BadInput("No symbol is all of that, can be drawn and means something.", hint=hint)
    if (folder / TABLE).exists():
        raise BadInput(f"{folder} holds a {TABLE} already.", hint="Name another folder, or move it away.")
    corpus = Corpus(
        graph, seed=seed, size=size, count=count, variations=1,
        only=lambda cell: cell.pattern in wanted and (not forms or cell.form in forms),
    )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    chosen = np.random.default_rng((seed, 5)).permutation(len(corpus))[:count]
    written = []
    for number, i in enumerate(chosen, 1):
        path, label = _written(corpus, int(i), folder, vector, number), corpus.labels[i]
        written.append((path, label))
        tell(number, len(chosen), path.name)
    write_text(folder / TABLE, _table(written))
    if not vector:
        drawn = side_by_side([corpus.image(int(i)) for i in chosen[:64]], gap=6, ground=245)
        write_bytes(folder / "sheet.png", png(drawn))
    return written


def _written(corpus: Corpus, i: int, folder: Path, vector: bool, number: int) -> Path:
    label = corpus.labels[i]
    name = f"{number:04d}-{label.symbol}-{label.form}"
    if vector:
        return write_text(folder / f"{name}.svg", corpus.sample(i, svg_too=True).svg or "")
    return write_bytes(folder / f"{name}.png", png(corpus.image(i)))


def _table(written: list[tuple[Path, Label]]) -> str:
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    table.writeheader()
    for path, label in written:
        table.writerow({
            "file": path.name, "type": label.form, "form": label.form, "symbol": label.symbol, "group": label.group,
            "concept": " ".join(label.concepts), "occasion": label.occasion, "worn_on": label.worn_on,
            "latitude": f"{label.place[0]:g}", "longitude": f"{label.place[1]:g}",
            "tags": f"{label.craft} {label.arrangement}",
        })  # fmt: skip
    return text.getvalue()


def _what_there_is(graph: Graph, groups: Sequence[str]) -> str:
    found = [p for p in graph.patterns if p.group in groups] if groups else graph.patterns
    told = ", ".join(sorted({form for p in found for form in p.forms}))
    return f"Forms{' of ' + ' and '.join(groups) if groups else ''}: {told}." if told else "Describe how one is drawn."
