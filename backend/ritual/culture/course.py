"""The rules of a clip in the order of its frames: which rulebook holds from when, as the occasion changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from ritual.body.cycle import Phased
from ritual.body.schedule import Schedule, joined, pinned
from ritual.body.tempo import Tempo
from ritual.body.track import spans
from ritual.body.turning import TurningSpan, spans_of
from ritual.clip.clip import MotionClip
from ritual.culture.graph import Graph
from ritual.culture.rulebook import Rulebook
from ritual.errors import BadInput, Refused


@dataclass(frozen=True, eq=False)
class Course:
    """What holds when in a clip.

    Attributes:
        parts: (first frame, rulebook) of each part; the first begins at frame 0. A part goes on up to and including
            the first frame of the next, in which both rulebooks hold.
        frames: length of the clip.
        fps: frames per second.
        tempo: the beats that it is danced to; None = the dance's own tempo, its cycle beginning with the clip.
        pins: (frame, angles (36,) [rad]) of poses that stay as they are, in order; the schedule allows nothing else
            there.
    """

    parts: tuple[tuple[int, Rulebook], ...]
    frames: int
    fps: float
    tempo: Tempo | None = None
    pins: tuple[tuple[int, np.ndarray], ...] = ()

    @property
    def first(self) -> Rulebook:
        """The rulebook that the clip begins with: its dance, its performer, its stances."""
        return self.parts[0][1]

    @cached_property
    def schedule(self) -> Schedule:
        """Allowed poses, frame by frame; the cycle goes on over a change of occasion."""
        cycle = self.cycle
        pieces = [(start, book.schedule(cycle[start : end + 1])) for start, end, book in self._pieces]
        return pinned(joined(pieces), self.pins)

    @property
    def cycle(self) -> np.ndarray:
        """(T,) place in the cycle at every frame, in cycles, not wrapped."""
        return self.beats.cycle(np.arange(self.frames) / self.fps)

    @property
    def beats(self) -> Tempo:
        """The tempo, the dance's own where there is no other."""
        return self.tempo or self.first.tempo

    @cached_property
    def turning(self) -> tuple[TurningSpan, ...]:
        """Which ways of turning are forbidden when."""
        return spans_of([(start, end, book.turning) for start, end, book in self._pieces])

    def part(self, first: int, last: int) -> Course:
        """The course of frames `first` to `last`, inclusive; its pins are those of these frames."""
        pieces = [(max(start - first, 0), book) for start, end, book in self._pieces if end >= first and start <= last]
        parts = {start: book for start, book in pieces}  # a part that ends where this one begins has gone
        return replace(
            self,
            parts=tuple(parts.items()),
            frames=last - first + 1,
            tempo=self.beats.later(-first / self.fps),
            pins=tuple((frame - first, pose) for frame, pose in self.pins if first <= frame <= last),
        )

    @property
    def occasions(self) -> list[list[int | str]]:
        """[first frame, slug] of each part, as it travels with the clip."""
        return [[start, book.occasion] for start, book in self.parts]

    def changes(self) -> list[dict]:
        """Each change as plain data: its frame, its second, the occasion, and the rules that begin and cease there."""
        out = []
        for (_, before), (start, after) in pairwise(self.parts):
            old, new = ([rule.iri for rule in book.rules] for book in (before, after))
            out.append(
                {
                    "frame": start,
                    "seconds": round(start / self.fps, 6),
                    "occasion": after.occasion,
                    "begins": [iri for iri in dict.fromkeys(new) if iri not in old],
                    "ceases": [iri for iri in dict.fromkeys(old) if iri not in new],
                }
            )
        return out

    def unfoldings(self) -> list[dict]:
        """Where a pattern unfolds along a joint's path, as plain data: first and last frame, symbol, joint, rule."""
        out, cycle = [], self.cycle
        for start, end, book in self._pieces:
            for binding in book.bindings:
                there = Phased(binding.start, binding.end).touches(cycle[start : end + 1], 0.0)
                out += [
                    {"start_frame": start + first, "end_frame": start + last, "symbol": binding.symbol,
                     "joint": binding.joint, "rule": binding.rule, "text": binding.text}
                    for first, last in spans(there)
                ]  # fmt: skip
        return sorted(out, key=lambda unfolding: (unfolding["start_frame"], unfolding["symbol"]))

    @property
    def _pieces(self) -> list[tuple[int, int, Rulebook]]:
        """(first frame, last frame, rulebook)."""
        ends = [start for start, _ in self.parts[1:]] + [self.frames - 1]
        return [(start, end, book) for (start, book), end in zip(self.parts, ends, strict=True)]


def occasions_of(clip: MotionClip) -> list[tuple[int, str]]:
    """(first frame, slug) as the corridor wrote them into a clip; empty where they are not there or do not fit."""
    try:
        found = [(int(frame), str(slug)) for frame, slug in clip.meta.get("occasions") or ()]
    except (TypeError, ValueError):
        return []
    frames = [frame for frame, _ in found]
    in_order = frames == sorted(set(frames)) and frames[:1] == [0] and frames[-1] < clip.frames
    return found if in_order else []


def tempo_of(clip: MotionClip) -> Tempo | None:
    """The beats as the corridor wrote them into a clip; None where they are not there or are none."""
    try:
        found = clip.meta["tempo"]
        return Tempo(found["beats"], float(found["per_cycle"]), bool(found["heard"]))
    except (KeyError, TypeError, ValueError, BadInput):
        return None


def course_of(
    graph: Graph,
    dance: str,
    performer: str | None,
    occasions: Sequence[tuple[int, str | None]],
    frames: int,
    fps: float,
    mentioned: Iterable[str] = (),
    tempo: Tempo | None = None,
) -> Course:
    """The course of a clip.

    Args:
        graph, dance, performer, mentioned: as `Graph.rulebook`.
        occasions: (first frame, slug) in order, the first at frame 0; its slug may be None for the dance's own.
        frames, fps: of the clip.
        tempo: as `Course.tempo`; the dance says how many beats make its cycle.

    Raises:
        BadInput: as `Graph.rulebook`.
        Refused: a rule forbids it on one of the occasions; says from which second on.
    """
    named = tuple(mentioned)
    parts: list[tuple[int, Rulebook]] = []
    for start, occasion in occasions:
        try:
            book = graph.rulebook(dance, performer, occasion, mentioned=named)
        except Refused as refused:
            if start == 0:
                raise
            message = f"From second {start / fps:g} on ({occasion}) it is forbidden: {refused.message}"
            raise Refused(message, refused.refusals, hint=refused.hint) from refused
        performer = book.performer
        parts.append((start, book))
    if tempo is not None:
        tempo = replace(tempo, per_cycle=parts[0][1].dance.beats_per_cycle)
    return Course(tuple(parts), frames, fps, tempo)
