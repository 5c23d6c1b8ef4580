"""The job queue: one worker thread, progress, cancel that really cancels, results that outlive the process."""

from __future__ import annotations

import contextlib
import logging
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ritual.brief import Brief, CancelCheck, Progress, ProgressCallback
from ritual.errors import Cancelled, RitualError
from ritual.service.contract import FINISHED, BriefRequest, ErrorReply, JobReply, VariantReply
from ritual.service.edits import Edit
from ritual.service.folders import write_private
from ritual.service.picture_work import PictureTask

log = logging.getLogger(__name__)

KEEP_FINISHED = 50
MAX_ATTEMPTS = 2  # a job that took the backend down twice is not tried a third time
_ID_BYTES = 8


class NoSuchJob(RitualError):
    """The job, or the clip of it, is not there."""

    code = "not_found"


class NotFinished(RitualError):
    """The job has no results (yet)."""

    code = "not_done"


class QueueFull(RitualError):
    """More jobs wait than the queue takes."""

    code = "queue_full"


@dataclass(frozen=True)
class JobResult:
    """What the work hands back: the bytes of each clip (`ritual-clip/1`) or picture (PNG), their descriptions and the
    report."""

    clips: tuple[bytes, ...]
    variants: tuple[VariantReply, ...]
    report: dict[str, Any] = field(default_factory=dict)


Task = Brief | Edit | PictureTask
Work = Callable[[Task, ProgressCallback, CancelCheck], JobResult]


