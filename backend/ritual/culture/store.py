"""Turtle text to an rdflib graph: parsed by oxigraph, kept in rdflib's memory while small and in oxigraph when large.

rdflib is the interface everywhere; why two stores stand behind it is in docs/decisions/0009-graph-store.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import pyoxigraph as ox
import rdflib
from oxrdflib import OxigraphStore
from rdflib import BNode, Literal, URIRef
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.namespace import XSD
from rdflib.term import Node

LARGE_BYTES = 8_000_000
"""Text that is longer goes to oxigraph: about 200,000 triples, where rdflib's memory costs seconds to fill."""

_STRING = str(XSD.string)


def is_large(texts: Iterable[str]) -> bool:
    """Whether the texts together belong in oxigraph."""
    return sum(map(len, texts)) > LARGE_BYTES


def quads(text: str) -> Iterator[ox.Quad]:
    """The statements of a Turtle text, one by one; blank nodes get names that no other text has.

    Raises:
        SyntaxError: it is no Turtle 1.1, or holds an IRI that is relative to nothing; `lineno` says where.
    """
    parser = ox.parse(text, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
    while True:
        try:
            quad = next(parser, None)
        except MemoryError as error:  # oxigraph's buffer, not the machine's
            raise SyntaxError("a word or a text in quotes does not end within 16 MB") from error
        if quad is None:
            return
        if isinstance(quad.object, ox.Triple) or getattr(quad.object, "direction", None) is not None:
            raise SyntaxError("statements about statements and text with a direction are not read (they are RDF 1.2)")
        yield quad


def memory_graph(texts: Iterable[Iterable[ox.Quad]]) -> rdflib.Graph:
    """The statements in rdflib's own memory."""
    graph = rdflib.Graph()
    for statements in texts:
        for quad in statements:
            graph.store.add((rdflib_term(quad.subject), rdflib_term(quad.predicate), rdflib_term(quad.object)), graph)
    return graph


def oxigraph_graph(texts: Iterable[Iterable[ox.Quad]]) -> rdflib.Graph:
    """The statements in oxigraph, behind the same interface."""
    store = ox.Store()
    for statements in texts:
        store.bulk_extend(statements)
    return rdflib.Graph(store=_Oxigraph(store=store), identifier=DATASET_DEFAULT_GRAPH_ID)


class _Oxigraph(OxigraphStore):
    """oxrdflib's store, with the same terms as rdflib's memory: text without a language has no datatype."""

    def triples(
        self, triple_pattern: tuple[Node | None, Node | None, Node | None], context: rdflib.Graph | None = None
    ) -> Iterator[tuple[tuple[Node, Node, Node], Iterator[None]]]:
        try:
            found = self._inner.quads_for_pattern(*map(_oxigraph_term, triple_pattern), ox.DefaultGraph())
        except (TypeError, ValueError):  # of a value, or of no IRI at all, nothing is said
            return
        for quad in found:
            yield (rdflib_term(quad.subject), rdflib_term(quad.predicate), rdflib_term(quad.object)), iter(())

    def __len__(self, context: rdflib.Graph | None = None) -> int:
        return len(self._inner)


@lru_cache(maxsize=2**16)  # a property stands in thousands of statements
def rdflib_term(term: ox.NamedNode | ox.BlankNode | ox.Literal) -> Node:
    """The same term in rdflib."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if term.language:
        return Literal(term.value, lang=term.language)
    datatype = term.datatype.value
    return Literal(term.value, datatype=None if datatype == _STRING else URIRef(datatype))


def _oxigraph_term(node: Node | None) -> ox.NamedNode | ox.BlankNode | ox.Literal | None:
    if node is None:
        return None
    if isinstance(node, URIRef):
        return ox.NamedNode(node)
    if isinstance(node, BNode):
        return ox.BlankNode(node)
    datatype = ox.NamedNode(node.datatype) if node.datatype else None
    return ox.Literal(node, language=node.language, datatype=datatype)
