"""The files of a graph as far as they can be read: a damaged one must not hide what is wrong in the others."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import rdflib
from rdflib import URIRef
from rdflib.term import Node

from ritual.culture.curation.syntax import Recovered
from ritual.culture.problems import ERROR, Finding, Problem
from ritual.culture.reading import LARGE, BadFile, read_text
from ritual.culture.store import memory_graph
from ritual.culture.turtle import SHAPES_FILE, parse
from ritual.errors import BadGraph


@dataclass
class Texts:
    """The files of a graph.

    Attributes:
        data, shapes: their statements, those between the syntax errors of a damaged file too; no shapes where that
            file is damaged.
        readable: the text of each file that is text.
        findings: what is wrong with the files themselves.
        lost: the nodes that damaged files speak of.
        unread: what can be guessed of each file that is no text; nothing of one that is too large.
    """

    readable: dict[str, str]
    findings: list[Finding]
    data: rdflib.Graph = field(default_factory=rdflib.Graph)
    shapes: rdflib.Graph | None = None
    lost: set[Node] = field(default_factory=set)
    unread: dict[str, str] = field(default_factory=dict)

    @cached_property
    def damaged(self) -> set[str]:
        return {finding.file for finding in self.findings}

    @cached_property
    def sound(self) -> dict[str, str]:
        """The files without a syntax error."""
        return {name: text for name, text in self.readable.items() if name not in self.damaged}

    def may_explain(self, problem: Problem) -> bool:
        """Whether a damaged file may hold what the problem misses, or is itself what the problem is about."""
        if not self.damaged:
            return False
        if problem.node in self.lost:
            return True
        terms = [term for term in (problem.predicate, problem.value) if isinstance(term, URIRef)]
        missing = [term for term in terms if (term, None, None) not in self.data or term in self.lost]
        texts = [self.unread.get(name, "") or self.readable.get(name, "") for name in self.damaged]
        return any(_speaks_of(text, term) for text in texts for term in missing)


def _speaks_of(text: str, term: URIRef) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(re.split(r'[:/#]', term)[-1])}(?![\w-])", text) is not None


def read(files: dict[str, Path]) -> Texts:
    """Read and parse every file.

    Raises:
        BadFile: the system refuses to read one (code `unreadable`).
    """
    texts = Texts({}, [])
    for name, path in files.items():
        try:
            texts.readable[name] = read_text(path, name)
        except BadFile as error:
            if error.code == "unreadable":
                raise
            size = path.stat().st_size
            texts.unread[name] = path.read_bytes().decode(errors="replace") if size <= LARGE else ""
            text = error.text if error.line else f"the file {error.text}"
            texts.findings.append(Finding(name, error.line or 1, ERROR, f"{text[0].upper()}{text[1:]}.", error.hint))
    try:
        if SHAPES_FILE in texts.readable:
            texts.data, texts.shapes = parse(texts.readable)
            return texts
    except BadGraph:
        pass
    recovered = {name: Recovered(name, text) for name, text in texts.readable.items()}
    texts.findings += [finding for one in recovered.values() for finding in one.findings]
    texts.data = memory_graph(one.quads for name, one in recovered.items() if name != SHAPES_FILE)
    broken = [one.quads for name, one in recovered.items() if one.findings and name != SHAPES_FILE]
    texts.lost = set(memory_graph(broken).subjects())
    if SHAPES_FILE in texts.readable and not recovered[SHAPES_FILE].findings:
        texts.shapes = memory_graph([recovered[SHAPES_FILE].quads])
    return texts
