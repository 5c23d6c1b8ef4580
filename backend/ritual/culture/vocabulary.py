"""The namespaces of the knowledge graph, and how its terms are shown to people."""

from __future__ import annotations

from rdflib import Namespace
from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS, SH, SKOS
from rdflib.term import Node

RM = Namespace("urn:ritual-motion:ontology:")
ANGLE = Namespace("urn:ritual-motion:angle:")
KG = Namespace("urn:ritual-motion:kg:")
SHAPE = Namespace("urn:ritual-motion:shape:")
GEO = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")  # rdflib's own WGS has https, which nobody else uses

PREFIXES: dict[str, str] = {
    "rm": str(RM),
    "angle": str(ANGLE),
    "kg": str(KG),
    "shape": str(SHAPE),
    "geo": str(GEO),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "owl": str(OWL),
    "skos": str(SKOS),
    "prov": str(PROV),
    "dcterms": str(DCTERMS),
    "sh": str(SH),
}


def short(node: Node) -> str:
    """`kg:dai-peacock` for an IRI of a known namespace; any other node in its own notation."""
    text = str(node)
    for prefix, namespace in PREFIXES.items():
        if text.startswith(namespace):
            return f"{prefix}:{text.removeprefix(namespace)}"
    return node.n3()
