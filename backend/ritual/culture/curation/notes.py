"""What is allowed but worth a curator's look: warnings, and notes on what is thin."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import rdflib
from rdflib import Literal
from rdflib.namespace import DCTERMS, RDF, SKOS

from ritual.culture.problems import ERROR, INFO, WARNING, Finding, Problem, located
from ritual.culture.vocabulary import KG, PREFIXES, RM, short

PLACEHOLDER = "TODO"
_REMARK = re.compile(rf"^[^\"#<]*#.*?\b{PLACEHOLDER}[:：]\s*(.*)$")
_DECLARED = re.compile(r"(?:^|\.)[ \t]*@?prefix[ \t]+(\w+):[ \t]*<([^>\n]*)>", re.IGNORECASE | re.MULTILINE)
_OURS = ("rm", "kg", "angle")
_NAMED_AT_ONCE = 4


def warnings(data: rdflib.Graph) -> Iterator[Problem]:
    """Symbols without a meaning and places of a template that are not filled in."""
    meaning = {node for node in data.subjects(RM.meaning)}
    meant = {symbol for rule in meaning for symbol in data.objects(rule, RM.symbol)}
    for symbol in sorted(set(data.subjects(RDF.type, RM.Symbol)) - meaning - meant):
        suggestion = "Add rm:meaning with a concept of concepts.ttl, or an rm:ContextualMeaning."
        yield Problem(symbol, "has no meaning yet", severity=WARNING, suggestion=suggestion)
    for subject, predicate, value in sorted(data):
        if isinstance(value, Literal) and PLACEHOLDER in value:
            text = f'has a place that is not filled in: {short(predicate)} "{value}"'
            suggestion = f"Write what belongs there and take the word {PLACEHOLDER} out."
            yield Problem(subject, text, predicate, value, WARNING, suggestion)


def open_places(texts: dict[str, str]) -> Iterator[Finding]:
    """Remarks that say what is still to be done."""
    for name, text in texts.items():
        for number, line in enumerate(text.split("\n"), start=1):
            if remark := _REMARK.search(line):
                message = f"A remark says what is still to be done: {remark[1].rstrip('.')}."
                suggestion = f"Do it, then take the remark or the word {PLACEHOLDER} out."
                yield Finding(name, number, WARNING, message, suggestion)


def strange_prefixes(texts: dict[str, str]) -> Iterator[Finding]:
    """Known prefixes that stand for something else, so that what is said with them means nothing here."""
    for name, text in texts.items():
        for match in _DECLARED.finditer(text):
            prefix, iri = match.groups()
            if PREFIXES.get(prefix, iri) != iri:
                line = text.count("\n", 0, match.start()) + 1
                severity = ERROR if prefix in _OURS else WARNING
                message = f"The prefix {prefix}: stands for <{iri}> here, which the graph does not know."
                yield Finding(name, line, severity, message, f"Write @prefix {prefix}: <{PREFIXES[prefix]}> .")


def notes(data: rdflib.Graph) -> Iterator[Problem]:
    """Statements that rest on general knowledge alone, and names that nobody has put into Chinese."""
    for subject in sorted(data.subjects(DCTERMS.source, KG["source-general-knowledge"])):
        yield Problem(subject, "on general knowledge alone", DCTERMS.source, severity=INFO)
    names: dict[rdflib.term.Node, set[str]] = defaultdict(set)
    for subject, name in data.subject_objects(SKOS.prefLabel):
        names[subject].add(name.language or "")
    for subject in sorted(node for node, languages in names.items() if "en" in languages and "zh" not in languages):
        yield Problem(subject, "in English only", SKOS.prefLabel, severity=INFO)


def summarised(problems: Iterable[Problem], data: rdflib.Graph, texts: dict[str, str]) -> list[Finding]:
    """One line per file and kind of note."""
    groups: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for problem, finding in located(problems, data, texts):
        groups[finding.file, problem.text].append((finding.line, short(problem.node)))
    found = []
    for (file, text), members in sorted(groups.items()):
        members.sort()
        shown = ", ".join(name for _, name in members[:_NAMED_AT_ONCE])
        more = f" and {len(members) - _NAMED_AT_ONCE} more" if len(members) > _NAMED_AT_ONCE else ""
        what = "statement rests" if len(members) == 1 else "statements rest"
        what = what if text.startswith("on ") else "name is" if len(members) == 1 else "names are"
        found.append(Finding(file, members[0][0], INFO, f"{len(members)} {what} {text}: {shown}{more}."))
    return found
