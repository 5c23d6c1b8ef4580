"""One file of the graph: bytes to text, refused by a quick look where it cannot be Turtle."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from ritual.errors import BadGraph

LARGEST = 128 * 2**20  # bytes; some two million statements
LARGE = 2**23  # bytes; more are looked at before they are read
_GLANCE = 2**16  # bytes of such a look


class BadFile(BadGraph):
    """A file cannot be text of the graph.

    Attributes:
        file: its name.
        line: the line, or None where it is the whole file.
        text: what follows the name in a sentence.
    """

    def __init__(
        self, file: str, text: str, *, line: int | None = None, hint: str = "", code: str | None = None
    ) -> None:
        where = f"{file}, line {line}:" if line else file
        super().__init__(f"{where} {text}.", hint=hint, code=code)
        self.file, self.line, self.text = file, line, text


def read_text(path: Path, name: str) -> str:
    """The text of a Turtle file, without a byte-order mark and with plain line ends.

    Args:
        name: how messages call the file.

    Raises:
        BadFile: it cannot be read (code `unreadable`), is too large, is no UTF-8 text, or is empty; or it is large and
            begins with something that is no Turtle.
    """
    try:
        size = path.stat().st_size
        if LARGE < size <= LARGEST:
            _glance(path, name)
        data = path.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        hint = f"It is {path}."
        raise BadFile(name, f"cannot be read: {error.strerror}", hint=hint, code="unreadable") from error
    if size > LARGEST:
        text = f"has {size // 2**20} MB, and a file of the graph has at most {LARGEST // 2**20} MB; it was not read"
        raise BadFile(name, text, hint="Is it Turtle? If so, cut it into several files.")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        text = f"byte 0x{data[error.start]:02x} is not UTF-8 text"
        raise BadFile(name, text, line=line, hint="Save the file as UTF-8.") from error
    if "\0" in text:
        raise BadFile(name, "is no text: it holds zero bytes", hint="Is it Turtle, saved as UTF-8?")
    if not text.strip():
        raise BadFile(name, "is empty", hint="Write what it should hold, or delete it.")
    return text


def _glance(path: Path, name: str) -> None:
    """Raises: BadFile: the beginning of a large file is no Turtle, so that the rest need not be read."""
    with path.open("rb") as file:
        head = file.read(_GLANCE).decode("utf-8-sig", errors="ignore")
    whole = head.rpartition("\n")[0]
    hint = "A large file is read only where its beginning is Turtle."
    if not whole:
        raise BadFile(name, f"has a line of more than {_GLANCE // 1024} KB, so it is no Turtle", hint=hint)
    try:
        for _ in ox.parse(whole, format=ox.RdfFormat.TURTLE):
            pass
    except SyntaxError as error:
        last = whole.count("\n") + 1
        if (error.end_lineno or last) < last:  # else it may only be cut off
            raise BadFile(name, "no Turtle stands here", line=error.lineno, hint=hint) from error
