"""Remembers which graphs have passed every check, so that the same files are not checked twice.

Never stale: a graph is known by the SHA-256 of every byte of it and of the code that checks it. The folder may be
missing, read-only, foreign or damaged: then the graph is simply checked again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

from ritual.errors import BadInput
from ritual.files import write_bytes

KEPT = 256  # verdicts, a hundred bytes each
_ROOMS = ("culture", "body")
_ENGINES = ("rdflib", "pyshacl", "pyoxigraph", "oxrdflib", "numpy", "scipy", "torch")


class Passed:
    """Whether the files of a graph passed every check before, and the note that they did."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._key = key(texts)

    def before(self) -> bool:
        """Whether these very files were found sound by this very code."""
        folder = cache_folder()
        if folder is None:
            return False
        try:
            return (folder / self._key).read_text(encoding="ascii") == self._note()
        except (OSError, UnicodeDecodeError):
            return False

    def now(self) -> None:
        """Note that they are; where the note cannot be kept, nothing happens."""
        folder = cache_folder(make=True)
        if folder is None:
            return
        with contextlib.suppress(BadInput, OSError):
            write_bytes(folder / self._key, self._note().encode())
            _drop_oldest(folder)

    def _note(self) -> str:
        return f"passed {self._key}\n"


def key(texts: Mapping[str, str]) -> str:
    """The name of a graph: of all its files and of all that has a say in the verdict."""
    digest = hashlib.sha256(_code().encode())
    for name, text in sorted(texts.items()):
        for part in (name.encode(), text.encode()):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()


@cache
def _code() -> str:
    return code_of(*_ROOMS)


def code_of(*rooms: str) -> str:
    """The SHA-256 of the sources of some rooms, and the versions of what they build on."""
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256(f"{sys.version} {[metadata.version(name) for name in _ENGINES]}".encode())
    for path in sorted(path for room in rooms for path in (package / room).rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def cache_folder(name: str = "graphs", make: bool = False) -> Path | None:
    """The private folder of the notes, or of another name; None where there is none that only this user can write to.

    `RITUAL_CACHE_DIR` wins; else the system's place for caches (`XDG_CACHE_HOME`).
    """
    folder = _place() / name
    try:
        if make:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return None
    private = not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & 0o022)
    return folder if private and folder.is_dir() and not folder.is_symlink() else None


def _place() -> Path:
    if chosen := os.environ.get("RITUAL_CACHE_DIR"):
        return Path(chosen)
    home = Path(os.path.expanduser("~"))
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(home))) / "ritual-motion" / "cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "ritual-motion"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "ritual-motion"


def _drop_oldest(folder: Path) -> None:
    notes = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in notes[KEPT:]:
        path.unlink(missing_ok=True)
