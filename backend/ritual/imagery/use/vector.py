"""A paper-cut as curves: SVG for scissors, plotters and Blender's own importer."""

from __future__ import annotations

import numpy as np

from ritual.errors import BadInput
from ritual.imagery.use.bilevel import Sheet

_SMOOTH = 1.0
"""Potrace's alphamax: 0 = a polygon, 1.334 = no corner at all."""
_TOLERANCE = 0.2
"""How far two curves that become one may move [px]."""


def svg(sheet: Sheet, *, cut_out: bool = False) -> bytes:
    """One path of Bezier curves, holes left open, over a ground unless it is `cut_out`; a unit is a pixel.

    Raises:
        BadInput: the tracer is not installed.

    Source: P. Selinger, "Potrace: a polygon-based tracing algorithm" (2003), by potracer (docs/decisions/0040).
    """
    height, width = sheet.paper.shape
    ground = "" if cut_out else f'<rect width="{width}" height="{height}" fill="{_hex(sheet.ground)}"/>\n'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">\n'
        f'{ground}<path fill="{_hex(sheet.colour)}" fill-rule="evenodd" d="{outlines(sheet.paper)}"/>\n</svg>\n'
    ).encode()


def outlines(paper: np.ndarray) -> str:
    """The data of an SVG path around all that is paper; even-odd.

    Args:
        paper: (H, W) bool.

    Raises:
        BadInput: the tracer is not installed.
    """
    try:
        from potrace import Bitmap
    except ImportError:
        raise BadInput("Tracing needs potracer.", hint="Install it: pip install potracer.") from None
    if not paper.any():
        return ""
    curves = Bitmap(~paper).trace(turdsize=0, alphamax=_SMOOTH, opttolerance=_TOLERANCE)  # it inverts what it is given
    return " ".join(_curve(curve) for curve in curves)


def _curve(curve) -> str:
    parts = [f"M{_point(curve.start_point)}"]
    for segment in curve.segments:
        if segment.is_corner:
            parts.append(f"L{_point(segment.c)} {_point(segment.end_point)}")
        else:
            parts.append(f"C{_point(segment.c1)} {_point(segment.c2)} {_point(segment.end_point)}")
    return "".join(parts) + "Z"


def _point(point) -> str:
    return f"{point.x:.2f},{point.y:.2f}"


def _hex(colour: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
