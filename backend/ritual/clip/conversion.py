"""A file or a folder of anybody's motion put on our body, one report for all of it; a broken file stops nothing."""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from ritual.body.retarget_report import RetargetReport, summary
from ritual.brief import Progress, ProgressCallback
from ritual.clip.clip import MotionClip
from ritual.clip.files import FOREIGN, WRITERS, is_foreign, read_and_report, write
from ritual.clip.resample import resample
from ritual.errors import BadInput, RitualError

Finish = Callable[[MotionClip], MotionClip]


@dataclass(frozen=True)
class Converted:
    """What became of one file.

    Attributes:
        source: its name inside the folder that was read.
        written: the file written; None if none was asked for or the source is broken.
        frames, fps: of the clip; 0 of a broken file.
        report: how near it came; None of broken files and of motion that was on our body already.
        error: one sentence, of a broken file; empty otherwise.
        contact: how the clip stands, where its feet were planted (`ContactReport.to_dict`).
    """

    source: str
    written: Path | None
    frames: int
    fps: float
    report: RetargetReport | None
    error: str = ""
    contact: dict | None = None

    def to_dict(self) -> dict:
        """For JSON."""
        return {
            "file": self.source,
            "written": None if self.written is None else str(self.written),
            "frames": self.frames,
            "fps": self.fps,
            "retarget": None if self.report is None else self.report.to_dict(),
            "contact": self.contact,
            "error": self.error or None,
        }


def load_map(path: Path | str) -> dict[str, str]:
    """Our joint -> theirs, from a JSON object or a TOML table.

    Raises:
        BadInput: there is no such file, or it is no table of names.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
        held = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}.") from None
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} cannot be read as a map of joints: {error}.") from None
    if not isinstance(held, dict) or not all(isinstance(theirs, str) for theirs in held.values()):
        raise BadInput(
            f"{path} is no map of joints.",
            hint='Write an object of our joints and theirs, such as {"left_knee": "joint_12"}.',
        )
    return held


def convert(
    source: Path, out: Path | None = None, suffix: str = ".npz", own_map: Mapping[str, str] | None = None,
    fps: float | None = None, progress: ProgressCallback | None = None, finish: Finish | None = None,
) -> list[Converted]:  # fmt: skip
    """Retarget a file, or every motion on another skeleton (`files.FOREIGN`) under a folder.

    Args:
        source: file or folder.
        out: file for a file, folder for a folder (its tree is kept); None = only measure.
        suffix: format of the files written to a folder.
        own_map: our joint -> theirs, for all files alike.
        fps: frames per second of what is written; None = the file's own.
        progress: called after every file, with the seconds left.
        finish: what is done to every clip before it is written.

    Raises:
        BadInput: nothing to read, no place to write, or the one file is broken.
    """
    if source.is_file() or not source.is_dir():
        return [_one(source, source.name, out, own_map, fps, finish)]
    if suffix not in WRITERS:
        raise BadInput(f"'{suffix}' is no format; choose {' or '.join(WRITERS)}.")
    files = sorted(path for path in source.rglob("*") if is_foreign(path))
    if not files:
        raise BadInput(f"There is no {' or '.join(FOREIGN)} file of another skeleton in {source}.")
    if out is not None:
        _check_place(out, source)
    sizes = [path.stat().st_size for path in files]
    results, begun = [], time.monotonic()
    for n, path in enumerate(files):
        name = path.relative_to(source)
        target = None if out is None else _target(out, name, suffix, files[:n], source)
        try:
            results.append(_one(path, name.as_posix(), target, own_map, fps, finish))
        except RitualError as error:
            results.append(Converted(name.as_posix(), None, 0, 0.0, None, str(error)))
        if progress:
            done, took = sum(sizes[: n + 1]), time.monotonic() - begun
            progress(Progress(name.as_posix(), n + 1, len(files), took * (sum(sizes) - done) / max(done, 1)))
    return results


def report_of(results: list[Converted]) -> dict:
    """One JSON-able report: the whole, every folder, every clip."""
    folders: dict[str, list[Converted]] = {}
    for result in results:
        folders.setdefault(result.source.rpartition("/")[0] or ".", []).append(result)
    return {
        "summary": _summary(results),
        "folders": {name: _summary(inside) for name, inside in folders.items()},
        "clips": [result.to_dict() for result in results],
    }


def _summary(results: list[Converted]) -> dict:
    whole = summary(r.report for r in results if r.report is not None)
    found = [r.report.found_by for r in results if r.report is not None]
    return {
        "files": len(results),
        "broken": sum(bool(r.error) for r in results),
        "already_ours": sum(r.report is None and not r.error for r in results),
        "found_by": {way: found.count(way) for way in sorted(set(found))},
        "retarget": None if whole is None else asdict(whole),
    }


def _one(
    path: Path, name: str, target: Path | None, own_map: Mapping[str, str] | None, fps: float | None,
    finish: Finish | None,
) -> Converted:  # fmt: skip
    if target is not None and target.suffix.lower() not in WRITERS:
        raise BadInput(f"Cannot write {target}: its name must end in {' or '.join(WRITERS)}.")
    clip, report = read_and_report(path, own_map)
    if report is not None:
        clip = MotionClip(**{**vars(clip), "meta": {"retarget": report.to_dict()}})
    if fps is not None:
        clip = resample(clip, fps)
    if finish is not None:
        clip = finish(clip)
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        write(target, clip)
    return Converted(name, target, clip.frames, clip.fps, report, contact=clip.meta.get("contact"))


def _target(out: Path, name: Path, suffix: str, before: list[Path], source: Path) -> Path:
    """Where a file goes; one that shares its stem with another keeps its own suffix in the name."""
    twin = any(p.relative_to(source).with_suffix("") == name.with_suffix("") for p in before)
    return out / (name.with_name(name.name + suffix) if twin else name.with_suffix(suffix))


def _check_place(out: Path, source: Path) -> None:
    if out.exists() and not out.is_dir():
        raise BadInput(f"'{out}' is a file; a folder of motion needs a folder to go to.")
    if source.resolve() in (out.resolve(), *out.resolve().parents):
        raise BadInput(f"'{out}' lies in the folder that is read; choose another for the outcome.")
