"""The buttons; each file is one of them, `doing` is how their work is done."""

from __future__ import annotations

from . import check, connect, generate, pictures, regenerate, symbols, variant

CLASSES = (
    *connect.CLASSES, *generate.CLASSES, *check.CLASSES, *regenerate.CLASSES, *symbols.CLASSES, *pictures.CLASSES,
    *variant.CLASSES,
)  # fmt: skip
