"""Read a folder of Turtle files: bytes to triples, and back from a triple to its file and line."""

from __future__ import annotations

import logging
import re
from bisect import bisect
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import rdflib
from rdflib.namespace import XSD
from rdflib.plugins.parsers.notation3 import BadSyntax, Formula, RDFSink, SinkParser
from rdflib.term import BNode, Literal, Node

from ritual.culture.reading import read_text
from ritual.culture.store import is_large, memory_graph, oxigraph_graph, quads
from ritual.errors import BadGraph

SHAPES_FILE = "shapes.ttl"
Triple = tuple[Node | None, Node, Node]
_IN_WORDS = {
    "expected '.' or '}' or ']' at end of statement": "a ';' or ',' is missing here, or a '.' before this line",
    "newline found in string literal": "a text in quotes is not closed",
}
_STRICTER = {
    "No scheme found in an absolute IRI": "an address in <...> is relative to nothing; write it whole or as a kg: name",
}
_LONG = 2**20  # characters; rdflib takes minutes for what is wrong in more
# what rdflib's Turtle parser lets slip on text that is no Turtle at all
_PARSER_ERRORS = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)


def read_folder(folder: Path) -> dict[str, str]:
    """Text of every *.ttl file under `folder`, keyed by its path relative to it, in sorted order.

    A byte-order mark is dropped and Windows line ends are read as any others.

    Raises:
        BadGraph: as `graph_files`, or a file is not what `read_text` takes.
    """
    return {name: read_text(path, name) for name, path in graph_files(folder).items()}


def graph_files(folder: Path) -> dict[str, Path]:
    """Every *.ttl file under `folder` by its path relative to it, in sorted order.

    Raises:
        BadGraph: the folder is missing, or holds no shapes.
    """
    if not folder.is_dir():
        raise BadGraph(f"The knowledge graph folder '{folder}' does not exist.", hint="Name an existing folder.")
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.ttl") if path.is_file())
    if SHAPES_FILE not in names:
        raise BadGraph(
            f"The knowledge graph folder '{folder}' holds no {SHAPES_FILE}, so nothing in it could be validated.",
            hint="Copy the shipped knowledge_graph folder and edit the copy.",
        )
    return {name: folder / name for name in names}


def parse(texts: dict[str, str]) -> tuple[rdflib.Graph, rdflib.Graph]:
    """(data, shapes) of the files that `read_folder` read; large data stands in oxigraph (see `store`).

    Raises:
        BadGraph: a syntax error; names the file, the line and what is wrong.
    """
    data_texts = {name: text for name, text in texts.items() if name != SHAPES_FILE}
    fill = oxigraph_graph if is_large(data_texts.values()) else memory_graph
    with _quiet():
        data = fill(statements(name, text) for name, text in data_texts.items())
        shapes = memory_graph([statements(SHAPES_FILE, texts[SHAPES_FILE])])
    return data, shapes


def statements(name: str, text: str) -> Iterator[ox.Quad]:
    """The statements of one file.

    Raises:
        BadGraph: as `parse`.
    """
    try:
        yield from quads(text)
    except SyntaxError as error:
        raise _not_turtle(name, text, error) from error


def _not_turtle(name: str, text: str, error: SyntaxError) -> BadGraph:
    """In rdflib's words where it stumbles, too: it knows the statement; oxigraph alone knows the stricter rules."""
    try:
        with _quiet():
            rdflib.Graph().parse(data=text if len(text) < _LONG else "", format="turtle")
    except BadSyntax as found:
        return _syntax_error(name, text, found)
    except _PARSER_ERRORS:
        pass  # it stumbles without knowing where; oxigraph knows
    where = f"{name}, line {error.lineno}" if error.lineno else name
    why = re.sub(r"^Parser error .*?: ", "", error.msg)
    return BadGraph(f"{where}: {_STRICTER.get(why, why)}.", hint="Mend the file and load again.")


@contextmanager
def _quiet() -> Iterator[None]:
    """No traceback on the terminal for a malformed literal: the shapes report it in plain words."""
    logger = logging.getLogger("rdflib.term")
    logger.addFilter(_nothing)
    try:
        yield
    finally:
        logger.removeFilter(_nothing)


def _nothing(_record: logging.LogRecord) -> bool:
    return False


def _syntax_error(name: str, text: str, error: BadSyntax) -> BadGraph:
    why = re.search(r"Bad syntax \((.*)\) at \^ in:", str(error), re.DOTALL)
    line = error.lines + 1
    lines = text.split("\n")
    shown = lines[line - 1].strip() if line <= len(lines) else ""
    reason = _IN_WORDS.get(why[1], why[1]) if why else "bad syntax"
    return BadGraph(
        f"{name}, line {line}: {reason} (the line reads: {shown[:80]}).",
        hint="Look there and at the end of the statement before it, then load again.",
    )


@dataclass(frozen=True)
class Place:
    """A line of a file; lines count from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


def places(texts: dict[str, str], nodes: Iterable[Node] | None = None) -> dict[Triple | Node | None, Place]:
    """Where each triple ends and each subject begins; a blank node's triples stand under None.

    Reads the files again, so only worth it once something is wrong.

    Args:
        nodes: look only where these may be subjects; None = everywhere.
    """
    found: dict[Triple | Node | None, Place] = {}
    marks = None if nodes is None else {mark for node in nodes for mark in _marks(node)}
    with _quiet():
        for name, text in texts.items():
            if marks is None or any(mark in text for mark in marks):
                _Tracker(name, found).loadBuf(text)
    return found


def _marks(node: Node) -> tuple[str, ...]:
    """What a text holds of which the node is a subject: its local name, an escape, or how a nameless node begins."""
    return ("[", "(", "_:") if isinstance(node, BNode) else (re.split(r"[:/#]", node)[-1], "\\")


class _Tracker(SinkParser):
    """rdflib's parser, which knows its line while it makes a statement."""

    def __init__(self, name: str, found: dict[Triple | Node | None, Place]) -> None:
        super().__init__(RDFSink(rdflib.Graph()), baseURI="", turtle=True)
        self._name, self._found = name, found
        self._breaks: list[int] = []

    def loadBuf(self, buf: str) -> Formula | None:
        self._breaks = [match.start() for match in re.finditer("\n", buf)]
        return super().loadBuf(buf)

    def skipSpace(self, argstr: str, i: int) -> int:
        end = super().skipSpace(argstr, i)  # counts a line twice where the parser tries a statement in two ways
        self.lines = bisect(self._breaks, end - 1) if end >= 0 else len(self._breaks)
        return end

    def makeStatement(self, quadruple: tuple) -> None:
        _, predicate, subject, value = (self._store.normalise(self._formula, part) for part in quadruple)
        if isinstance(value, Literal) and value.datatype == XSD.string:
            value = Literal(str(value))  # RDF 1.1: the same
        place = Place(self._name, self.lines + 1)
        key = None if isinstance(subject, BNode) else subject  # a blank node has another name each time
        self._found.setdefault(key, place)
        self._found.setdefault((key, predicate, value), place)
        super().makeStatement(quadruple)
