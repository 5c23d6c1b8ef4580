"""Finds a Blender and runs our scripts in it, as a process of its own."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ritual.brief import CancelCheck
from ritual.errors import Cancelled, RitualError
from ritual.resources import resource

VARIABLE = "RITUAL_BLENDER"
_TAIL = 200  # lines of output that are kept for the log


class BlenderMissing(RitualError):
    """No Blender was found."""

    code = "blender_missing"


class BlenderFailed(RitualError):
    """Blender ended with an error.

    Attributes:
        log: the last lines of what it printed.
    """

    code = "blender_failed"

    def __init__(self, message: str, log: Sequence[str], *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.log = "\n".join(log)


@dataclass(frozen=True)
class Blender:
    """A Blender that runs scripts.

    Attributes:
        path: the program, or the Python that has bpy.
        module: whether it is a Python with bpy; those from PyPI carry Cycles' denoiser, Debian's program does not.
    """

    path: Path
    module: bool

    def describe(self) -> str:
        return f"bpy of {self.path}" if self.module else str(self.path)

    def command(self, script: Path, arguments: Sequence[str]) -> list[str]:
        """The command line; a script that raises ends the program with an exit status that is not 0."""
        if self.module:
            return [str(self.path), str(script), "--", *arguments]
        background = ["-b", "--factory-startup", "--python-exit-code", "1"]
        return [str(self.path), *background, "-P", str(script), "--", *arguments]

    def run(
        self,
        script: str,
        arguments: Sequence[str],
        *,
        on_line: Callable[[str], None] | None = None,
        cancelled: CancelCheck | None = None,
    ) -> list[str]:
        """Run a script of `addon/scripts` to its end.

        Args:
            script: its file name.
            arguments: what it gets after `--`.
            on_line: gets each line that it prints.
            cancelled: asked five times a second; True ends the process.

        Returns:
            The last lines that it printed.

        Raises:
            BlenderFailed: it ended with an error; says which.
            Cancelled: `cancelled` said so.
        """
        tail: deque[str] = deque(maxlen=_TAIL)
        process = subprocess.Popen(
            self.command(resource("addon") / "scripts" / script, arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
        )
        try:
            for line in _lines(process, cancelled):
                tail.append(line)
                if on_line is not None:
                    on_line(line)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
        if process.returncode != 0:
            raise BlenderFailed(_why(script, tail, process.returncode), tail)
        return list(tail)


def find_blender(purpose: str = "render") -> Blender:
    """The Blender for a purpose; the environment variable RITUAL_BLENDER overrides the choice.

    Args:
        purpose: "render" prefers bpy, whose Cycles has a denoiser; "scene" prefers the program on the PATH, since the
            .blend of an older Blender opens in every later one and not the other way round.

    Raises:
        BlenderMissing: there is none; says what to install.
    """
    named = os.environ.get(VARIABLE)
    if named:
        path = shutil.which(named)
        if path is None:
            raise BlenderMissing(f"{VARIABLE} names {named}, which is no program.", hint="Name a Blender, or unset it.")
        return Blender(Path(path), module=Path(path).name.startswith("python"))
    found = [blender for blender in (_wheel(), _program()) if blender is not None]
    if not found:
        raise BlenderMissing(
            "No Blender was found.",
            hint=f"Run `make blender` (bpy from PyPI), or `apt install blender`, or set {VARIABLE} to one.",
        )
    return found[-1] if purpose == "scene" else found[0]


def _wheel() -> Blender | None:
    """bpy in the folder `.venv-bpy` of the project."""
    python = resource("addon").parent / ".venv-bpy" / "bin" / "python"
    return Blender(python, module=True) if python.exists() else None


def _program() -> Blender | None:
    path = shutil.which("blender")
    return Blender(Path(path), module=False) if path else None


def _lines(process: subprocess.Popen[str], cancelled: CancelCheck | None):
    """Lines as they come; a reader thread, so that a silent Blender can still be cancelled."""
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        assert process.stdout is not None  # for the type checker: PIPE was asked for
        for line in process.stdout:
            lines.put(line.rstrip("\n"))
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        if cancelled is not None and cancelled():
            raise Cancelled("The rendering was cancelled.")
        try:
            line = lines.get(timeout=0.2)
        except queue.Empty:
            continue
        if line is None:
            return
        yield line


def _why(script: str, tail: Sequence[str], code: int) -> str:
    """The script's own sentence if it printed one, else the last line that looks like an error."""
    for line in reversed(tail):
        if line.startswith("error: "):
            return line.removeprefix("error: ")
    for line in reversed(tail):
        if "Error" in line:
            return f"Blender could not run {script}: {line.strip()}"
    return f"Blender ended with status {code} while it ran {script}."
