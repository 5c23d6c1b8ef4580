"""The process itself: port, parent, idle time, signals, a second one beside it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ritual.errors import BadInput
from ritual.service import handshake as handshakes
from ritual.service import watch
from ritual.service.watch import ParentWatch, start_time

from .conftest import wait_for

Start = Callable[..., subprocess.Popen]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the real server in a process of its own, without waiting for its models."""
    running: list[subprocess.Popen] = []
    environment = {**os.environ, "RITUAL_RUNTIME_DIR": str(tmp_path / "run"), "RITUAL_STATE_DIR": str(tmp_path)}

    def start(*arguments: object) -> subprocess.Popen:
        command = [sys.executable, "-m", "ritual.cli.serve", *map(str, arguments)]
        process = subprocess.Popen(
            command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen]:
    """A process to be the parent."""
    process = subprocess.Popen(["sleep", "600"])
    yield process
    process.kill()
    process.wait()


def served(path: Path) -> handshakes.Handshake:
    wait_for(path.exists, 120)
    handshake = handshakes.read(path)
    wait_for(lambda: handshakes.answers(handshake), 120)
    return handshake


def test_the_system_chooses_a_port_and_the_handshake_hands_it_over(start: Start, tmp_path: Path) -> None:
    process = start("--handshake", tmp_path / "h.json")
    handshake = served(tmp_path / "h.json")
    assert handshake.pid == process.pid
    assert handshake.url == f"http://127.0.0.1:{handshake.port}"
    second = start("--handshake", tmp_path / "h.json")
    out, _ = second.communicate(timeout=120)
    assert (second.returncode, "already serves" in out) == (0, True)
    assert handshakes.read(tmp_path / "h.json") == handshake
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    assert not (tmp_path / "h.json").exists()


def test_a_port_that_is_taken_is_one_sentence_and_exit_2(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start("--port", port)
        out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (2, "")
    assert f"Port {port} on 127.0.0.1 cannot be used: address already in use." in err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "70000"], "Port 70000 does not exist"),
        (["--parent-pid", str(2**22 + 1)], "There is no process 4194305"),
        (["--handshake", "/nowhere/h.json"], "cannot be written"),
    ],
)
def test_what_cannot_be_served_is_one_sentence_and_exit_2(start: Start, arguments: list[str], said: str) -> None:
    process = start(*arguments)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 2
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_the_server_ends_when_its_parent_ends(start: Start, sleeper: subprocess.Popen, tmp_path: Path) -> None:
    process = start("--handshake", tmp_path / "h.json", "--parent-pid", sleeper.pid)
    served(tmp_path / "h.json")
    assert process.poll() is None
    sleeper.kill()
    process.wait(60)
    assert not (tmp_path / "h.json").exists()


def test_the_server_ends_after_an_idle_time(start: Start, tmp_path: Path) -> None:
    process = start("--handshake", tmp_path / "h.json", "--idle-timeout", 1)
    served(tmp_path / "h.json")
    process.wait(60)
    assert process.returncode == 0


def test_a_killed_servers_handshake_is_retired_by_the_next(start: Start, tmp_path: Path) -> None:
    first = start("--handshake", tmp_path / "h.json")
    old = served(tmp_path / "h.json")
    first.kill()
    first.wait()
    assert (tmp_path / "h.json").exists()
    start("--handshake", tmp_path / "h.json")
    wait_for(lambda: handshakes.read(tmp_path / "h.json") not in (None, old), 120)
    assert served(tmp_path / "h.json").token != old.token


def test_a_zombie_counts_as_ended() -> None:
    process = subprocess.Popen(["sleep", "0.2"])
    parent = ParentWatch(process.pid)
    assert not parent.ended()
    wait_for(parent.ended)  # nobody has waited for the process: it is a zombie now
    process.wait()


def test_another_process_with_the_parents_id_is_not_taken_for_it(
    sleeper: subprocess.Popen, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = ParentWatch(sleeper.pid)
    later = subprocess.Popen(["sleep", "600"])
    try:
        # What the system would say of the parent's id once the id belongs to the later process.
        monkeypatch.setattr(watch, "start_time", lambda _: start_time(later.pid) + "0")
        assert parent.ended()
    finally:
        later.kill()
        later.wait()


def test_a_process_keeps_its_start_time() -> None:
    assert start_time(os.getpid()) == start_time(os.getpid()) is not None
    time.sleep(0.02)
    child = subprocess.Popen(["sleep", "600"])
    assert start_time(child.pid) != start_time(os.getpid())
    child.kill()
    child.wait()
    with pytest.raises(BadInput, match="no process"):
        ParentWatch(child.pid)
