"""The add-on in both real Blenders; the tests themselves are in `inside/addon_*.py`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.blender
HERE = Path(__file__).parent


def bench_interpreter(folder: Path) -> Path:
    """A 'Python' that runs `bench_backend.py` whatever module it is asked for."""
    return interpreter(folder, f'"{HERE / "bench_backend.py"}"')


def interpreter(folder: Path, script: str = "") -> Path:
    """A Python that knows the backend of this tree, whichever one is installed; runs `script` first if one is given."""
    path = folder / "python"
    backend = HERE.parents[1] / "backend"
    path.write_text(f'#!/bin/sh\nexport PYTHONPATH="{backend}"\nexec "{sys.executable}" {script} "$@"\n')
    path.chmod(0o755)
    return path


def private_environment(folder: Path) -> dict[str, str]:
    """Blender and backend settings that touch nothing of the user's."""
    (folder / "run").mkdir(mode=0o700)
    blender = {key: str(folder / "blender") for key in ("BLENDER_USER_RESOURCES", "BLENDER_USER_CONFIG")}
    return {**blender, "BLENDER_USER_SCRIPTS": str(folder / "scripts"), "RITUAL_RUNTIME_DIR": str(folder / "run"),
            "RITUAL_STATE_DIR": str(folder / "state"), "OMP_NUM_THREADS": "1"}  # fmt: skip


def test_the_add_on_works_with_a_backend_and_says_what_fails(run_inside: Callable[..., str], tmp_path: Path) -> None:
    environment = private_environment(tmp_path)
    output = run_inside("addon_use.py", RITUAL_PYTHON=str(bench_interpreter(tmp_path)), **environment)
    assert " passed" in output
    assert not [path for path in (tmp_path / "run").iterdir() if path.suffix == ".json"], os.listdir(tmp_path / "run")


def test_the_way_to_a_backend_is_found_or_told(run_inside: Callable[..., str], tmp_path: Path) -> None:
    environment = private_environment(tmp_path)
    output = run_inside("addon_backend.py", RITUAL_PYTHON=str(bench_interpreter(tmp_path)), **environment)
    assert " passed" in output
    assert not [path for path in (tmp_path / "run").iterdir() if path.suffix == ".json"], os.listdir(tmp_path / "run")


def test_poses_and_spans_go_to_the_models_and_come_back(run_inside: Callable[..., str], tmp_path: Path) -> None:
    """With the backend and the models that ship."""
    environment = private_environment(tmp_path)
    assert " passed" in run_inside("addon_edits.py", RITUAL_PYTHON=str(interpreter(tmp_path)), **environment)


def test_a_picture_is_told_and_worn_as_a_symbol(
    run_inside: Callable[..., str], tmp_path: Path, small_memory: ModuleType, small_memory_path: Path
) -> None:
    """With a memory that was trained, and pictures that it never saw."""
    for name, symbol in (("peacock", small_memory.PEACOCK), ("torch", small_memory.TORCH)):
        (tmp_path / f"{name}.png").write_bytes(small_memory.pictures_of(symbol, 1)[0])
    environment = private_environment(tmp_path) | {"RITUAL_TEST_MEMORY": str(small_memory_path)}
    environment |= {"RITUAL_TEST_PICTURES": str(tmp_path), "RITUAL_PYTHON": str(bench_interpreter(tmp_path))}
    assert " passed" in run_inside("addon_symbols.py", **environment)


def test_pictures_are_worked_on_and_become_backdrops(run_inside: Callable[..., str], tmp_path: Path) -> None:
    """With small models of pictures under the names that ship."""
    sys.path.insert(0, str(HERE.parent))
    try:
        from small_imagery import write_small
    finally:
        sys.path.remove(str(HERE.parent))
    (tmp_path / "imagery").mkdir()
    environment = private_environment(tmp_path) | {"RITUAL_TEST_IMAGERY": str(write_small(tmp_path / "imagery"))}
    environment |= {"RITUAL_PYTHON": str(bench_interpreter(tmp_path))}
    assert " passed" in run_inside("addon_backdrops.py", **environment)
