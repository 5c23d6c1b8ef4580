"""Where the service keeps its private files: the run-time folder (handshakes) and the job folder (results)."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import IO

from ritual.errors import RitualError

MAX_SERVERS = 64


def runtime_folder() -> Path:
    """The per-user folder for handshake files, made private (0700) if it is not there.

    `RITUAL_RUNTIME_DIR` wins; else `$XDG_RUNTIME_DIR/ritual-motion`; else one below the system's temporary folder.

    Raises:
        RitualError: the folder belongs to somebody else or others may write to it.
    """
    chosen, system = os.environ.get("RITUAL_RUNTIME_DIR"), os.environ.get("XDG_RUNTIME_DIR")
    if chosen:
        folder = Path(chosen)
    elif system and Path(system).is_dir():
        folder = Path(system) / "ritual-motion"
    else:
        user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
        folder = Path(tempfile.gettempdir()) / f"ritual-motion-{user}"
    return private_folder(folder)


def private_folder(folder: Path) -> Path:
    """`folder`, made with mode 0700 if missing.

    Raises:
        RitualError: it cannot be made, is a link, is another user's, or is writable by others.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
    except OSError as error:
        raise RitualError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    foreign = hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022)
    if not stat.S_ISDIR(status.st_mode) or foreign:
        raise RitualError(
            f"The folder {folder} is not private to this user.",
            hint="Remove it, or set RITUAL_RUNTIME_DIR to a folder of your own.",
        )
    return folder


def state_folder() -> Path:
    """The per-user folder for what outlives the process: `RITUAL_STATE_DIR`, else the system's place for it."""
    if chosen := os.environ.get("RITUAL_STATE_DIR"):
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "ritual-motion"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "ritual-motion"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "ritual-motion"


def claim_job_folder(base: Path | None = None) -> tuple[Path, IO[str]]:
    """A job folder that no other running server uses, and the open file that holds the claim.

    The first server takes `jobs-1`, a second one beside it `jobs-2`, ...; the claim ends with the process, so
    the next server finds the first one's jobs again.

    Raises:
        RitualError: the folder cannot be written, or `MAX_SERVERS` servers are running.
    """
    base = base or state_folder()
    for number in range(1, MAX_SERVERS + 1):
        folder = base / f"jobs-{number}"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = (folder / ".lock").open("w")
        except OSError as error:
            raise RitualError(
                f"The job folder {folder} cannot be written: {error.strerror}.",
                hint="Set RITUAL_STATE_DIR to a folder that can.",
            ) from error
        if _lock(handle):
            return folder, handle
        handle.close()
    raise RitualError(f"{MAX_SERVERS} servers are already running for this user; stop one.")


def _lock(handle: IO[str]) -> bool:
    """Whether this process now holds the exclusive lock on the file; it is freed when the process ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def write_private(path: Path, content: bytes) -> None:
    """Write `content` to a 0600 file beside `path`, then rename it there: readers see all of it or nothing."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
