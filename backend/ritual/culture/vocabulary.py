"""The namespaces of the knowledge graph, and how its terms are shown to people."""

from __future__ import annotations

from rdflib import Namespace
from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS, SH, SKOS, XSD
from rdflib.term import Node

RM = Namespace("urn:ritual-motion:ontology:")
ANGLE = Namespace("urn:ritual-motion:angle:")
KG = Namespace("urn:ritual-motion:kg:")
SHAPE = Namespace("urn:ritual-motion:shape:")
CRM = Namespace("http://www.cidoc-crm.org/cidoc-crm/")
ODRL = Namespace("http://www.w3.org/ns/odrl/2/")
GEO = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")  # rdflib's own WGS has https, which nobody else uses

PREFIXES: dict[str, str] = {
    "rm": str(RM),
    "angle": str(ANGLE),
    "kg": str(KG),
    "shape": str(SHAPE),
    "geo": str(GEO),
    "crm": str(CRM),
    "odrl": str(ODRL),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "owl": str(OWL),
    "skos": str(SKOS),
    "prov": str(PROV),
    "dcterms": str(DCTERMS),
    "sh": str(SH),
    "xsd": str(XSD),
}


BORROWED: dict[Namespace, tuple[str, ...]] = {
    GEO: ("lat", "long", "alt"),
    CRM: (
        "E28_Conceptual_Object", "E29_Design_or_Procedure", "E31_Document", "E36_Visual_Item",
        "E53_Place", "E55_Type", "E74_Group", "P74_has_current_or_former_residence",
    ),
    ODRL: ("Policy", "Prohibition", "prohibition", "target", "action", "derive", "display"),
}  # fmt: skip
"""The terms that we use of vocabularies that rdflib does not list."""


def short(node: Node) -> str:
    """`kg:dai-peacock` for an IRI of a known namespace; any other node in its own notation."""
    text = str(node)
    for prefix, namespace in PREFIXES.items():
        if text.startswith(namespace):
            return f"{prefix}:{text.removeprefix(namespace)}"
    return node.n3()
