"""An evaluation of pictures as one page of HTML that needs nothing beside itself and runs no script."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jinja2 import Environment, PackageLoader
from markupsafe import Markup
from PIL import Image

from ritual.errors import BadInput
from ritual.files import write_text
from ritual.imagery.evaluation.measures import measure_of
from ritual.imagery.evaluation.picture_sets import PictureSet, picture_set
from ritual.imagery.evaluation.tables import evaluation_table
from ritual.pictures.reading import read_picture

_TEMPLATES = Environment(loader=PackageLoader("ritual.imagery"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
_SIDE = 160  # px of a picture on the page


@dataclass(frozen=True)
class Bar:
    """A model's figure beside the others': its words, and mean and interval as places in 0..100 %."""

    name: str
    words: str
    at: float
    low: float
    high: float
    best: bool


def write_page(result: Mapping, path: Path) -> Path:
    """What `evaluate` found; pictures are read from the folders that it names.

    Raises:
        BadInput: the page cannot be written.
    """
    page = _TEMPLATES.get_template("evaluation.html").render(
        style=Markup(_TEMPLATES.get_template("evaluation.css").render()),
        result=result,
        table=evaluation_table(result).html(),
        figures=_figures(result),
        rows=_rows(result),
        columns=["real", *(model["name"] for model in result["models"])],
        tests=[{**test, "form": _form(test["figure"])} for test in result["tests"]],
    )
    return write_text(path, page)


def _form(figure: str) -> str:
    measure = measure_of(figure)
    return measure.form if measure else "{:.4g}"


def _figures(result: Mapping) -> list[tuple[str, str, list[Bar]]]:
    """(heading, definition, bars) of every figure."""
    table, found = evaluation_table(result), []
    for name, said in result["measures"].items():
        of = {m["name"]: m["figures"][name] for m in (*result["models"], result["real"]) if name in m["figures"]}
        ends = [figure[key] for figure in of.values() for key in ("mean", "low", "high") if figure[key] is not None]
        low, wide = min(ends), max(ends) - min(ends) or 1.0
        bars = []
        for model, figure in of.items():
            places = [figure[key] if figure[key] is not None else figure["mean"] for key in ("mean", "low", "high")]
            mean, spread = table.words(model, name)
            words = f"{mean} ± {spread}" if spread else mean
            at = [round(4 + 92 * (value - low) / wide, 2) for value in places]
            bars.append(Bar(model, words, *at, best=model in table.best(name)))
        found.append((table.heading(name), said, bars))
    return found


def _rows(result: Mapping) -> list[tuple[str, list[str]]]:
    """(name, pictures as PNG in base64): the real one and each model's."""
    if not result["shown"]:
        return []
    sets = [picture_set(Path(row["folder"])) for row in (result["real"], *result["models"])]
    return [(name, [_png(one, name) for one in sets]) for name in result["shown"]]


def _png(one: PictureSet, name: str) -> str:
    try:
        rgb = read_picture(one.files[name]).on()
    except (BadInput, KeyError):
        return ""
    image = Image.fromarray((rgb * 255 + 0.5).astype(np.uint8))
    image.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()
