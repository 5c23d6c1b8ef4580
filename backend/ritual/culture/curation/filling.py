"""Words to lines of at most WIDTH: a bracket that fits on a line stays whole, a longer one is filled part by part."""

from __future__ import annotations

from ritual.culture.curation.tokens import Token

WIDTH = 120
_INDENT = "    "


def flat(words: list[Token]) -> str:
    """`"Dai"@en , "傣族"@zh`: one blank between words, none before a language or a datatype."""
    text = ""
    for before, word in zip([None, *words], words, strict=False):
        text += word.text if before is None or _tight(before, word) else f" {word.text}"
    return text


def _tight(before: Token, word: Token) -> bool:
    return "datatype" in (before.kind, word.kind) or (word.kind == "language" and before.kind == "text")


def filled(words: list[Token], indent: str, room: int) -> list[str]:
    """The lines of a predicate (or a subject) with its objects.

    Args:
        words: the last is no comment.
        indent: of the first line; the others have one step more.
        room: how many characters stay free at the end of the last line.
    """
    return _Lines(indent, room).fill(words, indent + _INDENT, room).lines


class _Lines:
    """Lines in the making."""

    def __init__(self, indent: str, room: int) -> None:
        self.lines = [indent]
        self._fresh = True  # nothing but the indent stands on the last line
        self._closed = False  # a comment stands at its end

    def fill(self, words: list[Token], indent: str, room: int, listed: bool = False) -> _Lines:
        """Add words, `listed` within `( )`; where a line breaks, the next begins with `indent`."""
        for part in _parts(words, listed):
            last = part[-1] is words[-1]
            self._add(part, indent, room if last else 2)
        return self

    def _add(self, part: list[Token], indent: str, room: int) -> None:
        text = flat(part)
        inner = next((i for i, word in enumerate(part) if word.kind == "mark" and word.text in "[("), None)
        whole = not any(word.kind == "comment" for word in part) or part[0].kind == "comment"
        if whole and self._fits(text, room):
            self._put(text, part, indent)
        elif inner is None or (whole and len(indent + text) + room <= WIDTH):
            self._break(indent)
            self._put(text, part, indent)
        else:
            if inner == 0:
                self._break(indent)
            self._bracket(part, inner, indent, room)

    def _bracket(self, part: list[Token], inner: int, indent: str, room: int) -> None:
        end = next(i for i in range(len(part) - 1, -1, -1) if part[i].kind == "mark" and part[i].text in "])")
        self._put(flat(part[: inner + 1]), part, indent)
        closing = flat(part[end:])
        deeper = indent + _INDENT * (len(self.lines) > 1)
        self.fill(part[inner + 1 : end], deeper, room + len(closing) + 1, part[inner].text == "(")
        self._put(closing, part[end:], indent)

    def _fits(self, text: str, room: int) -> bool:
        return not self._closed and len(f"{self.lines[-1]} {text}") + room <= WIDTH

    def _break(self, indent: str) -> None:
        if not self._fresh:
            self.lines.append(indent)
            self._fresh = True
        self._closed = False

    def _put(self, text: str, part: list[Token], indent: str) -> None:
        comment = part[0].kind == "comment"
        if self._closed or (comment and part[0].breaks):
            self._break(indent)
        gap = "" if self._fresh else "  " if comment else " "
        self.lines[-1] += gap + text
        self._fresh, self._closed = False, comment


def _parts(words: list[Token], listed: bool) -> list[list[Token]]:
    """What may stand on a line of its own: each up to a `;` or `,`, each element of a list, each comment."""
    found: list[list[Token]] = [[]]
    depth = 0
    for i, word in enumerate(words):
        mark = word.text if word.kind == "mark" else ""
        if word.kind == "comment" and depth == 0:
            found += [[word], []]
            continue
        found[-1].append(word)
        depth += (mark in ("[", "(")) - (mark in ("]", ")"))
        glued = listed and i + 1 < len(words) and _tight(word, words[i + 1])
        if depth == 0 and (mark in (";", ",") or (listed and not glued)):
            found.append([])
    return [part for part in found if part]
