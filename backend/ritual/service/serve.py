"""Runs the service: claims a port, hands it over in the handshake file, ends with its parent."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from ritual.errors import BadInput
from ritual.service import handshake as handshakes
from ritual.service.app import create_app
from ritual.service.folders import claim_job_folder
from ritual.service.guard import Guard
from ritual.service.handshake import Handshake
from ritual.service.jobs import JobQueue
from ritual.service.models import Models
from ritual.service.watch import EndWatch, ParentWatch

LOOPBACK = "127.0.0.1"
_BACKLOG = 64


def serve(
    port: int = 0,
    handshake: Path | None = None,
    parent_pid: int | None = None,
    graph: Path | None = None,
    weights: Path | None = None,
    device: str = "cpu",
    idle_timeout: float | None = None,
    announce: Callable[[str], None] = print,
    memory: Path | None = None,
    imagery: Path | None = None,
) -> Handshake:
    """Serve until stopped, until the parent ends, or until nobody has asked for `idle_timeout` seconds.

    Args:
        port: TCP port on loopback; 0 = the system chooses.
        handshake: where port and token are written; None = `backend.json` in the user's private folder. If a
            backend of our protocol already answers behind that file, it is reused and nothing is started.
        parent_pid: process whose end ends the server.
        graph, weights, device: as `Engine.load`.
        idle_timeout: [s] without a request and without a job; None = never.
        announce: told one sentence once the server listens.
        memory: weights of the memory of patterns; None = what ships.
        imagery: folder of weights of the models of pictures; None = what ships.

    Returns:
        The handshake of the server that ran, or of the one that runs already.

    Raises:
        BadInput: the port is taken or the parent does not run.
        RitualError: the handshake or the jobs cannot be written.
    """
    path = handshake or handshakes.default_path()
    if (live := handshakes.find_live(path)) is not None:
        announce(f"Ritual Motion already serves at {live.url} (process {live.pid}, handshake {path}); it is reused.")
        return live
    parent = ParentWatch(parent_pid) if parent_pid is not None else None
    listener = bind(port)
    mine = Handshake.new(listener.getsockname()[1], os.getpid())
    folder, _claim = claim_job_folder()  # the claim lasts as long as the open file
    models = Models(graph, weights, device, memory, imagery)
    queue = JobQueue(folder, models.work, models.load)

    app = create_app(queue, models, lifespan(queue, on_end=lambda: handshakes.retire(path, mine)))
    write_handshake(path, mine)  # the socket listens already: whoever comes early waits, and is answered
    announce(f"Ritual Motion serves at {mine.url}; the token is in {path}.")
    run(app, queue, mine, listener, parent, idle_timeout)
    return mine


def run(
    app: FastAPI,
    queue: JobQueue,
    handshake: Handshake,
    listener: socket.socket,
    parent: ParentWatch | None = None,
    idle_timeout: float | None = None,
) -> None:
    """Serve `app` behind the guard on a bound socket until a reason to end turns up."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s", stream=sys.stderr)
    guard = Guard(app, handshake.token)
    server = uvicorn.Server(
        uvicorn.Config(
            guard, log_level="warning", access_log=False, server_header=False, lifespan="on",
            timeout_graceful_shutdown=3,
        )
    )  # fmt: skip

    def idle() -> bool:
        return idle_timeout is not None and not queue.active and time.monotonic() - guard.last_seen > idle_timeout

    reasons = [idle] if parent is None else [idle, parent.ended]
    watch = EndWatch(reasons, end=lambda: setattr(server, "should_exit", True))
    watch.start()
    try:
        server.run(sockets=[listener])
    finally:
        watch.stop()
        if not queue.stop(timeout=0):
            # The worker is deep in native code; tearing the interpreter down under it would crash.
            sys.stderr.flush()
            os._exit(0)


def lifespan(
    queue: JobQueue, on_end: Callable[[], None]
) -> Callable[[FastAPI], contextlib.AbstractAsyncContextManager[None]]:
    """Start the queue; at the end take the handshake back and stop the worker."""

    @contextlib.asynccontextmanager
    async def context(_: FastAPI) -> AsyncIterator[None]:
        queue.start()
        try:
            yield
        finally:
            on_end()
            queue.stop(timeout=2.0)

    return context


def bind(port: int) -> socket.socket:
    """A listening socket on loopback.

    Raises:
        BadInput: the port is taken, out of range, or not ours to take.
    """
    if not 0 <= port <= 65535:
        raise BadInput(f"Port {port} does not exist; choose 0 (any free one) to 65535.")
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":  # there it would let two servers share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise BadInput(
            f"Port {port} on {LOOPBACK} cannot be used: {(error.strerror or str(error)).lower()}.",
            hint="Choose another one, or leave --port out and the system chooses a free one.",
        ) from error
    return listener


def write_handshake(path: Path, handshake: Handshake) -> None:
    """Write the handshake file.

    Raises:
        BadInput: it cannot be written there.
    """
    try:
        handshakes.write(path, handshake)
    except OSError as error:
        raise BadInput(
            f"The handshake file {path} cannot be written: {(error.strerror or str(error)).lower()}."
        ) from error
