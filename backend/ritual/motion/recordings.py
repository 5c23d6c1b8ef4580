"""The motion capture that a dance points to, read, brought into step with its stances and remembered.

Reading and aligning takes seconds, so what came of it is kept in memory and on disk, known by every byte of the file,
of the stances and of the code that decides: nothing can be stale.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from ritual.clip import read
from ritual.culture.cache import cache_folder, code_of
from ritual.culture.rulebook import ReferenceMotion, Rulebook
from ritual.errors import BadInput, BadMotion, RitualError
from ritual.files import write_bytes
from ritual.motion.aligning import aligned
from ritual.motion.danced import LEAST_ROUNDS, DancedCycle, folded
from ritual.motion.data import Take, heading_states
from ritual.motion.network import RATE
from ritual.motion.reference import StanceCurve

_FOLDER = "motions"
_ROOMS = ("body", "clip", "motion")
log = logging.getLogger(__name__)


def danced_cycles(rulebook: Rulebook, curve: StanceCurve) -> tuple[DancedCycle, ...]:
    """What the rulebook's reference motions show, in step with its stances.

    One whose file is not there is passed over and told in the log: a graph travels without its motion capture.

    Raises:
        BadInput: a file is there but cannot be used; names the motion and the dance.
    """
    found = []
    for motion in rulebook.reference_motions:
        if (path := motion.path) is None:
            _tell_missing(motion.file, rulebook.dance.slug)
            continue
        try:
            found.append(_known(_Asked.of(path, motion, curve)))
        except RitualError as error:
            raise BadInput(
                f"The reference motion '{motion.file}' of '{rulebook.dance.slug}' cannot be used: {error.message}",
                hint=error.hint or "Mend the file, or take it out of the graph.",
            ) from error
    return tuple(found)


@cache
def _tell_missing(file: str, dance: str) -> None:
    log.warning("The reference motion '%s' of '%s' is not there; the dance goes by its stances alone.", file, dance)


@dataclass(frozen=True)
class _Asked:
    """A file as it is now, and all that decides what comes of it; equal ones have one answer.

    Attributes:
        numbers: where the dance begins and ends in the file, where a cycle begins, its length [s].
        stances: SHA-256 of the curve.
    """

    path: Path
    changed: int
    size: int
    numbers: tuple[float | None, ...]
    stances: str
    curve: StanceCurve = field(compare=False)

    @staticmethod
    def of(path: Path, motion: ReferenceMotion, curve: StanceCurve) -> _Asked:
        status = path.stat()
        numbers = (motion.begins, motion.ends, motion.cycle_begins, motion.cycle_seconds)
        arrays = (curve.phases, curve.states, np.array(curve.cycle_seconds))
        stances = hashlib.sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays))
        return _Asked(path, status.st_mtime_ns, status.st_size, numbers, stances.hexdigest(), curve)

    def key(self) -> str:
        """The name under which the answer is kept on disk."""
        parts = (code_of(*_ROOMS), repr(self.numbers), self.stances)
        return hashlib.sha256("\n".join(parts).encode() + self.path.read_bytes()).hexdigest()


@lru_cache(maxsize=64)
def _known(asked: _Asked) -> DancedCycle:
    folder = cache_folder(_FOLDER, make=True)
    kept = folder and folder / f"{asked.key()}.safetensors"
    if kept and (cycle := _loaded(kept)) is not None:
        return cycle
    cycle = danced_cycle(asked.path, asked.curve, *asked.numbers)
    if kept:
        with contextlib.suppress(BadInput, OSError):
            write_bytes(kept, save({name: np.asarray(value) for name, value in vars(cycle).items()}))
    return cycle


def _loaded(path: Path) -> DancedCycle | None:
    try:
        arrays = load_file(path)
        return DancedCycle(arrays["means"], arrays["sigmas"], float(arrays["rounds"]), float(arrays["seconds"]))
    except (OSError, SafetensorError, KeyError):
        return None


def danced_cycle(
    path: Path,
    curve: StanceCurve,
    begins: float = 0.0,
    ends: float | None = None,
    cycle_begins: float | None = None,
    cycle_seconds: float | None = None,
) -> DancedCycle:
    """A motion file in step with stances.

    Args:
        path: as `clip.read` takes it; on another skeleton it is retargeted.
        curve: the stances.
        begins, ends: the part of the file that is the dance [s].
        cycle_begins: a moment of the file at which a cycle begins [s]; None = found.
        cycle_seconds: that a cycle takes in the file; None = found.

    Raises:
        BadInput, BadMotion: the file cannot be read, the part is not in it, it follows no stances, or it holds less
            than a round of them.
    """
    clip = read(path)
    states, heading = heading_states(clip)
    take = Take(path.name, "", "", states, heading, clip.fps)
    last = take.seconds if ends is None else min(ends, take.seconds)
    clock = np.arange(begins, last + 1e-9, 1 / RATE)
    if len(clock) < 2:
        raise BadMotion(f"The dance is said to begin at {begins:g} s of a file that lasts {take.seconds:.2f} s.")
    states, _ = take.at(clock)
    cycle = aligned(states, curve, None if cycle_begins is None else cycle_begins - begins, cycle_seconds)
    if (rounds := cycle[-1] - cycle[0]) < LEAST_ROUNDS:
        raise BadMotion(f"It holds {rounds:.2f} of a cycle; at least a whole one is needed.")
    return folded(states, cycle, RATE)
