"""Ask the graph in SPARQL: reading only, from this graph only, with our prefixes, and never for longer than told."""

from __future__ import annotations

import ctypes
import re
import threading
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
import rdflib
from pyparsing import ParseBaseException
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery, parseUpdate
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Node

from ritual.culture.vocabulary import PREFIXES, short
from ritual.errors import BadInput, RitualError

FORMATS = ("table", "csv", "json")
SECONDS = 30.0
_WHAT_IT_READS = "Ask with SELECT, ASK, CONSTRUCT or DESCRIBE; the graph is changed by editing its TTL files."


@dataclass(frozen=True)
class Answer:
    """What a query found.

    Attributes:
        columns: names of the variables of a SELECT; empty for the other forms.
        rows: their values in words, IRIs shortened (`kg:dai`); a variable without a value is empty.
        truth: what an ASK found; None for the other forms.
        result: rdflib's own result, for `to_text`.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    truth: bool | None
    result: rdflib.query.Result


class TooSlow(RitualError):
    """The query was not answered in time (exit status 1)."""

    code = "query_too_slow"


def read(query: str) -> str:
    """The query itself, or the text of the `.rq` file that it names.

    Raises:
        BadInput: there is no such file, or it is no UTF-8 text.
    """
    if not query.strip().lower().endswith((".rq", ".sparql")):
        return query
    try:
        return Path(query.strip()).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"The query file {query} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"The query file {query} is not UTF-8 text (byte {error.start}).") from None


def checked(text: str) -> None:
    """Nothing for a query that only reads this graph.

    Raises:
        BadInput: an update, a query that reaches out to other data, or one that is no SPARQL: says where.
    """
    try:
        tree = parseQuery(text)
        algebra = translateQuery(tree, initNs=PREFIXES).algebra
    except ParseBaseException as error:
        if _is_update(text):
            raise BadInput("This is a SPARQL update; `ritual kg query` only reads.", hint=_WHAT_IT_READS) from None
        raise BadInput(_misread(text, error), hint="The grammar is at https://www.w3.org/TR/sparql11-query/.") from None
    except Exception as error:  # rdflib raises a bare Exception for an undeclared prefix and for a misplaced variable
        known = ", ".join(f"{prefix}:" for prefix in sorted(PREFIXES))
        hint = f"Prefixes that need no PREFIX line: {known}."
        raise BadInput(f"The query cannot be read: {str(error).rstrip('.')}.", hint=hint) from None
    for part, what in (("ServiceGraphPattern", "SERVICE"), ("DatasetClause", "FROM")):
        if _has(tree, part) or _has(algebra, part):
            raise BadInput(f"The query reaches out with {what}; `ritual kg query` reads this graph only.")
    try:
        pyoxigraph.Store().query(text, prefixes=PREFIXES)  # rdflib answers some queries that SPARQL does not allow
    except SyntaxError as error:
        raise BadInput(f"The query is not allowed in SPARQL: {_reason(str(error))}.") from None


def ask(data: rdflib.Graph, text: str, seconds: float = SECONDS) -> Answer:
    """Answer a query.

    Args:
        data: the triples.
        text: SPARQL 1.1; our prefixes and the standard ones need no PREFIX line.
        seconds: how long it may take; what works on it is stopped then.

    Raises:
        BadInput: as `checked`, or a value in it cannot be computed with.
        TooSlow: no answer in time.
    """
    checked(text)
    outcome: list[Answer | Exception] = []

    def work() -> None:
        try:
            outcome.append(_answer(data.query(text, initNs=PREFIXES)))
        except _Stopped:
            pass  # nobody waits for it any more
        except Exception as error:  # handed on to the thread that waits
            outcome.append(error)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    worker.join(seconds)  # Ctrl-C reaches the thread that waits
    if not outcome:
        _stop(worker)
        raise TooSlow(
            f"No answer within {seconds:g} seconds.",
            hint="Name more in the pattern, put a LIMIT, or allow more with --seconds.",
        )
    if isinstance(outcome[0], Exception):
        raise BadInput(f"The query cannot be answered: {outcome[0]}.") from outcome[0]
    return outcome[0]


class _Stopped(BaseException):
    """Raised inside a query that has had its time; no `except Exception` on its way holds it up."""


def _stop(worker: threading.Thread) -> None:
    """End a thread that runs Python code, and wait for a moment until it has."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker.ident), ctypes.py_object(_Stopped))
    worker.join(1.0)


def to_text(answer: Answer, form: str) -> str:
    """The answer as `csv` or `json` (both as the W3C defines them), or the Turtle of a CONSTRUCT or DESCRIBE.

    Raises:
        BadInput: triples have no such form.
    """
    if answer.result.type in ("CONSTRUCT", "DESCRIBE"):
        if form != "table":
            what = f"{answer.result.type} answers with triples, which have no {form} form."
            raise BadInput(what, hint="Leave --format out.")
        for prefix, namespace in PREFIXES.items():
            answer.result.graph.bind(prefix, namespace)
        return answer.result.graph.serialize(format="turtle")
    if answer.truth is not None and form == "csv":
        return f"{str(answer.truth).lower()}\n"
    return answer.result.serialize(format=form).decode()


def _answer(result: rdflib.query.Result) -> Answer:
    if result.type != "SELECT":
        return Answer((), (), result.askAnswer if result.type == "ASK" else None, result)
    names = tuple(result.vars or ())
    rows = tuple(tuple(_worded(row.get(name)) for name in names) for row in result.bindings)
    return Answer(tuple(map(str, names)), rows, None, result)


def _worded(value: Node | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, rdflib.Literal) else short(value)


def _is_update(text: str) -> bool:
    try:
        return bool(parseUpdate(text).request)
    except ParseBaseException:
        return False


def _misread(text: str, error: ParseBaseException) -> str:
    line = text.split("\n")[error.lineno - 1] if text.strip() else ""
    rest = line[error.column - 1 :].strip()
    found = f"'{rest[:40]}' cannot stand there" if rest else "it ends too early, or a bracket or quote is not closed"
    return f"The query cannot be read from line {error.lineno}, column {error.column}: {found}."


def _reason(message: str) -> str:
    """oxigraph's place and the one of its expectations that is a sentence, without the list of tokens."""
    place, _, expected = message.partition(": expected ")
    parts = expected.removeprefix("one of ").split(", ")
    why = next((part for part in parts if re.fullmatch(r"[A-Z]\w* .+", part)), "a word is out of place")
    return f"{place.replace('error at', 'at line and column')}, {why}"


def _has(tree: object, name: str) -> bool:
    if isinstance(tree, CompValue) and tree.name == name:
        return True
    parts = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list | tuple) else ()
    return any(_has(part, name) for part in parts)
