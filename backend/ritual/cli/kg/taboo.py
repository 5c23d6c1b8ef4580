"""`ritual kg taboo`: the taboo level of every symbol, and how it goes with its centrality in the semantic graph."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from ritual.cli import options
from ritual.cli.console import command, out, print_json

if TYPE_CHECKING:
    from ritual.culture.correlation import Correlation, TabooStudy

EXAMPLES = "Examples:  [cyan]ritual kg taboo[/cyan]   [cyan]ritual kg taboo --plot taboo.png --json[/cyan]"


@command
def taboo_command(
    plot: Annotated[Path | None, typer.Option("--plot", help="Write the scatter plot here (.png or .svg).")] = None,
    graph: options.Graph = None,
    as_json: options.Json = False,
) -> None:
    """Count how taboo each symbol is from the literature snippets, and correlate that with its centrality."""
    from ritual.culture.correlation import study
    from ritual.culture.graph import load_graph
    from ritual.culture.semantics import semantic_graph
    from ritual.culture.taboo_level import taboo_levels

    triples = load_graph(graph).triples
    made = study(semantic_graph(triples), taboo_levels(triples))
    if plot is not None:
        from ritual.cli.kg.taboo_plot import draw

        draw(made, plot)
    if as_json:
        print_json(_as_dict(made))
        return
    out.print(_table(made))
    for line in _lines(made):
        out.print(line, highlight=False)
    if plot is not None:
        out.print(f"Plot: {plot}", highlight=False)


def _rows(made: TabooStudy) -> list[dict[str, Any]]:
    """Every symbol, the most taboo first; those that no snippet names last."""
    levels = made.levels
    rows = [
        {
            "symbol": count.slug,
            "label": count.label,
            "group": count.group,
            "sanctity": count.sanctity or None,
            "snippets": count.named,
            "frequency": levels.frequency(count),
            "co_occurrence": levels.co_occurrence(count),
            "indicator": levels.indicator(count),
            "centrality": {name: known.values.get(count.iri) for name, known in made.centralities.items()},
            "delta": levels.delta(count),
        }
        for count in levels.counts
    ]
    return sorted(rows, key=lambda row: (row["indicator"] is None, -(row["indicator"] or 0.0), row["symbol"]))


def _as_dict(made: TabooStudy) -> dict[str, Any]:
    from dataclasses import asdict

    from ritual.culture.centrality import DEFAULT
    from ritual.culture.correlation import PUBLISHED_P, PUBLISHED_R

    return {
        "centrality": DEFAULT,
        **asdict(made.correlations[DEFAULT]),
        "published": {"r": PUBLISHED_R, "p": PUBLISHED_P},
        "by_centrality": {name: asdict(known) for name, known in made.correlations.items()},
        "snippets": {"ritual": made.levels.ritual, "everyday": made.levels.everyday},
        "words_of_sanctity": list(made.levels.words),
        "notes": made.notes(),
        "symbols": _rows(made),
    }


def _table(made: TabooStudy) -> Table:
    from ritual.culture.centrality import DEFAULT

    numbers = ("Freq.", "Beside", "Taboo", DEFAULT.capitalize(), "delta")
    right = [Column(name, justify="right", no_wrap=True) for name in numbers]
    left = [Column(name, no_wrap=True) for name in ("Symbol", "Group", "Stated")]
    table = Table(*left, *right, box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for row in _rows(made):
        counted = ("frequency", "co_occurrence", "indicator")
        cells = [f"{row[key]:.3f}" if row["snippets"] else "-" for key in counted]
        stated = (row["sanctity"] or "").removesuffix("-decoration")
        cells += [f"{row['centrality'][DEFAULT]:.4f}", f"{row['delta']:.2f}"]
        table.add_row(row["symbol"], row["group"], stated, *cells)
    return table


def _lines(made: TabooStudy) -> list[str]:
    from ritual.culture.centrality import DEFAULT
    from ritual.culture.correlation import PUBLISHED_P, PUBLISHED_R

    levels, headline = made.levels, made.correlations[DEFAULT]
    others = [f"{name} {_r(known)}" for name, known in made.correlations.items() if name != DEFAULT]
    return [
        "Freq.: share of the ritual snippets that name the symbol. Beside: share of all its snippets that hold a "
        "word of sanctity. Taboo: the indicator, their product. -: no snippet names it.",
        f"[bold]Indicator and {DEFAULT} centrality: {_r(headline)}, n = {headline.n}[/bold]{_details(headline)}",
        f"The other centralities: {'; '.join(others)}. {DEFAULT.capitalize()} was chosen before any r was computed.",
        f"The paper reports r = {PUBLISHED_R}, p {PUBLISHED_P}, on a literature it does not name; ours is counted from "
        f"{levels.ritual} ritual and {levels.everyday} everyday snippets of this graph and says nothing beyond them.",
        *(f"Note: {note}." for note in made.notes()),
    ]


def _r(known: Correlation) -> str:
    return "r cannot be computed" if known.r is None else f"r = {known.r:.2f}, p = {known.p:.2g}"


def _details(known: Correlation) -> str:
    if known.r is None:
        return " (too few symbols, or all alike)"
    return (
        f"\n  95 % interval {known.low:.2f} to {known.high:.2f}; p by permutation {known.permutation_p:.2g}; "
        f"Spearman {known.spearman:.2f}, p = {known.spearman_p:.2g}"
    )