class JobQueue:
    """Runs jobs one after another in a thread of its own; every public method may be called from any thread.

    Args:
        folder: where jobs are kept, one sub-folder each; claimed by this process alone.
        work: does one job; checks `cancelled()` often and then raises `Cancelled`.
        prepare: called once in the worker before the first job (loads the models). If it raises a
            RitualError, every job fails with that error.
        limit: how many unfinished jobs may wait.
    """

    def __init__(
        self, folder: Path, work: Work, prepare: Callable[[], None] | None = None, limit: int = 64
    ) -> None:
        self._folder, self._work, self._prepare, self._limit = folder, work, prepare, limit
        self._jobs: dict[str, JobReply] = {}  # in order of submission
        self._cancels: dict[str, threading.Event] = {}
        self._tasks: dict[str, Task] = {}  # that wait: with their motions, which a JobReply leaves out
        self._changed = threading.Condition()  # guards all three
        self._stopping = threading.Event()
        self._worker = threading.Thread(target=self._run, name="ritual-worker", daemon=True)

    # What the routes call.

    def start(self) -> None:
        """Find the jobs of an earlier process again and start the worker."""
        self._recover()
        self._worker.start()

    def stop(self, timeout: float = 5.0) -> bool:
        """Stop the worker at its next check; an unfinished job stays on disk as it is. True once it stopped."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        if self._worker.is_alive():
            self._worker.join(timeout)
        return not self._worker.is_alive()

    def submit(self, request: BriefRequest | Edit | PictureTask) -> JobReply:
        """Queue a job.

        Raises:
            BadInput: a value of the request is out of range, or a motion is none.
            QueueFull: too many jobs wait.
        """
        task, told = request.task(), request.told()
        job = JobReply(id=secrets.token_hex(_ID_BYTES), state="queued", request=told, created=time.time())
        with self._changed:
            if self.active >= self._limit:
                raise QueueFull(f"{self._limit} jobs are waiting already.", hint="Cancel one or wait.")
            self._tasks[job.id] = task
            self._put(job)
            self._changed.notify_all()
        return job

    def get(self, job_id: str) -> JobReply:
        """The job as it stands.

        Raises:
            NoSuchJob: there is none of that id.
        """
        with self._changed:
            if job_id not in self._jobs:
                raise NoSuchJob(f"There is no job '{job_id}'.", hint="It may have been removed.")
            return self._jobs[job_id]

    def list(self) -> list[JobReply]:
        """Every job known, oldest first."""
        with self._changed:
            return list(self._jobs.values())

    def cancel(self, job_id: str) -> JobReply:
        """Cancel an unfinished job, or forget a finished one; in either case its result is never delivered.

        A queued job is cancelled at once; a running one stops at its next check.
        """
        with self._changed:
            job = self.get(job_id)
            if job.state in FINISHED:
                self._forget(job_id)
                return job
            self._cancels[job_id].set()
            if job.state == "queued":
                return self._finish(job_id, state="cancelled")
            return self._update(job_id, cancelling=True, stage="cancelling", eta=None)

    def clip(self, job_id: str, index: int) -> bytes:
        """The bytes of clip `index` (from 1) of a job that is done.

        Raises:
            NoSuchJob, NotFinished: there is no such clip; the job is not done.
        """
        job = self.get(job_id)
        if job.state != "done":
            raise NotFinished(f"Job '{job_id}' is {job.state}: it has no clips.")
        try:
            return self._clip_path(job_id, index).read_bytes()
        except FileNotFoundError as error:
            raise NoSuchJob(
                f"Job '{job_id}' has no clip {index}.", hint=f"It has clips 1 to {len(job.variants)}."
            ) from error

    @property
    def active(self) -> int:
        """How many jobs are queued or running."""
        with self._changed:
            return sum(job.state not in FINISHED for job in self._jobs.values())

    # The worker.

    def _run(self) -> None:
        broken = self._prepared()
        while (job := self._next()) is not None:
            if broken is not None:
                self._finish(job.id, state="failed", error=broken)
            else:
                self._do(job)

    def _prepared(self) -> ErrorReply | None:
        if self._prepare is None:
            return None
        try:
            self._prepare()
        except Exception as error:  # the border of the thread: whatever it is, the jobs must say so
            return _error_reply(error)
        return None

    def _next(self) -> JobReply | None:
        """Wait for a queued job and mark it running; None when the queue stops."""
        with self._changed:
            while not self._stopping.is_set():
                for job in self._jobs.values():
                    if job.state == "queued":
                        return self._update(
                            job.id, state="running", stage="starting", started=time.time(),
                            attempts=job.attempts + 1,
                        )  # fmt: skip
                self._changed.wait()
        return None

    def _do(self, job: JobReply) -> None:
        cancel = self._cancels[job.id]
        try:
            result = self._work(
                self._tasks.pop(job.id, None) or job.request.task(),  # the latter after a restart
                lambda progress: self._progress(job.id, progress),
                lambda: cancel.is_set() or self._stopping.is_set(),
            )
            for number, clip in enumerate(result.clips, start=1):
                write_private(self._clip_path(job.id, number), clip)
        except Cancelled:
            if cancel.is_set():
                self._finish(job.id, state="cancelled")
            return  # else the process stops: the job stays `running` on disk and is found there at the next start
        except Exception as error:  # the border of the thread: a bug must not take the queue with it
            self._finish(job.id, state="failed", error=_error_reply(error))
            return
        self._finish(job.id, state="done", variants=list(result.variants), report=result.report)

    def _progress(self, job_id: str, progress: Progress) -> None:
        with self._changed:
            job = self._jobs[job_id]
            if job.cancelling:
                return
            self._jobs[job_id] = job.model_copy(
                update={"stage": progress.stage, "step": progress.step, "total": progress.total, "eta": progress.eta}
            )  # in memory only: a disk write per step would cost more than the step

    def _finish(self, job_id: str, **changes: Any) -> JobReply:
        """Close the job; one that was cancelled ends as cancelled, whatever it came to."""
        with self._changed:
            self._tasks.pop(job_id, None)
            if self._cancels[job_id].is_set():
                changes = {"state": "cancelled"}
            job = self._update(
                job_id, finished=time.time(), eta=None, cancelling=False, stage=changes["state"], **changes
            )
            if job.state != "done":
                for clip in (self._folder / job_id).glob("clip-*"):
                    clip.unlink()
            self._drop_oldest()
            return job

    # The disk.

    def _recover(self) -> None:
        """Read the jobs of an earlier process: finished ones are listed, interrupted ones queued again."""
        found = []
        for path in self._folder.glob("*/job.json"):
            try:
                found.append(JobReply.model_validate_json(path.read_bytes()))
            except (OSError, ValueError) as error:
                log.warning("The job in %s cannot be read and is left alone: %s", path, error)
        with self._changed:
            for job in sorted(found, key=lambda job: job.created):
                self._put(job if job.state in FINISHED else _interrupted(job))

    def _put(self, job: JobReply) -> JobReply:
        self._jobs[job.id] = job
        self._cancels.setdefault(job.id, threading.Event())
        folder = self._folder / job.id
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            write_private(folder / "job.json", job.model_dump_json().encode())
        except OSError as error:  # the job itself goes on: only a restart would not find it
            log.warning("Job %s cannot be recorded: %s", job.id, error)
        return job

    def _update(self, job_id: str, **changes: Any) -> JobReply:
        return self._put(self._jobs[job_id].model_copy(update=changes))

    def _forget(self, job_id: str) -> None:
        del self._jobs[job_id], self._cancels[job_id]
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self._folder / job_id)

    def _drop_oldest(self) -> None:
        finished = [job.id for job in self._jobs.values() if job.state in FINISHED]
        for job_id in finished[: max(0, len(finished) - KEEP_FINISHED)]:
            self._forget(job_id)

    def _clip_path(self, job_id: str, index: int) -> Path:
        return self._folder / job_id / f"clip-{index}.safetensors"


def _interrupted(job: JobReply) -> JobReply:
    """What becomes of a job that an earlier process left unfinished."""
    if job.request.resume and not job.cancelling and job.attempts < MAX_ATTEMPTS:
        return job.model_copy(update={"state": "queued", "stage": "waiting", "step": 0, "total": 0, "eta": None})
    state = "cancelled" if job.cancelling else "failed"
    error = None if job.cancelling else ErrorReply(
        code="interrupted", message="The backend ended before this job was finished.", hint="Submit it again."
    )  # fmt: skip
    changes = {"state": state, "stage": state, "error": error, "finished": time.time(), "cancelling": False}
    return job.model_copy(update=changes)


def _error_reply(error: Exception) -> ErrorReply:
    if isinstance(error, RitualError):
        return ErrorReply.of(error)
    log.error("A job failed", exc_info=error)
    return ErrorReply(
        code="internal",
        message=f"The backend failed: {type(error).__name__}: {error}".rstrip(": "),
        hint="This is a fault of the program; its log has the details.",
    )
