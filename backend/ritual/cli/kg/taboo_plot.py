"""The scatter plot of `ritual kg taboo`: centrality across, taboo indicator up, one dot per symbol."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ritual.culture.centrality import DEFAULT
from ritual.culture.correlation import TabooStudy
from ritual.culture.taboo_level import SymbolCount
from ritual.errors import BadInput
from ritual.files import write_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FORMATS = (".png", ".svg")
_LABELLED = 14
_KINDS = (
    ("sacred", "said to be sacred", "#b3262e", "D"),
    ("", "not said", "#4a5a6a", "o"),
    ("ordinary-decoration", "said to be ordinary decoration", "#2f8f83", "s"),
)


def draw(made: TabooStudy, path: Path) -> None:
    """Write the plot as PNG or SVG.

    Raises:
        BadInput: another suffix, no matplotlib, no symbol in a snippet, or a folder that cannot be written.
    """
    if path.suffix.lower() not in FORMATS:
        raise BadInput(f"Cannot write a plot as '{path.name}'.", hint=f"End the name in {' or '.join(FORMATS)}.")
    counts = [count for count in made.levels.counts if count.named]
    if not counts:
        raise BadInput("No symbol stands in a snippet, so there is nothing to plot.")
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise BadInput("Plots need matplotlib.", hint='Install it: pip install "ritual-motion[plots]".') from None
    figure = Figure(figsize=(9, 6), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    _scatter(axes, made, counts)
    buffer = BytesIO()
    # the same graph gives the same bytes: no date, no random ids
    with rc_context({"svg.hashsalt": "ritual"}):
        figure.savefig(buffer, format=path.suffix[1:].lower(), metadata={"Date": None} if path.suffix == ".svg" else {})
    write_bytes(path, buffer.getvalue())


def _scatter(axes: Axes, made: TabooStudy, counts: list[SymbolCount]) -> None:
    across = np.array([made.centralities[DEFAULT].values[count.iri] for count in counts])
    up = np.array([made.levels.indicator(count) for count in counts])
    for sanctity, name, colour, marker in _KINDS:
        chosen = [count.sanctity == sanctity for count in counts]
        axes.scatter(across[chosen], up[chosen], c=colour, marker=marker, s=34, alpha=0.8, label=name, lw=0, zorder=3)
    known = made.correlations[DEFAULT]
    axes.set_title(f"Taboo indicator and centrality of {known.n} symbols: ", loc="left")
    if known.r is not None:
        slope, base = np.polyfit(across, up, 1)
        ends = np.array([across.min(), across.max()])
        axes.plot(ends, base + slope * ends, color="#888888", lw=1.2, ls="--", zorder=2, label="least squares")
        axes.set_title(f"{axes.get_title(loc='left')}r = {known.r:.2f}, p = {known.p:.2g}", loc="left")
    axes.set_xlabel(f"{DEFAULT} centrality in the semantic graph")
    axes.set_ylabel("taboo indicator (frequency × co-occurrence)")
    axes.grid(alpha=0.25, lw=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left")
    _label(axes, counts, across, up)


def _label(axes: Axes, counts: list[SymbolCount], across: np.ndarray, up: np.ndarray) -> None:
    """Names of the symbols farthest from the crowd."""
    spread = np.hypot(_standard(across), _standard(up))
    for at in np.argsort(-spread, kind="stable")[:_LABELLED]:
        axes.annotate(counts[at].label, (across[at], up[at]), xytext=(5, 4), textcoords="offset points", fontsize=7.5)


def _standard(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / (values.std() or 1.0)
