"""Finds, starts and stops the local backend: a process of its own with an interpreter that is named.

Never `sys.executable` (in Debian's Blender that is another Python, in Windows it is Blender) and never
`multiprocessing`. No bpy here: it runs in a thread beside Blender's own.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from .backend_client import BackendClient, BackendError
from .folders import runtime_folder

START_SECONDS = 60.0
_POLL_SECONDS = 0.1
_FORMAT = "ritual-handshake/1"
_HANDSHAKE_TIMEOUT = 3.0

_lock = threading.Lock()  # one thread at a time looks for a backend or starts one
_process: subprocess.Popen | None = None
_started: Launch | None = None  # what it was started with


@dataclass(frozen=True)
class Launch:
    """How the backend is reached or started; a copy of the preferences that may leave the main thread.

    Attributes:
        interpreter: path of a Python that has the package `ritual`; empty = none is known.
        url, token: a backend that runs elsewhere; empty = a local one is found or started.
        graph: folder of a knowledge graph; empty = the one that ships with the backend.
        device: `cpu` or `cuda`.
    """

    interpreter: str = ""
    url: str = ""
    token: str = ""
    graph: str = ""
    device: str = "cpu"


def connect(launch: Launch, cancelled: threading.Event) -> BackendClient:
    """A backend that answers and speaks our protocol; a local one is started if it must be.

    Raises:
        BackendError: there is none and none can be started; one sentence says why.
    """
    if launch.url:
        client = BackendClient(launch.url, launch.token)
        client.check()
        return client
    with _lock:
        if _process is not None and launch != _started:
            stop()  # the preferences have changed: another graph, device or interpreter
        try:
            folder = runtime_folder()
        except OSError as error:
            raise BackendError(
                "no_folder",
                f"The folder {error.filename} for the backend cannot be used: {error.strerror}.",
                "Set RITUAL_RUNTIME_DIR to a folder of your own.",
            ) from error
        return _find(folder, launch) or _start(folder, launch, cancelled)


def alive() -> bool | None:
    """Whether the backend that this Blender started is running; None if it started none."""
    return None if _process is None else _process.poll() is None


def stop() -> None:
    """End the backend that this Blender started; waits two seconds at most, and for no lock."""
    global _process
    process, _process = _process, None
    if process is None:
        return
    process.terminate()
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    own_log().unlink(missing_ok=True)


def own_handshake() -> Path:
    """The handshake file of this Blender's own backend."""
    return runtime_folder() / f"blender-{os.getpid()}.json"


def own_log() -> Path:
    """What this Blender's own backend has to say."""
    return own_handshake().with_suffix(".log")


def _find(folder: Path, launch: Launch) -> BackendClient | None:
    """Our own backend if it still runs, else the one that `ritual serve` keeps; a dead one's file is removed."""
    paths = [own_handshake()]
    if not launch.graph and launch.device == "cpu":  # the shared one may have loaded something else
        paths.append(folder / "backend.json")
    for path in paths:
        client = _read(path)
        if client is None:
            continue
        try:
            client.check()
        except BackendError as error:
            if error.code == "unreachable":
                path.unlink(missing_ok=True)
            continue
        return BackendClient(client.url, client.token)
    return None


def _read(path: Path) -> BackendClient | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] == _FORMAT:
            return BackendClient(str(content["url"]), str(content["token"]), _HANDSHAKE_TIMEOUT)
    except (OSError, ValueError, KeyError, TypeError):
        pass  # none there, or none of ours
    return None


def _start(folder: Path, launch: Launch, cancelled: threading.Event) -> BackendClient:
    global _process, _started
    if not launch.interpreter:
        raise BackendError(
            "no_interpreter",
            "No Python interpreter for the backend is set.",
            "Choose one that has the package 'ritual' in the add-on's preferences.",
        )
    if _process is not None and _process.poll() is None:
        _process.kill()  # it runs but does not answer: a new one takes its place
        _process.wait()
    own_handshake().unlink(missing_ok=True)
    command = [
        launch.interpreter, "-m", "ritual.cli.serve",
        "--handshake", str(own_handshake()), "--parent-pid", str(os.getpid()), "--device", launch.device,
    ]  # fmt: skip
    if launch.graph:
        command += ["--graph", launch.graph]
    try:
        log = os.open(own_log(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            _process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_environment(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )  # fmt: skip
            _started = launch
        finally:
            os.close(log)
    except OSError as error:
        raise BackendError(
            "no_interpreter",
            f"The interpreter {launch.interpreter} cannot be started: {(error.strerror or str(error)).lower()}.",
            "Choose another one in the add-on's preferences.",
        ) from error
    return _await(_process, cancelled, launch.interpreter)


def _environment() -> dict[str, str]:
    """Blender's own Python settings would mislead another interpreter."""
    return {key: value for key, value in os.environ.items() if key not in ("PYTHONHOME", "PYTHONPATH")}


def _await(process: subprocess.Popen, cancelled: threading.Event, interpreter: str) -> BackendClient:
    """The client of a backend that was just started, once it answers."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise _why_it_ended(process, interpreter)
        if cancelled.is_set():
            raise BackendError("cancelled", "Cancelled.")
        client = _read(own_handshake())
        if client is not None:
            client.check()
            return BackendClient(client.url, client.token)
        time.sleep(_POLL_SECONDS)
    process.kill()
    raise BackendError("no_answer", f"The backend did not answer within {START_SECONDS:g} s.", f"Its log: {own_log()}")


def _why_it_ended(process: subprocess.Popen, interpreter: str) -> BackendError:
    lines = [line.strip() for line in own_log().read_text(errors="replace").splitlines() if line.strip()]
    last = lines[-1] if lines else f"exit status {process.returncode}"
    if missing := re.search(r"No module named '?([\w]+)", last):
        return BackendError(
            "no_package",
            f"The interpreter {interpreter} lacks the package '{missing[1]}'.",
            "Install the backend there (pip install ritual-motion), or choose another interpreter "
            "in the add-on's preferences.",
        )
    return BackendError("no_start", f"The backend could not start: {last}", f"Its log: {own_log()}")


atexit.register(stop)
