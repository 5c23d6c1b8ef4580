"""What a change of the graph means for motions that exist: which of them are judged otherwise now, and why."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ritual import clip as clips
from ritual.clip.clip import MotionClip
from ritual.clip.files import READERS
from ritual.culture.compliance import find_violations
from ritual.culture.graph import Graph
from ritual.culture.wardrobe import table_breaches
from ritual.errors import BadInput, EmptyDomain, Refused, RitualError

_PREFERRED = (".npz", ".safetensors", ".glb", ".gltf", ".bvh")  # of one motion in several formats


@dataclass(frozen=True)
class Finding:
    """Why a motion is not allowed.

    Attributes:
        rule, text, source: the rule, in words what breaks it, and what it rests on.
        start, end: [s], first and last moment; None where the whole motion is meant.
    """

    rule: str
    text: str
    source: str
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True)
class Verdict:
    """What one graph says of one motion.

    Attributes:
        state: `allowed`; `forbidden` (a pose or the dress breaks a rule); `refused` (the dance itself, for this
            performer or occasion); `unknown` (the graph does not know the dance, the performer or the occasion).
        findings: why; empty where it is allowed.
    """

    state: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Judged:
    """A motion under both graphs.

    Attributes:
        path: the file.
        fps: its frames per second.
        dance, performer, occasion: what it was judged as; None = the dance's default.
        before, after: the verdicts.
    """

    path: Path
    fps: float
    dance: str
    performer: str | None
    occasion: str | None
    before: Verdict
    after: Verdict

    @property
    def new(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.after.findings if finding not in self.before.findings)

    @property
    def vanished(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.before.findings if finding not in self.after.findings)

    @property
    def changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Skipped:
    """A motion that could not be judged, and why."""

    path: Path
    why: str


@dataclass(frozen=True)
class Role:
    """As what a motion is judged; None = what the motion itself says."""

    dance: str | None = None
    performer: str | None = None
    occasion: str | None = None


def verdict(
    clip: MotionClip, graph: Graph, dance: str, performer: str | None = None, occasion: str | None = None
) -> Verdict:
    """What a graph says of a motion: of the dance for this performer and occasion, of each pose, of the dress."""
    try:
        rulebook = graph.rulebook(dance, performer, occasion)
    except Refused as error:
        return Verdict("refused", tuple(Finding(r["rule"], r["text"], r["source"]) for r in error.refusals))
    except (BadInput, EmptyDomain) as error:
        return Verdict("unknown", (Finding("", str(error), ""),))
    schedule = rulebook.schedule(clip.frames, clip.fps)
    found = [
        Finding(v.rule, f"{v.angle.replace('_', ' ')} at {v.value_deg:.1f} deg: {v.text}", v.source, v.start, v.end)
        for v in find_violations(clip.angles, schedule, clip.fps)
    ]
    if costume := clip.meta.get("costume"):
        for breach in table_breaches(costume, rulebook.dress_code):
            text = f"the costume shows {breach.what}: {breach.rule.text}"
            found.append(Finding(breach.rule.iri, text, breach.rule.source.citation))
    return Verdict("forbidden", tuple(found)) if found else Verdict("allowed")


def motions(paths: Iterable[Path]) -> list[Path]:
    """Every file named, and the motions in every folder named; of one motion in several formats there, one.

    Raises:
        BadInput: a path does not exist, or there is no motion at all.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found |= dict.fromkeys(_in_folder(path))
        elif path.exists():
            found[path] = None
        else:
            raise BadInput(f"There is no file or folder '{path}'.", hint="Name motions, or a folder that holds some.")
    if not found:
        raise BadInput(f"No motion was found; its name must end in {' or '.join(READERS)}.")
    return list(found)


def impact(
    before: Graph,
    after: Graph,
    paths: Iterable[Path],
    role: Role = Role(),
    tell: Callable[[str, int, int, float | None], None] | None = None,
) -> Iterator[Judged | Skipped]:
    """Each motion's verdict under both graphs, in the order of the files.

    Args:
        before, after: the graphs to compare.
        paths: files, as `motions` finds them.
        role: what to judge all of them as.
        tell: called with the file, how many are done, how many there are, and the seconds left if known.
    """
    files, began = list(paths), time.monotonic()
    for n, path in enumerate(files):
        if tell is not None:
            tell(path.name, n, len(files), (time.monotonic() - began) / n * (len(files) - n) if n else None)
        try:
            yield _judged(path, before, after, role)
        except RitualError as error:
            yield Skipped(path, str(error))


def _judged(path: Path, before: Graph, after: Graph, role: Role) -> Judged:
    clip = clips.read(path)
    dance = role.dance or clip.meta.get("dance")
    if not dance:
        raise BadInput("It does not say which dance it is.", hint="Say it with --dance.")
    performer = role.performer or clip.meta.get("performer")
    occasion = role.occasion or clip.meta.get("occasion")
    verdicts = [verdict(clip, graph, dance, performer, occasion) for graph in (before, after)]
    return Judged(path, clip.fps, dance, performer, occasion, *verdicts)


def _in_folder(folder: Path) -> list[Path]:
    best: dict[Path, Path] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in READERS and path.is_file():
            known = best.setdefault(path.with_suffix(""), path)
            best[path.with_suffix("")] = min(known, path, key=lambda p: _PREFERRED.index(p.suffix.lower()))
    return sorted(best.values())
