"""The layout as SVG: a mark and a name per thing, lines that tell opposition from nearness, a legend."""

from __future__ import annotations

import math
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from ritual.culture.curation.graph_view.layout import Layout, Placed, layout
from ritual.culture.curation.graph_view.network import KINDS, Network

COLOURS = {
    "group": "#c2410c", "dance": "#1d6fb8", "ritual": "#7c3aed", "symbol": "#b5278f", "concept": "#15803d",
    "occasion": "#a16207", "scene": "#0e7490", "rule": "#6b7280", "performer": "#475569", "colour": "#9f1239",
    "dress": "#854d0e", "place": "#0f766e",
}  # fmt: skip
SORTS = {"opposes": "opposes", "near": "is near", "forbids": "forbids", "other": "any other statement"}
_CORNERS = {  # of the polygon, and its turn [deg]; the other kinds are circles
    "dance": (4, 45), "symbol": (4, 0), "rule": (4, 45), "occasion": (3, -90), "ritual": (6, 0), "scene": (5, -90),
}  # fmt: skip
STYLE = (
    "text{font:12px system-ui,'Noto Sans','Noto Sans CJK SC',sans-serif;fill:#1f2430;text-anchor:middle;"
    "paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}"
    ".k-group text{font-weight:700}.zh{fill:#5b6272}"
    "line{stroke:#b9bfca;stroke-width:1}.near{stroke:#0d9488;stroke-width:2;stroke-dasharray:1 5;stroke-linecap:round}"
    ".opposes{stroke:#dc2626;stroke-width:2;stroke-dasharray:7 4}.forbids{stroke:#dc2626;stroke-width:1}"
    ".mark{stroke:#fff;stroke-width:1.5}.legend text{text-anchor:start;font-weight:400}"
) + "".join(f".k-{kind} .mark{{fill:{colour}}}" for kind, colour in COLOURS.items())
_LEGEND_HEIGHT = 56.0


def svg(drawn: Network, title: str = "Semantic graph") -> str:
    """The whole picture as a file of its own, with a legend under it."""
    laid = layout(drawn)
    width, height = max(laid.width, 760.0), laid.height + _LEGEND_HEIGHT
    shift = (width - laid.width) / 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" aria-label={quoteattr(title)}><title>{escape(title)}</title>'
        f"<style>{STYLE}</style><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
        f'<g transform="translate({shift:.1f} 0)">{picture(drawn, laid)}</g>'
        f'<g class="legend" transform="translate(24 {laid.height + 20:.0f})">{"".join(_legend(drawn))}</g></svg>\n'
    )


def picture(drawn: Network, laid: Layout) -> str:
    """Links, then things, as elements without the `svg` around them; each thing has its IRI in `data-iri`."""
    at = {place.thing.iri: place for place in laid.placed}
    lines = [
        f'<line class="{link.sort}" data-a={quoteattr(link.start)} data-b={quoteattr(link.end)} '
        f'x1="{at[link.start].x:.1f}" y1="{at[link.start].y:.1f}" x2="{at[link.end].x:.1f}" y2="{at[link.end].y:.1f}"/>'
        for link in sorted(drawn.links, key=lambda link: link.sort != "other")
    ]
    return f'<g class="links">{"".join(lines)}</g><g class="things">{"".join(map(_thing, laid.placed))}</g>'


def mark(kind: str, radius: float) -> str:
    """The shape that stands for a kind, about the origin."""
    if kind not in _CORNERS:
        return f'<circle class="mark" r="{radius:g}"/>'
    corners, turn = _CORNERS[kind]
    angles = (math.radians(turn + 360 * n / corners) for n in range(corners))
    reach = radius * 1.2
    points = " ".join(f"{reach * math.cos(a):.1f},{reach * math.sin(a):.1f}" for a in angles)
    return f'<polygon class="mark" points="{points}"/>'


def kinds_of(drawn: Network) -> list[str]:
    """The kinds that occur, in the order of `KINDS`."""
    present = {thing.kind for thing in drawn.things}
    return [kind for kind in KINDS if kind in present]


def _thing(place: Placed) -> str:
    thing = place.thing
    text = "".join(
        f'<text y="{place.radius + 12 + 14 * n:.1f}"{_chinese(line)}>{escape(line)}</text>'
        for n, line in enumerate(place.lines)
    )
    name = f"{thing.label} {thing.label_zh}".strip()
    return (
        f'<g class="k-{thing.kind}" data-iri={quoteattr(thing.iri)} transform="translate({place.x:.1f} {place.y:.1f})">'
        f"<title>{escape(f'{name} ({thing.kind})')}</title>{mark(thing.kind, place.radius)}{text}</g>"
    )


def _chinese(line: str) -> str:
    return ' class="zh" lang="zh"' if line and ord(line[0]) > 0x2E00 else ""


def _legend(drawn: Network) -> Iterator[str]:
    x = 0.0
    for kind in kinds_of(drawn):
        name = f'<text x="14" y="4">{kind}</text>'
        yield f'<g class="k-{kind}" transform="translate({x:.0f} 0)">{mark(kind, 7)}{name}</g>'
        x += 34 + 7 * len(kind)
    x = 0.0
    present = {link.sort for link in drawn.links}
    for sort, words in SORTS.items():
        if sort in present:
            yield f'<line class="{sort}" x1="{x:.0f}" x2="{x + 28:.0f}" y1="22" y2="22"/>'
            yield f'<text x="{x + 36:.0f}" y="26">{words}</text>'
            x += 60 + 7 * len(words)
