"""A data folder read as a whole: every take of it, and what was left out and why."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from ritual.clip import read
from ritual.clip.files import READERS
from ritual.clip.resample import resample
from ritual.errors import BadInput, RitualError
from ritual.motion.data.beats import motion_beats
from ritual.motion.data.cache import Arrays, Cache
from ritual.motion.data.collections import items_of
from ritual.motion.data.item import Item
from ritual.motion.data.take import Take, heading_states, pieces

MOST_FPS = 60.0  # faster recordings are kept at this rate: nothing here looks closer
_WORTH_A_PROCESS = 16  # files; fewer are read before another process has started


@dataclass(frozen=True, eq=False)
class Corpus:
    """All takes of a data folder, and what was left out and why."""

    takes: tuple[Take, ...]
    left_out: tuple[tuple[str, str], ...]

    def of(self, split: str) -> list[Take]:
        return [take for take in self.takes if take.split == split]


def load_corpus(
    folder: Path, cache: Path | None = None, progress: Callable[[int, int], None] | None = None, workers: int = 1
) -> Corpus:
    """Every motion file under a folder, retargeted, in the heading frame, cut where a track jumps.

    Args:
        folder: BVH and other motion files with a `MANIFEST.csv` or without, AIST++, AMASS, HumanML3D; docs/data.md.
        cache: folder for the retargeted arrays, keyed by the files' content; None = none. Delete it after
            a change of the retargeter.
        progress: called with (files read, total).
        workers: processes that read what the cache does not hold. More than one needs a script whose start is guarded
            by `if __name__ == "__main__"`.

    Raises:
        BadInput: no readable motion there.
    """
    folder, held = Path(folder), Cache(cache)
    items = items_of(folder)
    takes: list[Take] = []
    left_out = []
    for number, (item, outcome) in enumerate(_read_all(items, held, workers)):
        if isinstance(outcome, str):
            left_out.append((item.name, outcome))
        else:
            takes += _takes(item, outcome)
        if progress:
            progress(number + 1, len(items))
    if not takes:
        raise BadInput(
            f"No motion could be read in '{folder}' ({len(items)} files with {', '.join(READERS)}).",
            hint="Name a folder of BVH files, or of AIST++, AMASS or HumanML3D.",
        )
    return Corpus(tuple(takes), tuple(left_out))


def _read_all(items: list[Item], cache: Cache, workers: int) -> Iterator[tuple[Item, Arrays | str]]:
    """Each file's arrays, or the reason why it has none, in the order given."""
    keys = {item.path: cache.key(item.path) for item in items if not item.refused}
    fresh = [path for path, key in keys.items() if not cache.holds(key)]
    with _readers(fresh, workers) as outcome_of:
        for item in items:
            if item.refused:
                yield item, item.refused
                continue
            outcome = cache.get(keys[item.path])
            if outcome is None:
                outcome = outcome_of(item.path)
                if not isinstance(outcome, str):
                    cache.put(keys[item.path], outcome)
            yield item, outcome


@contextmanager
def _readers(paths: list[Path], workers: int) -> Iterator[Callable[[Path], Arrays | str]]:
    """What reads a file: other processes, already at work on `paths`, or this one where they would not pay."""
    if workers < 2 or len(paths) < _WORTH_A_PROCESS:
        yield _outcome
        return
    # spawned, not forked: a fork of a process in which torch has threads may hang
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), torch.set_num_threads, (1,))
    begun = {path: pool.submit(_outcome, path) for path in paths}

    def outcome_of(path: Path) -> Arrays | str:
        try:
            return begun.pop(path).result() if path in begun else _outcome(path)
        except BrokenProcessPool:  # a process was killed; what is left is read here
            return _outcome(path)

    try:
        yield outcome_of
    finally:
        pool.shutdown(cancel_futures=True)


def _outcome(path: Path) -> Arrays | str:
    """A file's arrays, or one sentence saying why it has none."""
    try:
        return _arrays(path)
    except RitualError as error:
        return error.message
    except OSError as error:
        return f"It cannot be opened: {error.strerror or error}."


def _takes(item: Item, arrays: Arrays) -> list[Take]:
    """What the item's captions are said of, without faults."""
    fps = float(arrays["fps"][0])
    out = []
    for part in item.parts:
        whole = Take(
            item.name, part.captions[0], item.split, arrays["states"], arrays["heading"], fps, part.captions,
            arrays["beats"],
        )  # fmt: skip
        if part.start or part.end:
            frames = len(whole.states)
            end = min(frames, round(part.end * fps)) if part.end else frames
            named = replace(whole, name=f"{item.name}[{part.start:g}-{part.end or whole.seconds:g} s]")
            whole = named.part(min(round(part.start * fps), end), end)
        out += pieces(whole)
    return out


def _arrays(path: Path) -> Arrays:
    clip = read(path)
    if clip.fps > MOST_FPS:
        clip = resample(clip, MOST_FPS)
    states, heading = heading_states(clip)
    beats = motion_beats(clip.positions, clip.fps)
    return {"states": states, "heading": heading, "fps": np.array([clip.fps]), "beats": beats}
