"""Check a graph, or files on their way into one, and tell every problem at its line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from rdflib import URIRef
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from ritual.culture import crosscheck
from ritual.culture.cache import Passed
from ritual.culture.compiling import DanceRules
from ritual.culture.conformance import shape_problems, term_problems
from ritual.culture.curation import notes, recordings
from ritual.culture.curation.advice import advised
from ritual.culture.curation.damaged import Texts, read
from ritual.culture.curation.paths import Target, targets
from ritual.culture.curation.sound import without
from ritual.culture.focus import focus_of_change
from ritual.culture.nodes import Nodes
from ritual.culture.problems import ERROR, Finding, Problem, located, mentioned
from ritual.culture.reading import BadFile, read_text
from ritual.culture.structure import structure_problems, twice_described
from ritual.culture.turtle import SHAPES_FILE, places
from ritual.culture.vocabulary import RM, short
from ritual.errors import BadGraph


@dataclass(frozen=True)
class Report:
    """What a check found.

    Attributes:
        findings: by file and line; a file is named as it lies seen from the working folder.
        files: how many were asked about.
        paths: every file of a finding as it can be opened.
    """

    findings: list[Finding]
    files: int
    paths: Mapping[str, Path]

    def count(self, severity: str) -> int:
        return sum(finding.severity == severity for finding in self.findings)


@dataclass(frozen=True)
class Scope:
    """What must be asked: `nodes` against terms and shapes, `dances` against the rules on them; None = all."""

    nodes: Collection[Node] | None = None
    dances: Collection[URIRef] | None = None


def check(paths: Sequence[Path] = (), graph: Path | None = None, *, everything: bool = False) -> Report:
    """Check files and folders of Turtle; nothing is written.

    Args:
        paths: what to check; empty = the whole graph. A file outside a graph is checked together with one.
        graph: the folder of the graph; None = the one that a path lies in, or the one that ships.
        everything: also tell what is thin (severity `info`), in one line per file and kind.

    Raises:
        BadInput: there is nothing to check: a missing path, a file that cannot be read, a graph without shapes.
    """
    found: list[Finding] = []
    files, opened = 0, {}
    for target in targets(paths, graph):
        shown = {name: _shown(path) for name, path in target.files.items()}
        opened |= {shown[name]: path for name, path in target.files.items()}
        found += [replace(finding, file=shown[finding.file]) for finding in _findings(target, everything)]
        files += len(target.files if target.named is None else target.named)
    return Report(sorted(set(found)), files, opened)


def _findings(target: Target, everything: bool) -> list[Finding]:
    texts = read(target.files)
    found = [*texts.findings, *_located(texts, _scope(target, texts), everything, target.folder)]
    if target.named is None:
        if not any(finding.severity == ERROR for finding in found):
            Passed(texts.readable).now()
        return found
    told = [finding for finding in found if finding.file in target.named]
    others = {finding for finding in found if finding.file not in target.named and finding.severity == ERROR}
    if others and target.files != target.before:
        before = read(target.before)
        known = {finding.message for finding in (*before.findings, *_located(before, Scope(), False, target.folder))}
        told += [_moved(finding, texts, target.named) for finding in others if finding.message not in known]
    return told


def _scope(target: Target, texts: Texts) -> Scope:
    """What some files may have put wrong in a graph that was found sound before; a graph is asked as a whole."""
    if target.named is None:
        return Scope()
    before = {name: texts.readable.get(name, "") for name in target.before}
    if target.named & target.before.keys():
        with suppress(BadFile):
            before |= {name: read_text(target.before[name], name) for name in target.named & target.before.keys()}
    warns = texts.shapes is None or (None, SH.severity, None) in texts.shapes
    if texts.damaged or warns or not Passed(before).before():
        return Scope()
    focus = focus_of_change(before, texts.readable, texts.data, texts.shapes)
    return Scope() if focus is None else Scope(focus.nodes, focus.dances)


def _located(texts: Texts, scope: Scope, everything: bool, folder: Path) -> list[Finding]:
    """Every problem of the statements, but for those that a damaged file only seems to cause.

    Args:
        folder: of the graph, beside whose files motion capture may lie.
    """
    try:
        problems = _problems(texts, scope)
    except BadGraph as error:  # shapes that SHACL does not allow
        return [Finding(SHAPES_FILE, 1, ERROR, error.message, error.hint)]
    wrong = {problem.node for problem in problems if problem.severity == ERROR}
    warnings = [*notes.warnings(texts.data), *recordings.warnings(texts.data, wrong, folder)]
    problems += [warning for warning in warnings if warning.node not in texts.lost]
    problems = [advised(problem, texts.data, wrong) for problem in problems]
    found = [finding for _, finding in located(problems, texts.data, texts.sound)]
    found += [*notes.open_places(texts.sound), *notes.strange_prefixes(texts.sound)]
    if everything:
        thin = [note for note in notes.notes(texts.data) if note.node not in texts.lost]
        found += notes.summarised(thin, texts.data, texts.sound)
    return found


def _problems(texts: Texts, scope: Scope) -> list[Problem]:
    """The problems of each stage; what is compiled in the later ones is what the earlier left without an error."""
    data = texts.data
    found = [p for p in (*term_problems(data, scope.nodes), *structure_problems(data)) if not texts.may_explain(p)]
    found += twice_described(texts.sound)
    if texts.shapes is None:
        return found
    told = {(p.node, p.predicate, p.value) for p in found}
    meant = {(p.node, p.text.rpartition(" ")[2]) for p in found}
    for problem in shape_problems(data, texts.shapes, scope.nodes):
        known = (problem.node, problem.predicate, problem.value) in told
        known = known or (problem.predicate is not None and (problem.node, short(problem.predicate)) in meant)
        if not known and not texts.may_explain(problem):
            found.append(problem)
    sound = without(data, {*_wrong(found), *texts.lost})
    found += (own := crosscheck.node_problems(Nodes(sound)))
    sound = without(sound, _wrong(own))
    nodes = Nodes(sound)
    dances = set(map(URIRef, sound.subjects(RDF.type, RM.Dance)))
    for dance in sorted(dances if scope.dances is None else dances.intersection(scope.dances)):
        found += crosscheck.dance_problems(DanceRules(nodes, dance))
    return found


def _wrong(problems: Iterable[Problem]) -> set[Node]:
    return {problem.node for problem in problems if problem.severity == ERROR}


def _moved(finding: Finding, texts: Texts, named_files: frozenset[str]) -> Finding:
    """An error in the graph that a new file brings about, at the place in that file that it speaks of."""
    where = places({name: texts.readable[name] for name in named_files if name in texts.readable})
    place = next((where[node] for node in mentioned(finding.message) if node in where), None)
    return finding if place is None else replace(finding, file=place.file, line=place.line)


def _shown(path: Path) -> str:
    """As seen from the working folder where it lies below it, so that links in a terminal or on a server work."""
    place = path.resolve()
    folder = Path.cwd().resolve()
    return (place.relative_to(folder) if place.is_relative_to(folder) else path).as_posix()
