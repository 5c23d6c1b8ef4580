"""The whole way with the real models: a process, its handshake, a brief, clips that the add-on reads."""

from __future__ import annotations

import math
from types import ModuleType

import httpx
import pytest

from ritual.body.skeleton import ANGLES
from ritual.culture.graph import load_graph

from .conftest import ended, wait_for

BRIEF = {"prompt": "she spreads her wings slowly", "dance": "dai-peacock", "seconds": 2.0, "variants": 2, "seed": 7}


def finished(backend: httpx.Client, **changes: object) -> dict:
    return ended(backend, "/v1/jobs", {**BRIEF, **changes})


def test_the_models_load_and_the_graph_lists_its_dances(backend: httpx.Client) -> None:
    assert backend.get("/v1/health").json()["state"] == "ready"
    reply = backend.get("/v1/dances").json()
    assert {"dai", "yi", "mongolian", "tibetan", "miao", "han"} <= {group["slug"] for group in reply["groups"]}
    known = {occasion["slug"] for occasion in reply["occasions"]}
    for dance in reply["dances"]:
        assert dance["default_performer"] in dance["performers"]
        assert dance["occasions"] and set(dance["occasions"]) <= known


def test_a_brief_becomes_clips_that_the_add_on_reads(backend: httpx.Client, clip_file: ModuleType) -> None:
    job = finished(backend)
    assert job["state"] == "done", job["error"]
    assert [variant["index"] for variant in job["variants"]] == [1, 2]
    for variant in job["variants"]:
        clip = clip_file.parse(backend.get(f"/v1/jobs/{job['id']}/clips/{variant['index']}").content)
        assert (clip.frames, clip.fps, clip.name) == (50, 25.0, variant["name"])
        assert (clip.meta["dance"], clip.meta["seed"]) == ("dai-peacock", 7)
        assert clip.meta["report"] == variant["report"]  # in the file's own metadata as well as in the reply
        assert variant["report"]["compliant"]
        assert {"frames", "interceptions", "ik_error_mm"} <= set(variant["report"])


def test_the_same_brief_gives_the_same_bytes(backend: httpx.Client) -> None:
    first, second = finished(backend), finished(backend)
    for index in (1, 2):
        clips = [backend.get(f"/v1/jobs/{job['id']}/clips/{index}").content for job in (first, second)]
        assert clips[0] == clips[1]


def test_what_a_rule_forbids_is_refused(backend: httpx.Client) -> None:
    job = finished(backend, dance="mongolian-wrestling", performer="female")
    assert (job["state"], job["error"]["code"], job["variants"]) == ("failed", "refused", [])
    assert all(job["error"]["refusals"][0][key] for key in ("rule", "text", "source", "allowed"))


def test_an_unknown_dance_names_the_nearest(backend: httpx.Client) -> None:
    error = finished(backend, dance="dai-peacok")["error"]
    assert "dai-peacok" in error["message"]
    assert "dai-peacock" in error["hint"]


def test_a_track_is_checked_against_the_rules(backend: httpx.Client) -> None:
    pose = list(load_graph().rulebook("dai-peacock", "female").stances[0].angles)
    bent = pose.copy()
    bent[ANGLES.index("left_wrist_flexion")] = math.radians(75)
    track = {"dance": "dai-peacock", "performer": "female", "fps": 25, "angles": [pose] * 10}
    assert backend.post("/v1/check", json=track).json()["compliant"]
    reply = backend.post("/v1/check", json={**track, "angles": [pose] * 5 + [bent] * 5}).json()
    (violation,) = reply["violations"]
    assert (violation["angle"], violation["value_deg"]) == ("left_wrist_flexion", 75.0)
    assert violation["rule"] and violation["source"]


@pytest.mark.parametrize(
    ("angles", "said"),
    [([], "no frames"), ([[0.0] * 35], "Frame 0 holds 35 angles"), ([[0.0] * 35 + ["NaN"]], "not a number")],
)
def test_what_is_no_track_is_one_sentence(backend: httpx.Client, angles: list, said: str) -> None:
    reply = backend.post("/v1/check", json={"dance": "dai-peacock", "fps": 25, "angles": angles})
    assert (reply.status_code, reply.json()["code"]) == (422, "bad_motion")
    assert said in reply.json()["message"]


