"""A person's way: the panel opened, the button clicked, the job cancelled, the result undone, in a real window."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .test_addon_inside import bench_interpreter, private_environment

pytestmark = [pytest.mark.blender, pytest.mark.window]
ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "out" / "tests"
NEEDED = ("blender", "Xvfb", "xdotool", "import")


class Desk:
    """A screen with Blender on it, a mouse and a keyboard."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.environment = folder, environment

    def state(self) -> dict:
        return json.loads((self.folder / "state.json").read_text())

    def wait(self, what: str, condition: Callable[[dict], bool], seconds: float = 180.0) -> dict:
        end = time.monotonic() + seconds
        while True:
            if (self.folder / "state.json").exists() and condition(state := self.state()):
                return state
            if time.monotonic() > end:
                self.photograph("failed")
                log = (self.folder / "blender.log").read_text()[-2000:]
                raise AssertionError(f"{what}: not within {seconds:g} s\n{self.state()}\n{log}")
            time.sleep(0.1)

    def do(self, command: str) -> None:
        """Let the script inside do one of its functions."""
        (self.folder / "command").write_text(command)
        while (self.folder / "command").exists():
            time.sleep(0.05)
        ticks = self.state()["ticks"]
        self.wait(command, lambda state: state["ticks"] > ticks + 1)

    def tool(self, *words: object) -> None:
        subprocess.run(["xdotool", *map(str, words)], env=self.environment, check=True)

    def click(self, x: int, y: int) -> None:
        for step in (("mousemove", x - 2, y), ("mousemove", x, y), ("mousedown", 1), ("mouseup", 1)):
            self.tool(*step)
            time.sleep(0.3)

    def key(self, key: str, x: int, y: int) -> None:
        self.tool("mousemove", x, y)
        time.sleep(0.3)
        self.tool("key", key)
        time.sleep(0.5)

    def drag(self, x: int, y: int, to: int) -> None:
        self.tool("mousemove", x, y)
        time.sleep(0.4)
        self.tool("mousedown", 1)
        for part in range(1, 6):
            time.sleep(0.15)
            self.tool("mousemove", x + (to - x) * part // 5, y)
        self.tool("mouseup", 1)
        time.sleep(1)

    def photograph(self, name: str) -> Path:
        KEPT.mkdir(parents=True, exist_ok=True)
        path = KEPT / f"{name}.png"
        subprocess.run(["import", "-window", "root", str(path)], env=self.environment, check=True)
        return path

    def sidebar(self) -> tuple[int, int, int]:
        """Left edge, right edge and top of the sidebar, in pixels of the screen."""
        state = self.state()
        x, y, width, height = state["sidebar"]
        return x, x + width, state["window"] - y - height

    def open_tab(self) -> None:
        """Click down the tabs of the sidebar until our panel is drawn."""
        _, right, top = self.sidebar()
        for y in range(top + 20, top + 300, 24):
            self.click(right - 13, y)
            if self.state()["drawn"]:
                return
        self.photograph("no-tab")
        raise AssertionError("no tab of the sidebar shows the panel")

    def find_button(self, command: str, start: int = 30) -> tuple[int, int]:
        """Where a button is: Blender copies the command of the button under the mouse on Ctrl+C."""
        left, right, top = self.sidebar()
        x = (left + right) // 2 - 40
        for y in range(top + start, top + start + 400, 13):
            self.tool("mousemove", x, y)
            time.sleep(0.15)
            self.tool("key", "ctrl+c")
            ticks = self.state()["ticks"]
            self.wait("the clipboard is told", lambda state, ticks=ticks: state["ticks"] > ticks + 2)
            if self.state()["clipboard"] == command:
                return x, y
        self.photograph("no-button")
        raise AssertionError(f"no button of the panel runs {command}")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Debian's Blender with the add-on installed from its zip, on a screen of its own."""
    for program in NEEDED:
        if shutil.which(program) is None:
            pytest.skip(f"needs {program}: apt-get install blender xvfb xdotool imagemagick")
    folder = tmp_path_factory.mktemp("desk")
    read, write = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "+extension", "GLX"],
        pass_fds=[write], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    display = os.read(read, 16).decode().strip()
    environment = {
        **os.environ, **private_environment(folder), "DISPLAY": f":{display}", "LIBGL_ALWAYS_SOFTWARE": "1",
        "RITUAL_PYTHON": str(bench_interpreter(folder)), "RITUAL_TEST_FOLDER": str(folder),
    }  # fmt: skip
    subprocess.run([sys.executable, str(ROOT / "addon/build.py"), "--out", str(folder)], check=True)
    install = (
        f"import bpy, glob; bpy.ops.preferences.addon_install(filepath=glob.glob({str(folder)!r} + '/*.zip')[0]); "
        "bpy.ops.preferences.addon_enable(module='ritual_motion')"
    )
    blender = ["blender", "--factory-startup", "--python-exit-code", "9"]
    subprocess.run([*blender, "-b", "--python-expr", install], env=environment, check=True, stdout=subprocess.DEVNULL)
    script = str(Path(__file__).parent / "inside" / "addon_window.py")
    with (folder / "blender.log").open("w") as log:
        window = subprocess.Popen(
            [*blender, "--window-geometry", "0", "0", "1280", "800", "-P", script],
            env=environment, stdout=log, stderr=log,
        )  # fmt: skip
    desk = Desk(folder, environment)
    desk.window = window
    try:
        yield desk
    finally:
        for process in (window, screen):
            process.kill()
            process.wait()


