"""A span of a clip that is to be danced anew: the reference that leads through it, and its draws led to both ends."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from ritual.body.rotations import continuous
from ritual.body.tempo import Tempo
from ritual.clip.clip import MotionClip
from ritual.motion.data import heading_states
from ritual.motion.heading import CLEARANCE, positions, tilt_quaternion
from ritual.motion.key_poses import MARGIN, key_frames, through, unrolled
from ritual.motion.meeting import BORDER, correction, ramp, states_of
from ritual.motion.proposal import Proposal
from ritual.motion.reference import StanceCurve

CONTEXT = 1.2  # [s] of kept motion on each side that the reference shows
_PACE = 0.2  # [s]: how much of a difference in speed counts as one of pose, where draws are compared
_TURN = 2 * np.pi


@dataclass(frozen=True, eq=False)
class Span:
    """A window of a clip: kept motion, the span, kept motion; frames are counted from the window's first.

    Attributes:
        first: the window's first frame in the clip.
        start, end: first new frame and the first one kept after it; 0 and the window's length where nothing is kept.
        states: (W, 39), heading: (W,) yaw [rad]; both mean nothing inside the span.
        fps: frames per second.
    """

    first: int
    start: int
    end: int
    states: np.ndarray
    heading: np.ndarray
    fps: float

    @staticmethod
    def of_clip(clip: MotionClip, start: int, end: int) -> Span:
        """The window around the frames `start` to `end` (exclusive) of a clip."""
        context = int(np.ceil(CONTEXT * clip.fps))
        first, last = max(0, start - context), min(clip.frames, end + context)
        kept = np.r_[0:start, end:clip.frames]
        states, heading = heading_states(clip)
        if len(kept):
            own = replace(
                clip,
                angles=clip.angles[kept],
                root_translation=clip.root_translation[kept],
                root_rotation=continuous(clip.root_rotation[kept]),
                positions=clip.positions[kept],
            )
            states, heading = states.copy(), heading.copy()
            states[kept], heading[kept] = heading_states(own)
        window = slice(first, last)
        return Span(first, start - first, end - first, states[window], heading[window], clip.fps)

    @property
    def frames(self) -> int:
        return len(self.states)

    @property
    def window(self) -> slice:
        """The window's frames in the clip."""
        return slice(self.first, self.first + self.frames)

    @property
    def kept(self) -> np.ndarray:
        """(W,) bool."""
        out = np.ones(self.frames, bool)
        out[self.start : self.end] = False
        return out

    @property
    def border(self) -> np.ndarray:
        """(W,) bool: the kept frames that say how the borders are passed."""
        out = self.kept
        out[: max(self.start - BORDER, 0)] = out[self.end + BORDER :] = False
        return out

    def rigid(self, root: np.ndarray, path: np.ndarray) -> np.ndarray:
        """(W, 3) the path inside the span, and the kept (W, 3) root moved over the floor to join it at both ends."""
        out = path.copy()
        for k, part in ((self.start - 1, slice(0, self.start)), (self.end, slice(self.end, self.frames))):
            if part.start < part.stop:
                out[part] = root[part]
                out[part, :2] += path[k, :2] - root[k, :2]
        return out

    def inside(self, moved: np.ndarray) -> np.ndarray:
        """(W, D) how far something has moved since the span began, none of it while the motion is kept."""
        step = np.diff(moved, axis=0, prepend=moved[:1])
        step[: self.start] = step[self.end + 1 :] = 0.0
        return np.cumsum(step, axis=0)

    def spread(self, needed: np.ndarray) -> np.ndarray:
        """(W, D) a drift over the whole span, from what is needed (W, D) at its one end to what is at the other."""
        before, after = self.start > 0, self.end < self.frames
        if not before and not after:
            return np.broadcast_to(needed[0], needed.shape)
        low = needed[self.start - 1] if before else needed[self.end]
        high = needed[self.end] if after else low
        first = max(self.start - 1, 0)
        share = np.ones(self.frames)
        share[:first], share[first : self.end + 1] = 0.0, ramp(self.end - first + 1)[: self.frames - first]
        return low + share[:, None] * (high - low)

    def reference(self, curve: StanceCurve, tempo: Tempo) -> tuple[StanceCurve, Span]:
        """The dance's stances inside the span and the kept motion's key poses around it, on the dance's clock.

        Args:
            curve: the dance's, periodic.
            tempo: of the window.

        Returns:
            the curve, and the span with the winding of its heading chosen so that the dancer
            turns as the dance does.
        """
        times = np.arange(self.frames) / self.fps
        phases, room = tempo.cycle(times), 0.5 / tempo.per_cycle
        row = unrolled(curve, *tempo.cycle(np.array((-MARGIN, times[-1] + MARGIN))))
        heading, before, after = self.heading.copy(), self.start > 0, self.end < self.frames
        ends = [self.start - 1] * before + [self.end] * after or [0]
        front = heading[ends] - row.at(phases[ends], self.fps).heading
        if before and after:
            winding = _TURN * np.round((front[1] - front[0]) / _TURN)
            heading[self.end :] -= winding
            front[1] -= winding
        row = replace(row, facing=row.facing + np.interp(row.phases, phases[ends], front))
        keys = np.zeros(0, int)
        for part in (np.arange(self.start), np.arange(self.end, self.frames)):
            if len(part):
                shown = (row.phases < phases[part[0]] - room) | (row.phases > phases[part[-1]] + room)
                row = replace(row, phases=row.phases[shown], states=row.states[shown], facing=row.facing[shown])
                keys = np.r_[keys, part[key_frames(self.states[part], self.fps)]]
        if len(keys):
            row = through(row, phases[keys], self.states[keys], heading[keys], room)
        return row, replace(self, heading=heading)

    def misfit(self, states: np.ndarray) -> float:
        """How far drawn (W, 39) states are from meeting the kept motion, in pose and pace [rad], on the mean."""
        off = (self.states - states)[:, :CLEARANCE]
        ends = [k for k, there in ((self.start - 1, self.start > 0), (self.end, self.end < self.frames)) if there]
        pace = np.gradient(off, axis=0) * self.fps if self.frames > 1 else off
        return float(sum(np.square(off[k]).mean() + np.square(_PACE * pace[k]).mean() for k in ends))

    def led(self, proposal: Proposal, n: int) -> Proposal:
        """Draw `n` of a proposal, led to both ends of the span; kept frames hold what is kept."""
        states, heading = states_of(proposal)[n], proposal.heading[n][:, None]
        states = states + correction(self.states - states, self.border, self.fps)
        needed = self.heading[:, None] - heading
        drift = self.spread(needed)
        heading = heading + drift + correction(needed - drift, self.border, self.fps)
        kept = self.kept
        states[kept], heading[kept, 0] = self.states[kept], self.heading[kept]
        state = torch.from_numpy(states)
        return replace(
            proposal,
            targets=positions(state).numpy()[None],
            angles=states[None, :, : proposal.angles.shape[-1]],
            tilt=tilt_quaternion(state[:, -3:-1]).numpy()[None],
            heading=heading.T,
            components=proposal.components[n : n + 1],
            turn=proposal.turn[n : n + 1],
        )
