"""A state of the graph: a file, a folder, or a revision of a git repository as `REVISION:PATH`."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import rdflib

from ritual.culture.curation.paths import turtle_files
from ritual.culture.reading import read_text
from ritual.culture.store import memory_graph
from ritual.culture.turtle import SHAPES_FILE, statements
from ritual.errors import BadInput

SECONDS = 60


@dataclass(frozen=True)
class State:
    """The statements of a state, and apart from them the conditions of its shapes, comparable as they are."""

    data: rdflib.Graph
    conditions: ox.Dataset


def state(name: str) -> State:
    """Read a state.

    Args:
        name: a file, a folder, or `REVISION:PATH` (`HEAD~1:knowledge_graph`, `main:`).

    Raises:
        BadInput: there is no such file, folder or revision.
        BadGraph: a file is no Turtle.
    """
    path = Path(name)
    if not path.exists() and ":" in name:
        texts = texts_of_revision(*name.split(":", 1))
    else:
        texts = {file.as_posix(): read_text(file, file.as_posix()) for file in turtle_files([path])}
    shapes = [file for file in texts if Path(file).name == SHAPES_FILE]
    data = memory_graph(statements(file, text) for file, text in texts.items() if file not in shapes)
    conditions = ox.Dataset(quad for file in shapes for quad in statements(file, texts[file]))
    conditions.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return State(data, conditions)


def texts_of_revision(revision: str, path: str) -> dict[str, str]:
    """Text of every *.ttl file under `path` in a revision, keyed by `REVISION:PATH`.

    Raises:
        BadInput: there is no such revision, or no such file in it.
    """
    names = _git("ls-tree", "-r", "--name-only", "--full-tree", "-z", "--end-of-options", revision, "--", path or ".")
    files = [name for name in names.split("\0") if name.endswith(".ttl")]
    if not files:
        raise BadInput(f"There is no *.ttl file under '{path or '.'}' in the revision '{revision}'.")
    return {f"{revision}:{name}": _git("show", "--end-of-options", f"{revision}:{name}") for name in files}


def _git(*arguments: str) -> str:
    """Raises: BadInput: git is not there, or says no."""
    try:
        run = subprocess.run(
            ["git", *arguments], capture_output=True, text=True, encoding="utf-8", timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as error:
        raise BadInput(f"git could not be asked: {error}.") from error
    if run.returncode:
        said = (run.stderr.strip().splitlines() or ["it gave no reason"])[-1].removeprefix("fatal: ")
        hint = "Name a file, a folder, or REVISION:PATH of the git repository that you are in."
        raise BadInput(f"git does not find it: {said}.", hint=hint)
    return run.stdout
