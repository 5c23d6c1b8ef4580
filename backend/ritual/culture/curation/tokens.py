"""Turtle as a writer sees it: the words of a text, with its comments, from which statements are put together again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ritual.errors import BadGraph

_NAME = r"(?:[\w\-·:]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]|\.+(?=[\w\-·:%\\]))*"
_TOKEN = re.compile(
    rf"""
    (?P<comment>\#[^\n]*)
  | (?P<iri><[^<>"{{}}|^`\s]*>)
  | (?P<text>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
           | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*')
  | (?P<number>[+-]?(?:\d+\.\d*[eE][+-]?\d+|\.?\d+[eE][+-]?\d+|\d*\.\d+|\d+)(?![\w:]))
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<datatype>\^\^)
  | (?P<mark>[;,.\[\]()])
  | (?P<name>[\w\-·:]{_NAME})
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACE = re.compile(r"[ \t\r\n]*")


class Token(NamedTuple):
    """One word of a Turtle text.

    Attributes:
        kind: `comment`, `iri`, `text`, `number`, `language`, `datatype`, `mark` or `name`.
        text: as it is written; a comment without the blanks at its end.
        breaks: how many line ends stand before it, after the word before it.
        line: counted from 1.
    """

    kind: str
    text: str
    breaks: int
    line: int


def tokens(text: str) -> Iterator[Token]:
    """Every word of the text, in its order.

    Raises:
        BadGraph: something that is no word of Turtle; says the line.
    """
    position, line = 0, 1
    while True:
        space = _SPACE.match(text, position).group()
        position, breaks = position + len(space), space.count("\n")
        line += breaks
        if position == len(text):
            return
        match = _TOKEN.match(text, position)
        if match is None:
            shown = text[position : position + 30].split("\n")[0]
            raise BadGraph(f"Line {line} holds something that is no Turtle: {shown}")
        kind, written = match.lastgroup, match.group()
        yield Token(kind, written.rstrip() if kind == "comment" else written, breaks, line)
        line += written.count("\n")
        position = match.end()
