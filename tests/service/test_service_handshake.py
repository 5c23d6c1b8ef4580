"""The handshake file: private, whole, retired when stale."""

from __future__ import annotations

import importlib.util
import json
import os
import stat
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ritual.errors import BadInput, RitualError
from ritual.service import handshake as handshakes
from ritual.service.contract import PROTOCOL
from ritual.service.folders import claim_job_folder, private_folder, runtime_folder, write_private
from ritual.service.handshake import Handshake

ADDON = Path(__file__).parents[2] / "addon" / "ritual_motion"


@pytest.fixture
def answering():
    """A server on loopback that says what it is told to; yields (url, port, reply), `reply` is changed by the test."""
    reply = {"status": 200, "body": json.dumps({"protocol": PROTOCOL})}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            good = self.headers["Authorization"] == "Bearer secret"
            self.send_response(reply["status"] if good else 401)
            self.end_headers()
            self.wfile.write(reply["body"].encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield Handshake(f"http://127.0.0.1:{server.server_port}", server.server_port, 1, "secret"), reply
    server.shutdown()
    server.server_close()


def test_the_file_is_readable_by_its_owner_alone_and_reads_back(tmp_path: Path) -> None:
    path, mine = tmp_path / "h.json", Handshake.new(1234, 5678)
    handshakes.write(path, mine)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert handshakes.read(path) == mine
    assert list(tmp_path.iterdir()) == [path]  # no temporary file stays


def test_every_handshake_has_its_own_token() -> None:
    assert Handshake.new(1, 1).token != Handshake.new(1, 1).token
    assert len(Handshake.new(1, 1).token) >= 40


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "h.json"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(OSError, match="No space"):
        write_private(path, b"new")
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"old", [path])


def test_a_live_handshake_is_reused(tmp_path: Path, answering) -> None:
    live, _ = answering
    handshakes.write(tmp_path / "h.json", live)
    assert handshakes.find_live(tmp_path / "h.json") == live
    assert (tmp_path / "h.json").exists()


def test_a_handshake_that_nobody_answers_is_retired(tmp_path: Path) -> None:
    path = tmp_path / "h.json"
    handshakes.write(path, Handshake.new(9, 1))  # the discard port: nothing listens
    assert handshakes.find_live(path) is None
    assert not path.exists()


@pytest.mark.parametrize(
    "change", [{"body": '{"protocol": 999}'}, {"body": "<html>"}, {"body": "[]"}, {"status": 500}]
)
def test_a_handshake_behind_which_something_else_answers_is_retired(tmp_path: Path, answering, change: dict) -> None:
    live, reply = answering
    reply.update(change)
    handshakes.write(tmp_path / "h.json", live)
    assert handshakes.find_live(tmp_path / "h.json") is None
    assert not (tmp_path / "h.json").exists()


def test_a_handshake_with_the_wrong_token_is_retired(tmp_path: Path, answering) -> None:
    live, _ = answering
    handshakes.write(tmp_path / "h.json", Handshake(live.url, live.port, live.pid, "another"))
    assert handshakes.find_live(tmp_path / "h.json") is None


def test_a_file_that_is_no_handshake_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my notes")
    with pytest.raises(BadInput, match="no handshake"):
        handshakes.find_live(path)
    assert path.read_text() == "my notes"


def test_retiring_spares_the_file_of_another_backend(tmp_path: Path) -> None:
    path, mine, other = tmp_path / "h.json", Handshake.new(1, 1), Handshake.new(2, 2)
    handshakes.write(path, other)
    handshakes.retire(path, mine)
    assert handshakes.read(path) == other
    handshakes.retire(path, other)
    assert not path.exists()


def test_a_folder_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(RitualError, match="not private"):
        private_folder(tmp_path / "open")
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(RitualError, match="not private"):
        private_folder(tmp_path / "link")


def test_a_second_server_gets_a_job_folder_of_its_own(tmp_path: Path) -> None:
    first, claim = claim_job_folder(tmp_path)
    second, other = claim_job_folder(tmp_path)
    assert (first.name, second.name) == ("jobs-1", "jobs-2")
    claim.close()
    third, last = claim_job_folder(tmp_path)
    assert third == first  # the next server finds the first one's jobs
    other.close()
    last.close()


def test_the_add_on_looks_where_the_service_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The add-on cannot import the backend: both know the folder, and this keeps them together."""
    spec = importlib.util.spec_from_file_location("addon_folders", ADDON / "folders.py")
    theirs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(theirs)
    for name in ("RITUAL_RUNTIME_DIR", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    assert theirs.runtime_folder() == runtime_folder()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert theirs.runtime_folder() == runtime_folder() == tmp_path / "ritual-motion"
    monkeypatch.setenv("RITUAL_RUNTIME_DIR", str(tmp_path / "own"))
    assert theirs.runtime_folder() == runtime_folder() == tmp_path / "own"
