"""Inside Blender: the way from the add-on to a backend, where every failure is one sentence."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from ritual_motion import backend_process
from ritual_motion.backend_client import PROTOCOL, BackendClient, BackendError
from ritual_motion.backend_process import Launch
from ritual_motion.job import Session, run

pytestmark = pytest.mark.usefixtures("addon")


def failure(launch: Launch) -> BackendError:
    with pytest.raises(BackendError) as caught:
        run(Session(launch), print)
    assert caught.value.message.endswith(".")
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.fixture
def running(launch) -> BackendClient:
    return backend_process.connect(launch, threading.Event())


def test_a_wrong_token_is_told(running):
    error = failure(Launch(url=running.url, token="wrong"))
    assert error.code == "unauthorised"
    assert "does not accept the token" in error.message


@pytest.mark.parametrize("token", ["not\nallowed", "schlüssel", ""])
def test_a_token_that_no_header_can_carry_is_told(running, token):
    assert failure(Launch(url=running.url, token=token)).code in ("unauthorised", "unreachable")


def test_the_right_token_reaches_a_named_backend(running):
    assert run(Session(Launch(url=running.url, token=running.token)), print).dances["dances"]


def test_an_address_where_nobody_listens_is_told():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    error = failure(Launch(url=url, token="x"))
    assert "does not answer" in error.message and url in error.message


@pytest.mark.parametrize("url", ["ftp://x", "127.0.0.1:80", "file:///etc/passwd", "http://[bad"])
def test_an_address_that_is_none_is_told(url):
    assert failure(Launch(url=url, token="x")).code == "unreachable"


@contextlib.contextmanager
def answering(reply: bytes) -> Iterator[str]:
    """The address of a program that answers every request with `reply` and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as taken:

        def answer() -> None:
            connection, _ = taken.accept()
            connection.recv(65536)
            connection.sendall(reply)
            connection.close()

        threading.Thread(target=answer, daemon=True).start()
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_something_else_on_the_port_is_told():
    """The port of the backend is taken by another program, which answers in its own way."""
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") as url:
        error = failure(Launch(url=url, token="x"))
    assert "no Ritual Motion backend" in error.message


@pytest.mark.parametrize("status", ["200 OK", "500 Internal Server Error"])
@pytest.mark.parametrize("body", ["", '{"protocol": 1, "sta'])
def test_a_backend_that_hangs_up_in_the_middle_of_a_reply_is_not_taken_for_a_stranger(status, body):
    with answering(f"HTTP/1.1 {status}\r\nContent-Length: 50\r\n\r\n{body}".encode()) as url:
        error = failure(Launch(url=url, token="x"))
    assert error.code == "unreachable"
    assert "does not answer" in error.message


def test_another_protocol_is_told(monkeypatch, launch):
    backend_process.stop()
    monkeypatch.setenv("RITUAL_TEST_PROTOCOL", str(PROTOCOL + 1))
    error = failure(launch)
    assert error.message == f"The backend speaks protocol {PROTOCOL + 1}, this add-on speaks {PROTOCOL}."
    backend_process.stop()


def test_no_interpreter_is_told(launch):
    backend_process.stop()
    assert "No Python interpreter" in failure(replace(launch, interpreter="")).message


def test_an_interpreter_that_is_not_there_is_told(launch):
    error = failure(replace(launch, interpreter="/no/such/python"))
    assert error.message == "The interpreter /no/such/python cannot be started: no such file or directory."


def test_an_interpreter_without_the_package_is_told(launch):
    error = failure(replace(launch, interpreter="/usr/bin/python3"))
    assert error.message == "The interpreter /usr/bin/python3 lacks the package 'ritual'."


def test_a_broken_graph_is_told_with_file_and_line(launch, tmp_path):
    graph = shutil.copytree("knowledge_graph", tmp_path / "graph")
    file = graph / "groups" / "dai.ttl"
    file.write_text("kg:a kg:b ;; ] .\n" + file.read_text())
    error = failure(replace(launch, graph=str(graph)))
    assert "dai.ttl" in error.message and "line 1" in error.message
    backend_process.stop()


def test_a_stale_handshake_is_retired(launch):
    path = backend_process.own_handshake()
    stale = {"format": "ritual-handshake/1", "url": "http://127.0.0.1:9", "token": "x", "port": 9, "pid": 1}
    path.write_text(json.dumps(stale))
    assert run(Session(launch), print).dances["dances"]
    assert json.loads(path.read_text())["url"] != stale["url"]


def test_a_backend_that_serves_already_is_reused(launch):
    running = backend_process.connect(launch, threading.Event())
    assert backend_process.connect(launch, threading.Event()) == running


def test_a_backend_that_a_person_started_is_reused_until_the_preferences_name_another_graph(launch, tmp_path):
    backend_process.stop()
    path = backend_process.runtime_folder() / "backend.json"
    command = [launch.interpreter, "-m", "ritual.cli.serve", "--handshake", path, "--parent-pid", str(os.getpid())]
    served = subprocess.Popen(command)
    try:
        end = time.monotonic() + 300
        while not path.exists():
            assert time.monotonic() < end
            time.sleep(0.05)
        client = backend_process.connect(launch, threading.Event())
        assert client.url == json.loads(path.read_text())["url"]
        assert backend_process.alive() is None  # none of its own was started
        own = backend_process.connect(replace(launch, graph="knowledge_graph"), threading.Event())
        assert own.url != client.url
    finally:
        served.kill()
        served.wait()
        backend_process.stop()
    assert run(Session(launch), print).dances["dances"]
    assert not path.exists()  # the dead one's handshake is retired