def test_a_picture_becomes_a_paper_cut_and_undo_takes_it_back(desk: Desk) -> None:
    _open(desk)
    desk.do("pictures")
    before = desk.state()["contents"]
    desk.click(*desk.find_button("bpy.ops.ritual.picture(work='papercut')", start=300))
    made = desk.wait("the paper-cut", lambda state: state["phase"] == "done" and state["contents"] != before, 120)
    assert len(made["contents"]["images"]) == len(before["images"]) + 1
    time.sleep(1)
    assert desk.photograph("pictures").stat().st_size > 20_000
    desk.key("ctrl+z", 300, 600)
    desk.wait("undone", lambda state: state["contents"] == before, 60)


def test_the_button_makes_motion_cancel_stops_it_and_undo_takes_it_back(desk: Desk) -> None:
    _open(desk)

    # A job that would never end: the window lives on, and Cancel ends the job.
    desk.do("slow")
    before = desk.state()["contents"]
    button = desk.find_button("bpy.ops.ritual.generate()")
    desk.click(*button)
    desk.wait("the job runs", lambda state: state["text"] == "Inverse kinematics")
    ticks = desk.state()["ticks"]
    assert desk.wait("the window lives on", lambda state: state["ticks"] > ticks + 20)["phase"] == "busy"
    desk.photograph("progress")
    desk.click(*desk.find_button("bpy.ops.ritual.cancel()"))
    assert desk.wait("cancelled", lambda state: state["phase"] == "cancelled")["contents"] == before

    # The real one.
    desk.do("quick")
    before = desk.state()["contents"]
    desk.click(*desk.find_button("bpy.ops.ritual.generate()"))
    made = desk.wait("the motion", lambda state: state["phase"] == "done")["contents"]
    assert made["performer"] == "Dai peacock dance (female)"
    assert (len(made["actions"]), made["results"]) == (3, 3)
    assert made["markers"] > 0
    desk.do("present")
    time.sleep(2)
    assert desk.photograph("panel").stat().st_size > 20_000

    desk.click(*desk.find_button("bpy.ops.ritual.check()", start=420))
    assert desk.wait("the check", lambda state: state["checked"] is not None)["checked"] is True

    # A span of it anew, and one step back.
    desk.do("span")
    desk.click(*desk.find_button("bpy.ops.ritual.regenerate()", start=420))
    actions = desk.wait("the span", lambda state: state["contents"]["results"] == 1)["contents"]["actions"]
    assert sorted({*actions} - {*made["actions"]}) == ["dai-peacock 1 (edited, seed 0)"]
    desk.photograph("span")
    desk.key("ctrl+z", 300, 600)
    desk.wait("undone", lambda state: state["contents"] == made, 60)
    desk.key("ctrl+z", 300, 600)  # the preview range

    # One step back takes all of it, one step forward brings it again.
    desk.key("ctrl+z", 300, 600)
    desk.wait("undone", lambda state: state["contents"] == before, 60)
    desk.key("ctrl+shift+z", 300, 600)
    desk.wait("redone", lambda state: state["contents"] == made, 60)

    # The backend ends with its Blender.
    (handshake,) = (desk.folder / "run").glob("blender-*.json")
    pid = json.loads(handshake.read_text())["pid"]
    (desk.folder / "command").write_text("leave")
    assert desk.window.wait(120) == 0
    end = time.monotonic() + 120
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < end, "the backend outlived its Blender"
        time.sleep(0.2)
    assert not handshake.exists()


def _open(desk: Desk) -> None:
    """The panel in a wider sidebar, with the list of dances; what is open already stays."""
    desk.wait("Blender starts", lambda state: state["ticks"] > 3)
    if desk.state()["drawn"]:
        return
    desk.open_tab()
    left, _, top = desk.sidebar()
    desk.drag(left + 8, top + 60, 690)
    desk.click(*desk.find_button("bpy.ops.ritual.connect()"))
    desk.wait("the list of dances", lambda state: state["phase"] == "done")
