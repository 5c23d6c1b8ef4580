"""Real motion for training: a folder of motion capture read, cached, split by person and cut into windows."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file, save_file
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d

from ritual.body.skeleton import ANGLES
from ritual.clip import MotionClip, read
from ritual.clip.files import READERS
from ritual.errors import BadInput, RitualError
from ritual.motion.heading import ANGLE_COUNT, CLEARANCE, STATE_SIZE, TILT, clearance_of, split_yaw
from ritual.motion.network import RATE

CACHE_VERSION = "3"
_FLOOR_QUANTILE = 0.02  # of the clearance over a clip: its floor, robust against a bad frame

# Held out of training and of early stopping, whole. By person where a collection has several; the salsa pair (both
# partners of a take fall together) and the collections of one person by clip.
HELD_OUT = frozenset(
    {
        "cmu/49", "cmu/08", "cmu/16", "cmu_salsa/05", "cmu_salsa/10", "cmu_indian/08", "cmu_indian/14",
        "cmu_martial/09",
    }
)  # fmt: skip
VALIDATION = frozenset(
    {"cmu/07", "cmu/05_12", "cmu/05_20", "cmu_salsa/06", "cmu_indian/06", "cmu_martial/06"}
)
_SALSA_PARTNER = 15  # clip 16 is the partner of clip 1
_UPSIDE_DOWN = re.compile(r"cartwheel", re.IGNORECASE)  # yaw and tilt are not told apart there
_UNRELIABLE = "cmu_indian_15fps"  # rebuilt from positions: its bone twist is invented, and angles are what we learn
_JUMP = 18.0  # [rad/s] of one angle: no limb does that, an Euler pole or a tracking fault does
_DROP = 6.0  # [m/s] of the clearance: a fault too
_SHORTEST = 1.2  # [s] of a piece between two faults that is kept


@dataclass(frozen=True, eq=False)
class Take:
    """One clip of real motion in the heading frame.

    Attributes:
        name: path inside the data folder.
        caption: what the data's authors say it is.
        split: `train`, `validation` or `test`.
        states: (T, 39) at `fps`; heading: (T,) yaw [rad].
        fps: frames per second.
    """

    name: str
    caption: str
    split: str
    states: np.ndarray
    heading: np.ndarray
    fps: float

    @property
    def seconds(self) -> float:
        return (len(self.states) - 1) / self.fps

    @cached_property
    def _spline(self) -> CubicSpline:
        values = np.concatenate((self.states, self.heading[:, None]), 1)
        if self.fps > RATE:  # what a track at RATE cannot carry would come back as ghosts of slow motion
            values = gaussian_filter1d(values, 0.35 * self.fps / RATE, axis=0, mode="nearest")
        return CubicSpline(np.arange(len(values)) / self.fps, values)

    def at(self, seconds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(T, 39) states and (T,) heading at given times [s], held at the ends."""
        values = self._spline(np.clip(seconds, 0.0, self.seconds))
        return values[:, :STATE_SIZE], values[:, STATE_SIZE]


@dataclass(frozen=True, eq=False)
class Corpus:
    """All takes of a data folder, and what was left out and why."""

    takes: tuple[Take, ...]
    left_out: tuple[tuple[str, str], ...]

    def of(self, split: str) -> list[Take]:
        return [take for take in self.takes if take.split == split]


def load_corpus(
    folder: Path, cache: Path | None = None, progress: Callable[[int, int], None] | None = None
) -> Corpus:
    """Every motion file under a folder, retargeted, in the heading frame, cut where a track jumps.

    Args:
        folder: with a `MANIFEST.csv` of `file` and `caption`, or without (captions are then file names).
        cache: folder for the retargeted arrays, keyed by the files' content; None = none. Delete it after
            a change of the retargeter.
        progress: called with (files read, total).

    Raises:
        BadInput: no readable motion there.
    """
    captions = _captions(folder)
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in READERS)
    takes: list[Take] = []
    left_out = []
    for number, path in enumerate(files):
        name = path.relative_to(folder).as_posix()
        caption = captions.get(name, path.stem.replace("_", " "))
        try:
            takes += _pieces(_take(path, name, caption, cache))
        except RitualError as error:
            left_out.append((name, error.message))
        if progress:
            progress(number + 1, len(files))
    if not takes:
        raise BadInput(
            f"No motion could be read in '{folder}' ({len(files)} files with {', '.join(READERS)}).",
            hint="Name a folder of BVH files.",
        )
    return Corpus(tuple(takes), tuple(left_out))


