"""Pictures over HTTP: the real server, a memory that was trained, pictures that it never saw."""

from __future__ import annotations

import base64
import io
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import httpx
import pytest

from ritual.errors import BadInput
from ritual.service.guard import MAX_BODY, MAX_FILE_BODY
from ritual.service.pictures import Eye, PictureQuery

from .conftest import ended, serving

BYTES = {"Content-Type": "application/octet-stream"}


@pytest.fixture(scope="module")
def seeing(tmp_path_factory: pytest.TempPathFactory, small_memory_path: Path) -> Iterator[httpx.Client]:
    """A client of a server with a memory of three symbols."""
    yield from serving(tmp_path_factory.mktemp("seeing"), "--memory", str(small_memory_path))


@pytest.fixture(scope="module")
def pictures(small_memory: ModuleType) -> dict[str, list[bytes]]:
    symbols = (small_memory.TORCH, small_memory.TIGER, small_memory.PEACOCK)
    return {symbol: small_memory.pictures_of(symbol) for symbol in symbols}


def describe(client: httpx.Client, data: bytes, **query: str) -> httpx.Response:
    return client.post("/v1/pictures/describe", content=data, params=query, headers=BYTES)


def test_a_picture_is_told_with_all_that_the_command_line_tells(
    seeing: httpx.Client, pictures: dict, small_memory: ModuleType, small_memory_path: Path
) -> None:
    from PIL import Image

    from ritual.culture.graph import load_graph
    from ritual.memory.describe import describe_picture
    from ritual.memory.weights import read_memory
    from ritual.pictures.reading import read_bytes

    (data, *_) = pictures[small_memory.PEACOCK]
    told = describe(seeing, data).json()
    expected = describe_picture(read_memory(small_memory_path), load_graph(), read_bytes(data, "it"))
    assert told["descriptors"] == expected.descriptors
    assert [one["slug"] for one in told["form"]] == [one.slug for one in expected.form]
    assert list(told["concepts"]) == list(expected.concepts)
    assert [symbol["slug"] for symbol in told["symbols"]] == [symbol.slug for symbol in expected.symbols]
    assert [near["name"] for near in told["prototypes"]] == [near["name"] for near in expected.prototypes]
    for near in told["prototypes"]:
        assert Image.open(io.BytesIO(base64.b64decode(near["picture"]))).size == (32, 32)
    likely = told["symbols"][0]
    assert (likely["slug"], likely["groups"]) == (small_memory.PEACOCK, ["Dai"])


def test_each_symbol_is_among_the_likely_ones_of_most_of_its_pictures(seeing: httpx.Client, pictures: dict) -> None:
    found = [
        symbol in [one["slug"] for one in describe(seeing, data).json()["symbols"]]
        for symbol, files in pictures.items() for data in files
    ]  # fmt: skip
    assert sum(found) >= 10, f"{sum(found)} of {len(found)}"


def test_the_place_decides_what_is_told(seeing: httpx.Client, pictures: dict, small_memory: ModuleType) -> None:
    (data, *_) = pictures[small_memory.TORCH]
    told = describe(seeing, data, occasion="torch-festival", group="yi", performer="male").json()
    assert list(told["concepts"]) == ["", "torch-festival"]
    (torch,) = [one for one in told["symbols"] if one["slug"] == small_memory.TORCH]
    (plain,) = [one for one in describe(seeing, data).json()["symbols"] if one["slug"] == small_memory.TORCH]
    assert torch["meanings"] != plain["meanings"]  # by the graph, at the Torch Festival and where nothing is said
    assert [small_memory.TORCH, "The torch-festival pattern is forbidden at a funeral."] in told["taboos"]
    never_met = describe(seeing, data, occasion="funeral").json()
    assert list(never_met["concepts"]) == [""]
    assert never_met["notes"] == ["the memory has met no pictures at or on 'funeral'"]


@pytest.mark.parametrize(
    ("data", "query", "said"),
    [
        (b"", {}, "The picture is empty: it has no bytes."),
        (b"", {"name": "frog.png"}, "frog.png is empty: it has no bytes."),
        (b"no image", {"name": "frog.png"}, "frog.png is no image that can be read."),
        (b"\x89PNG\r\n\x1a\n", {}, "The picture is no image that can be read."),
        (b"GIF89a", {"occasion": "funral"}, "Unknown occasion 'funral'."),
        (b"GIF89a", {"performer": "femal"}, "Unknown performer 'femal'."),
        (b"GIF89a", {"group": "day"}, "Unknown group 'day'."),
        (b"GIF89a", {"colour": "red"}, "colour: Extra inputs are not permitted"),
    ],
)
def test_what_cannot_be_told_gets_one_clear_sentence(
    seeing: httpx.Client, data: bytes, query: dict, said: str
) -> None:
    reply = describe(seeing, data, **query)
    assert (reply.status_code, reply.json()["code"]) == (422, "bad_input")
    assert said in reply.json()["message"]


