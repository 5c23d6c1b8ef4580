"""The one place that speaks HTTP. No bpy here: it runs in a thread beside Blender's own."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse, IncompleteRead
from urllib.parse import quote, urlencode, urlsplit

PROTOCOL = 2  # as `ritual.service.contract.PROTOCOL`; a test keeps the two together
TIMEOUT_SECONDS = 10.0
LOOK_SECONDS = 120.0  # the first picture waits until the memory of patterns is loaded
MAX_PICTURE = 32 * 1024 * 1024  # bytes; as the backend's own limit
_MAX_REPLY = 512 * 1024 * 1024


@dataclass(eq=False)
class BackendError(Exception):
    """What the backend, or the way to it, has to say: as {code, message, hint} crosses HTTP.

    Attributes:
        code: `refused`, `unauthorised`, `unreachable`, `bad_input`, ...
        message: one sentence.
        hint: what to do next; may be empty.
        refusals: rules that forbid the brief: `rule`, `text`, `source`, `allowed`.
    """

    code: str
    message: str
    hint: str = ""
    refusals: list[dict] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    @classmethod
    def of(cls, error: dict) -> BackendError:
        """The error of a reply; what is missing in it is left empty."""
        return cls(
            code=str(error.get("code", "error")),
            message=str(error.get("message", "The backend failed without saying why.")),
            hint=str(error.get("hint", "")),
            refusals=list(error.get("refusals") or []),
        )


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token goes to the named server and nowhere else."""

    def redirect_request(self, *_: object) -> None:
        return None


@dataclass(frozen=True)
class Picture:
    """A picture that the backend is asked about.

    Attributes:
        data: an image file's bytes.
        name: what messages call it.
        place: where it is seen: slugs of `occasion`, `performer` and `group`, as far as they are known.
    """

    data: bytes
    name: str
    place: dict = field(default_factory=dict)


@dataclass(frozen=True)
class PictureWork:
    """Work on a picture.

    Attributes:
        kind: `translate`, `enlarge`, `restore` or `synthesise`.
        wish: the fields of its request.
        data: an image file's bytes; empty where none is worked on.
    """

    kind: str
    wish: dict
    data: bytes = b""


