"""Tables in the papers' form: mean ± spread, arrows for what is better, the best in bold; as LaTeX, CSV and HTML."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from ritual.imagery.measures import measure_of

_LATEX = {"\\": r"\textbackslash{}", **{c: "\\" + c for c in "&%$#_{}"}, "~": r"\textasciitilde{}", "^": r"\^{}"}


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
        beside: rows that are no models (the real pictures): never the best.
    """

    columns: tuple[str, ...]
    rows: Mapping[str, Mapping[str, Cell]]
    beside: tuple[str, ...] = ()

    def best(self, column: str) -> set[str]:
        """The models whose figure, as it is written, is the best; none where there is nothing to compare."""
        measure = measure_of(column)
        means = {row: cells[column].mean for row, cells in self.rows.items()
                 if column in cells and row not in self.beside}  # fmt: skip
        if measure is None or len(means) < 2:
            return set()
        top = max(means.values(), key=lambda mean: measure.better * mean)
        return {row for row, mean in means.items() if measure.form.format(mean) == measure.form.format(top)}

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
        headings = [_tex(self.heading(name)) for name in self.columns]
        lines = [
            r"\begin{table}", r"\centering", rf"\caption{{{_tex(caption)}}}", rf"\label{{{label}}}",
            rf"\begin{{tabular}}{{l{'r' * len(self.columns)}}}", r"\toprule",
            " & ".join(("Model", *headings)) + r" \\", r"\midrule",
            *(" & ".join((_tex(row), *(self._tex_cell(row, name) for name in self.columns))) + r" \\"
              for row in self.rows),
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
        """A `table` without style."""
        head = "".join(f'<th class="n">{escape(self.heading(name))}</th>' for name in self.columns)
        body = "".join(
            f'<tr><th scope="row">{escape(row)}</th>'
            f"{''.join(self._html_cell(row, name) for name in self.columns)}</tr>\n"
            for row in self.rows
        )
        return Markup(f"<table><thead><tr><th>Model</th>{head}</tr></thead>\n<tbody>\n{body}</tbody></table>")

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
        return f'<td class="n">{shown}{f" <small>± {spread}</small>" if spread else ""}</td>'


def table_of(rows: Iterable[Mapping], beside: Iterable[str] = ()) -> Table:
    """Of rows as a benchmark writes them: `model`, and each figure as {"mean", "spread"} under its name."""
    found = {
        row["model"]: {name: Cell(value["mean"], value.get("spread")) for name, value in row.items()
                       if isinstance(value, Mapping) and "mean" in value}
        for row in rows
    }  # fmt: skip
    return Table(tuple(dict.fromkeys(name for cells in found.values() for name in cells)), found, tuple(beside))


def evaluation_table(result: Mapping) -> Table:
    """Of what `evaluate` found, with the real pictures last."""
    rows = [*result["models"], result["real"]]
    return table_of(({"model": row["name"], **row["figures"]} for row in rows), beside=[result["real"]["name"]])


def _tex(text: str) -> str:
    plain = "".join(_LATEX.get(c, c) for c in text)
    return plain.replace("↑", r"$\uparrow$").replace("↓", r"$\downarrow$")
