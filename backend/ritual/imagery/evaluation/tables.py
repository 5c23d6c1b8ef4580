"""Tables in the papers' form: mean ± spread, arrows for what is better, the best in bold; as LaTeX, CSV and HTML."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from ritual.errors import BadInput, nearest
from ritual.imagery.evaluation.measures import measure_of

ACROSS = 8
"""Figures that stand side by side at most; a table of more has them below one another and the models side by side."""
_LATEX = {"\\": r"\textbackslash{}", **{c: "\\" + c for c in "&%$#_{}"}, "~": r"\textasciitilde{}", "^": r"\^{}"}
_SIGNS = {"↑": r"$\uparrow$", "↓": r"$\downarrow$", "≈": r"$\approx$"}


@dataclass(frozen=True)
class Cell:
    """`spread`: None where there is none."""

    mean: float
    spread: float | None = None


@dataclass(frozen=True)
class Table:
    """
    Attributes:
        columns: names of figures (`measures`; others have no arrow and no best). rows: model -> figure -> cell; a
            figure that a model lacks stays empty.
        real: the row of the real pictures, which is no model: never the best, and what others should come near to.
        beside: rows that are no rivals of the others, and never the best.
    """

    columns: tuple[str, ...]
    rows: Mapping[str, Mapping[str, Cell]]
    real: str | None = None
    beside: tuple[str, ...] = ()

    def only(self, figures: Sequence[str]) -> Table:
        """Some of its figures, in that order; "FID" names "FID-memory", too, where there is but that.

        Raises:
            BadInput: it has no such figure.
        """
        chosen: list[str] = []
        for name in figures:
            found = [c for c in self.columns if c == name] or [c for c in self.columns if c.split("-")[0] == name]
            if not found:
                raise BadInput(f"There is no figure '{name}' in this table.", hint=nearest(name, self.columns))
            chosen += found
        return Table(tuple(dict.fromkeys(chosen)), self.rows, self.real, self.beside)

    def best(self, column: str) -> set[str]:
        """The models whose figure, as it is written, is the best; none where there is nothing to compare."""
        measure = measure_of(column)
        means = {
            row: cells[column].mean
            for row, cells in self.rows.items()
            if column in cells and row not in self.beside
        }
        true = means.pop(self.real, None) if self.real else None
        if measure is None or len(means) < 2 or (not measure.better and true is None):
            return set()
        worth = {row: measure.better * mean if measure.better else -abs(mean - true) for row, mean in means.items()}
        top = measure.form.format(means[max(worth, key=worth.__getitem__)])
        return {row for row, mean in means.items() if measure.form.format(mean) == top}

    def words(self, row: str, column: str) -> tuple[str, str]:
        """Mean and spread as written; empty where there is none."""
        cell = self.rows[row].get(column)
        if cell is None:
            return "", ""
        form = measure.form if (measure := measure_of(column)) else "{:.4g}"
        return form.format(cell.mean), "" if cell.spread is None else form.format(cell.spread)

    def heading(self, column: str) -> str:
        measure = measure_of(column)
        return f"{column} {measure.arrow}" if measure else column

    def latex(self, caption: str, label: str) -> str:
        """A `table` with booktabs rules."""
        head, *body = self._grid(_tex, self._tex_cell)
        lines = [
            r"\begin{table}", r"\centering", rf"\caption{{{_tex(caption)}}}", rf"\label{{{label}}}",
            rf"\begin{{tabular}}{{l{'r' * (len(head) - 1)}}}", r"\toprule",
            " & ".join(head) + r" \\", r"\midrule", *(" & ".join(row) + r" \\" for row in body),
            r"\bottomrule", r"\end{tabular}", r"\end{table}", "",
        ]  # fmt: skip
        return "\n".join(lines)

    def csv(self) -> str:
        """One line a model: every mean in full, beside it its spread."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["model", *(title for name in self.columns for title in (name, f"{name} spread"))])
        for row, cells in self.rows.items():
            found = [cells.get(name) for name in self.columns]
            both = [(c.mean, "" if c.spread is None else c.spread) if c else ("", "") for c in found]
            writer.writerow([row, *(value for pair in both for value in pair)])
        return out.getvalue()

    def html(self) -> Markup:
        """A `table` without style; numbers are in cells of class `n`."""
        head, *body = self._grid(lambda text: str(escape(text)), self._html_cell)
        title = "".join(f'<th class="n">{cell}</th>' for cell in head[1:])
        cells = ["".join(f'<td class="n">{cell}</td>' for cell in row[1:]) for row in body]
        rows = "".join(f'<tr><th scope="row">{row[0]}</th>{line}</tr>\n' for row, line in zip(body, cells, strict=True))
        return Markup(f"<table><thead><tr><th>{head[0]}</th>{title}</tr></thead>\n<tbody>\n{rows}</tbody></table>")

    def _grid(self, plain: Callable[[str], str], cell: Callable[[str, str], str]) -> list[list[str]]:
        """Headings and cells, line by line, turned where it has too many figures."""
        grid = [["", *(plain(self.heading(name)) for name in self.columns)]]
        grid += [[plain(row), *(cell(row, name) for name in self.columns)] for row in self.rows]
        return [list(line) for line in zip(*grid, strict=True)] if len(self.columns) > ACROSS else grid

    def _tex_cell(self, row: str, column: str) -> str:
        mean, spread = self.words(row, column)
        if not mean:
            return "--"
        shown = rf"\mathbf{{{mean}}}" if row in self.best(column) else mean
        beside = rf" \pm {spread}" if spread else ""
        return f"${shown}{beside}$"

    def _html_cell(self, row: str, column: str) -> str:
        mean, spread = self.words(row, column)
        shown = f"<b>{mean}</b>" if row in self.best(column) else mean
        return f"{shown} <small>± {spread}</small>" if spread else shown


def table_of(rows: Sequence[Mapping], real: str | None = None) -> Table:
    """Of rows as a benchmark writes them: `model`, figures as {"mean", "spread"}, and `beside` if it is no rival."""
    beside = tuple(row["model"] for row in rows if row.get("beside"))
    found = {
        row["model"]: {name: Cell(value["mean"], value.get("spread")) for name, value in row.items()
                       if isinstance(value, Mapping) and "mean" in value}
        for row in rows
    }  # fmt: skip
    return Table(tuple(dict.fromkeys(name for cells in found.values() for name in cells)), found, real, beside)


def evaluation_table(result: Mapping) -> Table:
    """Of what `evaluate` found, with the real pictures last."""
    rows = [*result["models"], result["real"]]
    return table_of([{"model": row["name"], **row["figures"]} for row in rows], result["real"]["name"])


def _tex(text: str) -> str:
    return "".join(_SIGNS.get(c) or _LATEX.get(c, c) for c in text)
