"""Key poses: where a motion rests for a moment. What a reference clip says, and what an edit has to pass through.

A dance gives its canonical stances as a `StanceCurve`. A recorded motion says as much by its key poses, the moments
where the body is slowest; so does a single pose that the dancer stands in. All of them meet here, on one clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from ritual.body.tempo import Tempo
from ritual.clip.clip import MotionClip
from ritual.errors import BadInput
from ritual.motion.data import heading_states
from ritual.motion.heading import ANGLE_COUNT, STATE_SIZE, positions
from ritual.motion.network import RATE
from ritual.motion.reference import StanceCurve

GAP = (0.4, 0.9)  # [s] between the key poses of a reference clip: a beat, more or less
MARGIN = 2.0  # [s] that the models look before and after a clip, and a little more
MOST_STRETCH = 0.25  # of a reference clip, so that it lasts a whole number of beats
_TURN = 2 * np.pi


@dataclass(frozen=True, eq=False)
class KeyPose:
    """A pose that a clip is to pass through: (39,) state (`heading.py`) at a frame; which way it faces is left open."""

    frame: int
    state: np.ndarray

    @property
    def angles(self) -> np.ndarray:
        """(36,) [rad]."""
        return self.state[:ANGLE_COUNT]

    @staticmethod
    def of_clip(clip: MotionClip, at: int, frame: int) -> KeyPose:
        """The pose of frame `at` of a clip.

        Raises:
            BadInput: the clip has no such frame.
        """
        if not 0 <= at < clip.frames:
            raise BadInput(f"'{clip.name}' has no frame {at}; its frames are 0 to {clip.frames - 1}.")
        return KeyPose(frame, heading_states(clip)[0][at])

    @staticmethod
    def of_angles(angles: Sequence[float], frame: int) -> KeyPose:
        """An upright pose, (36,) angles [rad].

        Raises:
            BadInput: not 36 finite numbers.
        """
        values = np.asarray(angles, float)
        if values.shape != (ANGLE_COUNT,) or not np.isfinite(values).all():
            raise BadInput(f"A pose has {ANGLE_COUNT} angles, all of them finite numbers; {values.size} came.")
        return KeyPose(frame, np.concatenate((values, np.zeros(STATE_SIZE - ANGLE_COUNT))))


def key_times(states: np.ndarray, times: np.ndarray, near: float, far: float) -> np.ndarray:
    """Times of the key poses of a motion: from one the next is where the body is slowest, within a gap.

    Args:
        states: (T, 39) at `times` (T,) [s], evenly spaced.
        near, far: least and greatest gap [s].

    Returns:
        (K,) times [s], the first among them, and the last or the one before it.
    """
    first, last, step = times[0], times[-1], times[1] - times[0]
    place = positions(torch.from_numpy(states)).numpy()
    speed = np.linalg.norm(np.gradient(place, axis=0), axis=-1).mean(-1)
    keys = [first]
    while keys[-1] + near < last:
        inside = (times >= keys[-1] + near) & (times <= keys[-1] + far)
        if not inside.any():
            break
        keys.append(times[inside][speed[inside].argmin()])
    if last - keys[-1] > 1.5 * step:
        keys.append(last)
    return np.array(keys)


def key_frames(states: np.ndarray, fps: float, gap: tuple[float, float] = GAP) -> np.ndarray:
    """Frames of the key poses of (T, 39) states, the first and the last among them; `gap` as near and far [s]."""
    if len(states) < 4:
        return np.unique([0, len(states) - 1])
    keys = np.round(key_times(states, np.arange(len(states)) / fps, *gap) * fps).astype(int)
    keys[-1] = len(states) - 1
    return np.unique(keys)


def curve_of_clip(clip: MotionClip, beat: float) -> StanceCurve:
    """`curve_of` a clip.

    Raises:
        BadInput: the clip is shorter than two key poses.
    """
    return curve_of(*heading_states(clip), clip.fps, beat, clip.name)


def curve_of(states: np.ndarray, heading: np.ndarray, fps: float, beat: float, name: str = "The clip") -> StanceCurve:
    """A reference motion as a cycle of its key poses, so that a short one carries a long dance.

    The last key pose leads back to the first in the time that its way takes at the clip's own pace. The cycle is
    stretched to a whole number of beats, where that changes its tempo by no more than `MOST_STRETCH`.

    Args:
        states: (T, 39); heading: (T,) yaw [rad]; fps: of both.
        beat: of the dance [s].
        name: by which a message calls it.

    Raises:
        BadInput: the clip is shorter than two key poses.
    """
    keys = key_frames(states, fps)
    if len(keys) < 2 or len(states) / fps < GAP[0]:
        raise BadInput(
            f"'{name}' lasts {(len(states) - 1) / fps:.2f} s, too short for a reference motion.",
            hint=f"Give at least {GAP[0]:g} s, or start from one of its poses instead.",
        )
    times = keys / fps
    place = positions(torch.from_numpy(states[keys])).numpy()
    ways = np.linalg.norm(np.diff(np.concatenate((place, place[:1])), axis=0), axis=-1).mean(-1)
    pace = ways[:-1].sum() / times[-1]
    back = np.clip(ways[-1] / max(pace, 1e-6), GAP[0], 2 * GAP[1])
    length = times[-1] + back
    beats = max(1, round(length / beat))
    whole = beats * beat
    cycle = whole if abs(whole / length - 1) <= MOST_STRETCH else length
    facing = heading[keys] - heading[keys[0]]
    turn = _TURN * np.round(facing[-1] / _TURN)
    return StanceCurve(times / length, states[keys], facing, float(cycle), float(turn))


def unrolled(curve: StanceCurve, first: float, last: float) -> StanceCurve:
    """A periodic curve as a row of knots: those in `first` to `last`, in cycles, and one beyond on either side."""
    rounds = np.arange(np.floor(first) - 1, np.ceil(last) + 1)
    phases = (curve.phases[None] + rounds[:, None]).ravel()
    facing = (curve.facing[None] + rounds[:, None] * curve.turn).ravel()
    states = np.tile(curve.states, (len(rounds), 1))
    low = max(np.searchsorted(phases, first, side="right") - 1, 0)
    kept = slice(low, np.searchsorted(phases, last) + 1)
    return replace(curve, phases=phases[kept], states=states[kept], facing=facing[kept], turn=0.0, periodic=False)


def through(
    curve: StanceCurve, phases: np.ndarray, states: np.ndarray, facing: np.ndarray, room: float
) -> StanceCurve:
    """An unrolled curve that passes through more poses; its own knots nearer to one than `room` [cycles] give way.

    Args:
        phases: (K,) in cycles, rising; states: (K, 39); facing: (K,) yaw [rad].
    """
    away = np.abs(curve.phases[:, None] - phases[None]).min(1, initial=np.inf) > room
    merged = np.concatenate((curve.phases[away], phases))
    order = np.argsort(merged, kind="stable")
    return replace(
        curve,
        phases=merged[order],
        states=np.concatenate((curve.states[away], states))[order],
        facing=np.concatenate((curve.facing[away], facing))[order],
    )


def through_keys(
    curve: StanceCurve, keys: Sequence[KeyPose], tempo: Tempo, fps: float, seconds: float
) -> StanceCurve:
    """A periodic curve, unrolled for a clip and led through key poses.

    Args:
        keys: in the order of their frames; before one at frame 0 nothing is danced.
        tempo: of the clip: stances within half a beat of a key pose give way.
        fps: of the clip; seconds: its length [s].
    """
    first, last = tempo.cycle(np.array((-MARGIN, seconds + MARGIN)))
    row, room = unrolled(curve, first, last), 0.5 / tempo.per_cycle
    phases = tempo.cycle(np.array([key.frame / fps for key in keys]))
    facing = row.at(phases, RATE).heading
    if keys[0].frame == 0:  # from where the dancer stands, a beat leads into the dance
        place = np.where(row.phases > phases[0], np.maximum(row.phases, phases[0] + 2 * room), row.phases)
        later = (row.phases > phases[0]) & (np.diff(place, append=np.inf) > 1e-9)
        row = replace(row, phases=place[later], states=row.states[later], facing=row.facing[later])
    return through(row, phases, np.stack([key.state for key in keys]), facing, room)
