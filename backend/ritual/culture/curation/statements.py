"""Turtle as statements that can be put in another order: each predicate keeps its comments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ritual.culture.curation.tokens import Token

_DIRECTIVES = ("@prefix", "@base", "prefix", "base")


@dataclass
class Predicate:
    """A predicate with its objects.

    Attributes:
        words: predicate, objects, commas and what stands in brackets; without the `;` or `.` after it.
        before: the comments on lines of their own above it.
        after: the comment at the end of its line, and more that follow before the next predicate.
    """

    words: list[Token] = field(default_factory=list)
    before: list[Token] = field(default_factory=list)
    after: list[Token] = field(default_factory=list)

    @property
    def verb(self) -> str:
        return self.words[0].text

    @property
    def commented(self) -> bool:
        return bool(self.before or self.after or any(word.kind == "comment" for word in self.words))


@dataclass
class Statement:
    """A subject with its predicates."""

    subject: list[Token]
    predicates: list[Predicate]

    @property
    def breaks(self) -> int:
        return self.subject[0].breaks

    @property
    def on_one_line(self) -> bool:
        """Whether it was written so."""
        words = [word for predicate in self.predicates for word in predicate.words]
        return (words or self.subject)[-1].line == self.subject[0].line


@dataclass
class Line:
    """A directive (`@prefix ...`) or a comment that stands between statements."""

    words: list[Token]
    after: list[Token] = field(default_factory=list)

    @property
    def breaks(self) -> int:
        return self.words[0].breaks


def blocks(words: list[Token]) -> Iterator[Line | Statement]:
    """What the text consists of, in its order. The text must be Turtle: see `turtle.statements`."""
    position = 0
    while position < len(words):
        if words[position].kind == "comment":
            yield Line([words[position]])
            position += 1
            continue
        end = _end(words, position)
        block = _block(words[position:end])
        while end < len(words) and words[end].kind == "comment" and not words[end].breaks:
            _last(block).after.append(words[end])
            end += 1
        yield block
        position = end


def _end(words: list[Token], start: int) -> int:
    """Index after the statement's last word: its full stop, or the IRI of a `PREFIX` without one."""
    if words[start].text.lower() in _DIRECTIVES[2:]:
        return next(i for i in range(start, len(words)) if words[i].kind == "iri") + 1
    depth = 0
    for i in range(start, len(words)):
        depth += _step(words[i])
        if words[i].kind == "mark" and words[i].text == "." and depth == 0:
            return i + 1
    return len(words)


def _step(word: Token) -> int:
    if word.kind != "mark":
        return 0
    return (word.text in "[(") - (word.text in "])")


def _block(words: list[Token]) -> Line | Statement:
    if words[0].text.lower() in _DIRECTIVES:
        return Line([w for w in words if w.kind != "comment"], [w for w in words if w.kind == "comment"])
    depth, length = _step(words[0]), 1
    while depth:
        depth += _step(words[length])
        length += 1
    return Statement(words[:length], _predicates(words[length:]))


def _predicates(words: list[Token]) -> list[Predicate]:
    """The predicates of a statement, from the word after its subject to its full stop."""
    found, current, depth = [], Predicate(), 0
    for i, word in enumerate(words):
        depth += _step(word)
        if depth == 0 and word.kind == "mark" and word.text in ";.":
            if current.words:
                found.append(current)
                current = Predicate()
        elif word.kind == "comment" and depth == 0 and not current.words:
            own_line = bool(word.breaks) or not found
            (current.before if own_line else found[-1].after).append(word)
        elif word.kind == "comment" and depth == 0 and _closes(words, i):
            current.after.append(word)
        else:
            current.words.append(word)
    if current.before and found:  # comments between the last `;` and the full stop
        found[-1].after += current.before
    return found


def _closes(words: list[Token], index: int) -> bool:
    """Whether nothing but comments stands between this word and the end of its predicate."""
    following = next((word for word in words[index:] if word.kind != "comment"), None)
    return following is None or (following.kind == "mark" and following.text in ";.")


def _last(block: Line | Statement) -> Predicate | Line:
    return block.predicates[-1] if isinstance(block, Statement) and block.predicates else block
