"""Packs the add-on: `python addon/build.py` writes dist/ritual_motion-VERSION.zip, which 3.4 to 5.0 install.

The zip has one top folder, `ritual_motion/`: Blender before 4.2 needs it (a flat one, as Blender's own extension
builder makes, would scatter its files there), later ones take either. The same sources give the same bytes.
"""

from __future__ import annotations

import argparse
import ast
import os
import sys
import tomllib
import zipfile
from pathlib import Path

ADDON = Path(__file__).resolve().parent / "ritual_motion"
KINDS = {".py", ".toml"}
_MOMENT = (2026, 1, 1, 0, 0, 0)  # not the clock: the bytes must not change with it


def build(target: Path) -> Path:
    """Write the zip into the folder `target`; returns its path.

    Raises:
        ValueError: the two places that name the version disagree.
    """
    with (ADDON / "blender_manifest.toml").open("rb") as file:
        manifest = tomllib.load(file)
    version = manifest["version"]
    if _bl_info_version() != version:
        raise ValueError(f"blender_manifest.toml says {version}, bl_info in __init__.py {_bl_info_version()}.")
    target.mkdir(parents=True, exist_ok=True)
    path = target / f"{manifest['id']}-{version}.zip"
    temporary = path.with_suffix(".part")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for source in sorted(ADDON.rglob("*")):
            if source.suffix in KINDS and "__pycache__" not in source.parts:
                entry = zipfile.ZipInfo(f"{ADDON.name}/{source.relative_to(ADDON).as_posix()}", _MOMENT)
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, source.read_bytes(), zipfile.ZIP_DEFLATED)
    os.replace(temporary, path)
    return path


def _bl_info_version() -> str:
    """The version in `bl_info`, read without importing (there is no bpy here)."""
    for node in ast.parse((ADDON / "__init__.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "bl_info":
            return ".".join(map(str, ast.literal_eval(node.value)["version"]))
    raise ValueError("__init__.py has no bl_info.")


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = ADDON.parents[1] / "dist"
    parser.add_argument("--out", type=Path, default=default, help="folder for the zip (default: dist)")
    try:
        print(build(parser.parse_args().out))
    except (OSError, ValueError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
