"""What is wrong with a knowledge graph, in the words of the person who must mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import rdflib
from rdflib import URIRef
from rdflib.namespace import RDF, SKOS
from rdflib.term import BNode, Node

from ritual.culture.turtle import Place, Triple, places
from ritual.culture.vocabulary import KG, short
from ritual.errors import BadGraph

ERROR, WARNING, INFO = "error", "warning", "info"
_KG_NAME = re.compile(r"kg:([\w-]+(?:\.[\w-]+)*)")
Where = dict[Triple | Node | None, Place]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        node: the subject that it is wrong with.
        text: what follows the node's name in a sentence, without the full stop.
        predicate, value: the triple that is to blame; without a value, the node's first with that predicate.
        severity: `error` (the graph does not load), `warning` (it loads, look at it) or `info`.
        suggestion: a sentence that says what to do; empty where `text` says all there is to say.
        file: the one to look in where several describe the node; None = the first that does.
    """

    node: Node
    text: str
    predicate: Node | None = None
    value: Node | None = None
    severity: str = ERROR
    suggestion: str = ""
    file: str | None = None


@dataclass(frozen=True, order=True)
class Finding:
    """A problem at its line of a file, as people and programs read it."""

    file: str
    line: int
    severity: str
    message: str
    suggestion: str = ""


def findings(problems: Iterable[Problem], data: rdflib.Graph, texts: dict[str, str]) -> list[Finding]:
    """Every problem where it stands, by file and line, each once.

    Args:
        data: the graph that the problems are about.
        texts: its files, as `turtle.read_folder` gives them.
    """
    return sorted({finding for _, finding in located(problems, data, texts)})


def located(
    problems: Iterable[Problem], data: rdflib.Graph, texts: dict[str, str]
) -> list[tuple[Problem, Finding]]:
    """As `findings`, in the order of the problems and each beside its own."""
    problems = list(problems)
    if not problems:
        return []
    where = places(texts, {node for problem in problems for node in (problem.node, *_others(problem))})
    return [(problem, _finding(problem, data, texts, where)) for problem in problems]


def raise_first(problems: list[Problem], data: rdflib.Graph, texts: dict[str, str], folder: Path) -> None:
    """Nothing where no problem is an error; else the first error by file and line, and how many more there are.

    Raises:
        BadGraph: `groups/dai.ttl, line 12: Dai peacock dance (kg:dai-peacock) needs one rm:bpm ...`.
    """
    found = findings([problem for problem in problems if problem.severity == ERROR], data, texts)
    if not found:
        return
    first, more = found[0], len(found) - 1
    waiting = f"{more} more problem{'s' if more > 1 else ''} after this one. " if more else ""
    message = f"{Place(first.file, first.line)}: {first.message}"
    raise BadGraph(message, hint=f"{waiting}Mend the file in '{folder}' and load again.")


def name_of(node: Node, data: rdflib.Graph) -> str:
    """`Dai peacock dance (kg:dai-peacock)`, or the short IRI where the node has no English name."""
    if isinstance(node, BNode):
        return f"a nameless {' '.join(sorted(map(short, data.objects(node, RDF.type)))) or 'node'}"
    label = next((o for o in data.objects(node, SKOS.prefLabel) if getattr(o, "language", None) == "en"), None)
    return f"{label} ({short(node)})" if label else short(node)


def _finding(problem: Problem, data: rdflib.Graph, texts: dict[str, str], where: Where) -> Finding:
    if problem.file is not None:
        where = places({problem.file: texts[problem.file]}, [problem.node])
    place = _place(problem, data, where)
    message = f"{name_of(problem.node, data)} {problem.text}."
    return Finding(place.file, place.line, problem.severity, message, problem.suggestion or _see_also(problem, where))


def _place(problem: Problem, data: rdflib.Graph, where: Where) -> Place:
    node, value = problem.node, problem.value
    if isinstance(node, BNode):
        triples = [(None, p, o) for p, o in sorted(data.predicate_objects(node))]
        return next((where[triple] for triple in triples if triple in where), where[None])
    if value is None and problem.predicate is not None:
        value = next(iter(sorted(data.objects(node, problem.predicate))), None)
    return where.get((node, problem.predicate, value)) or where[node]


def mentioned(text: str) -> list[URIRef]:
    """The nodes that a sentence names, each once."""
    return list(dict.fromkeys(KG[name] for name in _KG_NAME.findall(text)))


def _others(problem: Problem) -> list[URIRef]:
    return [node for node in mentioned(problem.text) if node != problem.node]


def _see_also(problem: Problem, where: Where) -> str:
    """Where the other nodes stand that the sentence names."""
    seen = [f"{short(node)} ({where[node]})" for node in _others(problem) if node in where]
    return f"See also {', '.join(seen)}." if seen else ""
