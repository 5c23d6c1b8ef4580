"""The buttons; each file is one of them."""

from __future__ import annotations

from . import connect, generate, variant

CLASSES = (*connect.CLASSES, *generate.CLASSES, *variant.CLASSES)
