"""Everything that is asked of a graph before it is believed, in the order in which it can be asked."""

from __future__ import annotations

from collections.abc import Iterator

import rdflib
from rdflib import URIRef
from rdflib.namespace import RDF

from ritual.culture import crosscheck
from ritual.culture.compiling import DanceRules
from ritual.culture.conformance import shape_problems, term_problems
from ritual.culture.focus import Focus
from ritual.culture.nodes import Nodes
from ritual.culture.problems import Problem
from ritual.culture.structure import structure_problems
from ritual.culture.vocabulary import RM


def stages(data: rdflib.Graph, shapes: rdflib.Graph, focus: Focus | None = None) -> Iterator[list[Problem]]:
    """The problems of one stage after another; a stage may only be asked for where those before found no error.

    Args:
        focus: check only what a change can have put wrong; None = everything.

    Raises:
        BadGraph: the shapes themselves are wrong.
    """
    nodes = None if focus is None else focus.nodes
    yield [*term_problems(data, nodes), *structure_problems(data)]
    yield shape_problems(data, shapes, nodes)
    read = Nodes(data)
    yield crosscheck.node_problems(read)
    dances = focus.dances if focus else sorted(map(URIRef, data.subjects(RDF.type, RM.Dance)))
    yield [problem for dance in dances for problem in crosscheck.dance_problems(DanceRules(read, dance))]
