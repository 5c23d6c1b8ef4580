"""The colour that a people's paper has."""

from __future__ import annotations

from ritual.culture.colour import oklab
from ritual.culture.graph import Graph
from ritual.errors import BadInput, nearest
from ritual.imagery.use.bilevel import Colour


def paper_of(graph: Graph, group: str) -> Colour:
    """The most vivid colour of what a people wears, as the graph gives it: a sheet must stand out from its ground.

    Args:
        group: slug.

    Raises:
        BadInput: the graph knows no such people, or no colour of it.
    """
    groups = graph.lexicon.things("group")
    if group not in groups:
        raise BadInput(f"Unknown group '{group}'.", hint=nearest(group, groups))
    worn = next((pattern.colours for pattern in graph.patterns if pattern.group == group and pattern.colours), ())
    if not worn:
        raise BadInput(f"The graph knows no colour of the group '{group}'.", hint='Give one with --paper "#c8102e".')
    vivid = max(worn, key=lambda value: float((oklab(value)[1:] ** 2).sum()))
    return tuple(bytes.fromhex(vivid[1:]))
