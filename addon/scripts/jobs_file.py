"""Reads the list of jobs for `batch.py`: TOML, checked key by key. Standard library only.

[render]                      # what every job's film is made with, unless the job says otherwise
engine = "workbench"          # cycles, eevee or workbench

[[jobs]]
name = "peacock-garden"       # of the files; letters, digits, '-' and '_'
dance = "dai-peacock"
prompt = "she spreads her wings and turns"
performer = "female"          # these and the following may be left out
occasion = "harvest"
seconds = 8.0
fps = 25.0
bpm = 96.0                    # left out: the dance's own tempo
loop = true
style = 1.2                   # 0 to 1.5
energy = 0.8                  # 0.5 to 1.5
variants = 3
seed = 7
render = false                # no film; or a table like [render] above
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

ENGINES = ("cycles", "eevee", "workbench")


class BadJobs(Exception):
    """The jobs file cannot be used; one sentence with the place."""


@dataclass(frozen=True)
class Render:
    """How a film is made: engine, pixels, samples (0 = the engine's default) and which variant it shows."""

    engine: str = "cycles"
    width: int = 640
    height: int = 360
    samples: int = 0
    variant: int = 1


@dataclass(frozen=True)
class Job:
    """One job: the fields of a brief, the name of its files, and how it is rendered (None = not at all)."""

    name: str
    dance: str
    prompt: str
    performer: str | None = None
    occasion: str | None = None
    seconds: float = 8.0
    fps: float = 25.0
    bpm: float | None = None
    loop: bool = False
    style: float = 1.0
    energy: float = 1.0
    variants: int = 1
    seed: int = 0
    render: Render | None = Render()

    def brief(self) -> dict:
        """The body of POST /v1/jobs. What the values may be is for the backend to say."""
        names = ("prompt", "dance", "performer", "occasion", "seconds", "fps", "bpm", "loop", "style", "energy",
                 "variants", "seed")  # fmt: skip
        return {**{name: getattr(self, name) for name in names}, "resume": False}


_TYPES = {
    "str": (str,), "str | None": (str,), "float": (int, float), "float | None": (int, float), "int": (int,),
    "bool": (bool,),
}  # fmt: skip
_WORDS = {str: "text", float: "a number", int: "a whole number", bool: "true or false"}


def read(path: Path) -> list[Job]:
    """The jobs of a file, in order.

    Raises:
        BadJobs: the file is missing, is no TOML, or holds a key or a value that it should not.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise BadJobs(f"{path} cannot be read: {reason.lower()}.") from error
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadJobs(f"{path} is no valid TOML: {error}.") from error
    return _Reader(path, text).jobs(content)


class _Reader:
    """Knows the text too, to say on which line a fault is."""

    def __init__(self, path: Path, text: str) -> None:
        self._path, self._lines = path, text.splitlines()

    def jobs(self, content: dict) -> list[Job]:
        self._known(content, ("jobs", "render"), None)
        entries, defaults = content.get("jobs"), content.get("render", {})
        if not isinstance(entries, list) or not entries or not all(isinstance(e, dict) for e in entries):
            raise BadJobs(f"{self._path} holds no [[jobs]].")
        render = self._render(defaults, Render(), None)
        jobs = [self._job(entry, number, render) for number, entry in enumerate(entries, 1)]
        names = [job.name.lower() for job in jobs]
        for number, name in enumerate(names, 1):
            if name in names[: number - 1]:
                self._fail(f"the name '{name}' is taken by an earlier job", "name", number)
        return jobs

    def _job(self, entry: dict, number: int, render: Render) -> Job:
        self._known(entry, [field.name for field in fields(Job)], number)
        for key in ("name", "dance", "prompt"):
            if key not in entry:
                self._fail(f"the key '{key}' is missing", None, number)
        own = entry.pop("render", True)
        self._typed(entry, Job, number)
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", entry["name"]):
            self._fail(f"'{entry['name']}' is no name of a file (letters, digits, '-' and '_')", "name", number)
        if isinstance(own, bool):
            return Job(**entry, render=render if own else None)
        if not isinstance(own, dict):
            self._fail("'render' must be true, false or a table", "render", number)
        return Job(**entry, render=self._render(own, render, number))

    def _render(self, entry: object, base: Render, number: int | None) -> Render:
        if not isinstance(entry, dict):
            self._fail("'render' must be a table", "render", number)
        self._known(entry, [field.name for field in fields(Render)], number)
        self._typed(entry, Render, number)
        render = Render(**{**vars(base), **entry})
        if render.engine not in ENGINES:
            self._fail(f"unknown engine '{render.engine}'; valid: {', '.join(ENGINES)}", "engine", number)
        for key in ("width", "height"):
            value = getattr(render, key)
            if not 16 <= value <= 16384 or value % 2:
                self._fail(f"{key} {value} is no even number of pixels from 16 to 16384", key, number)
        for key in ("samples", "variant"):
            if getattr(render, key) < (key == "variant"):
                self._fail(f"{key} {getattr(render, key)} is too small", key, number)
        return render

    def _known(self, entry: dict, valid: list[str] | tuple[str, ...], number: int | None) -> None:
        for key in entry:
            if key not in valid:
                close = difflib.get_close_matches(key, valid, 1)
                hint = f"did you mean '{close[0]}'?" if close else f"valid keys: {', '.join(valid)}"
                self._fail(f"unknown key '{key}'; {hint}", key, number)

    def _typed(self, entry: dict, kind: type, number: int | None) -> None:
        types = {field.name: _TYPES[field.type] for field in fields(kind) if field.type in _TYPES}
        for key, value in entry.items():
            if not isinstance(value, types[key]) or isinstance(value, bool) is not (bool in types[key]):
                self._fail(f"'{key}' must be {_WORDS[types[key][-1]]}, not {value!r}", key, number)

    def _fail(self, fault: str, key: str | None, number: int | None) -> None:
        where = "" if number is None else f"job {number}: "
        raise BadJobs(f"{self._path}, line {self._line(key, number)}: {where}{fault}{'' if fault[-1] == '?' else '.'}")

    def _line(self, key: str | None, number: int | None) -> int:
        """The line of a key in the given job's table (None = outside of the jobs); else of the table's head."""
        table, head = None, 1
        for line, text in enumerate(self._lines, 1):
            if re.match(r"\s*\[\[\s*jobs\s*\]\]", text):
                table, head = (table or 0) + 1, line if (table or 0) + 1 == number else head
            if table == number and key is not None and re.search(rf"(^|[\s,{{.]){re.escape(key)}\s*=", text):
                return line
        return head
