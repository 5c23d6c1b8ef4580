"""Labels in Turtle beside the pictures, in the words of the graph: an rm:Picture for each.

kg:my-torch a rm:Picture ;
    rm:file "torch.jpg" ;
    rm:form kg:form-flame ; rm:symbol kg:symbol-yi-torch ;               # form
    rm:meaning kg:concept-light ; rm:occasion kg:harvest ;               # meaning, its ritual context ...
    rm:tabooAt kg:funeral ;                                              # ... and where it has no place
    rm:group kg:yi ; geo:lat 27.9 ; geo:long 102.3 .                     # place
"""

from __future__ import annotations

from pathlib import Path

import rdflib
from rdflib import URIRef
from rdflib.namespace import RDF, SKOS
from rdflib.term import Node

from ritual.culture.graph import Graph
from ritual.culture.store import memory_graph
from ritual.culture.turtle import read_text, statements
from ritual.culture.vocabulary import GEO, RM, short
from ritual.errors import BadInput
from ritual.pictures.annotation import Claim

_ONE = {
    "form": (RM.form, "form"),
    "symbol": (RM.symbol, "symbol"),
    "group": (RM.group, "group"),
    "occasion": (RM.occasion, "occasion"),
    "worn_on": (RM.wornOn, "part of dress"),
}


def claims_of_ttl(path: Path, graph: Graph) -> tuple[list[Claim], list[str]]:
    """(claims, one sentence for each picture whose label cannot be read) of a Turtle file.

    Raises:
        BadGraph: the file is no Turtle; names the line.
    """
    data = memory_graph([statements(path.name, read_text(path, path.name))])
    claims, bad = [], []
    for node in sorted(data.subjects(RDF.type, RM.Picture)):
        try:
            claims.append(_claim(path, graph, data, node))
        except BadInput as error:
            bad.append(str(error))
    return claims, bad


def _claim(path: Path, graph: Graph, data: rdflib.Graph, node: Node) -> Claim:
    where = f"{path.name}, {short(node)}"
    files = [str(file) for file in data.objects(node, RM.file)]
    if len(files) != 1:
        raise BadInput(f"{where}: needs one rm:file, the path of the picture.")
    words = {}
    for name, (predicate, kind) in _ONE.items():
        slugs = _slugs(where, graph, data.objects(node, predicate), (kind,))
        if len(slugs) > 1:
            raise BadInput(f"{where}: names {len(slugs)} of what is one: {', '.join(slugs)}.")
        words[name] = slugs[0] if slugs else ""
    for name, predicate in (("latitude", GEO.lat), ("longitude", GEO.long), ("title", SKOS.prefLabel)):
        words[name] = str(next(iter(sorted(data.objects(node, predicate))), ""))
    return Claim(
        where,
        files[0],
        words,
        concepts=_slugs(where, graph, data.objects(node, RM.meaning), ("concept",)),
        taboos=_slugs(where, graph, data.objects(node, RM.tabooAt), ("occasion", "scene")),
    )


def _slugs(where: str, graph: Graph, nodes: object, kinds: tuple[str, ...]) -> tuple[str, ...]:
    known = {iri: slug for kind in kinds for slug, iri in graph.lexicon.things(kind).items()}
    found = []
    for node in sorted(nodes):
        if str(node) not in known:
            said = short(node) if isinstance(node, URIRef) else f"'{node}'"
            raise BadInput(f"{where}: the graph knows no {' or '.join(kinds)} {said}.")
        found.append(known[str(node)])
    return tuple(found)
