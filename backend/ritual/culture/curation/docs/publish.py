"""Write the site beside its place and swap it in, so that a reader never meets half of one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ritual.errors import BadInput

MARKER = ".ritual-kg-docs"
_NOTE = "Written by `ritual kg docs`, which replaces this folder as a whole; keep nothing of your own here.\n"


def vacant(out: Path) -> Path:
    """The absolute path of a folder that a site may be put into.

    Raises:
        BadInput: it holds something that is no site of ours, or the folder above it is not there.
    """
    out = Path(out).absolute()
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / MARKER).exists())):
        raise BadInput(
            f"{out} is there and was not written by `ritual kg docs`; it is left alone.",
            hint="Name a new folder, or an empty one.",
        )
    if not out.parent.is_dir():
        raise BadInput(f"The folder {out.parent} does not exist, so no site can be put into it.")
    return out


def publish(files: Mapping[str, str | bytes], out: Path) -> Path:
    """Make `out` hold these files and nothing else.

    Args:
        files: path relative to `out` -> content.
        out: is made, or replaced where it is empty or an earlier site.

    Raises:
        BadInput: as `vacant`, or `out` cannot be written; it is left as it was.
    """
    out = vacant(out)
    fresh = None
    try:
        fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
        for name, content in {**files, MARKER: _NOTE}.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        fresh.chmod(0o755)
        _swap(fresh, out)
    except OSError as error:
        raise BadInput(f"The site cannot be written to {out}: {error.strerror or error}.") from None
    finally:
        if fresh is not None:
            shutil.rmtree(fresh, ignore_errors=True)
    return out


def _swap(fresh: Path, out: Path) -> None:
    """`fresh` takes the place of `out`; if that fails, what was there comes back."""
    if not out.exists():
        fresh.rename(out)
        return
    old = fresh.with_name(f"{fresh.name}.old")
    out.rename(old)
    try:
        fresh.rename(out)
    except OSError:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)
