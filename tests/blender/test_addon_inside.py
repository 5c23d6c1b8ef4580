"""The add-on in both real Blenders; the tests themselves are in `inside/addon_use.py`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.blender
HERE = Path(__file__).parent


def bench_interpreter(folder: Path) -> Path:
    """A 'Python' that runs `bench_backend.py` whatever module it is asked for."""
    path = folder / "python"
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{HERE / "bench_backend.py"}" "$@"\n')
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
