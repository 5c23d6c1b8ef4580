"""Places on a graticule: equirectangular, true to scale at the middle latitude; no border is claimed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

_WIDTH = 920.0
_MARGIN = 4.0  # around the outermost places [deg]
_LETTER, _LINE = 7.0, 15.0  # of the labels [px]


@dataclass(frozen=True)
class Spot:
    """A place: WGS84 [deg], what is written beside it, and the address that it leads to."""

    latitude: float
    longitude: float
    label: str
    address: str


def world_map(spots: Sequence[Spot]) -> str:
    """The map as an SVG; empty where there is nothing to show."""
    if not spots:
        return ""
    west, east = _span([spot.longitude for spot in spots], 24.0)
    south, north = _span([spot.latitude for spot in spots], 14.0)
    scale = _WIDTH / (east - west)
    tall = scale / math.cos(math.radians((south + north) / 2))
    height = (north - south) * tall

    def at(latitude: float, longitude: float) -> tuple[float, float]:
        return (longitude - west) * scale, (north - latitude) * tall

    dots = [at(spot.latitude, spot.longitude) for spot in spots]
    labels = _labels([spot.label for spot in spots], dots, height)
    marks = "".join(
        f'<a href={quoteattr(spot.address)}><circle cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
        f'<text x="{lx:.1f}" y="{ly + 5:.1f}">{escape(spot.label)}</text></a>'
        for spot, (x, y), (lx, ly) in zip(spots, dots, labels, strict=True)
    )
    return (
        f'<svg class="map" viewBox="0 0 {_WIDTH:.0f} {height:.0f}" role="group" aria-label="Map of places">'
        f'<g class="graticule">{_graticule(west, east, south, north, at)}</g>{marks}</svg>'
    )


def _span(values: list[float], least: float) -> tuple[float, float]:
    middle = (min(values) + max(values)) / 2
    half = max(least / 2, (max(values) - min(values)) / 2 + _MARGIN)
    return middle - half, middle + half


def _graticule(west: float, east: float, south: float, north: float, at) -> str:
    step = 5 if east - west < 60 else 15
    parts = []
    for longitude in range(math.ceil(west / step) * step, math.floor(east / step) * step + 1, step):
        (x, top), (_, bottom) = at(north, longitude), at(south, longitude)
        parts.append(f'<path d="M{x:.1f} {top:.1f}V{bottom:.1f}"/>')
        if x < _WIDTH - 40:
            parts.append(f'<text x="{x + 4:.1f}" y="14">{_degrees(longitude, "EW")}</text>')
    for latitude in range(math.ceil(south / step) * step, math.floor(north / step) * step + 1, step):
        (left, y), (right, _) = at(latitude, west), at(latitude, east)
        parts.append(f'<path d="M{left:.1f} {y:.1f}H{right:.1f}"/>')
        parts.append(f'<text x="4" y="{y - 4:.1f}">{_degrees(latitude, "NS")}</text>')
    return "".join(parts)


def _degrees(value: int, hemispheres: str) -> str:
    return f"{abs(value)}°{hemispheres[value < 0] if value else ''}"


def _labels(names: list[str], dots: list[tuple[float, float]], height: float) -> list[tuple[float, float]]:
    """Left end and middle line of each label: the first free one of the places round its dot."""
    taken = [(x - 6, y - 6, x + 6, y + 6) for x, y in dots]
    found = []
    for name, (x, y) in zip(names, dots, strict=True):
        wide = _LETTER * sum(2 if ord(letter) > 0x2E00 else 1 for letter in name)
        offers = [(left, y + dy) for left in (x + 9, x - 9 - wide) for dy in (0, 12, -12, 24, -24)]
        offers += [(x - wide / 2, y + dy) for dy in (18, -18, 36, -36, 52, -52)]
        boxes = [(lx, ly - _LINE / 2, lx + wide, ly + _LINE / 2) for lx, ly in offers]
        n = min(range(len(boxes)), key=lambda n: (_covered(boxes[n], taken, height), n))
        taken.append(boxes[n])
        found.append(offers[n])
    return found


def _covered(box: tuple[float, ...], taken: list[tuple[float, ...]], height: float) -> float:
    """How much of the box is taken or off the map."""
    left, top, right, bottom = box
    off = max(0.0, -left) + max(0.0, right - _WIDTH) + max(0.0, -top) + max(0.0, bottom - height)
    return off * _LINE + sum(
        max(0.0, min(right, other[2]) - max(left, other[0])) * max(0.0, min(bottom, other[3]) - max(top, other[1]))
        for other in taken
    )
