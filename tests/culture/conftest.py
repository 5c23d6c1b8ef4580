"""A graph folder of the shipped vocabulary and one group that is not shipped, to be edited by a test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ritual.culture.graph import Graph, load_graph
from ritual.resources import resource

DONG = Path(__file__).with_name("dong.ttl")
SHARED = ("ontology.ttl", "angles.ttl", "shapes.ttl", "vocabulary.ttl", "concepts.ttl", "occasions.ttl")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped vocabulary and the Dong."""
    for name in SHARED:
        shutil.copy(resource("knowledge_graph") / name, tmp_path / name)
    (tmp_path / "groups").mkdir()
    shutil.copy(DONG, tmp_path / "groups" / "dong.ttl")
    return tmp_path


@pytest.fixture
def edited(folder: Path) -> Callable[[str, str], Path]:
    """`edited(old, new)`: the folder with one place of dong.ttl changed; `old` must be there once."""

    def edit(old: str, new: str) -> Path:
        path = folder / "groups" / "dong.ttl"
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return folder

    return edit


@pytest.fixture
def dong(folder: Path) -> Graph:
    return load_graph(folder)


@pytest.fixture(scope="session")
def shipped() -> Graph:
    return load_graph()
