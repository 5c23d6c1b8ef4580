"""The house keeps its floors: a room imports only from below, and the add-on never imports the backend."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = {
    "errors": 0, "brief": 0, "files": 0, "resources": 0, "weights_file": 0,
    "body": 1, "training": 1,
    "clip": 2,
    "culture": 3,
    "pictures": 3.5,
    "memory": 4, "motion": 4,
    "imagery": 4.5,
    "texture": 5, "film": 5, "studies": 5, "stages": 5,
    "generate": 6, "review": 6, "archive": 6,
    "editing": 7, "evaluation": 7, "scenes": 7,
    "service": 8, "batch": 8,
    "cli": 9,
}  # fmt: skip
SOURCES = sorted((ROOT / "backend" / "ritual").rglob("*.py"))
ADDON = sorted((ROOT / "addon").rglob("*.py"))


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(module):
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in FLOORS else None


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_room_imports_only_from_its_own_floor_and_below(path):
    here = path.relative_to(ROOT / "backend" / "ritual").with_suffix("").parts[0]
    if here not in FLOORS:
        return
    for module in imports(path):
        there = room(module) if module.startswith("ritual.") else None
        if there is None or there == here:
            continue
        assert FLOORS[there] < FLOORS[here] or FLOORS[there] == 0 == FLOORS[here], f"{here} imports {module}"


@pytest.mark.parametrize("path", ADDON, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_addon_needs_neither_the_backend_nor_numpy(path):
    for module in imports(path):
        assert module.split(".")[0] not in ("ritual", "numpy", "torch", "rdflib"), f"{path.name} imports {module}"


def test_no_file_names_a_path_of_somebodys_machine():
    for path in [*SOURCES, *ADDON, *(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]:
        text = path.read_text(encoding="utf-8")
        assert "/home/" not in text and "/root/" not in text, path
