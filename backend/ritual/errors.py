"""The errors that every floor may raise and every door (CLI, HTTP, add-on) knows how to show."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class RitualError(Exception):
    """Something a person can mend: `message` says what and where, `hint` what to do next.

    Attributes:
        code: stable identifier that crosses HTTP (`unknown_dance`, `bad_motion`, ...).
        message: one sentence: what is wrong, where, and the valid values.
        hint: one sentence: what to do next; may be empty.
    """

    code = "error"

    def __init__(self, message: str, *, hint: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class BadInput(RitualError):
    """An argument or a file is not what it should be (exit status 2)."""

    code = "bad_input"


class BadMotion(BadInput):
    """A motion file cannot be read, or holds something that is no motion."""

    code = "bad_motion"


class BadGraph(BadInput):
    """The knowledge graph cannot be read or does not conform to its shapes."""

    code = "bad_graph"


class EmptyDomain(RitualError):
    """No pose satisfies every rule; the message names the rules that exclude each other."""

    code = "empty_domain"


class Refused(RitualError):
    """A rule of the culture forbids the brief (exit status 3).

    Attributes:
        refusals: one mapping per rule: `rule`, `text`, `source`, `allowed`.
    """

    code = "refused"

    def __init__(self, message: str, refusals: list[dict[str, str]], *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.refusals = refusals


class Cancelled(RitualError):
    """The person who asked for the work took it back."""

    code = "cancelled"


def nearest(name: str, valid: Iterable[str], count: int = 3) -> str:
    """`Did you mean a or b?` for a misspelt name, else the list of valid values."""
    valid = sorted(valid)
    close = difflib.get_close_matches(name.lower(), valid, n=count, cutoff=0.4)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return f"Valid values: {', '.join(valid)}."
