"""A real queue, a real server on a real port; only the work itself is a small function here."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import httpx
import pytest

from ritual.brief import Brief, CancelCheck, Progress, ProgressCallback
from ritual.errors import Cancelled
from ritual.service import handshake as handshakes
from ritual.service.contract import BriefRequest, DanceReply, DancesReply, JobReply, NamedReply, VariantReply
from ritual.service.jobs import JobQueue, JobResult

ROOT = Path(__file__).resolve().parents[2]


class Bench:
    """Work that a test can hold up: it counts its checks and goes on when told to."""

    def __init__(self) -> None:
        self.briefs: list[Brief] = []
        self.started, self.go = threading.Event(), threading.Event()
        self.go.set()
        self.error: Exception | None = None
        self.deaf = False  # works on although it was cancelled

    def __call__(self, brief: Brief, progress: ProgressCallback, cancelled: CancelCheck) -> JobResult:
        self.briefs.append(brief)
        progress(Progress("solving", 1, 4, 2.5))
        self.started.set()
        while not self.go.wait(0.01):
            if cancelled() and not self.deaf:
                raise Cancelled("cancelled")
        if self.error is not None:
            raise self.error
        clips = tuple(f"{brief.prompt} {n}".encode() for n in range(brief.variants))
        variants = tuple(
            VariantReply(index=n, name=f"v{n}", frames=brief.frames, fps=brief.fps, report={"compliant": True})
            for n in range(1, brief.variants + 1)
        )
        return JobResult(clips, variants, {"compliant": True})


class Catalogue:
    """Stands where the loaded models stand; `state` is set by the tests."""

    def __init__(self) -> None:
        self.device, self.error, self.state = "cpu", None, "ready"
        self.graph_state = None

    def dances(self) -> DancesReply:
        dance = DanceReply(
            slug="dai-peacock", label="Dai peacock dance", group="dai", group_label="Dai",
            performers=["female"], default_performer="female", occasions=["harvest"], bpm=84,
        )  # fmt: skip
        group = NamedReply(slug="dai", label="Dai")
        return DancesReply(groups=[group], dances=[dance], performers=["female", "male"], occasions=[])


def request(prompt: str = "she spreads her wings", **changes: object) -> BriefRequest:
    return BriefRequest(**{"prompt": prompt, "dance": "dai-peacock", "variants": 2, **changes})


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def settled(queue: JobQueue, job_id: str) -> JobReply:
    """The job once it is done, failed or cancelled."""
    wait_for(lambda: queue.get(job_id).state in ("done", "failed", "cancelled"))
    return queue.get(job_id)


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.go.set()


@pytest.fixture
def queue(tmp_path: Path, bench: Bench) -> Iterator[JobQueue]:
    queue = JobQueue(tmp_path, bench)
    queue.start()
    yield queue
    bench.go.set()
    queue.stop()


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue()


@pytest.fixture
def client(queue: JobQueue, catalogue: Catalogue) -> Iterator[httpx.Client]:
    """A client with the right token of a server that really listens on loopback."""
    import uvicorn

    from ritual.service.app import create_app
    from ritual.service.guard import Guard
    from ritual.service.serve import bind

    listener = bind(0)
    config = uvicorn.Config(Guard(create_app(queue, catalogue), "right-token"), log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with httpx.Client(base_url=url, headers={"Authorization": "Bearer right-token"}, trust_env=False) as client:
        yield client
    server.should_exit = True
    thread.join(5)


@pytest.fixture(scope="session")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of the server as the add-on starts it."""
    yield from serving(tmp_path_factory.mktemp("backend"))


def serving(folder: Path, *options: str) -> Iterator[httpx.Client]:
    """A client of a server with these further options, which ends with it."""
    if not (ROOT / "assets/motion/mdn.safetensors").exists():
        pytest.skip("needs the weights in assets/motion; `ritual motion train` makes them")
    environment = {**os.environ, "RITUAL_STATE_DIR": str(folder), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "ritual.cli.serve", "--handshake", str(folder / "h.json")]
    process = subprocess.Popen([*command, "--parent-pid", str(os.getpid()), *options], env=environment)
    wait_for((folder / "h.json").exists, 60)
    handshake = handshakes.read(folder / "h.json")
    headers = {"Authorization": f"Bearer {handshake.token}"}
    with httpx.Client(base_url=handshake.url, headers=headers, trust_env=False, timeout=60) as client:
        wait_for(lambda: client.get("/v1/health").json()["state"] != "loading", 180)
        yield client
    process.terminate()
    process.wait(60)


@pytest.fixture(scope="session")
def clip_file() -> ModuleType:
    """The add-on's reader, which knows the standard library only."""
    spec = importlib.util.spec_from_file_location("clip_file", ROOT / "addon/ritual_motion/clip_file.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["clip_file"] = module  # dataclasses look it up
    spec.loader.exec_module(module)
    return module


def ended(backend: httpx.Client, path: str, body: dict) -> dict:
    """The job that a request begins, once it has come to an end."""
    reply = backend.post(path, json=body)
    assert reply.status_code == 201, reply.text
    end = time.monotonic() + 300
    while (job := backend.get(f"/v1/jobs/{reply.json()['id']}").json())["state"] in ("queued", "running"):
        assert time.monotonic() < end
        time.sleep(0.05)
    return job