@dataclass(frozen=True)
class BackendClient:
    """A backend at `url` (`http://127.0.0.1:PORT`) that takes `token`. Every method may raise BackendError."""

    url: str
    token: str
    timeout: float = TIMEOUT_SECONDS

    def check(self) -> dict:
        """The health reply of a backend that speaks our protocol.

        Raises:
            BackendError: nobody answers, the token is wrong, or the protocol is another.
        """
        health = self._json("GET", "/v1/health")
        theirs = health.get("protocol")
        if theirs != PROTOCOL:
            raise BackendError(
                "protocol",
                f"The backend speaks protocol {theirs}, this add-on speaks {PROTOCOL}.",
                "Install an add-on and a backend of the same version.",
            )
        return health

    def dances(self) -> dict:
        """Groups, dances, performers and occasions of the graph."""
        return self._json("GET", "/v1/dances")

    def submit(self, brief: dict) -> dict:
        """Queue a job; its first state."""
        return self._json("POST", "/v1/jobs", brief)

    def regenerate(self, edit: dict) -> dict:
        """Queue a job that dances a span of a motion anew; its first state."""
        return self._json("POST", "/v1/edits/regenerate", edit)

    def job(self, job_id: str) -> dict:
        """The job as it stands."""
        return self._json("GET", f"/v1/jobs/{quote(job_id)}")

    def cancel(self, job_id: str) -> dict:
        """Cancel the job; its result will never be delivered."""
        return self._json("DELETE", f"/v1/jobs/{quote(job_id)}")

    def clip(self, job_id: str, index: int) -> bytes:
        """The bytes of variant `index`, from 1: a clip, or a picture."""
        return self._request("GET", f"/v1/jobs/{quote(job_id)}/clips/{index}", None)

    def check_motion(self, motion: dict) -> dict:
        """What the rules say of a track: `dance`, `performer`, `occasion`, `fps`, `angles` (T x 36) [rad]."""
        return self._json("POST", "/v1/check", motion)

    def describe(self, picture: Picture) -> dict:
        """What a picture is: form, likely symbols, concepts by occasion, taboos."""
        said = {key: value for key, value in {"name": picture.name, **picture.place}.items() if value}
        path = f"/v1/pictures/describe?{urlencode(said)}"
        return self._parsed(self._request("POST", path, picture.data, "application/octet-stream", LOOK_SECONDS))

    def work_on(self, asked: PictureWork) -> dict:
        """Queue a job that works on a picture; its first state."""
        path = f"/v1/pictures/{quote(asked.kind)}?{urlencode(asked.wish)}"
        return self._parsed(self._request("POST", path, asked.data, "application/octet-stream", LOOK_SECONDS))

    def check_dress(self, dress: dict) -> dict:
        """The patterns of a costume and their names: those of `dress` (`dance`, `performer`, `occasion`, `patterns`),
        which the rules allow, then its own."""
        return self._json("POST", "/v1/patterns/check", dress)

    def _json(self, method: str, path: str, body: dict | None = None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        return self._parsed(self._request(method, path, data))

    def _parsed(self, reply: bytes) -> dict:
        try:
            content = json.loads(reply)
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise self._stranger()
        return content

    def _request(
        self, method: str, path: str, body: bytes | None, kind: str = "application/json", timeout: float | None = None
    ) -> bytes:
        if not _is_address(self.url):
            raise BackendError(
                "unreachable", f"'{self.url}' is no address of a backend.", "Write it as http://127.0.0.1:PORT."
            )
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        try:
            request = urllib.request.Request(self.url.rstrip("/") + path, body, headers, method=method)
            with self._opener().open(request, timeout=timeout or self.timeout) as reply:
                return _whole(reply, _MAX_REPLY)
        except urllib.error.HTTPError as error:
            raise self._refused(error) from None
        except (OSError, HTTPException, ValueError) as error:  # ValueError: an address or a token that is no header
            raise self._silent(error) from None

    def _opener(self) -> urllib.request.OpenerDirector:
        local = urlsplit(self.url).hostname in ("127.0.0.1", "localhost", "::1")
        handlers = [urllib.request.ProxyHandler({})] if local else []  # loopback never goes through a proxy
        return urllib.request.build_opener(_NoRedirect(), *handlers)

    def _refused(self, error: urllib.error.HTTPError) -> BackendError:
        try:
            content = json.loads(_whole(error, 1024 * 1024))
        except (OSError, HTTPException) as broken:
            return self._silent(broken)
        except ValueError:
            content = None
        if not isinstance(content, dict) or "code" not in content:
            return self._stranger()
        if content["code"] == "unauthorised":
            return BackendError(
                "unauthorised",
                f"The backend at {self.url} does not accept the token.",
                "Correct the token in the add-on's preferences.",
            )
        return BackendError.of(content)

    def _silent(self, error: Exception) -> BackendError:
        reason = getattr(error, "reason", None) or error
        reason = getattr(reason, "strerror", None) or reason
        return BackendError("unreachable", f"The backend at {self.url} does not answer: {str(reason).lower()}.")

    def _stranger(self) -> BackendError:
        return BackendError(
            "stranger", f"What answers at {self.url} is no Ritual Motion backend.", "Correct the address."
        )


def _whole(reply: HTTPResponse | urllib.error.HTTPError, limit: int) -> bytes:
    """The body; a read with a limit does not say that the other side hung up before the end."""
    body = reply.read(limit)
    promised = int(reply.headers.get("Content-Length") or len(body))
    if len(body) < min(promised, limit):
        raise IncompleteRead(body, promised - len(body))
    return body


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
