"""How a training goes, as one page of HTML that needs nothing beside itself and runs no script."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
from jinja2 import Environment, PackageLoader
from markupsafe import Markup
from PIL import Image

from ritual.files import write_text
from ritual.imagery.training.charts import chart
from ritual.imagery.training.fluctuation import fluctuation, running
from ritual.imagery.training.history import History

_TEMPLATES = Environment(loader=PackageLoader("ritual.imagery"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
GRIDS = 10
"""Grids of samples on the page: the first, the last and some between."""
_WIDEST = 900  # px of a grid on the page


def write_page(
    path: Path,
    recipe: Mapping,
    history: History,
    step: int,
    steps: int,
    left: float,
    samples: Sequence[tuple[int, Path]],
    notes: Sequence[str],
    counts: Mapping[str, Mapping[str, int]],
) -> Path:
    """The page, written whole or not at all.

    Args:
        step, steps: done, and in all. left: seconds to the last. samples: (step, picture) in order. notes: what is to
            be known of the data, bad files among it. counts: of sources by split and domain.

    Raises:
        BadInput: it cannot be written.
    """
    page = _TEMPLATES.get_template("progress.html").render(
        style=Markup(_TEMPLATES.get_template("progress.css").render()),
        recipe=recipe,
        step=step,
        steps=steps,
        left=timedelta(seconds=round(left)),
        losses=_losses(history),
        figures=_figures(history),
        fluctuations=[fluctuation(name, history.series(name)[1]) for name in history.figure_names],
        samples=[(at, _embedded(file)) for at, file in reversed(_spread(samples)) if file.exists()],
        notes=notes,
        counts=counts,
    )
    return write_text(path, page)


def _losses(history: History) -> list[Markup]:
    """A chart for each player, a line for each part."""
    table, steps = history.losses(), np.arange(1, len(history.rows) + 1)
    players: dict[str, dict[str, tuple[np.ndarray, np.ndarray]]] = {}
    for column, name in enumerate(history.names):
        player, _, part = name.partition("/")
        players.setdefault(player, {})[part] = (steps, table[:, column])
    return [chart(f"Loss of the {player}", lines) for player, lines in players.items()]


def _figures(history: History) -> list[Markup]:
    """A chart for each figure: its values, their running mean, and the running standard deviation around it."""
    charts = []
    for name in history.figure_names:
        steps, values = history.series(name)
        mean, spread = running(values)
        lines = {"each evaluation": (steps, values), "mean of the last 5 ± standard deviation": (steps, mean)}
        charts.append(chart(name, lines, spread, dots=True))
    return charts


def _spread(samples: Sequence[tuple[int, Path]]) -> list[tuple[int, Path]]:
    """Some of many, the first and the last among them."""
    if len(samples) <= GRIDS:
        return list(samples)
    return [samples[at] for at in np.linspace(0, len(samples) - 1, GRIDS).round().astype(int)]


def _embedded(path: Path) -> str:
    """A picture as a data address: JPEG, which is a fifth of the PNG beside it."""
    with Image.open(path) as image:
        shown = image.convert("RGB")
    shown.thumbnail((_WIDEST, 4 * _WIDEST))
    file = io.BytesIO()
    shown.save(file, "JPEG", quality=88)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()
