"""Every syntax error of a file, each with its line, and the statements that can be read around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from ritual.culture.problems import ERROR, Finding
from ritual.culture.vocabulary import PREFIXES
from ritual.errors import nearest

SHOWN = 20  # per file; what is no Turtle at all has an error in every line
ENOUGH = 1000  # such a file is not read further
_IN_WORDS = (
    (r"A dot is expected at the end of statements", "a ';' or ',' is missing here, or a '.' before this line"),
    (r"The prefix (\S+) has not been declared", r"the prefix \1 is not declared"),
    (r"No scheme found in an absolute IRI", "an address in <...> is relative to nothing"),
    (r"Unexpected end of file", "the file ends in the middle of a statement, or a text in quotes is not closed"),
    (r"[Ll]ine (?:jumps|breaks?) .* string.*", "a text in quotes is not closed on its line"),
    (r"([;,.\])]) is not a valid (?:RDF object|predicate|verb)", r"something is missing before '\1'"),
    (r"'?(.+?)'? is not allowed at the beginning of a prefix name", r"'\1' cannot stand here"),
    (r"(.+) is not a valid (subject or graph name|predicate|RDF object|object)", r"'\1' is no valid \2 here"),
)
_WHAT_TO_DO = (
    (r"relative to nothing", "Write the address whole (https://...), or a name such as kg:dai."),
    (r"not closed", 'Close it with " (or with """ where it has several lines).'),
    (r"'[“”„‘’«»]", 'Write straight quotation marks: "...".'),
    (r"'[；，。、：]", "Write the Latin mark: ; , . or :"),
    (r"", "Look at this line and at the end of the one before it."),
)
_RDF_1_2 = "statements about statements and text with a direction are not read (they are RDF 1.2)"
_PREFIX = re.compile(r"^The prefix (\S+): is not declared")


class Recovered:
    """A text read past its errors.

    Attributes:
        quads: the statements that could be read.
        findings: an error per line, at most `SHOWN` and one that counts the others.
    """

    def __init__(self, name: str, text: str) -> None:
        errors: dict[int, str] = {}
        self.quads = list(_read(text, errors))
        found = list(_without_consequences([_finding(name, *error) for error in sorted(errors.items())], text))
        self.findings = found[:SHOWN]
        if rest := found[SHOWN:]:
            message = f"{len(rest)} more lines of this file are no Turtle."
            self.findings.append(Finding(name, rest[0].line, ERROR, message, "Mend the first ones first."))


def _read(text: str, errors: dict[int, str]) -> Iterator[ox.Quad]:
    parser = ox.parse(text, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
    while True:
        try:
            quad = next(parser)
        except StopIteration:
            return
        except SyntaxError as error:
            if len(errors) > ENOUGH:
                return
            errors.setdefault(error.lineno or 1, re.sub(r"^Parser error .*?: ", "", error.msg))
        except MemoryError:  # oxigraph's buffer, not the machine's
            errors.setdefault(1, "a word or a text in quotes does not end within 16 MB")
            return
        else:
            if isinstance(quad.object, ox.Triple) or getattr(quad.object, "direction", None) is not None:
                errors.setdefault(1, _RDF_1_2)
            else:
                yield quad


def _without_consequences(found: list[Finding], text: str) -> Iterator[Finding]:
    """Each mistake once: no prefix twice, none whose declaration is itself the mistake, nothing after an open quote."""
    told = set()
    for finding in found:
        prefix = _PREFIX.search(finding.message)
        declared = prefix and len(found) > 1 and re.search(rf"(?im)^\s*@?prefix\s+{re.escape(prefix[1])}", text)
        if not declared and (prefix is None or prefix[1] not in told):
            yield finding
        told.add(prefix and prefix[1])
        if "not closed" in finding.message:
            return


def _finding(name: str, line: int, why: str) -> Finding:
    for pattern, words in _IN_WORDS:
        if re.fullmatch(pattern, why):
            why = re.sub(pattern, words, why)
            break
    message = f"{why[0].upper()}{why[1:]}."
    if prefix := _PREFIX.search(message):
        return Finding(name, line, ERROR, message, _declare(prefix[1].removesuffix(":")))
    return Finding(name, line, ERROR, message, next(words for pattern, words in _WHAT_TO_DO if re.search(pattern, why)))


def _declare(prefix: str) -> str:
    if prefix in PREFIXES:
        return f"Add this line at the top of the file: @prefix {prefix}: <{PREFIXES[prefix]}> ."
    return f"{nearest(prefix, PREFIXES, count=1)} Or declare it at the top of the file: @prefix {prefix}: <...> ."
