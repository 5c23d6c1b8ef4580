"""The routes over real HTTP: who is let in, and what comes back."""

from __future__ import annotations

import httpx
import pytest

from ritual.errors import RitualError
from ritual.service.contract import PROTOCOL
from ritual.service.guard import MAX_BODY
from ritual.service.jobs import JobQueue
from ritual.service.models import StillLoading

from .conftest import Bench, Catalogue, request, settled

BRIEF = {"prompt": "wings", "dance": "dai-peacock", "variants": 1}
ROUTES = [
    ("GET", "/v1/health"), ("GET", "/v1/dances"), ("GET", "/v1/jobs"), ("POST", "/v1/jobs"), ("POST", "/v1/check"),
    ("GET", "/v1/jobs/x"), ("DELETE", "/v1/jobs/x"), ("GET", "/v1/jobs/x/clips/1"), ("GET", "/openapi.json"),
    ("POST", "/v1/edits/regenerate"), ("POST", "/v1/edits/between"), ("POST", "/v1/edits/through"), ("GET", "/nowhere"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("token", [None, "Bearer wrong-token", "Bearer", "Basic right-token", "Bearer rïght"])
def test_no_route_answers_without_the_right_token(
    client: httpx.Client, method: str, path: str, token: str | None
) -> None:
    headers = {} if token is None else {"Authorization": token.encode()}
    with httpx.Client(base_url=client.base_url, trust_env=False) as stranger:
        reply = stranger.request(method, path, headers=headers)
    assert reply.status_code == 401
    assert set(reply.json()) >= {"code", "message", "hint"}
    assert reply.json()["code"] == "unauthorised"


def test_health_tells_protocol_version_and_state(client: httpx.Client, catalogue: Catalogue) -> None:
    health = client.get("/v1/health").json()
    assert (health["protocol"], health["state"]) == (PROTOCOL, "ready")
    catalogue.state = "loading"
    assert client.get("/v1/health").json()["state"] == "loading"


def test_a_job_goes_in_and_its_clip_comes_out(client: httpx.Client, queue: JobQueue) -> None:
    reply = client.post("/v1/jobs", json=BRIEF)
    assert reply.status_code == 201
    job_id = reply.json()["id"]
    settled(queue, job_id)
    job = client.get(f"/v1/jobs/{job_id}").json()
    assert (job["state"], job["variants"][0]["report"]) == ("done", {"compliant": True})
    clip = client.get(f"/v1/jobs/{job_id}/clips/1")
    assert (clip.content, clip.headers["content-type"]) == (b"wings 0", "application/octet-stream")
    assert [job["id"] for job in client.get("/v1/jobs").json()["jobs"]] == [job_id]


def test_delete_cancels_a_running_job(client: httpx.Client, queue: JobQueue, bench: Bench) -> None:
    bench.go.clear()
    job_id = client.post("/v1/jobs", json=BRIEF).json()["id"]
    bench.started.wait(30)
    assert client.delete(f"/v1/jobs/{job_id}").json()["cancelling"]
    assert settled(queue, job_id).state == "cancelled"
    reply = client.get(f"/v1/jobs/{job_id}/clips/1")
    assert (reply.status_code, reply.json()["code"]) == (409, "not_done")


@pytest.mark.parametrize(
    ("path", "status"), [("/v1/jobs/nosuch", 404), ("/v1/jobs/..%2F..%2Fetc", 404), ("/v1/other", 404)]
)
def test_what_is_not_there_is_404_in_our_shape(client: httpx.Client, path: str, status: int) -> None:
    reply = client.get(path)
    assert (reply.status_code, reply.json()["code"]) == (status, "not_found")


@pytest.mark.parametrize("index", ["0", "3", "-1"])
def test_a_clip_number_out_of_range_is_404(client: httpx.Client, queue: JobQueue, index: str) -> None:
    job = queue.submit(request())
    settled(queue, job.id)
    reply = client.get(f"/v1/jobs/{job.id}/clips/{index}")
    assert (reply.status_code, reply.json()["hint"]) == (404, "It has clips 1 to 2.")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"prompt": " "}, "prompt is empty"),
        ({"seconds": 0}, "0 seconds"),
        ({"seconds": 10_000}, "10000 seconds"),
        ({"seconds": "NaN"}, "nan seconds"),
        ({"variants": 0}, "0 variants"),
        ({"seed": 2**31}, "Seed 2147483648"),
        ({"promt": "typo"}, "promt"),
        ({"seconds": "long"}, "seconds: Input should be a valid number"),
        ({"dance": None}, "dance: Input should be a valid string"),
    ],
)
def test_a_bad_brief_gets_one_clear_sentence(client: httpx.Client, change: dict, said: str) -> None:
    reply = client.post("/v1/jobs", json={**BRIEF, **change})
    assert (reply.status_code, reply.json()["code"]) == (422, "bad_input")
    assert said in reply.json()["message"]
    assert client.get("/v1/jobs").json() == {"jobs": []}


@pytest.mark.parametrize("body", [b"{ not json", b"", b"[]", b"\xff\xfe"])
def test_a_body_that_is_no_brief_is_422_in_our_shape(client: httpx.Client, body: bytes) -> None:
    reply = client.post("/v1/jobs", content=body, headers={"Content-Type": "application/json"})
    assert (reply.status_code, reply.json()["code"]) == (422, "bad_input")


def test_an_oversize_body_is_refused(client: httpx.Client) -> None:
    reply = client.post("/v1/jobs", content=b"x" * (MAX_BODY + 1))
    assert (reply.status_code, reply.json()["code"]) == (413, "too_large")


def test_an_oversize_body_in_chunks_is_refused_too(client: httpx.Client) -> None:
    reply = client.post("/v1/jobs", content=(b"x" * 4096 for _ in range(MAX_BODY // 4096 + 1)))
    assert reply.status_code == 413


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[bad"])
def test_another_host_name_is_refused(client: httpx.Client, host: str) -> None:
    reply = client.get("/v1/health", headers={"Host": host})
    assert reply.status_code in (400, 403)  # 400: the HTTP parser itself refuses the name


def test_a_page_of_another_site_is_refused(client: httpx.Client) -> None:
    reply = client.get("/v1/health", headers={"Origin": "https://evil.example"})
    assert (reply.status_code, reply.json()["code"]) == (403, "cross_site")
    assert client.get("/v1/health", headers={"Origin": str(client.base_url)}).status_code == 200


def test_dances_are_listed_or_the_reason_why_not(
    client: httpx.Client, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/v1/dances").json()["dances"][0]["slug"] == "dai-peacock"

    def fail(error: RitualError) -> None:
        def dances() -> None:
            raise error

        monkeypatch.setattr(catalogue, "dances", dances)

    fail(StillLoading("The models are still loading."))
    assert client.get("/v1/dances").status_code == 503
    fail(RitualError("dai.ttl, line 7", code="bad_graph"))
    assert client.get("/v1/dances").json()["code"] == "bad_graph"
