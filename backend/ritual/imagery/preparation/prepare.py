"""Recordings of any make become a folder of windows that models learn from; what cannot be read is told.

OUT/windows/NAME-003.mp4   frames, cut to a square         OUT/manifest.csv     a row a window
OUT/windows/NAME-003.wav   sound, denoised, -1 dBFS        OUT/prepared.json    what was done to which recording
OUT/windows/NAME-003.json  label
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from ritual.brief import CancelCheck, Progress, ProgressCallback
from ritual.errors import BadInput, Cancelled
from ritual.files import write_text
from ritual.imagery.data.splitting import split_of
from ritual.imagery.preparation import media
from ritual.imagery.preparation.audio import denoised, levelled
from ritual.imagery.preparation.labels import Label, read_label, write_label
from ritual.imagery.preparation.shots import ShotConfig, cuts, histogram
from ritual.imagery.preparation.windows import LONGEST, SHORTEST, Window, windows

COLUMNS = (
    "split",
    "domain",
    "path",
    "sound",
    "event",
    "recording",
    "start",
    "seconds",
    "frames",
    "fps",
    "side",
    "shot",
    "begins",
    "ends",
)
_STATE = "prepared.json"


@dataclass(frozen=True)
class Recipe:
    """How recordings are prepared.

    Attributes:
        side: of the square that is cut from the middle of the picture [px], even. fps: frames a second.
        shortest, longest: of a window [s].
        noise: `quietest`, `first` (`audio.denoised`) or `keep`.
        shots: how shots are told apart.
    """

    side: int = 128
    fps: float = 12.5
    shortest: float = SHORTEST
    longest: float = LONGEST
    noise: str = "quietest"
    shots: ShotConfig = field(default_factory=ShotConfig)

    def checked(self) -> Recipe:
        """Itself.

        Raises:
            BadInput: a value out of its range.
        """
        if not 16 <= self.side <= 2048 or self.side % 2:
            raise BadInput(f"side is {self.side} pixels; choose an even number from 16 to 2048.")
        if not 1 <= self.fps <= 60:
            raise BadInput(f"{self.fps:g} frames a second is out of range; choose 1 to 60.")
        if self.noise not in ("quietest", "first", "keep"):
            raise BadInput(f"noise is '{self.noise}'; valid: quietest, first, keep.")
        windows(0, (), self.fps, self.shortest, self.longest)
        return self


@dataclass
class Prepared:
    """How it went: rows of the manifest; (recording, sentence) of what could not be read and of what was done to one;
    how many recordings were ready from before; seconds of video that were prepared and how long that took [s]."""

    rows: list[dict[str, object]] = field(default_factory=list)
    bad: list[tuple[Path, str]] = field(default_factory=list)
    noted: list[tuple[Path, str]] = field(default_factory=list)
    ready: int = 0
    seconds: float = 0.0
    took: float = 0.0


def prepare(
    places: Sequence[Path], out: Path, recipe: Recipe | None = None, tell: ProgressCallback | None = None,
    cancelled: CancelCheck | None = None,
) -> Prepared:  # fmt: skip
    """Prepare recordings; those that are ready in `out` stay as they are.

    Args:
        places: recordings, and folders that are searched for them.
        out: made where it is not there.

    Raises:
        BadInput: no recording in all the places, a recipe out of range, or `out` holds windows of another recipe.
        Cancelled: `cancelled()` became true; what is ready stays.
    """
    recipe = (recipe or Recipe()).checked()
    paths = _recordings(places)
    (out / "windows").mkdir(parents=True, exist_ok=True)
    state, result = _state(out, recipe), Prepared()
    begun = time.perf_counter()
    for n, path in enumerate(paths):
        if cancelled is not None and cancelled():
            raise Cancelled("The preparation was cancelled; what is ready stays.")
        known, stamp = state["recordings"].get(str(path.resolve())), _stamp(path)
        if known is not None and known["stamp"] == stamp:
            result.ready += 1
        else:
            try:
                known = {"stamp": stamp, **_prepared(path, out, recipe, _stem(path, state))}
            except BadInput as error:
                result.bad.append((path, str(error)))
                continue
            state["recordings"][str(path.resolve())] = known
            _save(out, state)
            result.seconds += known["seconds"]
        result.rows += known["rows"]
        result.noted += [(path, note) for note in known["notes"]]
        if tell is not None:
            each = (time.perf_counter() - begun) / (n + 1)
            tell(Progress(path.name, n + 1, len(paths), each * (len(paths) - n - 1)))
    _save(out, state)
    result.took = time.perf_counter() - begun
    return result


def _prepared(path: Path, out: Path, recipe: Recipe, stem: str) -> dict:
    """One recording: its windows are written; what the manifest and the state keep of it."""
    told, notes = media.facts(path), []
    if not told.pictures:
        raise BadInput(f"{path} has no picture.", hint="It may be a sound recording.")
    label = read_label(path)
    histograms = np.stack([histogram(p) for p in media.pictures(path, recipe.fps, min(recipe.side, 64))])
    if told.seconds and len(histograms) / recipe.fps < told.seconds - 1:
        notes.append(f"only the first {len(histograms) / recipe.fps:.1f} of {told.seconds:.1f} s can be decoded")
    transitions = cuts(histograms, recipe.fps, recipe.shots)
    found = windows(len(histograms), transitions, recipe.fps, recipe.shortest, recipe.longest)
    if not found:
        notes.append(f"no shot lasts {recipe.shortest:g} s, so there is no window in it")
    sound = _sound(path, recipe, notes)
    rows = []
    for n, (window, frames) in enumerate(_cut(media.pictures(path, recipe.fps, recipe.side), found)):
        target = out / "windows" / f"{stem}-{n:03d}.mp4"
        rows.append(_write(target, window, frames, sound, label, transitions, path, recipe))
    shots = [[int(a), int(b)] for a, b in transitions]
    return {"rows": rows, "notes": notes, "transitions": shots, "seconds": len(histograms) / recipe.fps}


def _stem(path: Path, state: dict) -> str:
    """What the windows of a recording are called: as it, and by its place, too, where another has the name."""
    taken = {Path(other).stem.casefold() for other in state["recordings"] if other != str(path.resolve())}
    marked = f"{path.stem}-{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:6]}"
    return marked if path.stem.casefold() in taken else path.stem


def _cut(frames: Iterator[np.ndarray], found: Iterable[Window]) -> Iterator[tuple[Window, list[np.ndarray]]]:
    at = 0
    for window in found:
        pictures = list(islice(frames, window.start - at, window.stop - at))
        at = window.stop
        yield window, pictures


def _sound(path: Path, recipe: Recipe, notes: list[str]) -> np.ndarray | None:
    sound = media.sound(path)
    if sound is None:
        notes.append("it has no sound")
        return None
    if not np.any(np.abs(sound) > 1e-4):
        notes.append("its sound is silent")
    return sound if recipe.noise == "keep" else denoised(sound, media.RATE, recipe.noise)


def _write(
    target: Path, window: Window, frames: list[np.ndarray], sound: np.ndarray | None, label: Label | None,
    transitions: list[tuple[int, int]], path: Path, recipe: Recipe,
) -> dict[str, object]:  # fmt: skip
    """One window with its sound and label; its row of the manifest."""
    media.write_video(target, frames, recipe.fps)
    start, seconds = window.start / recipe.fps, window.frames / recipe.fps
    heard = None
    if sound is not None:
        first, count = round(start * media.RATE), round(seconds * media.RATE)
        part = sound[first : first + count]
        heard = target.with_suffix(".wav")
        media.write_wav(heard, levelled(np.pad(part, (0, count - len(part)))))
    event = label.event if label else ""
    begins, ends = (_kind(transitions, window.shot - 1, label, recipe.fps),
                    _kind(transitions, window.shot, label, recipe.fps))  # fmt: skip
    write_label(target, Label(event), recording=path.name, start=start, seconds=seconds, begins=begins, ends=ends)
    names = ("windows/" + target.name, f"windows/{heard.name}" if heard else "")
    row = ("", "", *names, event, path.name, round(start, 4), round(seconds, 4), window.frames, recipe.fps,
           recipe.side, window.shot, begins, ends)  # fmt: skip
    return dict(zip(COLUMNS, row, strict=True))


def _kind(transitions: list[tuple[int, int]], number: int, label: Label | None, fps: float) -> str:
    """How a shot begins or ends: as the label says of that moment, else as it was detected; empty at the very ends."""
    if not 0 <= number < len(transitions):
        return ""
    since, to = transitions[number]
    near = [t for t in (label.transitions if label else ()) if since / fps - 0.5 <= t.seconds <= to / fps + 0.5]
    return near[0].kind if near else "cut" if since == to else "gradual"


def _recordings(places: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for place in places:
        if place.is_dir():
            inside = (p for p in place.rglob("*") if p.suffix.lower() in media.SUFFIXES and p.is_file())
            found += sorted(p for p in inside if not any(x.startswith(".") for x in p.relative_to(place).parts))
        else:
            found.append(place)
    if not found:
        hint = f"Recordings end in {', '.join(sorted(media.SUFFIXES))}."
        raise BadInput(f"No recording in {', '.join(map(str, places)) or 'nothing'}.", hint=hint)
    return list(dict.fromkeys(found))


def _stamp(path: Path) -> list[int]:
    """Changes when the file or its label changes."""
    beside = (path, path.with_suffix(".json"), path.parent / "labels.csv")
    return [n for p in beside if p.is_file() for n in (p.stat().st_size, p.stat().st_mtime_ns)]


def _state(out: Path, recipe: Recipe) -> dict:
    said = dataclasses.asdict(recipe)
    try:
        state = json.loads((out / _STATE).read_text(encoding="utf-8"))
        same = state["recipe"] == said
    except FileNotFoundError:
        return {"recipe": said, "recordings": {}}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{out / _STATE} is broken: {error}.", hint="Remove it, and all is prepared anew.") from None
    if not same:
        raise BadInput(f"{out} holds windows of another recipe ({_STATE}).", hint="Name another folder.")
    return state


def _save(out: Path, state: dict) -> None:
    """The state first: a manifest is made from it whenever it is behind."""
    write_text(out / _STATE, json.dumps(state, ensure_ascii=False, indent=1) + "\n")
    rows = [row for known in state["recordings"].values() for row in known["rows"]]
    for row in rows:  # all windows of a recording in one split: they look alike
        row["split"] = split_of(row["recording"])
    if not any(row["split"] == "train" for row in rows):  # of very few recordings chance may leave none to learn from
        rows = [{**row, "split": "train"} for row in rows]
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    write_text(out / "manifest.csv", text.getvalue())
