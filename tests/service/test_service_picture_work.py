"""Work on pictures over HTTP: the real server, the real queue, small models."""

from __future__ import annotations

import importlib.util
import io
import time
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from PIL import Image

from .conftest import ROOT, serving

BYTES = {"Content-Type": "application/octet-stream"}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    spec = importlib.util.spec_from_file_location("small_imagery", ROOT / "tests" / "small_imagery.py")
    small = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(small)
    folder = small.write_small(tmp_path_factory.mktemp("imagery"))
    yield from serving(tmp_path_factory.mktemp("studio"), "--imagery", str(folder))


def png(width: int = 64, height: int = 48, colour: tuple[int, ...] = (200, 60, 40)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB" if len(colour) == 3 else "RGBA", (width, height), colour).save(buffer, "PNG")
    return buffer.getvalue()


def done(client: httpx.Client, path: str, data: bytes = b"", **query: object) -> dict:
    """The job once it ended."""
    reply = client.post(f"/v1/pictures/{path}", content=data, params=query, headers=BYTES)
    assert reply.status_code == 201, reply.text
    return ended(client, reply.json()["id"])


def ended(client: httpx.Client, job_id: str) -> dict:
    for _ in range(600):
        job = client.get(f"/v1/jobs/{job_id}").json()
        if job["state"] in ("done", "failed", "cancelled"):
            return job
        time.sleep(0.05)
    raise AssertionError("the job did not end")


def picture(client: httpx.Client, job: dict, index: int = 1) -> Image.Image:
    assert job["state"] == "done", job["error"]
    return Image.open(io.BytesIO(client.get(f"/v1/jobs/{job['id']}/clips/{index}").content))


def test_a_picture_is_translated_enlarged_and_made(studio: httpx.Client) -> None:
    job = done(studio, "translate", png(), to="papercut", name="house.png")
    assert picture(studio, job).size == (64, 48)
    assert job["variants"][0]["name"] == "house" and job["variants"][0]["report"] == {"width": 64, "height": 48}
    assert picture(studio, done(studio, "enlarge", png(), factor=1.5)).size == (96, 72)
    job = done(studio, "synthesise", what="houses", count=2, seed=3)
    first, second = (np.asarray(picture(studio, job, n)) for n in (1, 2))
    assert first.shape == (32, 32, 3) and (first != second).any()


def test_a_cut_out_paper_has_a_peoples_colour_and_no_ground(studio: httpx.Client) -> None:
    made = np.asarray(picture(studio, done(studio, "translate", png(), cut_out=True, colour_of="han")))
    assert made.shape[2] == 4 and {*np.unique(made[..., 3])} <= {0, 255}


def test_the_rules_speak_where_a_place_is_said(studio: httpx.Client) -> None:
    job = done(studio, "translate", png(), to="painting", dance="jingpo-munao")
    assert job["variants"][0]["report"]["judged"]["colours"] or job["error"]["code"] == "refused"
    job = done(studio, "enlarge", flag(), dance="jingpo-munao", papercut=True)
    assert job["error"]["code"] == "refused" and "calamity" in job["error"]["message"]
    assert studio.get(f"/v1/jobs/{job['id']}/clips/1").status_code == 409


def flag() -> bytes:
    """Black over yellow."""
    image = Image.new("RGB", (64, 64), (240, 200, 30))
    image.paste((15, 15, 15), (0, 0, 64, 32))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("path", "data", "query", "said"),
    [
        ("translate", b"", {}, "it has no bytes"),
        ("translate", b"none", {"name": "x.png"}, "x.png is no image"),
        ("enlarge", png(), {"factor": "nan"}, "factor"),
        ("synthesise", b"", {"count": 99}, "count"),
        ("translate", png(), {"size": 3}, "size"),
    ],
)
def test_a_bad_request_is_told_at_once(studio: httpx.Client, path: str, data: bytes, query: dict, said: str) -> None:
    reply = studio.post(f"/v1/pictures/{path}", content=data, params=query, headers=BYTES)
    assert reply.status_code == 422 and said in reply.json()["message"]


def test_what_only_the_work_finds_ends_the_job_in_one_sentence(studio: httpx.Client) -> None:
    for query, said in (({"to": "../motion/mdn"}, "no weights"), ({"to": "houses"}, "are for synthesis"),
                        ({"dance": "jingpo-mnao"}, "Unknown dance")):  # fmt: skip
        job = done(studio, "translate", png(), **query)
        assert job["state"] == "failed" and said in job["error"]["message"]
    job = done(studio, "restore", png())
    assert "no weights 'restore'" in job["error"]["message"]  # these small ones hold none


def test_a_large_picture_can_be_cancelled_between_two_tiles(studio: httpx.Client) -> None:
    large = png(2600, 2600)
    job = studio.post("/v1/pictures/enlarge", content=large, params={"factor": 2}, headers=BYTES).json()
    while studio.get(f"/v1/jobs/{job['id']}").json()["stage"] in ("waiting", "starting", "loading"):
        time.sleep(0.05)
    assert studio.get(f"/v1/jobs/{job['id']}").json()["total"] > 50
    studio.delete(f"/v1/jobs/{job['id']}")
    began = time.monotonic()
    assert ended(studio, job["id"])["state"] == "cancelled" and time.monotonic() - began < 120
