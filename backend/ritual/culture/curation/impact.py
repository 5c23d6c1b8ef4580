"""What a change of the graph means for motions that exist: which of them are judged otherwise now, and why."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ritual import clip as clips
from ritual.clip.files import READERS
from ritual.culture.course import occasions_of
from ritual.culture.curation.revisions import texts_of_revision
from ritual.culture.curation.verdict import Finding, Verdict, verdict
from ritual.culture.graph import Graph, load_graph
from ritual.errors import BadInput, RitualError

_PREFERRED = (".npz", ".safetensors", ".glb", ".gltf", ".bvh")  # of one motion in several formats


@dataclass(frozen=True)
class Judged:
    """A motion under both graphs.

    Attributes:
        path: the file.
        fps: its frames per second.
        dance, performer: what it was judged as; None = the dance's default.
        occasions: (first frame, slug) in order; a slug of None = the dance's default.
        before, after: the verdicts.
    """

    path: Path
    fps: float
    dance: str
    performer: str | None
    occasions: tuple[tuple[int, str | None], ...]
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


def graph_of(name: str) -> Graph:
    """The graph in a folder, or in a revision of the git repository that one is in (`HEAD~1:knowledge_graph`).

    Raises:
        BadInput: there is no such folder or revision.
        BadGraph: the graph does not hold together.
    """
    if Path(name).exists() or ":" not in name:
        return load_graph(Path(name))
    revision, path = name.split(":", 1)
    inside = f"{revision}:{path.strip('/')}/".replace(":/", ":")
    with tempfile.TemporaryDirectory() as folder:
        for file, text in texts_of_revision(revision, path).items():
            place = Path(folder, file.removeprefix(inside))
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        return load_graph(Path(folder))


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
    occasions = [(0, role.occasion)] if role.occasion else occasions_of(clip) or [(0, clip.meta.get("occasion"))]
    verdicts = [verdict(clip, graph, dance, performer, occasions) for graph in (before, after)]
    return Judged(path, clip.fps, dance, performer, tuple(occasions), *verdicts)


def _in_folder(folder: Path) -> list[Path]:
    best: dict[Path, Path] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in READERS and path.is_file():
            known = best.setdefault(path.with_suffix(""), path)
            best[path.with_suffix("")] = min(known, path, key=lambda p: _PREFERRED.index(p.suffix.lower()))
    return sorted(best.values())
