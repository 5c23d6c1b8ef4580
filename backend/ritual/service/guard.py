"""The door: nothing passes without the token, from another site, for another host, or too large."""

from __future__ import annotations

import hmac
import time
from urllib.parse import urlsplit

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ritual.errors import RitualError
from ritual.service.contract import ErrorReply

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MAX_BODY = 64 * 1024
MAX_FILE_BODY = 32 * 1024 * 1024
TAKE_FILES = ("/v1/check", "/v1/edits/", "/v1/pictures/")  # whole clips, whole images


class Unauthorised(RitualError):
    """The request has no token or a wrong one."""

    code = "unauthorised"


class Guard:
    """ASGI middleware: checks Host, Origin, token and size, in this order, before any route sees the request.

    Attributes:
        last_seen: `time.monotonic()` of the last request that passed; the idle watch reads it.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app, self._token = app, token.encode()
        self.last_seen = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self._refusal(headers)
        body = b""
        if refusal is None:
            self.last_seen = time.monotonic()
            limit = MAX_FILE_BODY if scope["path"].startswith(TAKE_FILES) else MAX_BODY
            body, fits = await _read(receive, limit, headers.get("content-length", "0"))
            if not fits:
                refusal = 413, ErrorReply(code="too_large", message=f"The body is larger than {limit // 1024} KiB.")
        if refusal is not None:
            await _refuse(*refusal)(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)

    def _refusal(self, headers: dict[str, str]) -> tuple[int, ErrorReply] | None:
        if _hostname(headers.get("host", "")) not in LOOPBACK:
            return 403, ErrorReply(
                code="wrong_host",
                message=f"This server answers to loopback names only, not to '{headers.get('host', '')}'.",
                hint="Use http://127.0.0.1:PORT; reach another machine through an SSH tunnel.",
            )
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).hostname not in LOOPBACK:
            return 403, ErrorReply(code="cross_site", message="Pages of other sites may not use this server.")
        scheme, _, token = headers.get("authorization", "").partition(" ")
        # Bytes on both sides: compare_digest refuses text that is not ASCII.
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), self._token):
            missing = "authorization" not in headers
            return 401, ErrorReply(
                code=Unauthorised.code,
                message="The token is missing." if missing else "The token is wrong.",
                hint="Send 'Authorization: Bearer TOKEN' with the token of the handshake file.",
            )
        return None


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


async def _read(receive: Receive, limit: int, declared: str) -> tuple[bytes, bool]:
    """The whole body, and whether it fits; a declared length above the limit is refused unread."""
    if not declared.isdigit() or int(declared) > limit:
        return b"", False
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts), True
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            return b"", False
        if not message.get("more_body", False):
            return b"".join(parts), True


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that yields the body already read, then whatever follows (the disconnect)."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


def _refuse(status: int, error: ErrorReply) -> JSONResponse:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return JSONResponse(error.model_dump(), status_code=status, headers={**headers, "Connection": "close"})
