"""The edits: a span of a clip is danced anew, or two clips are joined by a dance. Clips in, clips out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ritual.body import facing
from ritual.brief import Brief, CancelCheck, ProgressCallback
from ritual.clip.clip import MotionClip
from ritual.clip.resample import resample
from ritual.culture.course import Course, course_of, occasions_of, tempo_of
from ritual.culture.graph import Graph
from ritual.editing.filling import ARRAYS, Edited, Job, filled
from ritual.errors import BadInput
from ritual.generate import Engine
from ritual.motion.prior import curve_of
from ritual.motion.text import recognise
from ritual.stages import Watch

LONGEST_GAP = 60.0  # [s] between two clips


@dataclass(frozen=True)
class Ask:
    """What an edit is asked for; None = as the clip says.

    Attributes:
        prompt, dance, performer, occasion: as in a `Brief`.
        seed, variants: as in a `Brief`.
    """

    prompt: str | None = None
    dance: str | None = None
    performer: str | None = None
    occasion: str | None = None
    seed: int = 0
    variants: int = 1


def regenerate(
    clip: MotionClip,
    start: int,
    end: int,
    engine: Engine,
    ask: Ask | None = None,
    progress: ProgressCallback | None = None,
    cancelled: CancelCheck | None = None,
) -> Edited:
    """The clip with the frames `start` to `end` (exclusive) danced anew; all others stay bit for bit, root and angles.

    The dance's clock goes on from the clip's start. What a kept frame breaks itself is reported and left.

    Raises:
        BadInput: the clip has no such frames, or nothing says which dance it is.
        Refused: a rule forbids the dance.
        EmptyDomain: the rules leave no motion from one end of the span to the other.
        Cancelled: `cancelled()` became true.
    """
    ask = ask or Ask()
    if not 0 <= start < end <= clip.frames:
        raise BadInput(
            f"Frames {start} to {end - 1} are no span of '{clip.name}', whose frames are 0 to {clip.frames - 1} "
            f"({clip.seconds:g} s at {clip.fps:g} fps)."
        )
    brief, course = _asked(ask, [clip], clip, occasions_of(clip), engine.graph)
    return filled(Job(clip, course, start, end, brief, (clip,)), engine, Watch(progress, cancelled))


def between(
    clip: MotionClip,
    then: MotionClip,
    seconds: float,
    engine: Engine,
    ask: Ask | None = None,
    keep_place: bool = False,
    progress: ProgressCallback | None = None,
    cancelled: CancelCheck | None = None,
) -> Edited:
    """A clip, a dance of some seconds and another clip, as one; the angles of both stay bit for bit.

    Args:
        clip, then: the second is resampled where its frame rate is another.
        seconds: of new motion between them [s].
        keep_place: the second clip stays where it is; else it is turned so that both face the dance's way, and begins
            where the new steps lead.

    Raises:
        BadInput: the gap is shorter than a frame or longer than `LONGEST_GAP`; the clips are of different dances and
            none is asked for.
        Refused, EmptyDomain, Cancelled: as `regenerate`.
    """
    ask, notes = ask or Ask(), []
    new = round(seconds * clip.fps) if np.isfinite(seconds) else 0
    if not 1 <= new <= LONGEST_GAP * clip.fps:
        raise BadInput(
            f"{seconds:g} seconds between two clips is out of range; "
            f"choose {1 / clip.fps:g} (a frame) to {LONGEST_GAP:g} seconds."
        )
    sources = (clip, then)
    if then.fps != clip.fps:
        notes.append(f"'{then.name}' was resampled from {then.fps:g} to {clip.fps:g} frames per second.")
        then = resample(then, clip.fps)
    end = clip.frames + new
    later = [(end + frame, slug) for frame, slug in occasions_of(then)]
    occasions = occasions_of(clip)
    if occasions and later:
        occasions += later[later[0][1] == occasions[-1][1] :]
    gap = {name: np.repeat(getattr(clip, name)[-1:], new, 0) for name in ARRAYS}

    def one(last: MotionClip) -> MotionClip:
        arrays = {n: np.concatenate((getattr(clip, n), gap[n], getattr(last, n))) for n in ARRAYS}
        return MotionClip(**arrays, fps=clip.fps, name=f"{clip.name}, {then.name}")

    brief, course = _asked(ask, list(sources), one(then), occasions, engine.graph)
    if not keep_place:
        then = _turned_to(then, _front(clip, then, new, course))
    job = Job(one(then), course, clip.frames, end, brief, sources, not keep_place, tuple(notes))
    return filled(job, engine, Watch(progress, cancelled))


def _asked(
    ask: Ask, clips: list[MotionClip], whole: MotionClip, occasions: list[tuple[int, str]], graph: Graph
) -> tuple[Brief, Course]:
    """What an edit is to make, and under which rules: what is asked for, else what the clips say of themselves."""
    meta = clips[0].meta
    dances = list(dict.fromkeys(clip.meta["dance"] for clip in clips if clip.meta.get("dance")))
    if ask.dance is None and len(dances) != 1:
        told = f"The clips are of different dances ({' and '.join(dances)})." if dances else (
            "The motion does not say which dance it is."
        )
        raise BadInput(told, hint="Say in whose manner to dance, with --dance; `ritual dances` lists the slugs.")
    dance = ask.dance or dances[0]
    same = dance == meta.get("dance")
    prompt = (ask.prompt or (meta.get("prompt") if same else None) or dance).strip()
    performer = ask.performer or (meta.get("performer") if same else None)
    if ask.occasion is not None or not occasions or not same:
        occasions = [(0, ask.occasion)]
    things = [m.iri for m in recognise(prompt, graph.labels()) if m.kind in ("symbol", "scene")]
    course = course_of(
        graph, dance, performer, occasions, whole.frames, whole.fps, mentioned=things,
        tempo=tempo_of(clips[0]) if same else None,
    )  # fmt: skip
    book = course.first
    brief = Brief(
        prompt, dance, book.performer, book.occasion, whole.seconds, whole.fps, ask.variants, ask.seed
    )
    replace(brief, seconds=min(max(whole.seconds, 1.0), 120.0)).checked()  # a clip may have any length
    return brief, course


def _front(clip: MotionClip, then: MotionClip, new: int, course: Course) -> float:
    """By how much to turn the second clip [rad]: to face the dance's way as the first does, or straight on from it."""
    curve = curve_of(course.first)
    last, first = facing.heading(clip.root_rotation)[-1], facing.heading(then.root_rotation)[0]
    moments = np.array((clip.frames - 1, clip.frames + new, 0)) / clip.fps
    way = curve.at(course.beats.cycle(moments), clip.fps).heading
    danced = all(c.meta.get("dance") == course.first.dance.slug for c in (clip, then))
    turn = last - way[0] - (first - way[2]) if danced else last + way[1] - way[0] - first
    return float((turn + np.pi) % (2 * np.pi) - np.pi)


def _turned_to(clip: MotionClip, by: float) -> MotionClip:
    """The clip turned about the vertical through its first frame [rad]."""
    c, s = np.cos(by), np.sin(by)
    turn, pivot = np.array(((c, -s, 0.0), (s, c, 0.0), (0.0, 0.0, 1.0))), clip.root_translation[0]
    return replace(
        clip,
        root_translation=(clip.root_translation - pivot) @ turn.T + pivot,
        root_rotation=facing.about_vertical(np.full(clip.frames, by), clip.root_rotation),
        positions=(clip.positions - pivot) @ turn.T + pivot,
    )
