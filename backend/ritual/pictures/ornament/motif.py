"""One motif from its form to its picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ritual.errors import BadInput, nearest
from ritual.pictures.ornament.crafts import RENDERERS, rendered
from ritual.pictures.ornament.drawing import Drawing
from ritual.pictures.ornament.forms import FORMS
from ritual.pictures.ornament.layout import parts_of
from ritual.pictures.ornament.sketch import Manner, Sketch
from ritual.pictures.ornament.style import Style
from ritual.pictures.ornament.view import seen


@dataclass(frozen=True)
class Motif:
    """A drawing and how it is got up.

    Attributes:
        drawing: its outlines.
        style: what it is painted with.
        measures: of its shape, by the slug of the measure.
    """

    drawing: Drawing
    style: Style
    measures: dict[str, float]


def drawn(form: str, manner: Manner, style: Style, rng: np.random.Generator) -> Motif:
    """Draw one motif of a form.

    Raises:
        BadInput: there is no such form or craft; names the nearest.
    """
    for name, known, what in ((form, FORMS, "form"), (style.craft, RENDERERS, "craft")):
        if name not in known:
            raise BadInput(f"Nothing here can draw the {what} '{name}'.", hint=nearest(name, known))
    sketch = Sketch(rng, manner)
    FORMS[form](sketch)
    return Motif(sketch.drawing(), style, dict(sketch.measures))


def painted(drawing: Drawing, style: Style, size: int, rng: np.random.Generator) -> np.ndarray:
    """(size, size, 3) uint8: the drawing laid out, made in its craft, and seen by a camera."""
    return seen(rendered(parts_of(drawing, style, 2 * size), style, size, rng), rng)
