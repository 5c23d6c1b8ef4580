"""The zip: the same sources give the same bytes, Blender's own check takes it, and both Blenders install it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from .test_addon_inside import private_environment

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, str(ROOT / "addon/build.py"), "--out", str(folder)], check=True)
    (path,) = folder.iterdir()
    return path


def test_the_same_sources_give_the_same_bytes(package: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(ROOT / "addon/build.py"), "--out", str(tmp_path)], check=True)
    assert (tmp_path / package.name).read_bytes() == package.read_bytes()


def test_everything_is_in_one_folder_and_nothing_else_is(package: Path) -> None:
    names = zipfile.ZipFile(package).namelist()
    assert all(name.startswith("ritual_motion/") for name in names)
    assert {"ritual_motion/__init__.py", "ritual_motion/blender_manifest.toml"} < set(names)
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_the_add_on_imports_the_standard_library_and_bpy_only(package: Path) -> None:
    """Some Blenders lack numpy, and the backend is another process."""
    import ast

    allowed = set(sys.stdlib_module_names) | {"bpy", "bpy_extras", "mathutils", "_cycles", "gpu"}
    archive = zipfile.ZipFile(package)
    for name in (name for name in archive.namelist() if name.endswith(".py")):
        for node in ast.walk(ast.parse(archive.read(name))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                modules = [node.module]
            assert all(module.partition(".")[0] in allowed for module in modules), (name, modules)


@pytest.mark.blender
def test_blenders_own_check_takes_it(package: Path) -> None:
    tools = list(ROOT.glob(".venv-bpy/lib/python*/site-packages/bpy/*/scripts/addons_core/bl_pkg/cli/blender_ext.py"))
    if not tools:
        pytest.skip("needs bpy in .venv-bpy for its blender_ext.py")
    done = subprocess.run([sys.executable, str(tools[0]), "validate", str(package)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.blender
def test_it_installs_and_generates_with_the_real_models(blender: list[str], package: Path, tmp_path: Path) -> None:
    script = Path(__file__).parent / "inside" / "addon_installed.py"
    done = subprocess.run(
        [*blender, str(script), "--", str(package)],
        env={**os.environ, **private_environment(tmp_path), "RITUAL_PYTHON": sys.executable},
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert "INSTALLED" in done.stdout, done.stdout + done.stderr
