"""The queue: order, progress, cancel, failure, restart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ritual.errors import BadInput, Refused, RitualError
from ritual.service import jobs
from ritual.service.jobs import JobQueue, NoSuchJob, NotFinished, QueueFull

from .conftest import Bench, request, settled, wait_for


def test_a_job_runs_and_delivers_its_clips(queue: JobQueue) -> None:
    job = queue.submit(request("wings"))
    assert job.state in ("queued", "running")
    done = settled(queue, job.id)
    assert done.state == "done"
    assert done.report == {"compliant": True}
    assert [queue.clip(job.id, n) for n in (1, 2)] == [b"wings 0", b"wings 1"]


def test_a_running_job_tells_its_stage_step_total_and_eta(queue: JobQueue, bench: Bench) -> None:
    bench.go.clear()
    job = queue.submit(request())
    bench.started.wait(30)
    running = queue.get(job.id)
    assert (running.state, running.stage, running.step, running.total, running.eta) == ("running", "solving", 1, 4, 2.5)


def test_jobs_run_one_after_another_in_order(queue: JobQueue, bench: Bench) -> None:
    bench.go.clear()
    ids = [queue.submit(request(prompt)).id for prompt in ("one", "two", "three")]
    bench.started.wait(30)
    assert [job.state for job in queue.list()] == ["running", "queued", "queued"]
    bench.go.set()
    assert [settled(queue, job_id).state for job_id in ids] == ["done"] * 3
    assert [brief.prompt for brief in bench.briefs] == ["one", "two", "three"]


def test_a_queued_job_that_is_cancelled_never_starts(queue: JobQueue, bench: Bench) -> None:
    bench.go.clear()
    queue.submit(request("first"))
    second = queue.submit(request("second"))
    assert queue.cancel(second.id).state == "cancelled"
    bench.go.set()
    settled(queue, queue.submit(request("third")).id)
    assert [brief.prompt for brief in bench.briefs] == ["first", "third"]


def test_a_running_job_that_is_cancelled_stops_at_its_next_check(queue: JobQueue, bench: Bench) -> None:
    bench.go.clear()  # the work would wait for ever; only the cancel ends it
    job = queue.submit(request())
    bench.started.wait(30)
    reply = queue.cancel(job.id)
    assert reply.cancelling
    assert settled(queue, job.id).state == "cancelled"
    with pytest.raises(NotFinished, match="cancelled"):
        queue.clip(job.id, 1)


def test_work_that_finishes_in_spite_of_a_cancel_is_not_delivered(
    queue: JobQueue, bench: Bench, tmp_path: Path
) -> None:
    bench.deaf = True
    bench.go.clear()
    job = queue.submit(request())
    bench.started.wait(30)
    queue.cancel(job.id)
    bench.go.set()
    ended = settled(queue, job.id)
    assert (ended.state, ended.variants, ended.report) == ("cancelled", [], {})
    assert list(tmp_path.glob("*/clip-*")) == []


def test_the_job_after_a_cancelled_one_gets_its_own_result(queue: JobQueue, bench: Bench) -> None:
    bench.go.clear()
    first = queue.submit(request("old"))
    bench.started.wait(30)
    queue.cancel(first.id)
    second = queue.submit(request("new"))
    settled(queue, first.id)
    bench.go.set()
    settled(queue, second.id)
    assert queue.clip(second.id, 1) == b"new 0"


def test_deleting_a_finished_job_removes_its_files(queue: JobQueue, tmp_path: Path) -> None:
    job = queue.submit(request())
    settled(queue, job.id)
    queue.cancel(job.id)
    with pytest.raises(NoSuchJob):
        queue.get(job.id)
    assert not (tmp_path / job.id).exists()


def test_a_refusal_crosses_with_its_rule_source_and_what_is_allowed(queue: JobQueue, bench: Bench) -> None:
    why = {"rule": "r", "text": "t", "source": "s", "allowed": "a"}
    bench.error = Refused("Women do not wrestle.", [why], hint="Choose male.")
    error = settled(queue, queue.submit(request()).id).error
    assert (error.code, error.hint, error.refusals) == ("refused", "Choose male.", [why])


def test_a_bug_in_the_work_fails_that_job_alone(queue: JobQueue, bench: Bench) -> None:
    bench.error = ZeroDivisionError("division by zero")
    failed = settled(queue, queue.submit(request()).id)
    assert failed.state == "failed"
    assert "ZeroDivisionError" in failed.error.message
    bench.error = None
    assert settled(queue, queue.submit(request()).id).state == "done"


def test_a_brief_out_of_range_is_not_queued(queue: JobQueue) -> None:
    with pytest.raises(BadInput, match="10000 seconds"):
        queue.submit(request(seconds=10_000))
    assert queue.list() == []


def test_a_full_queue_says_so(tmp_path: Path, bench: Bench) -> None:
    queue = JobQueue(tmp_path, bench, limit=1)  # never started: nothing leaves it
    queue.submit(request())
    with pytest.raises(QueueFull):
        queue.submit(request())


def test_models_that_cannot_be_loaded_fail_every_job_with_that_reason(tmp_path: Path, bench: Bench) -> None:
    def prepare() -> None:
        raise RitualError("dai.ttl, line 7: expected a dot.", code="bad_graph")

    queue = JobQueue(tmp_path, bench, prepare)
    queue.start()
    error = settled(queue, queue.submit(request()).id).error
    queue.stop()
    assert (error.code, error.message) == ("bad_graph", "dai.ttl, line 7: expected a dot.")
    assert bench.briefs == []


def test_finished_jobs_are_found_again_after_a_restart(queue: JobQueue, bench: Bench, tmp_path: Path) -> None:
    job = queue.submit(request("kept"))
    settled(queue, job.id)
    queue.stop()
    again = JobQueue(tmp_path, bench)
    again.start()
    assert again.get(job.id).state == "done"
    assert again.clip(job.id, 2) == b"kept 1"
    again.stop()


def interrupted(tmp_path: Path, bench: Bench, **changes: object) -> str:
    """A job that was running when its process ended; its id."""
    bench.go.clear()
    queue = JobQueue(tmp_path, bench)
    queue.start()
    job = queue.submit(request(**changes))
    bench.started.wait(30)
    queue.stop()
    bench.go.set()
    return job.id


def test_an_interrupted_job_is_queued_again_after_a_restart(tmp_path: Path, bench: Bench) -> None:
    job_id = interrupted(tmp_path, bench)
    assert json.loads((tmp_path / job_id / "job.json").read_text())["state"] == "running"
    again = JobQueue(tmp_path, bench)
    again.start()
    assert settled(again, job_id).state == "done"
    again.stop()


def test_an_interrupted_job_that_nobody_waits_for_is_not_run_again(tmp_path: Path, bench: Bench) -> None:
    job_id = interrupted(tmp_path, bench, resume=False)
    again = JobQueue(tmp_path, bench)
    again.start()
    assert (again.get(job_id).state, again.get(job_id).error.code) == ("failed", "interrupted")
    again.stop()
    assert len(bench.briefs) == 1


def test_a_job_that_took_the_backend_down_twice_is_not_tried_again(tmp_path: Path, bench: Bench) -> None:
    job_id = interrupted(tmp_path, bench)
    bench.go.clear()
    bench.started.clear()
    second = JobQueue(tmp_path, bench)
    second.start()
    bench.started.wait(30)
    second.stop()
    third = JobQueue(tmp_path, bench)
    third.start()
    assert third.get(job_id).error.code == "interrupted"
    third.stop()


def test_a_damaged_job_file_is_left_alone(tmp_path: Path, bench: Bench) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "job.json").write_text("{ cut")
    queue = JobQueue(tmp_path, bench)
    queue.start()
    assert settled(queue, queue.submit(request()).id).state == "done"
    queue.stop()
    assert (tmp_path / "x" / "job.json").read_text() == "{ cut"


def test_only_the_latest_finished_jobs_are_kept(
    queue: JobQueue, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(jobs, "KEEP_FINISHED", 2)
    ids = [queue.submit(request()).id for _ in range(4)]
    wait_for(lambda: queue.active == 0)
    assert [job.id for job in queue.list()] == ids[2:]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(ids[2:])
