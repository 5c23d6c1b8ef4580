"""The picture as one self-contained page: pan, zoom, search, and a panel that says what the graph says of a node."""

from __future__ import annotations

import json
from collections.abc import Mapping

from jinja2 import Environment, PackageLoader
from markupsafe import Markup
from rdflib import URIRef

from ritual.culture.curation.cards import Card, Cards, Fact
from ritual.culture.curation.graph_view.layout import layout
from ritual.culture.curation.graph_view.network import Network
from ritual.culture.curation.graph_view.svg import SORTS, STYLE, kinds_of, mark, picture

_TEMPLATES = Environment(
    loader=PackageLoader("ritual.culture.curation", "graph_view"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


def page(cards: Cards, drawn: Network, title: str = "Semantic graph", pages: Mapping[str, str] | None = None) -> str:
    """HTML that needs nothing beside itself: no network, no other file.

    Args:
        cards: says what stands in the panel.
        drawn: what to draw.
        title: of the page.
        pages: IRI -> address of a page on the node, for a link in the panel; `""` -> that of the index; None = none.
    """
    laid = layout(drawn)
    present = {link.sort for link in drawn.links}
    told = {thing.iri: _told(cards.card(URIRef(thing.iri)), thing.kind, pages) for thing in drawn.things}
    return _TEMPLATES.get_template("page.html").render(
        title=title,
        style=Markup(STYLE),
        width=round(laid.width),
        height=round(laid.height),
        picture=Markup(picture(drawn, laid)),
        kinds=[(kind, Markup(mark(kind, 7))) for kind in kinds_of(drawn)],
        sorts=[(sort, words) for sort, words in SORTS.items() if sort in present],
        home=(pages or {}).get("", ""),
        data=script_data(told),
    )


def script_data(data: object) -> Markup:
    """JSON that may stand inside a script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def _told(card: Card, kind: str, pages: Mapping[str, str] | None) -> dict:
    return {
        "label": card.label,
        "zh": card.label_zh,
        "short": card.short,
        "kind": kind,
        "is": " and ".join(card.kinds),
        "names": [name for name, _ in card.other_names],
        "definition": card.definition,
        "facts": [_fact(fact) for fact in card.facts],
        "referrers": [_fact(fact) for fact in card.referrers],
        "rules": [[rule.text, rule.iri, rule.review] for rule in card.rules],
        "source": card.citation or card.source,
        "review": card.review,
        "page": (pages or {}).get(card.iri, ""),
    }


def _fact(fact: Fact) -> list:
    return [fact.label, [[value.text, value.iri] for value in fact.values]]
