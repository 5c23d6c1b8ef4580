"""The scatter plot of `ritual kg taboo`: centrality across, taboo indicator up, one dot per symbol."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
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
    from matplotlib.transforms import Bbox

FORMATS = (".png", ".svg")
_DOT = 26.0  # area of one symbol's dot [points squared]
_KEY = "The larger the mark, the more symbols stand at its place."
_PLACES, _NAMES = 16, 3  # places that are named, and symbols named at one of them
_SPOTS = (  # where a name may stand beside its mark: direction, alignment
    ((1, 0), "left", "center"),
    ((-1, 0), "right", "center"),
    ((0, 1), "center", "bottom"),
    ((0, -1), "center", "top"),
    ((0.8, 0.8), "left", "bottom"),
    ((-0.8, 0.8), "right", "bottom"),
)
_PAPER = {"boxstyle": "square,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.8}  # behind a name
_KINDS = (
    ("", "symbols of no stated sanctity", "#4a5a6a", "o"),
    ("ordinary-decoration", "stated ordinary decoration", "#2f8f83", "s"),
    ("sacred", "stated sacred", "#b3262e", "D"),
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
    known = made.correlations[DEFAULT]
    title = f"Taboo indicator and centrality of {known.n} symbols"
    if known.r is not None:
        title += f": r = {known.r:.2f}, p = {known.p:.2g}"
        slope, base = np.polyfit(across, up, 1)
        ends = np.array([across.min(), across.max()])
        axes.plot(ends, base + slope * ends, color="#888888", lw=1.2, ls="--", zorder=2, label="least squares")
    axes.set_title(title, loc="left")
    for sanctity, name, colour, marker in _KINDS:
        at = Counter((x, y) for x, y, count in zip(across, up, counts, strict=True) if count.sanctity == sanctity)
        places, sizes = np.array(list(at)).reshape(-1, 2), [_DOT * number for number in at.values()]
        dots = {"c": colour, "marker": marker, "alpha": 0.75, "lw": 0, "zorder": 3}
        axes.scatter(places[:, 0], places[:, 1], s=sizes, **dots)
        axes.scatter([], [], s=_DOT, label=name, **dots)
    axes.set_xlabel(f"{DEFAULT} centrality in the semantic graph")
    axes.set_ylabel("taboo indicator (frequency × co-occurrence)")
    axes.margins(0.08)
    axes.grid(alpha=0.25, lw=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=8.5, title=_KEY, title_fontsize=8.5)
    _label(axes, counts, across, up)


def _label(axes: Axes, counts: list[SymbolCount], across: np.ndarray, up: np.ndarray) -> None:
    """Names at the places farthest from the crowd, each where it covers neither a mark nor another name."""
    names: dict[tuple[float, float], list[str]] = defaultdict(list)
    for x, y, count in zip(across, up, counts, strict=True):
        names[(x, y)].append(count.label)
    middle, spread = (across.mean(), up.mean()), (across.std() or 1.0, up.std() or 1.0)
    ordered = sorted(names, key=lambda at: (-math.hypot(*(np.subtract(at, middle) / spread)), at))
    axes.figure.draw_without_rendering()  # settles the layout, so that extents are true
    taken = [_mark(axes, place, len(labels)) for place, labels in names.items()]
    for place in ordered[:_PLACES]:
        shown = names[place][:_NAMES]
        more = len(names[place]) - len(shown)
        text = "\n".join([*shown, f"and {more} more"] if more else shown)
        away = _radius(len(names[place])) + 4
        for (x, y), side, height in _SPOTS:
            style = {"textcoords": "offset points", "fontsize": 7, "bbox": _PAPER, "zorder": 2.5}
            label = axes.annotate(text, place, xytext=(x * away, y * away), ha=side, va=height, **style)
            box = label.get_window_extent()
            if not any(box.overlaps(other) for other in taken) and _inside(box, axes):
                taken.append(box)
                break
            label.remove()


def _radius(symbols: int) -> float:
    """Of a mark for so many symbols [points]."""
    return math.sqrt(_DOT * symbols) / 2


def _mark(axes: Axes, place: tuple[float, float], symbols: int) -> Bbox:
    """What a mark covers [pixels]."""
    from matplotlib.transforms import Bbox

    x, y = axes.transData.transform(place)
    radius = _radius(symbols) * axes.figure.dpi / 72
    return Bbox([[x - radius, y - radius], [x + radius, y + radius]])


def _inside(box: Bbox, axes: Axes) -> bool:
    frame = axes.get_window_extent()
    return bool(frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1)
