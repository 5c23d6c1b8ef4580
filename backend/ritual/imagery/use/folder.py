"""Many pictures through one piece of work: what is bad or refused is told, and the rest goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ritual.brief import Progress, ProgressCallback
from ritual.errors import BadInput, Refused
from ritual.files import write_bytes, written
from ritual.imagery.use.canvas import Canvas
from ritual.imagery.use.judged import Glance, Judge
from ritual.pictures.folder import inputs, no_input, own_names
from ritual.pictures.reading import Pixels, read_pixels


@dataclass
class Result:
    """What one picture became. Attributes: canvas: the picture. beside: suffix -> bytes of further files."""

    canvas: Canvas
    beside: dict[str, bytes] = field(default_factory=dict)


Work = Callable[[Pixels, ProgressCallback], Result]


@dataclass
class Done:
    """How a run went.

    Attributes:
        lines: input, image, width, height, seconds, notes, and what the rules say, of each that was written.
        bad: (path, sentence) of what could not be done. refused: (path, error) of what a rule keeps out.
    """

    lines: list[dict] = field(default_factory=list)
    bad: list[tuple[Path, str]] = field(default_factory=list)
    refused: list[tuple[Path, Refused]] = field(default_factory=list)


def work_through(
    places: Sequence[Path],
    out: Path,
    suffix: str,
    work: Work,
    judge: Judge | None = None,
    tell: ProgressCallback | None = None,
    done: Done | None = None,
) -> Done:
    """Do something to every picture of some files and folders: OUT/NAME-suffix.png each.

    Args:
        out: folder; what lies in it is no input, and no input is written over.
        work: makes one picture, as its rows are asked for.
        judge: sees each result before its file appears; None = nobody asks.
        tell: how far the picture at hand is, as a part of all of them.
        done: is filled, so that he who is interrupted knows what is there.

    Raises:
        BadInput: nothing to read, or `out` cannot be written.
    """
    folder = inputs(places, out)
    names, taken = own_names(folder.paths), {path.resolve() for path in folder.paths}
    done = Done() if done is None else done
    clock = _Clock(len(folder.paths), tell)
    for number, path in enumerate(folder.paths):
        began = time.monotonic()
        file = no_input(out / f"{names[path]}-{suffix}.png", taken)
        try:
            picture = read_pixels(path)
            result = work(picture, clock.part(number, path.name))
        except BadInput as error:
            done.bad.append((path, str(error)))
            continue
        try:
            judgement = _written(result, file, judge)
        except Refused as error:
            done.refused.append((path, error))
            continue
        for ending, data in result.beside.items():
            write_bytes(no_input(file.with_suffix(ending), taken), data)
        height, width = result.canvas.height, result.canvas.width
        line = {"input": str(path), "image": str(file), "width": width, "height": height, "notes": list(picture.notes)}
        line["seconds"] = round(time.monotonic() - began, 2)
        done.lines.append({**line, **({"judged": judgement} if judge else {})})
    return done


def _written(result: Result, file: Path, judge: Judge | None) -> dict:
    """What the judge says; the file appears when it has been heard.

    Raises:
        Refused: a rule keeps the picture out; there is no file then.
        BadInput: the file cannot be written.
    """
    glance = Glance(result.canvas.height, result.canvas.width)
    with written(file) as stream:
        result.canvas.write(stream, glance if judge else None)
        if judge is None:
            return {}
        judgement = judge.judge(glance.pixels)
        judgement.raise_refusal()
    return judgement.to_dict()


class _Clock:
    """One bar over all pictures, whatever each of them takes."""

    def __init__(self, total: int, tell: ProgressCallback | None) -> None:
        self._total, self._tell, self._began = total, tell, time.monotonic()

    def part(self, number: int, name: str) -> ProgressCallback:
        """The callback of the picture `number`, counted from 0."""

        def told(step: Progress) -> None:
            done = number + step.step / max(step.total, 1)
            eta = (time.monotonic() - self._began) / done * (self._total - done)
            self._tell(Progress(name, round(done * 1000), self._total * 1000, eta, step.note))

        return told if self._tell else lambda _step: None
