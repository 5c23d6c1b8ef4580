"""The evaluation as one page of HTML: what was measured, against what, how sure it is, and how it looks.

It reads what `ritual motion evaluate --json` writes. The page needs nothing beside itself but the films and pictures
in its media folder, runs no script, and leaves out what was not measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from ritual.errors import BadInput
from ritual.files import write_text
from ritual.motion.report_figures import Bar, Figure, axis, bar, said

_TEMPLATES = Environment(loader=PackageLoader("ritual.motion"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
_CAPTION_BARS = (
    ("dtw_similarity", "generated", "generated and real"),
    ("dtw_real_vs_real", "real", "real and real"),
    ("dtw_random", "random", "random and real"),
)
_DANCE_BARS = (
    ("compliance_before_without_kl", "random", "before projection, trained without KL"),
    ("compliance_before", "generated", "before projection"),
    ("compliance_after", "real", "after projection"),
)


@dataclass(frozen=True)
class Media:
    """A real and a generated clip, drawn side by side.

    Attributes:
        title, caption: words over and under it.
        left_label, right_label: who stands where.
        sheet: contact sheet, relative to the page.
        film, poster: film and a picture of it, relative to the page; None where none could be made.
        size: (width, height) of the sheet [pixels].
    """

    title: str
    caption: str
    left_label: str
    right_label: str
    sheet: str
    film: str | None
    poster: str | None
    size: tuple[int, int]


@dataclass(frozen=True)
class Plot:
    """Rows of bars on one axis: (heading, note, bars) each."""

    rows: list[tuple[str, str, list[Bar]]]
    top: str


@dataclass(frozen=True)
class Table:
    """Figures by name: the columns, and (row heading, a figure or None per column)."""

    columns: list[str]
    rows: list[tuple[str, list[Figure | None]]]


def write_page(result: Mapping, path: Path, media: Sequence[Media] = (), note: str = "") -> Path:
    """`page`, written whole or not at all."""
    return write_text(path, page(result, media, note))


def page(result: Mapping, media: Sequence[Media] = (), note: str = "") -> str:
    """The report as HTML; the same result gives the same bytes.

    Args:
        result: `figures` {key: {value, spread, n, unit, what, target {op, value, source}}}, and where they were
            measured `command`, `date`, `device`, `weights`, `captions` [{caption, n_real, n_generated,
            dtw_similarity, dtw_real_vs_real, dtw_random}], `dances` {slug: {key: figure}}, `ablation`
            [{name, key: figure}], `models` {name: {key: figure}} and `confusion` {labels, matrix}; a figure may be a
            number everywhere.
        media: what to show.
        note: a sentence under the films, such as why there are none.

    Raises:
        BadInput: a part of the result is not of that form; names it.
    """
    figures = [Figure.of(key, data) for key, data in _mapping(result, "figures").items()]
    units = {f.key: f.unit for f in figures}
    aimed = [f for f in figures if f.target]
    dances = _mapping(result, "dances")
    return _TEMPLATES.get_template("report.html").render(
        style=Markup(_TEMPLATES.get_template("report.css").render()),
        facts=[(name, str(result[name])) for name in ("date", "device") if result.get(name)],
        command=str(result.get("command") or ""),
        weights=[(str(name), _plain(value)) for name, value in _mapping(result, "weights").items()],
        aimed=aimed,
        short=[f for f in aimed if not f.met],
        targets=[bar(f, "generated", axis([f])) for f in aimed],
        captions=_captions(_rows(result, "captions"), units),
        dances=_by_name(dances, _DANCE_BARS, units),
        dance_table=_table(dances, units),
        models=_table(_mapping(result, "models"), units),
        ablation=_table(_named(_rows(result, "ablation")), units),
        confusion=_confusion(result.get("confusion")),
        figures=figures,
        media=list(media),
        note=note,
    )


def _captions(rows: Sequence[Mapping], units: Mapping[str, str]) -> Plot | None:
    said_of = (("n_real", "real"), ("n_generated", "generated"))
    notes = {
        str(row.get("caption", "?")): ", ".join(f"{row[key]} {word}" for key, word in said_of if key in row)
        for row in rows
    }
    plot = _by_name({str(row.get("caption", "?")): row for row in rows}, _CAPTION_BARS, units)
    return plot and Plot([(name, notes[name], bars) for name, _, bars in plot.rows], plot.top)


def _by_name(rows: Mapping, kinds: Sequence[tuple[str, str, str]], units: Mapping[str, str]) -> Plot | None:
    """A group of bars to each row, of those kinds that were measured anywhere."""
    drawn = {}
    for name in rows:
        row = _mapping(rows, name)
        parts = [(Figure.of(k, row[k], units), kind, label) for k, kind, label in kinds if k in row]
        if parts:
            drawn[str(name)] = parts
    figures = [figure for parts in drawn.values() for figure, _, _ in parts]
    if not figures:
        return None
    top = axis(figures)
    groups = [(name, "", [bar(f, kind, top, label) for f, kind, label in parts]) for name, parts in drawn.items()]
    return Plot(groups, said(top, figures[0].unit))


def _table(rows: Mapping, units: Mapping[str, str]) -> Table | None:
    """Every figure of every row; what one of them lacks stays empty."""
    parts = {str(name): _mapping(rows, name) for name in rows}
    keys = list(dict.fromkeys(key for row in parts.values() for key, data in row.items() if _is_figure(data)))
    if not keys:
        return None

    def cell(row: Mapping, key: str) -> Figure | None:
        return None if row.get(key) is None else Figure.of(key, row[key], units)

    told = [(name, [cell(row, key) for key in keys]) for name, row in parts.items()]
    return Table([Figure(key, None).name for key in keys], told)


def _named(rows: Sequence[Mapping]) -> dict[str, dict]:
    out = {}
    for row in rows:
        figures = _mapping(row, "figures") if "figures" in row else {k: v for k, v in row.items() if k != "name"}
        out[str(row.get("name", "?"))] = dict(figures)
    return out


def _is_figure(data: object) -> bool:
    return isinstance(data, (int, float, Mapping)) and not isinstance(data, bool)


def _confusion(data: object) -> dict | None:
    """labels, and of each row (label, [(count, share of the row in per cent)])."""
    if not data:
        return None
    try:
        labels, matrix = [str(label) for label in data["labels"]], [[float(c) for c in row] for row in data["matrix"]]
    except (KeyError, TypeError, ValueError):
        raise BadInput("'confusion' must hold labels and a matrix of numbers.") from None
    if [len(row) for row in matrix] != [len(labels)] * len(labels):
        raise BadInput(f"'confusion' has {len(labels)} labels but its matrix is not {len(labels)} x {len(labels)}.")
    rows = [
        (label, [(f"{count:g}", round(100 * count / (sum(row) or 1))) for count in row])
        for label, row in zip(labels, matrix, strict=True)
    ]
    right = sum(matrix[n][n] for n in range(len(labels)))
    total = sum(map(sum, matrix))
    return {"labels": labels, "rows": rows, "right": f"{right:g}", "total": f"{total:g}"} if total else None


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {_plain(v)}" for k, v in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)


def _mapping(data: Mapping, key: str) -> Mapping:
    found = data.get(key) if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(found or {}, Mapping):
        raise BadInput(f"'{key}' of the evaluation is no JSON object.", hint="Give what `evaluate --json` wrote.")
    return found or {}


def _rows(data: Mapping, key: str) -> Sequence[Mapping]:
    found = data.get(key) or []
    if not isinstance(found, list) or not all(isinstance(row, Mapping) for row in found):
        raise BadInput(f"'{key}' of the evaluation is no list of JSON objects.")
    return found
