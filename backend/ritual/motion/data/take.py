"""A take: one stretch of real motion in the heading frame, with what is said of it and where its beats are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import torch
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d

from ritual.body.contact import floor_under
from ritual.body.skeleton import ANGLES
from ritual.clip import MotionClip
from ritual.motion.data.beats import beat_count
from ritual.motion.heading import ANGLE_COUNT, CLEARANCE, STATE_SIZE, TILT, clearance_of, split_yaw
from ritual.motion.network import RATE

_JUMP = 18.0  # [rad/s] of one angle: no limb does that, an Euler pole or a tracking fault does
_DROP = 6.0  # [m/s] of the clearance: a fault too
_OVERHEAD = np.radians(150)  # of tilt: beyond it a small turn of the body is a large one of its heading
_SHORTEST = 1.2  # [s] of a piece between two faults that is kept


@dataclass(frozen=True, eq=False)
class Take:
    """One clip of real motion in the heading frame.

    Attributes:
        name: path inside the data folder; of a part of a clip, with its seconds.
        caption: what the data's authors say it is; the first of `captions`.
        split: `train`, `validation` or `test`.
        states: (T, 39) at `fps`; heading: (T,) yaw [rad].
        fps: frames per second.
        captions: all that is said of it; `caption` alone where nothing more is given.
        beats: (N,) times [s] of the motion's own beats, `beats.motion_beats`.
    """

    name: str
    caption: str
    split: str
    states: np.ndarray
    heading: np.ndarray
    fps: float
    captions: tuple[str, ...] = ()
    beats: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        if not self.captions:
            object.__setattr__(self, "captions", (self.caption,))

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

    def beat_count(self, seconds: np.ndarray) -> np.ndarray:
        """(T,) beats passed at given times [s], with fractions; the fraction is the phase between two beats."""
        return beat_count(self.beats, seconds, self.seconds)

    def part(self, start: int, end: int) -> Take:
        """Frames [start, end) with the beats that lie in them."""
        first, last = start / self.fps, (end - 1) / self.fps
        beats = self.beats[(self.beats >= first) & (self.beats <= last)] - first
        return replace(self, states=self.states[start:end], heading=self.heading[start:end], beats=beats)


def pieces(take: Take) -> list[Take]:
    """A take without its faults: cut where an angle or the height jumps and where it stands on its head."""
    overhead = np.linalg.norm(take.states[:, TILT], axis=1) > _OVERHEAD
    speed = np.abs(np.diff(take.states, axis=0)) * take.fps
    faults = (speed[:, :CLEARANCE] > _JUMP).any(1) | (speed[:, CLEARANCE] > _DROP)
    faults |= overhead[1:] | overhead[:-1]
    edges = [0, *(np.flatnonzero(faults) + 1), len(take.states)]
    spans = [(int(a), int(b)) for a, b in pairwise(edges) if b - a >= _SHORTEST * take.fps]
    return [take.part(a, b) for a, b in spans]


def heading_states(clip: MotionClip) -> tuple[np.ndarray, np.ndarray]:
    """(T, 39) states and (T,) yaw of a clip; its floor is found under its lowest poses."""
    heading, tilt = split_yaw(clip.root_rotation)
    states = np.zeros((clip.frames, STATE_SIZE))
    states[:, :ANGLE_COUNT] = clip.angles
    states[:, TILT] = tilt
    bare = torch.from_numpy(states)
    clearance = clearance_of(bare, torch.from_numpy(clip.root_translation[:, 2])).numpy()
    states[:, CLEARANCE] = clearance - floor_under(clearance, clip.fps)
    return states, heading


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
