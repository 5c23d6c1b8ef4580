"""Tables of figures on the screen."""

from __future__ import annotations

from rich.table import Table as Printed

from ritual.imagery.evaluation.tables import Table


def printed(table: Table) -> Printed:
    """Figures down, models across: there are more figures than models."""
    shown = Printed(box=None, pad_edge=False)
    shown.add_column("")
    for name in table.rows:
        shown.add_column(name, justify="right")
    for column in table.columns:
        cells = []
        for row in table.rows:
            mean, spread = table.words(row, column)
            words = f"{mean} ± {spread}" if spread else mean
            cells.append(f"[bold]{words}[/bold]" if row in table.best(column) else words)
        shown.add_row(table.heading(column), *cells)
    return shown
