"""A colour goes by the name whose prototype is nearest."""

from __future__ import annotations

import numpy as np
import pytest
from rdflib.namespace import RDF

from ritual.culture.colour import nearest_colour, oklab
from ritual.culture.graph import Graph
from ritual.culture.vocabulary import RM


def test_oklab_has_white_black_and_red_where_its_author_has_them() -> None:
    np.testing.assert_allclose(oklab("#ffffff"), [1.0, 0.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(oklab("#000000"), [0.0, 0.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(oklab("#ff0000"), [0.627955, 0.224863, 0.125846], atol=1e-5)


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("#202020", "black"),
        ("#fefefe", "white"),
        ("#ffe000", "yellow"),
        ("#f4c542", "yellow"),
        ("#d7283f", "red"),
        ("#2b3f8c", "blue"),
        ("#5b3a24", "brown"),
        ("#2c9c5a", "green"),
        ("#1f9e8e", "turquoise"),
    ],
)
def test_the_shipped_prototypes_name_colours_as_people_do(shipped: Graph, colour: str, name: str) -> None:
    data = shipped.triples
    prototypes = {
        str(prototype): str(data.value(node, RM.slug))
        for node in data.subjects(RDF.type, RM.Colour)
        for prototype in data.objects(node, RM.prototype)
    }
    assert nearest_colour(colour, prototypes) == name
