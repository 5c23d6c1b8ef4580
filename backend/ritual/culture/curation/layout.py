"""The one layout of our Turtle files: statements back to text.

A predicate has a line of its own, so that a change shows as the line that changed; few stand together: the angles of
one joint, a least and a greatest value, a type and its slug. What names a thing comes first, what it rests on last, and
in between stands what the curator put there, in the curator's order.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from ritual.culture.curation.filling import WIDTH, filled, flat
from ritual.culture.curation.statements import Line, Predicate, Statement
from ritual.culture.curation.tokens import Token

_INDENT = "    "
_FIRST = ("a", "rdf:type", "rdfs:subClassOf", "rdfs:label", "rm:slug", "skos:notation")
_FIRST += ("skos:prefLabel", "skos:altLabel", "skos:definition")
_LAST = ("dcterms:source", "rm:review", "prov:wasAttributedTo", "prov:generatedAtTime")
_TOGETHER = (
    ("a", "rdf:type", "rdfs:subClassOf", "rdfs:label", "rm:slug", "skos:notation"),
    ("geo:lat", "geo:long"),
    ("rm:minimum", "rm:maximum"),
    ("rm:above", "rm:below"),
    ("rm:phaseFrom", "rm:phaseTo"),
    ("rm:beginsAt", "rm:endsAt"),
    ("rm:cycleBegins", "rm:cycleSeconds"),
    ("rm:review", "prov:wasAttributedTo", "prov:generatedAtTime"),
)


def laid_out(blocks: Iterable[Line | Statement]) -> str:
    """The text of the blocks; ends with one line end, unless it is empty."""
    lines: list[str] = []
    for block in blocks:
        if lines and block.breaks > 1:
            lines.append("")
        lines += _statement(block) if isinstance(block, Statement) else _line(block)
    return "\n".join(lines) + "\n" if lines else ""


def _line(line: Line) -> list[str]:
    return [_ended(flat(line.words), line.after[:1]), *(comment.text for comment in line.after[1:])]


def _statement(statement: Statement) -> list[str]:
    subject = "\n".join(filled(statement.subject, "", 2))
    if not statement.predicates:  # [ ... ] .
        return [f"{subject} ."]
    predicates = sorted(statement.predicates, key=_rank)
    below = [comment.text for comment in _handed_down(predicates)]
    if statement.on_one_line and (line := _one_line(subject, predicates)):
        return [line, *below]
    rows = [list(row) for _, row in groupby(predicates, key=_row)]
    lines = [line for row in rows for line in _written(row, " ." if row is rows[-1] else " ;")]
    if predicates[0].before:
        return [subject, *lines, *below]
    return [f"{subject} {lines[0].lstrip()}", *lines[1:], *below]


def _handed_down(predicates: list[Predicate]) -> list[Token]:
    """Only one comment can stand at the end of a line: give the others to the next predicate; return the last's."""
    rest: list[Token] = []
    for predicate in predicates:
        predicate.before = rest + predicate.before
        kept = 1 if predicate.after and not predicate.after[0].breaks else 0
        predicate.after, rest = predicate.after[:kept], predicate.after[kept:]
    return rest


def _rank(predicate: Predicate) -> int:
    """Where a predicate stands; a stable sort leaves all others as they are."""
    if predicate.verb in _FIRST:
        return _FIRST.index(predicate.verb) - len(_FIRST)
    return _LAST.index(predicate.verb) + 1 if predicate.verb in _LAST else 0


def _row(predicate: Predicate) -> object:
    """Neighbours with the same row share a line."""
    if predicate.commented:
        return id(predicate)
    if predicate.verb.startswith("angle:"):
        return predicate.verb.rpartition("_")[0]
    return next((row for row in _TOGETHER if predicate.verb in row), id(predicate))


def _one_line(subject: str, predicates: list[Predicate]) -> str | None:
    *inner, last = predicates
    if any(predicate.commented for predicate in inner) or last.before or any(w.kind == "comment" for w in last.words):
        return None
    line = _ended(f"{subject} {' ; '.join(flat(predicate.words) for predicate in predicates)} .", last.after)
    return line if len(line) <= WIDTH and "\n" not in line else None


def _written(row: list[Predicate], end: str) -> list[str]:
    """The lines of predicates that share a line, or of each where together they are too long."""
    shared = _INDENT + " ; ".join(flat(predicate.words) for predicate in row) + end
    if len(row) > 1 and len(shared) <= WIDTH and "\n" not in shared:
        return [shared]
    lines: list[str] = []
    for predicate in row:
        stop = end if predicate is row[-1] else " ;"
        *above, last = filled(predicate.words, _INDENT, len(stop))
        lines += [*(_INDENT + comment.text for comment in predicate.before), *above]
        lines.append(_ended(last + stop, predicate.after))
    return lines


def _ended(line: str, comments: list[Token]) -> str:
    return f"{line}  {comments[0].text}" if comments else line
