"""Where the add-on keeps its private files: handshakes and logs of the backend, what it remembers of the graph."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path


def runtime_folder() -> Path:
    """The user's private run-time folder, where `ritual serve` writes its handshake too; made (0700) if missing.

    The backend has the same rule in `service/folders.py`; a test keeps the two together.

    Raises:
        OSError: it cannot be made, or it is not private to this user.
    """
    chosen, system = os.environ.get("RITUAL_RUNTIME_DIR"), os.environ.get("XDG_RUNTIME_DIR")
    if chosen:
        folder = Path(chosen)
    elif system and Path(system).is_dir():
        folder = Path(system) / "ritual-motion"
    else:
        user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
        folder = Path(tempfile.gettempdir()) / f"ritual-motion-{user}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    foreign = hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022)
    if not stat.S_ISDIR(status.st_mode) or foreign:
        raise PermissionError(13, "it is not private to this user", str(folder))
    return folder
