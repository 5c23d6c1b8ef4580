"""When the server should end: with the process that started it, or after an idle time."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable

from ritual.errors import BadInput

INTERVAL_SECONDS = 0.5


class ParentWatch:
    """Watches a process by its id and its start time, so that another process with the same id is not taken for it.

    Raises:
        BadInput: no such process runs.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._started = start_time(pid)
        if self._started is None:
            raise BadInput(f"There is no process {pid} whose end could end this server.")

    def ended(self) -> bool:
        """Whether the process is gone (a zombie is; so is one whose id now belongs to another process)."""
        return start_time(self.pid) != self._started


def start_time(pid: int) -> str | None:
    """When the process started, as text that no later process of the same id shares; None if it does not run."""
    if sys.platform == "win32":
        return _windows_start_time(pid)
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The name in brackets may itself hold brackets and spaces: read what follows the last one.
            fields = file.read().rpartition(b")")[2].split()
        return None if fields[0] in (b"Z", b"X") else fields[19].decode()
    except FileNotFoundError:
        if os.path.isdir("/proc/self"):
            return None
    except ProcessLookupError:
        return None
    listed = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout.strip() or None


def _windows_start_time(pid: int) -> str | None:
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
    if not handle:
        return None
    try:
        times = [ctypes.c_ulonglong() for _ in range(4)]
        code = ctypes.c_ulong()
        kernel.GetProcessTimes(handle, *map(ctypes.byref, times))
        running = kernel.GetExitCodeProcess(handle, ctypes.byref(code)) and code.value == 259  # STILL_ACTIVE
        return str(times[0].value) if running else None
    finally:
        kernel.CloseHandle(handle)


class EndWatch(threading.Thread):
    """Calls `end()` once when any of `reasons` says so; looks twice a second."""

    def __init__(self, reasons: list[Callable[[], bool]], end: Callable[[], None]) -> None:
        super().__init__(name="ritual-watch", daemon=True)
        self._reasons, self._end = reasons, end
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.wait(INTERVAL_SECONDS):
            if any(reason() for reason in self._reasons):
                self._end()
                return

    def stop(self) -> None:
        """Stop looking."""
        self._stopped.set()