def test_the_occasion_changes_in_mid_clip(backend: httpx.Client) -> None:
    job = finished(backend, changes=[[1.0, "wedding"]])
    assert job["request"]["changes"] == [[1.0, "wedding"]]
    (change,) = job["report"]["changes"]
    assert (change["frame"], change["occasion"]) == (25, "wedding")


def test_a_change_outside_the_clip_is_refused_before_it_is_queued(backend: httpx.Client) -> None:
    reply = backend.post("/v1/jobs", json={**BRIEF, "changes": [[60.0, "wedding"]]})
    assert reply.status_code == 422 and "up to 1.96 s" in reply.json()["message"]


def test_a_track_is_checked_for_the_way_it_turns(backend: httpx.Client) -> None:
    pose = list(load_graph().rulebook("tibetan-guozhuang").stances[0].angles)
    yaw = [math.radians(2 * frame) for frame in range(100)]
    track = {
        "dance": "tibetan-guozhuang", "fps": 25, "angles": [pose] * 100, "changes": [[1.0, "wedding"]],
        "root_translation": [[0.0, 0.0, 0.9]] * 100,
    }  # fmt: skip
    rotation = [[math.cos(y / 2), 0.0, 0.0, math.sin(y / 2)] for y in yaw]
    told = backend.post("/v1/check", json={**track, "root_rotation": rotation}).json()
    assert not told["compliant"] and {v["angle"] for v in told["violations"]} == {"heading"}
    other_way = [[w, x, y, -z] for w, x, y, z in rotation]
    assert backend.post("/v1/check", json={**track, "root_rotation": other_way}).json()["compliant"]
    wrong = ((None, "root_rotation must hold 4"), ([[0.0] * 4] * 100, "no rotation"), (rotation[1:], "100 frames"))
    for rows, said in wrong:
        reply = backend.post("/v1/check", json={**track, "root_rotation": rows})
        assert reply.json()["code"] == "bad_motion" and said in reply.json()["message"]


def test_a_long_job_is_cancelled_before_its_end(backend: httpx.Client) -> None:
    job = backend.post("/v1/jobs", json={**BRIEF, "seconds": 60, "variants": 8}).json()
    wait_for(lambda: backend.get(f"/v1/jobs/{job['id']}").json()["state"] == "running")
    backend.delete(f"/v1/jobs/{job['id']}")
    wait_for(lambda: backend.get(f"/v1/jobs/{job['id']}").json()["state"] == "cancelled", 60)
    assert finished(backend)["state"] == "done"


def test_a_loop_and_its_sliders_cross_the_wire_and_a_check_goes_by_its_beats(
    backend: httpx.Client, clip_file: ModuleType
) -> None:
    job = finished(backend, variants=1, loop=True, bpm=120, style=1.2, energy=0.8)
    assert job["state"] == "done", job["error"]
    assert job["variants"][0]["frames"] == 100 and job["report"]["variants"][0]["loop"]["cycles"] == 1
    clip = clip_file.parse(backend.get(f"/v1/jobs/{job['id']}/clips/1").content)
    assert len(clip.meta["tempo"]["beats"]) == 8
    asked = {"dance": "dai-peacock", "fps": 25.0, "angles": [[0.0] * len(ANGLES)] * 3}
    assert backend.post("/v1/check", json={**asked, "beats": clip.meta["tempo"]["beats"]}).status_code == 200
    reply = backend.post("/v1/check", json={**asked, "beats": [1.0, 0.5]})
    assert (reply.status_code, "in order" in reply.json()["message"]) == (422, True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"style": 7}, "style 7 is out of range; choose 0 to 1.5"),
        ({"loop": "maybe"}, "loop: Input should be a valid boolean"),
        ({"beats": [0, 1], "bpm": 90}, "either a tempo"),
    ],
)
def test_wishes_that_cannot_be_met_are_told_before_the_job(backend: httpx.Client, change: dict, said: str) -> None:
    reply = backend.post("/v1/jobs", json={**BRIEF, **change})
    assert (reply.status_code, said in reply.json()["message"]) == (422, True), reply.text
