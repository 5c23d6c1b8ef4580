"""A check's report for programs: JSON, the annotations of a GitHub workflow, JUnit's XML."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from xml.etree import ElementTree

from ritual.culture.curation.check import Report
from ritual.culture.problems import ERROR, INFO, WARNING, Finding

_GITHUB = {ERROR: "error", WARNING: "warning", INFO: "notice"}


def as_rows(report: Report) -> list[dict]:
    """One object per finding: `file`, `line`, `severity`, `message`, `suggestion`."""
    return [asdict(finding) for finding in report.findings]


def as_github(report: Report) -> Iterator[str]:
    """Workflow commands, which GitHub shows beside the lines of a pull request."""
    for finding in report.findings:
        place = f"file={_escaped(finding.file, ':,')},line={finding.line}"
        yield f"::{_GITHUB[finding.severity]} {place},title=knowledge graph::{_escaped(_sentences(finding))}"


def _escaped(text: str, marks: str = "") -> str:
    for mark in f"%\r\n{marks}":
        text = text.replace(mark, f"%{ord(mark):02X}")
    return text


def as_junit(report: Report) -> str:
    """A test case per file that was found wanting; an error is a failure, all else is said in the output."""
    by_file: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        by_file[finding.file].append(finding)
    suite = ElementTree.Element("testsuite", name="ritual kg check", errors="0")
    for file, found in by_file.items() or [("knowledge graph", [])]:
        case = ElementTree.SubElement(suite, "testcase", classname="knowledge-graph", name=file, file=file)
        errors = [finding for finding in found if finding.severity == ERROR]
        if errors:
            failure = ElementTree.SubElement(case, "failure", message=f"{file}:{errors[0].line}: {errors[0].message}")
            failure.text = "\n".join(f"{file}:{finding.line}: {_sentences(finding)}" for finding in errors)
        if others := [finding for finding in found if finding.severity != ERROR]:
            lines = [f"{file}:{finding.line}: {finding.severity}: {_sentences(finding)}" for finding in others]
            ElementTree.SubElement(case, "system-out").text = "\n".join(lines)
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(sum(case.find("failure") is not None for case in suite)))
    ElementTree.indent(suite)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suite, encoding="unicode")


def _sentences(finding: Finding) -> str:
    return f"{finding.message} {finding.suggestion}".strip()
