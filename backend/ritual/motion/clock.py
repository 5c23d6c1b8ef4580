"""From a brief to the clock of its clips: how many frames, and which beats they are danced to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ritual.body.tempo import Tempo
from ritual.brief import MAX_SECONDS, Brief

FAST = 1.5  # times the dance's own tempo: beyond it people are told


@dataclass(frozen=True, eq=False)
class Clock:
    """Attributes:
        frames: length of the clips.
        tempo: None = the dance's own.
        cycles: whole cycles in a loop; 0 = no loop.
        notes: what the person who asked should know, in sentences.
    """

    frames: int
    tempo: Tempo | None
    cycles: int
    notes: tuple[str, ...]


def clock_of(brief: Brief, bpm: float, per_cycle: int) -> Clock:
    """The clock of a brief for a dance of `bpm` beats a minute and `per_cycle` beats in a cycle.

    A loop is the whole number of cycles whose length lies nearest to the seconds asked for, in whole frames; the tempo
    gives way by less than half a frame a loop.

    Raises:
        BadInput: the beats are none.
    """
    frames, seconds, cycles, tempo = brief.frames, brief.frames / brief.fps, 0, None
    if brief.beats:
        tempo = Tempo(np.array(brief.beats), per_cycle)
    elif brief.loop:
        cycle = 60.0 * per_cycle / (brief.bpm or bpm)
        cycles = max(1, min(round(brief.seconds / cycle), int(MAX_SECONDS / cycle)))
        frames = max(2, round(cycles * cycle * brief.fps))
        beats = cycles * per_cycle
        tempo = Tempo(np.arange(beats) * (frames / brief.fps / beats), per_cycle, heard=brief.bpm is not None)
    elif brief.bpm is not None:
        tempo = Tempo.steady(brief.bpm, per_cycle, seconds)
    return Clock(frames, tempo, cycles, tuple(_notes(brief, bpm, tempo, frames, cycles)))


def _notes(brief: Brief, bpm: float, tempo: Tempo | None, frames: int, cycles: int) -> list[str]:
    said = []
    if cycles:
        count = f"{cycles} cycles" if cycles > 1 else "one cycle"
        said.append(f"The loop is {frames / brief.fps:.2f} s long, {count} of the dance; "
                    f"{brief.seconds:g} s were asked for.")  # fmt: skip
    if tempo is None:
        return said
    if tempo.heard and tempo.bpm > FAST * bpm:
        said.append(f"{tempo.bpm:.0f} beats a minute is {tempo.bpm / bpm:.1f} times the dance's own tempo of {bpm:g}.")
    if brief.beats:
        first, last, end = tempo.beats[0], tempo.beats[-1], frames / brief.fps
        gap = 60.0 / tempo.bpm
        if last < end - 1.5 * gap:
            said.append(f"The last beat is at {last:.2f} s; the clip goes on to {end:.2f} s at the last beats' tempo.")
        if first > 1.5 * gap:
            said.append(f"The first beat is at {first:.2f} s; the clip begins at the first beats' tempo.")
    return said
