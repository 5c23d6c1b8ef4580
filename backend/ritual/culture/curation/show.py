"""Find a node by any name that people use for it, and say in words all that the graph says of it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

import rdflib
from rdflib import URIRef
from rdflib.namespace import RDFS, SKOS

from ritual.culture.curation.cards import Card, Fact
from ritual.culture.turtle import Place, places, read_folder
from ritual.culture.vocabulary import ANGLE, KG, PREFIXES, RM, short
from ritual.errors import BadInput
from ritual.resources import resource

_OURS = (str(KG), str(RM), str(ANGLE))
_MOST_SHOWN = 12  # values of one property in the text; the JSON has them all


def find(data: rdflib.Graph, name: str) -> URIRef:
    """The node that a name means.

    Args:
        data: the triples.
        name: `kg:dai`, a whole IRI, a slug, or a name in any language; capitals do not matter.

    Raises:
        BadInput: no node has the name (says the nearest), or several have it (says which).
    """
    wanted = name.strip()
    if (iri := _iri(wanted)) is not None:
        if (iri, None, None) in data:
            return iri
        raise BadInput(f"The graph has no node {wanted}.", hint=_near(wanted, map(short, _subjects(data))))
    for properties in ((RM.slug, SKOS.prefLabel, RDFS.label), (SKOS.altLabel,)):
        found = {node for key, node in _names(data, properties) if key == wanted.casefold()}
        if not found and RM.slug in properties:
            found = {node for node in _subjects(data) if short(node).split(":", 1)[1].casefold() == wanted.casefold()}
        if len(found) == 1:
            return found.pop()
        if found:
            choices = ", ".join(sorted(map(short, found)))
            raise BadInput(f"'{wanted}' may mean {choices}.", hint="Name one of them, with its prefix.")
    every = (RM.slug, SKOS.prefLabel, RDFS.label, SKOS.altLabel)
    known = (key for key, _ in _names(data, every))
    raise BadInput(f"Nothing in the graph is called '{wanted}'.", hint=_near(wanted, known))


def where(node: URIRef, folder: Path | None = None) -> Place | None:
    """File and line at which a node is written; None where no file has it as a subject."""
    texts = read_folder(resource("knowledge_graph") if folder is None else Path(folder))
    local = short(node).split(":", 1)[-1]
    return places({name: text for name, text in texts.items() if local in text}).get(node)


def lines(card: Card, place: Place | None = None) -> Iterator[tuple[str, str]]:
    """(heading, text) of each line of a card; a line that goes on under the same heading has an empty one."""
    yield "is", " and ".join(card.kinds) or "a term"
    if card.other_names:
        yield "also called", ", ".join(f"{name} ({tag})" if tag else name for name, tag in card.other_names)
    if card.definition:
        yield "definition", card.definition
    for fact in card.facts:
        yield fact.label, _values(fact)
    for n, rule in enumerate(card.rules):
        yield "" if n else "rules", f"{rule.text} [{rule.kind}, {rule.review}; {_short(rule.iri)}]"
    for n, fact in enumerate(card.referrers):
        yield "" if n else "referred to by", f"{fact.label}: {_values(fact)}"
    if card.source:
        yield "source", f"{card.source}: {card.citation}" if card.citation else card.source
    if card.review:
        yield "review", card.review
    if place is not None:
        yield "written in", str(place)


def _values(fact: Fact) -> str:
    shown = [f"{v.text} ({_short(v.iri)})" if v.iri else v.text for v in fact.values[:_MOST_SHOWN]]
    more = len(fact.values) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _short(iri: str) -> str:
    return short(URIRef(iri))


def _iri(name: str) -> URIRef | None:
    prefix, colon, local = name.partition(":")
    if colon and prefix in PREFIXES:
        return URIRef(PREFIXES[prefix] + local)
    return URIRef(name) if name.startswith(("urn:", "http://", "https://")) else None


def _subjects(data: rdflib.Graph) -> Iterator[URIRef]:
    return (node for node in set(data.subjects()) if isinstance(node, URIRef) and str(node).startswith(_OURS))


def _names(data: rdflib.Graph, properties: tuple[URIRef, ...]) -> Iterator[tuple[str, URIRef]]:
    for predicate in properties:
        for node, name in data.subject_objects(predicate):
            yield str(name).casefold(), node


def _near(name: str, names: Iterator[str]) -> str:
    close = difflib.get_close_matches(name.casefold(), sorted(set(names)), n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(close)}?" if close else "`ritual kg graph` draws all that there is."
