"""The routes: HTTP -> the same calls that every other door makes."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Protocol

from fastapi import Body, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ritual import __version__
from ritual.errors import RitualError
from ritual.service.contract import (
    BriefRequest,
    CheckReply,
    CheckRequest,
    DancesReply,
    ErrorReply,
    GraphReply,
    HealthReply,
    JobReply,
    JobsReply,
)
from ritual.service.edits import BetweenRequest, RegenerateRequest, ThroughRequest
from ritual.service.jobs import JobQueue
from ritual.service.picture_work import EnlargeWish, PictureTask, RestoreWish, SynthesiseWish, TranslateWish
from ritual.service.pictures import DressReply, DressRequest, PictureQuery, PictureReply

STATUS = {"not_found": 404, "not_done": 409, "loading": 503, "queue_full": 503, "internal": 500}
ImageFile = Annotated[bytes, Body(media_type="application/octet-stream")]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Models(Protocol):
    """What the routes need of the loaded models; `models.Models` is the real one."""

    device: str
    error: ErrorReply | None

    @property
    def state(self) -> str: ...

    @property
    def graph_state(self) -> GraphReply | None: ...

    def dances(self) -> DancesReply: ...

    def check(self, request: CheckRequest) -> CheckReply: ...

    def describe(self, data: bytes, query: PictureQuery) -> PictureReply: ...

    def check_dress(self, request: DressRequest) -> DressReply: ...


def create_app(queue: JobQueue, models: Models, lifespan: Lifespan | None = None) -> FastAPI:
    """The application behind the `Guard`.

    Args:
        queue: runs the jobs; started and stopped by the caller (usually in `lifespan`).
        models: loaded by the queue's worker; may still be loading.
        lifespan: what happens at start and end of the server.
    """
    app = FastAPI(title="Ritual Motion", version=__version__, docs_url=None, redoc_url=None, lifespan=lifespan)
    _add_routes(app, queue, models)
    app.add_exception_handler(RitualError, _ritual_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    return app


def _add_routes(app: FastAPI, queue: JobQueue, models: Models) -> None:
    @app.get("/v1/health")
    def health() -> HealthReply:
        return HealthReply(
            version=__version__, pid=os.getpid(), device=models.device, state=models.state,
            error=models.error, active_jobs=queue.active, graph=models.graph_state,
        )  # fmt: skip

    @app.get("/v1/dances")
    def dances() -> DancesReply:
        return models.dances()

    @app.post("/v1/check")
    def check(request: CheckRequest) -> CheckReply:
        return models.check(request)

    @app.post("/v1/pictures/describe")
    def describe(
        query: Annotated[PictureQuery, Query()],
        data: ImageFile = b"",
    ) -> PictureReply:
        return models.describe(data, query)

    @app.post("/v1/patterns/check")
    def check_dress(request: DressRequest) -> DressReply:
        return models.check_dress(request)

    @app.post("/v1/pictures/translate", status_code=201)
    def translate(wish: Annotated[TranslateWish, Query()], data: ImageFile = b"") -> JobReply:
        return queue.submit(PictureTask("translate", wish, data))

    @app.post("/v1/pictures/enlarge", status_code=201)
    def enlarge(wish: Annotated[EnlargeWish, Query()], data: ImageFile = b"") -> JobReply:
        return queue.submit(PictureTask("enlarge", wish, data))

    @app.post("/v1/pictures/restore", status_code=201)
    def restore(wish: Annotated[RestoreWish, Query()], data: ImageFile = b"") -> JobReply:
        return queue.submit(PictureTask("restore", wish, data))

    @app.post("/v1/pictures/synthesise", status_code=201)
    def synthesise(wish: Annotated[SynthesiseWish, Query()]) -> JobReply:
        return queue.submit(PictureTask("synthesise", wish))

    @app.get("/v1/jobs")
    def jobs() -> JobsReply:
        return JobsReply(jobs=queue.list())

    @app.post("/v1/jobs", status_code=201)
    def submit(request: BriefRequest) -> JobReply:
        return queue.submit(request)

    @app.post("/v1/edits/regenerate", status_code=201)
    def regenerate(request: RegenerateRequest) -> JobReply:
        return queue.submit(request)

    @app.post("/v1/edits/between", status_code=201)
    def between(request: BetweenRequest) -> JobReply:
        return queue.submit(request)

    @app.post("/v1/edits/through", status_code=201)
    def through(request: ThroughRequest) -> JobReply:
        return queue.submit(request)

    @app.get("/v1/jobs/{job_id}")
    def job(job_id: str) -> JobReply:
        return queue.get(job_id)

    @app.delete("/v1/jobs/{job_id}")
    def cancel(job_id: str) -> JobReply:
        return queue.cancel(job_id)

    @app.get("/v1/jobs/{job_id}/clips/{index}")
    def clip(job_id: str, index: int) -> Response:
        return Response(queue.clip(job_id, index), media_type="application/octet-stream")


async def _ritual_error(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RitualError):
        raise error
    return JSONResponse(ErrorReply.of(error).model_dump(), status_code=STATUS.get(error.code, 422))


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    reply = ErrorReply(code="bad_input", message=_sentence(error), hint="The contract is in /openapi.json.")
    return JSONResponse(reply.model_dump(), status_code=422)


def _sentence(error: RequestValidationError) -> str:
    """`The request is not valid: seconds: Input should be a valid number.`, every fault in it."""
    faults = []
    for fault in error.errors():
        where = ".".join(str(part) for part in fault["loc"] if part != "body")
        faults.append(f"{where}: {fault['msg']}" if where else fault["msg"])
    return f"The request is not valid: {'; '.join(faults)}."


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    code = {404: "not_found", 405: "not_allowed"}.get(error.status_code, "bad_input")
    reply = ErrorReply(code=code, message=f"{request.method} {request.url.path}: {error.detail}.")
    return JSONResponse(reply.model_dump(), status_code=error.status_code)
