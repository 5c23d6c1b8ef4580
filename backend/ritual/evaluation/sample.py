"""Motions as they are measured: windows of held-out clips, and what was generated, in one form."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from ritual.body.contact import floor_under
from ritual.clip import MotionClip, read, write
from ritual.clip.resample import resample
from ritual.errors import RitualError
from ritual.motion.data import Corpus, group_of, heading_states
from ritual.motion.data.cache import CACHE_VERSION
from ritual.motion.heading import FLESH, split_yaw
from ritual.motion.metrics.skating import FEET

SECONDS, FPS = 4.0, 25.0
SHORTEST = 1.6  # [s] of a clip that is kept whole
FAULT = 18.0  # [rad/s] of one angle: a fault of the tracking or of the retargeting, as in training


@dataclass(frozen=True, eq=False)
class Sample:
    """One measured motion.

    Attributes:
        family: captions that say the same are one (`metrics.similarity.families`); its own until told.
        caption, file: of the real clip that it is, or that its reference came from.
        clip: at `FPS`, floor at z = 0.
        heading: (T, 24, 3) [m], pelvis over the origin, yaw taken off.
    """

    family: str
    caption: str
    file: str
    clip: MotionClip
    heading: np.ndarray

    @staticmethod
    def of(clip: MotionClip, caption: str, file: str) -> Sample:
        yaw, _ = split_yaw(clip.root_rotation)
        centred = clip.positions - (clip.root_translation * (1.0, 1.0, 0.0))[:, None]
        c, s = np.cos(yaw)[:, None], np.sin(yaw)[:, None]
        x, y, z = centred[..., 0], centred[..., 1], centred[..., 2]
        return Sample(caption, caption, file, clip, np.stack((c * x + s * y, c * y - s * x, z), -1))

    @cached_property
    def states(self) -> tuple[np.ndarray, np.ndarray]:
        """(T, 39) states and (T,) yaw [rad]."""
        return heading_states(self.clip)

    @property
    def world(self) -> np.ndarray:
        """(T, 24, 3) [m]."""
        return self.clip.positions


def real_samples(
    folder: Path,
    corpus: Corpus,
    split: str,
    cache: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Sample]:
    """Windows of `SECONDS`, one after the other, of the clips of a split, as their files have them.

    Windows with a fault, which training leaves out, too, are left out; what is shorter than a window is kept whole.

    Args:
        cache: folder for the retargeted clips, keyed by the files' content; None = none.
    """
    captions = {take.name: take.caption for take in corpus.of(split)}
    out: list[Sample] = []
    for number, (name, caption) in enumerate(sorted(captions.items())):
        try:
            clip = _read(folder / name, cache)
        except RitualError:  # its motion is not in a file of its own
            continue
        out += [Sample.of(piece, caption, name) for piece in _windows(clip)]
        if progress:
            progress(number + 1, len(captions))
    return out


def _read(path: Path, cache: Path | None) -> MotionClip:
    if cache is None:
        return read(path)
    kept = cache / f"{hashlib.sha256(CACHE_VERSION.encode() + path.read_bytes()).hexdigest()[:24]}.npz"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        write(kept, read(path))
    return read(kept)


def _windows(clip: MotionClip) -> list[MotionClip]:
    sound = np.append(np.abs(np.diff(clip.angles, axis=0)).max(1) * clip.fps < FAULT, True)
    clip, faults = resample(clip, FPS), np.flatnonzero(~sound) / clip.fps
    floor = floor_under(clip.positions[:, FEET, 2].min(1) - FLESH[FEET[0]], FPS)[:, None] * np.array((0.0, 0.0, 1.0))
    clip = replace(
        clip, root_translation=clip.root_translation - floor, positions=clip.positions - floor[:, None]
    )
    length = min(round(SECONDS * FPS), clip.frames)
    if length < SHORTEST * FPS:
        return []
    windows = [np.arange(start, start + length) for start in range(0, clip.frames - length + 1, length)]
    return [_cut(clip, w) for w in windows if not ((faults >= w[0] / FPS) & (faults <= w[-1] / FPS)).any()]


def _cut(clip: MotionClip, frames: np.ndarray) -> MotionClip:
    names = ("angles", "root_translation", "root_rotation", "positions")
    return replace(clip, **{name: getattr(clip, name)[frames] for name in names})


def source_of(file: str) -> str:
    """What windows must not share to be told apart: a file; of salsa the take, which both partners dance."""
    return group_of(file) if "salsa" in file else file


def by_family(samples: Sequence[Sample], files: int = 2) -> dict[str, list[Sample]]:
    """Samples by family, of families with at least so many sources."""
    found: dict[str, list[Sample]] = {}
    for sample in samples:
        found.setdefault(sample.family, []).append(sample)
    return {name: rows for name, rows in sorted(found.items()) if len({source_of(r.file) for r in rows}) >= files}
