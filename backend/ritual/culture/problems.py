"""What is wrong with a knowledge graph, in the words of the person who must mend it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import rdflib
from rdflib.namespace import RDF, SKOS
from rdflib.term import BNode, Node

from ritual.culture.turtle import places
from ritual.culture.vocabulary import short
from ritual.errors import BadGraph


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        node: the subject that it is wrong with.
        text: what follows the node's name in a sentence, without the full stop.
        predicate, value: the triple that is to blame; without a value, the node's first with that predicate.
    """

    node: Node
    text: str
    predicate: Node | None = None
    value: Node | None = None


def raise_first(problems: list[Problem], data: rdflib.Graph, texts: dict[str, str], folder: Path) -> None:
    """Nothing for an empty list; else the first problem by file and line, and how many more there are.

    Raises:
        BadGraph: `groups/dai.ttl, line 12: Dai peacock dance (kg:dai-peacock) needs one rm:bpm ...`.
    """
    if not problems:
        return
    where = places(texts)
    located = sorted({_sentence(problem, data, where) for problem in problems})
    more = len(located) - 1
    waiting = f"{more} more problem{'s' if more > 1 else ''} after this one. " if more else ""
    raise BadGraph(located[0][2], hint=f"{waiting}Mend the file in '{folder}' and load again.")


def name_of(node: Node, data: rdflib.Graph) -> str:
    """`Dai peacock dance (kg:dai-peacock)`, or the short IRI where the node has no English name."""
    if isinstance(node, BNode):
        return f"a nameless {' '.join(sorted(map(short, data.objects(node, RDF.type)))) or 'node'}"
    label = next((o for o in data.objects(node, SKOS.prefLabel) if getattr(o, "language", None) == "en"), None)
    return f"{label} ({short(node)})" if label else short(node)


def _sentence(problem: Problem, data: rdflib.Graph, where: dict) -> tuple[str, int, str]:
    value = problem.value
    if value is None and problem.predicate is not None:
        value = next(iter(sorted(data.objects(problem.node, problem.predicate))), None)
    node = problem.node
    sentence = f"{name_of(node, data)} {problem.text}."
    if isinstance(node, BNode):
        triples = [(None, p, o) for p, o in sorted(data.predicate_objects(node))]
        place = next((where[triple] for triple in triples if triple in where), where[None])
    else:
        place = where.get((node, problem.predicate, value)) or where[node]
    return place.file, place.line, f"{place}: {sentence}"
