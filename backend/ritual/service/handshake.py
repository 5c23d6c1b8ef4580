"""The handshake file: how a client learns the port, the token and the protocol of a running backend."""

from __future__ import annotations

import json
import secrets
import urllib.request
from dataclasses import asdict, dataclass
from http.client import HTTPException
from pathlib import Path

from ritual.errors import BadInput
from ritual.service.contract import PROTOCOL
from ritual.service.folders import runtime_folder, write_private

FORMAT = "ritual-handshake/1"
PROBE_SECONDS = 3.0


@dataclass(frozen=True)
class Handshake:
    """What the file says.

    Attributes:
        url: `http://127.0.0.1:PORT`.
        port: TCP port on loopback.
        pid: process id of the backend.
        token: the bearer token that every route asks for.
        protocol: version of `contract`.
    """

    url: str
    port: int
    pid: int
    token: str
    protocol: int = PROTOCOL

    @classmethod
    def new(cls, port: int, pid: int) -> Handshake:
        """A handshake with a fresh random token."""
        return cls(f"http://127.0.0.1:{port}", port, pid, secrets.token_urlsafe(32))


def default_path() -> Path:
    """`backend.json` in the user's private run-time folder."""
    return runtime_folder() / "backend.json"


def write(path: Path, handshake: Handshake) -> None:
    """Write the file atomically, readable by this user alone."""
    write_private(path, json.dumps({"format": FORMAT, **asdict(handshake)}, indent=1).encode())


def read(path: Path) -> Handshake | None:
    """What the file at `path` says; None where there is none or it is no handshake of this format."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.pop("format") != FORMAT:
            return None
        return Handshake(**content)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def find_live(path: Path) -> Handshake | None:
    """The handshake at `path` if a backend of our protocol takes its token; else None, and the file is retired.

    Raises:
        BadInput: the file is something else; it is left alone.
    """
    handshake = read(path)
    if handshake is None and path.exists():
        raise BadInput(f"{path} exists and is no handshake file.", hint="Choose another path for the handshake.")
    if handshake is not None and answers(handshake):
        return handshake
    path.unlink(missing_ok=True)
    return None


def retire(path: Path, handshake: Handshake) -> None:
    """Remove the file if it still is the one of `handshake`; another backend may have replaced it."""
    if read(path) == handshake:
        path.unlink(missing_ok=True)


def answers(handshake: Handshake) -> bool:
    """Whether the server behind the handshake takes its token and speaks our protocol."""
    request = urllib.request.Request(
        f"{handshake.url}/v1/health", headers={"Authorization": f"Bearer {handshake.token}"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback never goes through a proxy
    try:
        with opener.open(request, timeout=PROBE_SECONDS) as reply:
            health = json.load(reply)
    except (OSError, ValueError, HTTPException):  # URLError is an OSError
        return False
    return isinstance(health, dict) and health.get("protocol") == PROTOCOL
