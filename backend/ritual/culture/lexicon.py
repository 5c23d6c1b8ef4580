"""The graph by its slugs, for labels that people write: what there is, whose a symbol is, what it means somewhere."""

from __future__ import annotations

from functools import cached_property

from rdflib import URIRef

from ritual.culture.meaning import Context, meaning_of
from ritual.culture.nodes import Nodes
from ritual.culture.taboo_level import share_of_sacred, taboo_levels
from ritual.culture.vocabulary import CRM, GEO, RM
from ritual.errors import BadInput, nearest

_KINDS = {
    "concept": RM.Concept,
    "craft": RM.Craft,
    "form": RM.Form,
    "group": RM.Group,
    "occasion": RM.Occasion,
    "part of dress": RM.DressPart,
    "scene": RM.Scene,
    "symbol": RM.Symbol,
}


class Lexicon:
    """Look-ups by slug. Made by `Graph.lexicon`."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self._things = {kind: {nodes.slug(n): n for n in nodes.of_type(cls)} for kind, cls in _KINDS.items()}

    def things(self, kind: str) -> dict[str, str]:
        """Slug -> IRI of every concept, craft, form, group, occasion, part of dress, scene or symbol."""
        return {slug: str(node) for slug, node in self._things[kind].items()}

    def concepts(self, symbol: str, context: Context) -> tuple[str, ...]:
        """Slugs of what a symbol means in a context.

        Raises:
            BadInput: no such symbol.
        """
        return meaning_of(self._nodes, self._node("symbol", symbol), context).concepts

    def groups_of(self, symbol: str) -> tuple[str, ...]:
        """Slugs of the peoples whose symbol it is. Raises: BadInput: no such symbol."""
        return self._nodes.slugs(self._node("symbol", symbol), RM.group)

    def place_of(self, group: str) -> tuple[float, float]:
        """Latitude and longitude of where a people lives [deg]. Raises: BadInput: no such group."""
        place = self._nodes.data.value(self._node("group", group), CRM.P74_has_current_or_former_residence)
        return self._nodes.number(place, GEO.lat), self._nodes.number(place, GEO.long)

    def bans(self, symbol: str) -> tuple[str, ...]:
        """Slugs of the occasions and scenes where a symbol has no place. Raises: BadInput: no such symbol."""
        nodes, node = self._nodes, self._node("symbol", symbol)
        found = set()
        for cls, where in ((RM.OccasionBan, RM.occasion), (RM.SceneBan, RM.scene)):
            for ban in nodes.of_type(cls):
                if node in nodes.all(ban, RM.forbids):
                    found.update(nodes.slugs(ban, where))
        return tuple(sorted(found))

    def taboo_level(self, symbol: str) -> float:
        """From 0, ordinary decoration, to 1, sacred. Raises: BadInput: no such symbol."""
        self._node("symbol", symbol)
        return share_of_sacred(self._deltas[symbol])

    @cached_property
    def _deltas(self) -> dict[str, float]:
        return taboo_levels(self._nodes.data).deltas()

    def _node(self, kind: str, slug: str) -> URIRef:
        known = self._things[kind]
        if slug not in known:
            raise BadInput(f"Unknown {kind} '{slug}'.", hint=nearest(slug, known))
        return known[slug]