def _pieces(take: Take) -> list[Take]:
    """A take without its faults: cut where an angle or the height jumps."""
    speed = np.abs(np.diff(take.states, axis=0)) * take.fps
    faults = (speed[:, :CLEARANCE] > _JUMP).any(1) | (speed[:, CLEARANCE] > _DROP)
    parts = np.split(np.arange(len(take.states)), np.flatnonzero(faults) + 1)
    return [
        replace(take, states=take.states[part], heading=take.heading[part])
        for part in parts
        if len(part) >= _SHORTEST * take.fps
    ]


def _captions(folder: Path) -> dict[str, str]:
    manifest = folder / "MANIFEST.csv"
    if not manifest.exists():
        return {}
    with manifest.open(newline="", encoding="utf-8") as file:
        return {row["file"]: re.sub(r"\s*\(rebuilt[^)]*\)", "", row["caption"]) for row in csv.DictReader(file)}


def _take(path: Path, name: str, caption: str, cache: Path | None) -> Take:
    if _UPSIDE_DOWN.search(caption):
        raise BadInput("Upside down for part of the clip.")
    if name.startswith(_UNRELIABLE):
        raise BadInput("Its bone twist is not reliable.")
    key = hashlib.sha256(CACHE_VERSION.encode() + path.read_bytes()).hexdigest()[:24]
    stored = cache / f"{key}.safetensors" if cache else None
    if stored and stored.exists():
        arrays = load_file(stored)
    else:
        arrays = _arrays(read(path))
        if stored:
            stored.parent.mkdir(parents=True, exist_ok=True)
            partial = stored.with_suffix(".part")
            save_file(arrays, partial)
            partial.replace(stored)
    return Take(name, caption, split_of(name), arrays["states"], arrays["heading"], float(arrays["fps"][0]))


def _arrays(clip: MotionClip) -> dict[str, np.ndarray]:
    states, heading = heading_states(clip)
    return {"states": states, "heading": heading, "fps": np.array([clip.fps])}


def heading_states(clip: MotionClip) -> tuple[np.ndarray, np.ndarray]:
    """(T, 39) states and (T,) yaw of a clip; its floor is found from its lowest poses."""
    heading, tilt = split_yaw(clip.root_rotation)
    states = np.zeros((clip.frames, STATE_SIZE))
    states[:, :ANGLE_COUNT] = clip.angles
    states[:, TILT] = tilt
    bare = torch.from_numpy(states)
    clearance = clearance_of(bare, torch.from_numpy(clip.root_translation[:, 2])).numpy()
    states[:, CLEARANCE] = clearance - np.quantile(clearance, _FLOOR_QUANTILE)
    return states, heading


def group_of(name: str) -> str:
    """Who or what must not be split: `cmu/05` (a person), a salsa take with both partners, else the clip."""
    folder, _, stem = name.rpartition("/")
    stem = stem.rsplit(".", 1)[0]
    if folder == "cmu_salsa" and stem.isdigit():
        number = int(stem)
        return f"{folder}/{number - _SALSA_PARTNER if number > _SALSA_PARTNER else number:02d}"
    person = stem.split("_")[0] if folder == "cmu" else stem
    return f"{folder}/{person}"


def split_of(name: str) -> str:
    """`train`, `validation` or `test`. The collections that ship have a fixed list; others go by a hash, 80/10/10."""
    group, stem = group_of(name), name.rsplit(".", 1)[0]
    if group in HELD_OUT:
        return "test"
    if group in VALIDATION or stem in VALIDATION:
        return "validation"
    if name.startswith("cmu"):
        return "train"
    share = int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) % 10
    return {0: "test", 1: "validation"}.get(share, "train")


def mirrored(states: np.ndarray, heading: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same motion in a mirror: left and right change places."""
    out = states[..., _MIRROR_FROM] * _MIRROR_SIGN
    return out, -heading


def _mirror_tables() -> tuple[np.ndarray, np.ndarray]:
    source, sign = np.arange(STATE_SIZE), np.ones(STATE_SIZE)
    for i, name in enumerate(ANGLES):
        side, _, rest = name.partition("_")
        other = {"left": "right", "right": "left"}.get(side)
        if other:
            source[i] = ANGLES.index(f"{other}_{rest}")
        elif name.endswith(("_lateral", "_rotation")):
            sign[i] = -1
    sign[TILT.start + 1] = -1  # roll
    return source, sign


_MIRROR_FROM, _MIRROR_SIGN = _mirror_tables()
