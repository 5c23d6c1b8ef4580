"""The same shapes, written so that pySHACL is quick: only at the top does it ask a shape of all its nodes at once."""

from __future__ import annotations

import rdflib
from rdflib.namespace import RDF, RDFS, SH

_TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
_HELD = ((SH.deactivated, None), (SH.target, None), (RDF.type, RDFS.Class))  # what says more of when a shape is asked


def flattened(shapes: rdflib.Graph) -> rdflib.Graph:
    """Each property shape with the targets of the node shape that it stood in.

    By SHACL's own definition both say the same: a node conforms to a shape where it conforms to each of its property
    shapes, and each result comes from the property shape. Shapes that others refer to stay as they are.
    """
    flat = rdflib.Graph()
    flat += shapes
    for shape in set(shapes.subjects(SH.property)):
        targets = [(predicate, value) for predicate in _TARGETS for value in shapes.objects(shape, predicate)]
        if not targets or (None, None, shape) in shapes or any((shape, *held) in shapes for held in _HELD):
            continue
        for inner in shapes.objects(shape, SH.property):
            if len(set(shapes.subjects(None, inner))) == 1:
                flat.remove((shape, SH.property, inner))
                for predicate, value in targets:
                    flat.add((inner, predicate, value))
    return flat
