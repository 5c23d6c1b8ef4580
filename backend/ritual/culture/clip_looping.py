"""Clips that begin anew where they end.

A loop is danced with a little more on both sides, all of it coming round, through every stage; what the stages make of
its two ends is then nearly alike. The last part of the round is faded into what was danced before it, so that the
frame after the last is the first, turned and moved by as much as a round travels. Rules are looked at on the ring,
across the seam; where the fade breaks one it is mended with the seam in the middle of the track, so that the ends
of that track, which are neighbours in mid-dance, stay as they are bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from ritual.body import facing
from ritual.body.kinematics import forward
from ritual.body.rotations import continuous
from ritual.body.track import breaches, mend
from ritual.clip.clip import MotionClip
from ritual.culture.clip_compliance import verified
from ritual.culture.compliance import ComplianceReport, Interception
from ritual.culture.course import Course
from ritual.errors import EmptyDomain

MORE = 1.6  # [s] danced before and after a round
FADE = 0.8  # [s] over which its end goes over into what was danced before it


@dataclass(frozen=True, eq=False)
class Round:
    """One round of a loop and what is danced around it.

    Attributes:
        course: of the round alone.
        more: frames before and after it.
    """

    course: Course
    more: int

    @staticmethod
    def of(course: Course) -> Round:
        return Round(course, int(np.ceil(MORE * course.fps)))

    @property
    def wide(self) -> Course:
        """What holds in the round and around it."""
        return self._course(self.course.frames + 2 * self.more, -self.more)

    @property
    def ring(self) -> Course:
        """What holds from the middle of the round over the seam to the middle of the next, one frame twice."""
        return self._course(self.course.frames + 1, self.course.frames // 2)

    @property
    def twice(self) -> Course:
        """What holds in two rounds and the frame after them."""
        return self._course(2 * self.course.frames + 1, 0)

    def spread(self, values: np.ndarray, gain: float = 0.0) -> np.ndarray:
        """(T, ...) of a round -> as in `wide`; every round gains as much."""
        at = np.arange(-self.more, self.course.frames + self.more)
        rounds, frame = np.divmod(at, self.course.frames)
        return values[frame] + gain * rounds if gain else values[frame]

    def _course(self, frames: int, first: int) -> Course:
        return replace(self.course, frames=frames, tempo=self.course.beats.later(-first / self.course.fps))


@dataclass(frozen=True, eq=False)
class Travel:
    """What a round adds: the frame after the last is the first, turned by `yaw` [rad] about the vertical through the
    origin, then moved by `translation` (3,) [m]."""

    yaw: float
    translation: np.ndarray

    def after(self, translation: np.ndarray, rotation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """A root (T, 3) and (T, 4), one round later."""
        c, s = np.cos(self.yaw), np.sin(self.yaw)
        x, y, z = translation.T
        return np.stack((c * x - s * y, s * x + c * y, z), -1) + self.translation, _spun(rotation, self.yaw)

    def to_dict(self) -> dict:
        return {"translation": [round(float(x), 6) for x in self.translation], "yaw": round(self.yaw, 6)}


def closed(clip: MotionClip, loop: Round) -> tuple[MotionClip, Travel]:
    """One round of a clip that was danced around it, closed: legal across the seam where that can be had.

    Args:
        clip: of `loop.wide`; the round that comes back begins over the origin.
    """
    frames, fps = loop.course.frames, clip.fps
    width = min(max(2, round(FADE * fps)), frames, loop.more)
    end = np.arange(loop.more + frames - width, loop.more + frames)
    begin = end - frames
    place, turn = clip.root_translation, clip.root_rotation
    yaw = facing.heading(turn)
    gain = float((yaw[end] - yaw[begin]).mean())
    travel = Travel(gain, np.zeros(3))
    moved, spun = travel.after(place[begin], turn[begin])
    travel = Travel(gain, np.append((place[end] - moved)[:, :2].mean(0), 0.0))
    moved = moved + travel.translation
    share = (np.arange(width) + 1) / (width + 1)
    share = (share * share * (3 - 2 * share))[:, None]
    angles, place, turn = clip.angles.copy(), place.copy(), turn.copy()
    angles[end] += share * (angles[begin] - angles[end])
    place[end] += share * (moved - place[end])
    near = np.where((spun * turn[end]).sum(-1, keepdims=True) < 0, -spun, spun)
    turn[end] += share * (near - turn[end])
    turn[end] /= np.linalg.norm(turn[end], axis=-1, keepdims=True)
    held = slice(loop.more, loop.more + frames)
    start = np.append(place[loop.more, :2], 0.0)
    there, _ = Travel(gain, np.zeros(3)).after(start[None], turn[:1])
    travel = Travel(gain, travel.translation - start + there[0])
    made = posed(clip, _mended(angles[held], loop, fps), place[held] - start, continuous(turn[held]))
    return made, travel


def unrolled(clip: MotionClip, travel: Travel, rounds: int) -> MotionClip:
    """The clip danced several times on end, and the frame after."""
    places, turns = [clip.root_translation], [clip.root_rotation]
    for _ in range(rounds):
        place, turn = travel.after(places[-1], turns[-1])
        places.append(place)
        turns.append(turn)
    last = rounds * clip.frames + 1
    angles = np.concatenate([clip.angles] * (rounds + 1))[:last]
    return posed(clip, angles, np.concatenate(places)[:last], continuous(np.concatenate(turns)[:last]))


def verified_loop(
    report: ComplianceReport, clip: MotionClip, loop: Round, travel: Travel
) -> ComplianceReport:
    """The report of a round, `compliant` and the like measured over two rounds and across the seam."""
    found = verified(report, unrolled(clip, travel, 2), loop.twice)
    hits = [_earlier(hit, loop.more, clip.frames) for hit in found.interceptions]
    return replace(found, frames=clip.frames, interceptions=tuple(hit for hit in hits if hit is not None))


def posed(clip: MotionClip, angles: np.ndarray, translation: np.ndarray, rotation: np.ndarray) -> MotionClip:
    """The clip with another motion."""
    positions = forward(*(torch.from_numpy(np.ascontiguousarray(x)) for x in (angles, translation, rotation))).positions
    return replace(
        clip, angles=angles, root_translation=translation, root_rotation=rotation, positions=positions.numpy()
    )


def _mended(angles: np.ndarray, loop: Round, fps: float) -> np.ndarray:
    """The round, legal on the ring; as it is where no motion is found."""
    ring, half = loop.ring, loop.course.frames // 2
    track = np.concatenate((angles[half:], angles[: half + 1]))
    for rig in ("quaternion", "euler"):
        if not breaches(track, ring.schedule, rig=rig):
            return angles
        try:
            track = mend(track, ring.schedule, fps, rig=rig)
        except EmptyDomain:
            continue
        return np.roll(track[:-1], half, axis=0)
    return angles


def _earlier(hit: Interception, frames: int, length: int) -> Interception | None:
    """An interception told by the round's own frames; None where it lies around it."""
    start, end = hit.start_frame - frames, hit.end_frame - frames
    if end < 0 or start >= length:
        return None
    return replace(hit, start_frame=max(start, 0), end_frame=min(end, length - 1))


def _spun(rotation: np.ndarray, yaw: float) -> np.ndarray:
    c, s = np.cos(yaw / 2), np.sin(yaw / 2)
    w, x, y, z = rotation.T
    return np.stack((c * w - s * z, c * x - s * y, c * y + s * x, c * z + s * w), -1)
