"""One piece of work with the backend, done in a thread; what it finds out is handed to Blender's own thread.

No bpy here. The thread talks HTTP and parses clips; `Session.poll` is called on the main thread (by a timer, or in a
loop where Blender runs without a window) and is the only way back.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from . import backend_process, clip_file
from .backend_client import BackendClient, BackendError, Picture, PictureWork
from .backend_process import Launch

_POLL_SECONDS = 0.15
_PATIENCE_SECONDS = 5.0  # how long a backend that is silent in mid-job is asked again
_FINISHED = ("done", "failed", "cancelled")


@dataclass(frozen=True)
class Status:
    """How far the work is; what the panel shows.

    Attributes:
        phase: `idle`, `busy`, `done`, `failed` or `cancelled`.
        text: what is being done, or what came of it.
        factor: 0..1 of the whole, where known.
        eta: seconds left, where known.
        error: why it failed.
    """

    phase: str = "idle"
    text: str = ""
    factor: float | None = None
    eta: float | None = None
    error: BackendError | None = None


@dataclass(frozen=True)
class Outcome:
    """What the work brought home.

    Attributes:
        dances: the reply of /v1/dances.
        brief: what was asked for; empty where only the dances were.
        onto: name of the performer whose motion was edited; empty = the clips are for the one of their dance. With
            `pictures`: where they go.
        clips: one per variant.
        files: the bytes of each clip, as the backend sent them (`ritual-clip/1`).
        pictures: the bytes of each picture, PNG; its name and report are in `variants`.
        variants: name, frames, fps and compliance report of each.
        report: the report of the whole generation.
        check: what the rules said of a motion that was sent to be checked; empty where none was.
        seen: what a picture is, and its `name`; empty where none was sent.
        dressed: the costume with the symbols that were `asked` for, which the rules allow; empty where none were.
    """

    dances: dict
    brief: dict = field(default_factory=dict)
    onto: str = ""
    clips: tuple[clip_file.Clip, ...] = ()
    files: tuple[bytes, ...] = ()
    pictures: tuple[bytes, ...] = ()
    variants: tuple[dict, ...] = ()
    report: dict = field(default_factory=dict)
    check: dict = field(default_factory=dict)
    seen: dict = field(default_factory=dict)
    dressed: dict = field(default_factory=dict)


class Session:
    """Connects (and starts the backend if it must), then does one thing, or only reads the dances.

    Args:
        launch: how the backend is reached.
        brief: the fields of a BriefRequest; None = nothing is generated.
        motion: the fields of a CheckRequest; None = nothing is checked.
        edit: the fields of a RegenerateRequest, which is sent instead of the brief that it answers.
        onto: as `Outcome.onto`; also whose costume is asked about in `dress`.
        picture_work: what to do to a picture; None = nothing.
        picture: what to look at; None = nothing.
        dress: the fields of a DressRequest; None = no costume is asked about.
    """

    def __init__(
        self, launch: Launch, brief: dict | None = None, motion: dict | None = None, edit: dict | None = None,
        onto: str = "", picture: Picture | None = None, dress: dict | None = None,
        picture_work: PictureWork | None = None,
    ) -> None:  # fmt: skip
        self._picture, self._dress, self._picture_work = picture, dress, picture_work
        self._launch, self._brief, self._motion, self._edit, self._onto = launch, brief, motion, edit, onto
        self._news: queue.SimpleQueue[Status | Outcome] = queue.SimpleQueue()
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ritual-motion", daemon=True)
        self.status = Status("busy", "Looking for the backend")
        self.outcome: Outcome | None = None

    def start(self) -> None:
        """Begin the work; returns at once."""
        self._thread.start()

    def cancel(self) -> None:
        """Ask the thread to stop and to cancel the job on the backend; no result is handed over from here on."""
        self._cancelled.set()
        if self.status.phase == "busy":
            self.status = Status("busy", "Cancelling")

    def poll(self, wait: float = 0.0) -> Status:
        """Take in what the thread has sent; called on the main thread. Waits at most `wait` seconds for news."""
        while True:
            try:
                news = self._news.get(timeout=wait) if wait else self._news.get_nowait()
            except queue.Empty:
                return self.status
            wait = 0.0
            if self._cancelled.is_set():
                if isinstance(news, Status) and news.phase == "busy":
                    continue
                news = Status("cancelled", "Cancelled")
            if isinstance(news, Outcome):
                self.outcome = news
                news = Status("done", "Done")
            self.status = news

    @property
    def finished(self) -> bool:
        """Whether nothing more will come."""
        return self.status.phase != "busy"

    def join(self, timeout: float) -> None:
        """Wait for the thread to end."""
        self._thread.join(timeout)

    # In the thread.

    def _run(self) -> None:
        try:
            self._news.put(self._work())
        except BackendError as error:
            self._news.put(_ended(error))
        except Exception as error:  # the border of the thread: the panel must not wait for ever
            self._news.put(_ended(BackendError("internal", f"The add-on failed: {type(error).__name__}: {error}")))

    def _work(self) -> Outcome:
        self._say("Connecting to the backend")
        client = backend_process.connect(self._launch, self._cancelled)
        try:
            self._wait_for_models(client)
            dances = client.dances()
            if self._brief is not None:
                return self._generate(client, dances, self._brief)
            if self._motion is not None:
                self._say("Checking the motion")
                return Outcome(dances, check=client.check_motion(self._motion))
            if self._picture is not None:
                self._say("Looking at the picture")
                return Outcome(dances, seen=client.describe(self._picture) | {"name": self._picture.name})
            if self._dress is not None:
                self._say("Asking the rules")
                dressed = client.check_dress(self._dress) | {"asked": self._dress["patterns"]}
                return Outcome(dances, onto=self._onto, dressed=dressed)
            if self._picture_work is not None:
                return self._work_on(client, dances, self._picture_work)
            return Outcome(dances)
        except BackendError as error:
            if error.code == "unreachable":  # it has answered before
                raise _died() from error
            raise

    def _work_on(self, client: BackendClient, dances: dict, asked: PictureWork) -> Outcome:
        self._say("Sending the picture")
        job = client.work_on(asked)
        try:
            job = self._follow(client, job)
            self._say("Fetching the picture")
            pictures = tuple(client.clip(job["id"], variant["index"]) for variant in job["variants"])
        except BackendError:
            if self._cancelled.is_set():
                client.cancel(job["id"])
            raise
        return Outcome(dances, onto=self._onto, pictures=pictures, variants=tuple(job["variants"]))

    def _generate(self, client: BackendClient, dances: dict, brief: dict) -> Outcome:
        job = client.submit(brief) if self._edit is None else client.regenerate(self._edit)
        try:
            return self._fetch(client, self._follow(client, job), dances, brief)
        except BackendError:
            if self._cancelled.is_set():
                client.cancel(job["id"])
            raise

    def _wait_for_models(self, client: BackendClient) -> None:
        while True:
            health = client.check()
            if health["state"] == "failed":
                raise BackendError.of(health["error"] or {})
            if health["state"] == "ready":
                return
            self._say("Loading the models")
            self._pause()

    def _follow(self, client: BackendClient, job: dict) -> dict:
        """The job once it is done."""
        while job["state"] not in _FINISHED:
            if job["state"] == "queued":
                self._say("Waiting in the queue")
            else:
                factor = job["step"] / job["total"] if job["total"] else None
                self._news.put(Status("busy", str(job["stage"]).capitalize(), factor, job["eta"]))
            self._pause()
            job = self._ask(client, job["id"])
        if job["state"] == "failed":
            raise BackendError.of(job["error"] or {})
        if job["state"] == "cancelled":
            raise BackendError("cancelled", "The job was cancelled on the backend.")
        return job

    def _ask(self, client: BackendClient, job_id: str) -> dict:
        """The state of the job; a backend that has died is told from one that is slow."""
        end = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return client.job(job_id)
            except BackendError as error:
                if error.code not in ("unreachable", "not_found"):
                    raise
                dead = error.code == "not_found" or (not self._launch.url and backend_process.alive() is False)
                if dead or time.monotonic() > end:
                    raise _died() from error
            self._pause()

    def _fetch(self, client: BackendClient, job: dict, dances: dict, brief: dict) -> Outcome:
        self._say("Fetching the motion")
        clips, files = [], []
        for variant in job["variants"]:
            self._check_cancelled()
            try:
                files.append(client.clip(job["id"], variant["index"]))
                clips.append(clip_file.parse(files[-1], f"Variant {variant['index']}"))
            except ValueError as error:
                raise BackendError("bad_clip", str(error)) from error
        return Outcome(
            dances, brief, self._onto, tuple(clips), tuple(files), variants=tuple(job["variants"]), report=job["report"]
        )

    def _say(self, text: str) -> None:
        self._check_cancelled()
        self._news.put(Status("busy", text))

    def _pause(self) -> None:
        self._cancelled.wait(_POLL_SECONDS)
        self._check_cancelled()

    def _check_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise BackendError("cancelled", "Cancelled.")


def run(session: Session, say: Callable[[str], None]) -> Outcome:
    """Do the work of a session here and now, telling every new stage; for Blender without a window.

    Raises:
        BackendError: it failed.
    """
    session.start()
    told = ""
    try:
        while not session.finished:
            status = session.poll(wait=0.5)
            if status.phase == "busy" and status.text != told:
                told = status.text
                say(told)
    except KeyboardInterrupt:
        session.cancel()
        session.join(5)
        raise
    if session.outcome is None:
        raise session.status.error or BackendError("cancelled", session.status.text)
    return session.outcome


def _died() -> BackendError:
    return BackendError(
        "backend_died",
        "The backend ended in the middle of the job; the scene is as it was before.",
        "Generate again: it will be started anew.",
    )


def _ended(error: BackendError) -> Status:
    return Status("cancelled" if error.code == "cancelled" else "failed", error.message, error=error)