def test_a_picture_may_be_larger_than_a_brief_but_not_without_end(seeing: httpx.Client) -> None:
    from PIL import Image

    file = io.BytesIO()
    Image.effect_noise((400, 400), 80).save(file, "PNG")
    assert len(file.getvalue()) > MAX_BODY
    assert describe(seeing, file.getvalue()).status_code == 200
    with socket.create_connection((seeing.base_url.host, seeing.base_url.port), timeout=30) as line:
        token = seeing.headers["Authorization"]
        head = f"Host: {seeing.base_url.host}\r\nAuthorization: {token}\r\nContent-Length: {MAX_FILE_BODY + 1}"
        line.sendall(f"POST /v1/pictures/describe HTTP/1.1\r\n{head}\r\n\r\n".encode())  # and not a byte of it
        assert line.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_several_ask_at_once_and_get_the_same_answer(
    seeing: httpx.Client, pictures: dict, small_memory: ModuleType
) -> None:
    (data, *_) = pictures[small_memory.TIGER]
    with ThreadPoolExecutor(4) as pool:
        told = [reply.json() for reply in pool.map(lambda _: describe(seeing, data), range(4))]
    assert all(one == told[0] for one in told)


def test_without_a_memory_a_picture_cannot_be_told(tmp_path: Path, pictures: dict) -> None:
    from ritual.culture.graph import load_graph

    (data, *_), *_ = pictures.values()
    missing = tmp_path / "none.safetensors"
    with pytest.raises(BadInput, match=f"There is no memory at '{missing}'.") as error:
        Eye(missing).describe(data, PictureQuery(), load_graph())
    assert "ritual memory train" in error.value.hint


# What the costume may show.


def dress(client: httpx.Client, dance: str, *patterns: str, **where: str) -> httpx.Response:
    return client.post("/v1/patterns/check", json={"dance": dance, "patterns": patterns, **where})


def test_a_symbol_that_no_rule_forbids_comes_before_the_costumes_own(seeing: httpx.Client) -> None:
    told = dress(seeing, "han-yangko", "dai-peacock-pattern").json()
    own = dress(seeing, "han-yangko").json()["patterns"]
    assert told["patterns"] == ["dai-peacock-pattern", *own] and own
    assert told["names"].keys() == {*told["patterns"]}


@pytest.mark.parametrize(
    ("patterns", "where", "rule"),
    [
        (["yi-tiger-totem"], {"performer": "female"}, "yi-tiger-male-only"),
        (["dai-peacock-pattern", "yi-torch-pattern"], {"occasion": "funeral"}, "yi-torch-pattern-funeral-ban"),
    ],
)
def test_a_symbol_that_a_rule_forbids_is_refused_with_its_reason(
    seeing: httpx.Client, patterns: list[str], where: dict, rule: str
) -> None:
    reply = dress(seeing, "han-yangko", *patterns, **where)
    error = reply.json()
    assert (reply.status_code, error["code"]) == (422, "refused")
    (refusal,) = error["refusals"]
    assert refusal["rule"].endswith(rule)
    assert all(refusal[key] for key in ("text", "source", "allowed"))


def test_an_unknown_symbol_names_the_nearest(seeing: httpx.Client) -> None:
    error = dress(seeing, "han-yangko", "yi-tiger-toten").json()
    assert (error["code"], error["message"]) == ("bad_input", "Unknown symbol 'yi-tiger-toten'.")
    assert "yi-tiger-totem" in error["hint"]


def test_a_brief_with_a_symbol_is_danced_in_it_or_refused(seeing: httpx.Client, clip_file: ModuleType) -> None:
    brief = {"prompt": "a bow", "dance": "han-yangko", "seconds": 1.0, "variants": 1, "patterns": ["yi-torch-pattern"]}
    job = ended(seeing, "/v1/jobs", {**brief, "occasion": "new-year"})
    clip = clip_file.parse(seeing.get(f"/v1/jobs/{job['id']}/clips/1").content)
    assert clip.meta["costume"]["patterns"][0] == "yi-torch-pattern"
    assert clip.meta["patterns"][0] == clip.meta["costume"]["patterns"]
    job = ended(seeing, "/v1/jobs", {**brief, "occasion": "funeral"})
    assert (job["state"], job["error"]["code"]) == ("failed", "refused")
    change = {**brief, "occasion": "new-year", "changes": [[0.5, "funeral"]]}
    assert ended(seeing, "/v1/jobs", change)["error"]["code"] == "refused"
