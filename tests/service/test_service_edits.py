"""Edits over HTTP: the real models for what comes out, a held-up queue for what happens on the way."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import httpx
import numpy as np
import pytest

from ritual.service.edits import Motion, RegenerateRequest
from ritual.service.guard import MAX_BODY
from ritual.service.jobs import JobQueue

from .conftest import Bench, ended, settled, wait_for

BRIEF = {"prompt": "she spreads her wings slowly", "dance": "dai-peacock", "seconds": 3.0, "variants": 2, "seed": 7}
WIDTHS = {"angles": 36, "root_translation": 3, "root_rotation": 4}
STILL = {"fps": 25, "angles": [[0.0] * 36] * 3, "root_translation": [[0.0, 0.0, 0.9]] * 3,
         "root_rotation": [[1.0, 0.0, 0.0, 0.0]] * 3}  # fmt: skip


def arrays(backend: httpx.Client, clip_file: ModuleType, job: dict, index: int = 1) -> dict[str, np.ndarray]:
    """Angles and root of a clip of a job that is done."""
    assert job["state"] == "done", job["error"]
    clip = clip_file.parse(backend.get(f"/v1/jobs/{job['id']}/clips/{index}").content)
    return {name: np.array(getattr(clip, name)).reshape(clip.frames, width) for name, width in WIDTHS.items()}


def motion(clip: dict[str, np.ndarray], **said: object) -> dict:
    rows = {name: values.tolist() for name, values in clip.items()}
    return {"fps": 25.0, "dance": "dai-peacock", "performer": "female", **rows, **said}


@pytest.fixture(scope="module")
def danced(backend: httpx.Client, clip_file: ModuleType) -> list[dict[str, np.ndarray]]:
    """Two clips of 75 frames."""
    job = ended(backend, "/v1/jobs", BRIEF)
    return [arrays(backend, clip_file, job, index) for index in (1, 2)]


def test_a_span_is_danced_anew_and_the_rest_comes_back_bit_for_bit(
    backend: httpx.Client, clip_file: ModuleType, danced: list
) -> None:
    body = {"motion": motion(danced[0]), "start": 25, "end": 50, "variants": 2, "seed": 3}
    job = ended(backend, "/v1/edits/regenerate", body)
    made = [arrays(backend, clip_file, job, index) for index in (1, 2)]
    kept = np.r_[0:25, 50:75]
    for clip in made:
        for name in WIDTHS:
            assert np.array_equal(clip[name][kept], danced[0][name][kept]), name
        assert np.abs(clip["angles"][25:50] - danced[0]["angles"][25:50]).max() > 0.05
    assert np.abs(made[0]["angles"] - made[1]["angles"]).max() > 0.05
    assert (job["report"]["compliant"], job["report"]["edit"]["start_frame"], job["report"]["edit"]["end_frame"]) == (
        True, 25, 49
    )  # fmt: skip


def test_what_a_motion_says_of_itself_holds_in_the_edit(backend: httpx.Client, danced: list) -> None:
    said = {"prompt": "a bow", "occasion": "harvest", "changes": [[2.0, "wedding"]], "beats": [0.0, 0.5, 1.0]}
    job = ended(backend, "/v1/edits/regenerate", {"motion": motion(danced[0], **said), "start": 25, "end": 60})
    report = job["report"]
    assert (report["brief"]["prompt"], report["occasion"]) == ("a bow", "harvest")
    assert [(change["frame"], change["occasion"]) for change in report["changes"]] == [(50, "wedding")]
    assert report["tempo"]["beats"] == [0.0, 0.5, 1.0]


def test_two_motions_become_one(backend: httpx.Client, clip_file: ModuleType, danced: list) -> None:
    body = {"motion": motion(danced[0]), "then": motion(danced[1]), "seconds": 1.2, "keep_place": True}
    clip = arrays(backend, clip_file, ended(backend, "/v1/edits/between", body))
    assert len(clip["angles"]) == 75 + 30 + 75
    for name in WIDTHS:
        assert np.array_equal(clip[name][:75], danced[0][name])
        assert np.array_equal(clip[name][-75:], danced[1][name])
    moved = arrays(backend, clip_file, ended(backend, "/v1/edits/between", {**body, "keep_place": False}))
    assert np.array_equal(moved["angles"][-75:], danced[1]["angles"])
    assert not np.array_equal(moved["root_translation"][-75:], danced[1]["root_translation"])


def test_a_dance_passes_through_poses_upright_or_bent(
    backend: httpx.Client, clip_file: ModuleType, danced: list
) -> None:
    bent = {"seconds": 2.0, "angles": danced[1]["angles"][60].tolist(),
            "root_rotation": [np.cos(0.2), np.sin(0.2), 0.0, 0.0]}  # fmt: skip
    keys = [{"seconds": 0.8, "angles": danced[1]["angles"][30].tolist()}, bent]
    job = ended(backend, "/v1/edits/through", {**BRIEF, "variants": 1, "keys": keys})
    clip = arrays(backend, clip_file, job)
    assert job["report"]["key_frames"] == [20, 50]
    for frame, source in ((20, 30), (50, 60)):
        assert np.degrees(np.abs(clip["angles"][frame] - danced[1]["angles"][source]).max()) < 0.1
    tilt = [np.degrees(np.arccos(1 - 2 * (x**2 + y**2))) for _, x, y, _ in clip["root_rotation"]]
    assert (tilt[20], tilt[50]) == (pytest.approx(0, abs=6), pytest.approx(np.degrees(0.4), abs=6))  # feet have a say
    after = {**BRIEF, "variants": 1, "keys": keys, "reference": motion(danced[0])}
    other = arrays(backend, clip_file, ended(backend, "/v1/edits/through", after))
    assert np.abs(other["angles"] - clip["angles"]).max() > 0.05


def test_a_job_tells_what_was_asked_for_without_the_motion(backend: httpx.Client, danced: list) -> None:
    job = ended(backend, "/v1/edits/regenerate", {"motion": motion(danced[0]), "start": 70})
    assert job["request"]["edit"] == "regenerate" and job["request"]["asked"]["start"] == 70
    assert "motion" not in job["request"]["asked"]
    keys = [{"seconds": 0.8, "angles": [0.0] * 36}]
    job = backend.post("/v1/edits/through", json={**BRIEF, "keys": keys}).json()
    assert job["request"]["asked"]["keys"] == [0.8] and job["request"]["asked"]["dance"] == "dai-peacock"
    backend.delete(f"/v1/jobs/{job['id']}")


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"start": 50, "end": 40}, "bad_input", "whose frames are 0 to 74"),
        ({"end": 76}, "bad_input", "whose frames are 0 to 74"),
        ({"variants": 0}, "bad_input", "0 variants is out of range"),
        ({"dance": "dai-peacok"}, "unknown_dance", "dai-peacok"),
        ({"dance": "mongolian-wrestling", "performer": "female"}, "refused", "wrestl"),
    ],
)
def test_what_an_edit_cannot_do_ends_its_job_with_the_sentence_of_the_command_line(
    backend: httpx.Client, danced: list, change: dict, code: str, said: str
) -> None:
    job = ended(backend, "/v1/edits/regenerate", {"motion": motion(danced[0]), "start": 10, "end": 20, **change})
    assert (job["state"], job["error"]["code"], job["variants"]) == ("failed", code, [])
    assert said in job["error"]["message"]


def test_a_motion_of_unknown_origin_needs_a_dance(backend: httpx.Client, danced: list) -> None:
    unknown = motion(danced[0], dance=None, performer=None)
    job = ended(backend, "/v1/edits/regenerate", {"motion": unknown, "start": 30, "end": 40})
    assert "does not say which dance" in job["error"]["message"]
    job = ended(backend, "/v1/edits/regenerate", {"motion": unknown, "start": 30, "end": 40, "dance": "han-yangko"})
    assert job["report"]["dance"]["slug"] == "han-yangko"


def test_an_edit_is_cancelled_before_its_end(backend: httpx.Client) -> None:
    keys = [{"seconds": 30.0, "angles": [0.0] * 36}]
    body = {**BRIEF, "seconds": 60, "variants": 8, "keys": keys}
    job = backend.post("/v1/edits/through", json=body).json()
    wait_for(lambda: backend.get(f"/v1/jobs/{job['id']}").json()["state"] == "running")
    assert backend.delete(f"/v1/jobs/{job['id']}").json()["cancelling"]
    wait_for(lambda: backend.get(f"/v1/jobs/{job['id']}").json()["state"] == "cancelled", 60)


# On the way: the work itself is held up.


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("regenerate", {}, "motion: Field required"),
        ("regenerate", {"motion": {**STILL, "angles": [[0.0] * 35] * 3}}, "Frame 0 holds 35 angles"),
        ("regenerate", {"motion": {**STILL, "angles": []}}, "no frames"),
        ("regenerate", {"motion": {**STILL, "fps": 0}}, "no frame rate"),
        ("regenerate", {"motion": {**STILL, "root_translation": [[0.0] * 3]}}, "3 numbers for each of the 3 frames"),
        ("regenerate", {"motion": {**STILL, "root_rotation": [[2.0, 0, 0, 0]] * 3}}, "no unit quaternion in frame 0"),
        ("regenerate", {"motion": {**STILL, "changes": [[0.04, "wedding"]]}}, "with which occasion it begins"),
        ("regenerate", {"motion": {**STILL, "occasion": "a", "changes": [[9, "b"]]}}, "cannot change to 'b' at 9 s"),
        ("regenerate", {"motion": {**STILL, "beats": [1.0, 0.5]}}, "in order"),
        ("regenerate", {"motion": STILL, "start": 0.5}, "start: Input should be a valid integer"),
        ("regenerate", {"motion": STILL, "from": 3}, "from: Extra inputs"),
        ("between", {"motion": STILL}, "then: Field required"),
        ("between", {"motion": STILL, "then": {**STILL, "angles": []}}, "no frames"),
        ("between", {"motion": STILL, "then": STILL, "seconds": "inf"}, "seconds: Input should be a finite number"),
        ("through", {**BRIEF, "keys": []}, "keys: "),
        ("through", {**BRIEF, "keys": [{"seconds": 1, "angles": [0.0] * 35}]}, "holds 35 angles"),
        ("through", {**BRIEF, "keys": [{"seconds": "nan", "angles": [0.0] * 36}]}, "finite number"),
        ("through", {**BRIEF, "keys": [{"seconds": 1, "angles": [0.0] * 36, "root_rotation": [1]}]}, "root_rotation"),
        ("through", {**BRIEF, "seconds": 1000, "keys": [{"seconds": 1, "angles": [0.0] * 36}]}, "1000 seconds"),
        ("through", {**BRIEF, "reference": {**STILL, "angles": []}, "keys": [{"seconds": 1, "angles": [0.0] * 36}]},
         "no frames"),
    ],
)  # fmt: skip
def test_what_is_no_edit_gets_one_clear_sentence_and_no_job(
    client: httpx.Client, path: str, body: dict, said: str
) -> None:
    reply = client.post(f"/v1/edits/{path}", json=body)
    assert (reply.status_code, reply.json()["code"] in ("bad_input", "bad_motion")) == (422, True), reply.text
    assert said in reply.json()["message"], reply.json()["message"]
    assert client.get("/v1/jobs").json() == {"jobs": []}


def test_a_motion_may_be_larger_than_a_brief(client: httpx.Client, bench: Bench) -> None:
    bench.go.clear()
    body = {"motion": {**STILL, **{name: STILL[name] * 400 for name in WIDTHS}}, "end": 7}
    reply = client.post("/v1/edits/regenerate", json=body)
    assert int(reply.request.headers["content-length"]) > MAX_BODY
    assert reply.status_code == 201, reply.text
    bench.started.wait(30)
    (edit,) = bench.briefs
    assert (edit.end, edit.motion.to_clip().frames) == (7, 1200)


def test_the_motion_is_not_kept_with_the_job_and_an_interrupted_edit_is_told(tmp_path: Path, bench: Bench) -> None:
    bench.go.clear()
    queue = JobQueue(tmp_path, bench)
    queue.start()
    job = queue.submit(RegenerateRequest(motion=Motion(**STILL), end=2))
    bench.started.wait(30)
    queue.stop()
    assert "angles" not in (tmp_path / job.id / "job.json").read_text()
    again = JobQueue(tmp_path, bench)
    again.start()
    found = settled(again, job.id)
    again.stop()
    assert (found.state, found.error.code, found.error.hint) == ("failed", "interrupted", "Submit it again.")
    assert found.request.asked["end"] == 2
