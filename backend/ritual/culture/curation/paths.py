"""What a curator names on the command line: files and folders of Turtle, and the graph that they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ritual.culture.turtle import SHAPES_FILE, graph_files
from ritual.errors import BadInput
from ritual.resources import resource

_BEGINNING = re.compile(r"^(\w*:\S+)\s+a\s", re.MULTILINE)


def turtle_files(paths: Iterable[Path]) -> list[Path]:
    """Every file named, and every *.ttl under each folder named, each once and in this order.

    Raises:
        BadInput: a path that does not exist, or a folder without Turtle.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*.ttl") if file.is_file())
            if not inside:
                raise BadInput(f"The folder '{path}' holds no *.ttl file.", hint="Name a folder of Turtle files.")
            found |= dict.fromkeys(inside)
        elif path.is_file():
            found[path] = None
        elif path.exists():
            raise BadInput(f"'{path}' is neither a file nor a folder.", hint="Save it as a file first.")
        else:
            raise BadInput(f"There is no file or folder '{path}'.", hint="Name an existing one.")
    return list(found)


@dataclass(frozen=True)
class Target:
    """A graph, and the files that somebody asked about.

    Attributes:
        folder: of the graph.
        before: every file of the graph by its path relative to the folder.
        files: the same with the files named, which come last; one that lies elsewhere has its whole path for a name,
            unless it is a new version of a file of the graph.
        named: the names of those asked about; None = all.
    """

    folder: Path
    before: dict[str, Path]
    files: dict[str, Path]
    named: frozenset[str] | None = None


def targets(paths: Sequence[Path], graph: Path | None) -> list[Target]:
    """The graphs that these files and folders belong to.

    A file belongs to `graph`; left out, to the folder above it that holds shapes, or else to the graph that ships. One
    that lies elsewhere, has the name of a file of the graph and describes some of the same things is its new version.

    Raises:
        BadInput: a path that does not exist, or a folder without Turtle.
        BadGraph: a graph without shapes.
    """
    if not paths:
        return [_whole(graph or resource("knowledge_graph"))]
    by_folder: dict[Path, list[Path]] = {}
    whole = set()
    for path in paths:
        folder = graph or _above(path) or resource("knowledge_graph")
        by_folder.setdefault(folder.resolve(), []).append(path)
        if path.is_dir() and path.resolve() == folder.resolve():
            whole.add(path.resolve())
    return [
        _whole(folder) if folder in whole else _target(folder, turtle_files(named))
        for folder, named in by_folder.items()
    ]


def _above(path: Path) -> Path | None:
    """The nearest folder, itself or above, that is a graph."""
    return next((place for place in (path.resolve(), *path.resolve().parents) if (place / SHAPES_FILE).is_file()), None)


def _whole(folder: Path) -> Target:
    files = graph_files(folder)
    return Target(folder, files, files)


def _target(folder: Path, named: list[Path]) -> Target:
    before = graph_files(folder)
    names = {_name(path, folder, before): path for path in named}
    others = {name: path for name, path in before.items() if name not in names}
    return Target(folder, before, {**others, **names}, frozenset(names))


def _name(path: Path, folder: Path, files: dict[str, Path]) -> str:
    place = path.resolve()
    if place.is_relative_to(folder) and (name := place.relative_to(folder).as_posix()) in files:
        return name
    same = [name for name, file in files.items() if file.name == path.name and _described(file) & _described(path)]
    return same[0] if len(same) == 1 else path.as_posix()


def _described(path: Path) -> set[str]:
    """What the statements of a file begin with, read at a glance: whether it is Turtle is asked later."""
    try:
        return set(_BEGINNING.findall(path.read_text(encoding="utf-8", errors="replace")))
    except OSError:
        return set()
