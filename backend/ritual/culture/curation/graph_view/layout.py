"""Where things lie: springs by distance in the graph, pushed apart until no name covers another."""

from __future__ import annotations

import math
from dataclasses import dataclass

import networkx as nx
import numpy as np

from ritual.culture.curation.graph_view.network import Network, Thing

_ASPECT = 1.5  # width : height
_ROOM = 5.0  # canvas area over the area of all boxes
_ROOMY = 90  # up to here rules and Chinese names are written out, too
_RADIUS = {"group": 15, "dance": 11, "ritual": 11, "symbol": 9, "concept": 9, "rule": 4.5}
_LETTER, _LINE = 6.4, 14.0  # of the 12 px type [px]
_GAP = 6.0
_MARGIN = 30.0


@dataclass(frozen=True)
class Placed:
    """A thing on the canvas; its lines of text stand centred under it.

    Attributes:
        x, y: centre of the mark [px].
        radius: of the mark [px].
        lines: its name, broken for narrow columns; empty where it is drawn without.
    """

    thing: Thing
    x: float
    y: float
    radius: float
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """Everything on a canvas of width x height [px] whose origin is the top left."""

    width: float
    height: float
    placed: tuple[Placed, ...]


def layout(drawn: Network, seed: int = 1) -> Layout:
    """The same network gives the same picture: what hangs together lies together, the greatest part on top."""
    graph = nx.Graph()
    graph.add_nodes_from(thing.iri for thing in drawn.things)
    graph.add_edges_from((link.start, link.end) for link in drawn.links)
    parts = sorted(nx.connected_components(graph), key=lambda part: (-len(part), min(part)))
    boxes = _boxes(drawn)
    islands = [_island(graph.subgraph(sorted(part)), boxes, seed) for part in parts]
    centres = _shelved(islands, boxes)
    low, high = _bounds(centres, boxes)
    placed = []
    for thing in drawn.things:
        (x, y), box = centres[thing.iri] - low + _MARGIN, boxes[thing.iri]
        placed.append(Placed(thing, float(x), float(y - box.height / 2 + box.radius), box.radius, box.lines))
    width, height = high - low + 2 * _MARGIN
    return Layout(float(width), float(height), tuple(placed))


@dataclass(frozen=True)
class _Box:
    """What a thing takes up: its mark and under it its lines of text [px]."""

    radius: float
    lines: tuple[str, ...]

    @property
    def width(self) -> float:
        return max([2 * self.radius, *map(_width, self.lines)])

    @property
    def height(self) -> float:
        return 2 * self.radius + _LINE * len(self.lines)


def _boxes(drawn: Network) -> dict[str, _Box]:
    roomy = len(drawn.things) <= _ROOMY
    return {thing.iri: _Box(_RADIUS.get(thing.kind, 8.0), _lines(thing, roomy)) for thing in drawn.things}


def _island(part: nx.Graph, boxes: dict[str, _Box], seed: int) -> dict[str, np.ndarray]:
    """Centres of things that hang together: springs as long as the paths between them (Kamada and Kawai 1989)."""
    widths = np.array([boxes[iri].width for iri in part]) + 2 * _GAP
    heights = np.array([boxes[iri].height for iri in part]) + _GAP
    if len(part) == 1:
        return {iri: np.zeros(2) for iri in part}
    found = nx.kamada_kawai_layout(part, pos=nx.random_layout(part, seed=seed))
    centres = np.array([found[iri] for iri in part])
    centres /= np.abs(centres).max(0).clip(1e-3)
    height = math.sqrt(_ROOM * float((widths * heights).sum()) / _ASPECT)
    centres = _apart(centres * np.array([_ASPECT * height, height]) / 2, widths, heights)
    return dict(zip(part, centres, strict=True))


def _shelved(islands: list[dict[str, np.ndarray]], boxes: dict[str, _Box]) -> dict[str, np.ndarray]:
    """The islands in rows under the first, no row wider than it."""
    placed: dict[str, np.ndarray] = {}
    limit = x = y = row = 0.0
    for island in islands:
        low, high = _bounds(island, boxes)
        width, height = high - low
        limit = limit or max(width, 720.0)
        if x and x + width > limit:
            x, y, row = 0.0, y + row + 4 * _GAP, 0.0
        placed |= {iri: centre - low + (x, y) for iri, centre in island.items()}
        x, row = x + width + 4 * _GAP, max(row, height)
    return placed


def _bounds(centres: dict[str, np.ndarray], boxes: dict[str, _Box]) -> tuple[np.ndarray, np.ndarray]:
    """(least, greatest) x and y of any box."""
    if not centres:
        return np.zeros(2), np.zeros(2)
    middle = np.array(list(centres.values()))
    half = np.array([(boxes[iri].width, boxes[iri].height) for iri in centres]) / 2
    return (middle - half).min(0), (middle + half).max(0)


def _apart(centres: np.ndarray, widths: np.ndarray, heights: np.ndarray, rounds: int = 600) -> np.ndarray:
    """Centres of boxes that no longer overlap: each overlap is undone along its shorter side, half by each box."""
    centres = centres.copy()
    order = np.sign(np.arange(len(centres))[:, None] - np.arange(len(centres)))[..., None]  # of two on one spot
    reach = np.stack((widths[:, None] + widths, heights[:, None] + heights), -1) / 2
    for _ in range(rounds):
        apart = centres[:, None] - centres
        overlap = reach - np.abs(apart)
        touching = (overlap > 1e-6).all(-1)
        np.fill_diagonal(touching, False)
        if not touching.any():
            break
        along = overlap.argmin(-1)
        side = np.where(apart == 0, order, np.sign(apart))
        push = np.where(touching[..., None] & (np.arange(2) == along[..., None]), side * (overlap + 0.5), 0.0)
        centres += 0.35 * push.sum(1)
    return centres


def _lines(thing: Thing, roomy: bool) -> tuple[str, ...]:
    if thing.kind == "rule" and not roomy:
        return ()
    lines = _broken(thing.label, 20)
    if thing.label_zh and (roomy or thing.kind in ("group", "dance")):
        lines.append(thing.label_zh[:16])
    return tuple(lines)


def _broken(text: str, columns: int) -> list[str]:
    """At most three lines of about `columns` letters; what is longer ends in an ellipsis."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > columns:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines if len(lines) <= 3 else [*lines[:2], f"{lines[2]} …"]


def _width(line: str) -> float:
    """Of a line of text [px]; a Chinese character is as wide as two letters."""
    return sum(_LETTER * (2 if ord(letter) > 0x2E00 else 1) for letter in line)
