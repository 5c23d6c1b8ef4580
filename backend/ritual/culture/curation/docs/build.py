"""From the graph to the files of the site."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, PackageLoader
from markupsafe import Markup
from rdflib import URIRef

from ritual.culture.curation import graph_view
from ritual.culture.curation.cards import Cards
from ritual.culture.curation.docs.addresses import SECTIONS, Addresses, Section, anchor
from ritual.culture.curation.docs.ontology import Terms
from ritual.culture.curation.docs.things import Things
from ritual.culture.curation.graph_view.page import script_data
from ritual.culture.curation.graph_view.svg import mark
from ritual.culture.graph import Graph
from ritual.culture.vocabulary import RM

_HERE = Path(__file__).parent
_ASSETS = ("site.css", "site.js")


def build(graph: Graph, folder: Path, tell: Callable[[str, int, int], None] | None = None) -> dict[str, str]:
    """Every file of the site.

    Args:
        graph: the graph, loaded from
        folder: its TTL files, for the messages of the shapes.
        tell: called with what is being written, how many files are done, and how many there will be.

    Returns:
        Path relative to the site's root -> text. The same graph gives the same bytes.
    """
    return _Site(graph, folder).files(tell or (lambda *_: None))


class _Site:
    def __init__(self, graph: Graph, folder: Path) -> None:
        self.cards = Cards(graph)
        self.addresses = Addresses(self.cards)
        self.things = Things(self.cards, self.addresses)
        self.terms = Terms(self.cards, folder)
        self.templates = Environment(
            loader=PackageLoader("ritual.culture.curation.docs"), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        present = [section for section in SECTIONS if self.addresses.in_section[section.folder]]
        self.templates.globals.update(
            address=lambda iri: self.addresses[URIRef(iri)] if iri else "",
            anchor=lambda iri: anchor(URIRef(iri)),
            mark=lambda kind: Markup(
                f'<svg class="k k-{kind}" viewBox="-9 -9 18 18" aria-hidden="true">{mark(kind, 7)}</svg>'
            ),
            sections=present,
            state=_state,
        )
        self.present = present

    def files(self, tell: Callable[[str, int, int], None]) -> dict[str, str]:
        """The pages one by one, then what they share."""
        single = ("index", "rules", "sources", "places", "things", "ontology")
        total = len(single) + sum(1 + len(nodes) for nodes in self.addresses.in_section.values())
        files: dict[str, str] = {}
        for section in self.present:
            tell(section.title, len(files), total)
            files[f"{section.folder}/index.html"] = self._section(section)
            nodes = self.addresses.in_section[section.folder]
            for n, node in enumerate(nodes):
                before, after = nodes[n - 1 : n], nodes[n + 1 : n + 2]
                files[self.addresses[node]] = self._node(section, node, before, after)
                tell(section.title, len(files), total)
        for name in single:
            tell(name, len(files), total)
            files[f"{name}.html"] = getattr(self, f"_{name}")()
        files["graph.html"] = self._graph()
        files["search.js"] = f"window.SEARCH = {script_data(self._search())};\n"
        files |= {asset: (_HERE / "assets" / asset).read_text(encoding="utf-8") for asset in _ASSETS}
        return files

    def _render(self, template: str, root: str, title: str, **context: object) -> str:
        return self.templates.get_template(template).render(root=root, title=title, **context)

    def _section(self, section: Section) -> str:
        entries = [self.things.entry(node) for node in self.addresses.in_section[section.folder]]
        return self._render("section.html", "../", section.title, section=section, entries=entries)

    def _node(self, section: Section, node: URIRef, before: list[URIRef], after: list[URIRef]) -> str:
        thing = self.things.thing(node)
        around = [self.things.entry(near[0]) if near else None for near in (before, after)]
        return self._render(
            "node.html", "../", thing.card.label, section=section, thing=thing, previous=around[0], next=around[1]
        )

    def _index(self) -> str:
        states = [self.cards.review(s) for s in self.cards.data.subjects(RM.review) if isinstance(s, URIRef)]
        review = {name: sum(_state(text) == name for text in states) for name in ("reviewed", "paper", "unreviewed")}
        counts = {section.folder: len(self.addresses.in_section[section.folder]) for section in self.present}
        counts["rules"] = len(self.addresses.rules)
        return self._render(
            "index.html", "", "Knowledge graph", counts=counts, review=review, statements=len(states),
            map=self.things.map(),
        )  # fmt: skip

    def _rules(self) -> str:
        kinds: dict[str, list] = {}
        for rule in self.addresses.rules:
            kinds.setdefault(" and ".join(self.cards.kinds(rule)), []).append(self.things.rule(rule))
        return self._render("rules.html", "", "Rules", kinds=sorted(kinds.items()))

    def _sources(self) -> str:
        return self._render("sources.html", "", "Sources", sources=self.things.listed(self.addresses.sources))

    def _places(self) -> str:
        places = self.things.listed(self.addresses.places)
        return self._render("places.html", "", "Places", places=places, map=self.things.map())

    def _things(self) -> str:
        kinds: dict[str, list] = {}
        for thing in self.things.listed(self.addresses.others):
            kinds.setdefault(" and ".join(thing.card.kinds), []).append(thing)
        return self._render("things.html", "", "Everything else", kinds=sorted(kinds.items()))

    def _ontology(self) -> str:
        return self._render("ontology.html", "", "Ontology", terms=self.terms)

    def _graph(self) -> str:
        pages = {**self.addresses.all(), "": "index.html"}
        return graph_view.page(self.cards, graph_view.network(self.cards), "Semantic graph", pages)

    def _search(self) -> list[list[str]]:
        """[name, Chinese name, other names, kind, address] of all that has a page or a place on one."""
        listed = [node for nodes in self.addresses.in_section.values() for node in nodes]
        listed += [*self.addresses.rules, *self.addresses.sources, *self.addresses.places, *self.addresses.others]
        terms = [URIRef(term.iri) for term in (*self.terms.classes, *self.terms.properties, *self.terms.angles)]
        return [self.things.searched(node) for node in listed + terms]


def _state(review: str) -> str:
    """`reviewed`, `paper` or `unreviewed`, for the look of a badge."""
    if review.startswith("reviewed"):
        return "reviewed"
    return "unreviewed" if review.startswith("unreviewed") else "paper"
