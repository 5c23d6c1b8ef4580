"""What a curator should know of the motion capture that a graph points to; none of it keeps the graph from loading."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import rdflib
from rdflib import URIRef
from rdflib.term import Node

from ritual.culture.motion_files import FOLDER_VARIABLE
from ritual.culture.nodes import Nodes
from ritual.culture.problems import WARNING, Problem
from ritual.culture.rulebook import ReferenceMotion
from ritual.culture.vocabulary import RM, short
from ritual.culture.wording import listed


def warnings(data: rdflib.Graph, wrong: Collection[Node], folder: Path) -> Iterator[Problem]:
    """Reference motions whose file is missing, whose licence is not told, or that no dance will use.

    Args:
        wrong: nodes with an error, which are told already.
        folder: of the graph.
    """
    nodes = Nodes(data, folder)
    for node in nodes.of_type(RM.ReferenceMotion):
        if node not in wrong:
            motion = nodes.reference_motion(node)
            yield from _of_file(node, motion, folder)
            yield from _of_use(node, motion, nodes)


def _of_file(node: URIRef, motion: ReferenceMotion, folder: Path) -> Iterator[Problem]:
    from ritual.clip.files import READERS  # brings torch, which a graph without motion capture is checked without

    suffix = Path(motion.file).suffix.lower()
    if suffix not in READERS:
        text = f'names a file of an unknown kind, "{motion.file}"; its name must end in {listed([*READERS], "or")}'
        yield Problem(node, text, RM.file, severity=WARNING)
    elif motion.path is None:
        text = f'names a file that is not there, "{motion.file}"; the dance goes by its stances alone'
        suggestion = f"Put it into the folder '{folder}', or name another folder with {FOLDER_VARIABLE}."
        yield Problem(node, text, RM.file, severity=WARNING, suggestion=suggestion)
    if not motion.licence:
        text = "does not say under which licence its file may be used"
        suggestion = "Add dcterms:license, an address or words."
        yield Problem(node, text, severity=WARNING, suggestion=suggestion)


def _of_use(node: URIRef, motion: ReferenceMotion, nodes: Nodes) -> Iterator[Problem]:
    dances = sorted(nodes.data.subjects(RM.referenceMotion, node))
    if not dances:
        suggestion = f"Add rm:referenceMotion {short(node)} to a dance."
        yield Problem(node, "belongs to no dance", severity=WARNING, suggestion=suggestion)
    for dance in dances:
        given = {*nodes.roles(dance, RM.performer)}
        if motion.performers and given.isdisjoint(motion.performers):
            text = f"shows {listed(motion.performers, 'or')} performers only, to whom {short(dance)} is not given"
            yield Problem(node, text, RM.performer, severity=WARNING)
