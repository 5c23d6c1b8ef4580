"""Editing: clips in, clips out. A span is danced anew, or two clips are joined by a dance.

Kept frames -> reference through the span -> proposals, the one that fits best led to both ends -> IK -> track inside
the allowed domain, its ends held -> ground, its path led to both ends -> planted feet, the kept frames held.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from ritual.body import contact, facing
from ritual.body.contact_report import ContactReport
from ritual.body.footing import AIR, Footing, find_footing, let_go, path_of
from ritual.body.kinematics import forward
from ritual.body.planting import sole_points
from ritual.body.schedule import violates
from ritual.body.track_fit import Track
from ritual.body.turning import ratchet, turns_back
from ritual.brief import Brief, CancelCheck, ProgressCallback
from ritual.clip.clip import MotionClip
from ritual.clip.resample import resample
from ritual.culture.clip_compliance import kept_when_slerped, verified
from ritual.culture.clip_planting import planted, standing
from ritual.culture.compliance import ComplianceReport, Violation, enforce
from ritual.culture.course import Course, course_of, occasions_of
from ritual.culture.graph import Graph
from ritual.errors import BadInput, EmptyDomain
from ritual.generate import Engine, Generation, Variant, Watch, clip_meta, sentence, settled, solved
from ritual.motion.meeting import BORDER, correction, ramp, states_of
from ritual.motion.proposal import Proposal, Request
from ritual.motion.reference import StanceCurve
from ritual.motion.span import Span
from ritual.motion.text import recognise

DRAWS = 4  # proposals of which the one that meets the kept motion best is taken
LONGEST_GAP = 60.0  # [s] between two clips


@dataclass(frozen=True)
class Edited:
    """What an edit came to.

    Attributes:
        generation: the clips and their reports.
        start, end: the new frames, `end` exclusive.
        kept: what the kept frames break themselves; they stay as they are.
        contact_before: how each clip stood that was edited.
        notes: what was done that was not asked for, in sentences.
    """

    generation: Generation
    start: int
    end: int
    kept: tuple[Violation, ...]
    contact_before: tuple[ContactReport, ...]
    notes: tuple[str, ...] = ()

    def report(self) -> dict:
        """As `Generation.report`, and what was edited."""
        edit = {
            "start_frame": self.start,
            "end_frame": self.end - 1,
            "kept_violations": [v.to_dict() for v in self.kept],
            "contact_before": [contact.to_dict() for contact in self.contact_before],
            "notes": list(self.notes),
        }
        return {**self.generation.report(), "edit": edit}


@dataclass(frozen=True, eq=False)
class _Job:
    """A clip with frames to be danced anew.

    Attributes:
        clip: kept frames, and anything inside the span; course: its rules.
        start, end: the span, `end` exclusive.
        brief: what is asked for; its variants and seed.
        sources: the clips as they came.
        carry: whether what follows the span goes where the new steps lead; else the steps lead to where it is.
        notes: for the report.
    """

    clip: MotionClip
    course: Course
    start: int
    end: int
    brief: Brief
    sources: tuple[MotionClip, ...]
    carry: bool = False
    notes: tuple[str, ...] = ()


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
    return _filled(_Job(clip, course, start, end, brief, (clip,)), engine, Watch(progress, cancelled))


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
    gap = {name: np.repeat(getattr(clip, name)[-1:], new, 0) for name in _ARRAYS}

    def one(last: MotionClip) -> MotionClip:
        arrays = {n: np.concatenate((getattr(clip, n), gap[n], getattr(last, n))) for n in _ARRAYS}
        return MotionClip(**arrays, fps=clip.fps, name=f"{clip.name}, {then.name}")

    brief, course = _asked(ask, list(sources), one(then), occasions, engine.graph)
    if not keep_place:
        then = _turned_to(then, _front(clip, then, new, course))
    job = _Job(one(then), course, clip.frames, end, brief, sources, not keep_place, tuple(notes))
    return _filled(job, engine, Watch(progress, cancelled))


_ARRAYS = ("angles", "root_translation", "root_rotation", "positions")


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
    course = course_of(graph, dance, performer, occasions, whole.frames, whole.fps, mentioned=things)
    book = course.first
    brief = Brief(
        prompt, dance, book.performer, book.occasion, whole.seconds, whole.fps, ask.variants, ask.seed
    )
    replace(brief, seconds=min(max(whole.seconds, 1.0), 120.0)).checked()  # a clip may have any length
    return brief, course


def _front(clip: MotionClip, then: MotionClip, new: int, course: Course) -> float:
    """By how much to turn the second clip [rad]: to face the dance's way as the first does, or straight on from it."""
    curve = StanceCurve.of_rulebook(course.first)
    rate = 1.0 / (clip.fps * curve.cycle_seconds)
    last, first = facing.heading(clip.root_rotation)[-1], facing.heading(then.root_rotation)[0]
    way = curve.at(rate * np.array([clip.frames - 1, clip.frames + new, 0]), clip.fps).heading
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


def _filled(job: _Job, engine: Engine, watch: Watch) -> Edited:
    """Dance the span of a job anew."""
    brief, clip, course, book = job.brief, job.clip, job.course, job.course.first
    with watch.stage("rules"):
        span = Span.of_clip(clip, job.start, job.end)
        phase = span.first / (clip.fps * book.cycle_seconds)
        curve, span = span.reference(StanceCurve.of_rulebook(book), phase, 60.0 / book.dance.bpm)
    with watch.stage("text"):
        text = engine.encoder.encode(sentence(brief, book), engine.graph.labels())
    with watch.stage("model"):
        variation = replace(engine.generator.sampler.variation, start=0.0)  # the clip's clock goes on
        proposal = engine.generator.propose(
            Request(
                (curve,), text, span.frames, clip.fps, brief.variants * DRAWS, brief.seed, book.dance.beats_per_cycle,
                variation,
            )
        )  # fmt: skip
    with watch.stage("inverse kinematics"):
        proposal = settled(proposal, solved(proposal))
        states = states_of(proposal)
    variants = []
    for n in range(brief.variants):
        best = min(range(n * DRAWS, (n + 1) * DRAWS), key=lambda draw: span.misfit(states[draw]))
        with watch.stage("taboo projection", n, brief.variants):
            led = span.led(proposal, best)
            angles, report = _enforced(span, job, led.angles[0])
        with watch.stage("ground", n, brief.variants):
            laid = _grounded(span, job, led, angles)
        with watch.stage("planted feet", n, brief.variants):
            out = _laid_in(span, job, laid)
        report = verified(report, out, course)
        stands = standing(out, course)
        meta = {**clip_meta(n, brief, course), "edit": {"start_frame": job.start, "end_frame": job.end - 1}}
        meta |= {"contact": stands.to_dict(), "report": report.to_dict()}
        variants.append(
            Variant(replace(out, name=f"{brief.dance} {n + 1} (edited, seed {brief.seed})", meta=meta), report, stands)
        )
    low, high = (job.start - 1) / clip.fps, job.end / clip.fps
    kept = tuple(v for v in variants[0].report.violations if v.end <= low + 1e-9 or v.start >= high - 1e-9)
    before = tuple(standing(source, course) for source in job.sources)
    return Edited(Generation(brief, course, tuple(variants), watch.seconds), job.start, job.end, kept, before, job.notes)


def _enforced(span: Span, job: _Job, angles: np.ndarray) -> tuple[np.ndarray, ComplianceReport]:
    """(W, 36) angles inside the rules, what is kept as it is; a border frame that is allowed is where the way begins."""
    fps, kept = job.clip.fps, span.kept
    angles = np.where(kept[:, None], job.clip.angles[span.window], angles)
    low, high = max(span.start - 1, 0), min(span.end, span.frames - 1)
    part = job.course.part(span.first + low, span.first + high)
    bad = violates(angles[low : high + 1], part.schedule)
    low, high = low + int(kept[low] and bad[0]), high - int(kept[high] and bad[-1])
    part = job.course.part(span.first + low, span.first + high)
    pins = [(k - low, angles[k]) for k in sorted({low, high}) if kept[k]]
    try:
        angles[low : high + 1], report = enforce(
            angles[low : high + 1], replace(part, pins=tuple(pins)).schedule, fps
        )
    except EmptyDomain as error:
        raise EmptyDomain(
            f"The rules leave no way from frame {job.start - 1} to frame {job.end}: {error.message}",
            hint="Give the new motion more frames, so that it can go round what is forbidden.",
        ) from error
    first = span.first + low
    hits = tuple(
        replace(hit, start_frame=first + hit.start_frame, end_frame=first + hit.end_frame)
        for hit in report.interceptions
    )
    return angles, replace(report, frames=job.clip.frames, interceptions=hits)


@dataclass(frozen=True, eq=False)
class _Laid:
    """The window on the floor: its clip, what is planted in it, which frames are in the air, and how far what follows
    is carried along (2,) [m]."""

    clip: MotionClip
    footing: Footing
    airborne: np.ndarray
    carried: np.ndarray


def _grounded(span: Span, job: _Job, led: Proposal, angles: np.ndarray) -> _Laid:
    """The span's root: its steps make a path, which is led to both ends; what is left over is spread over the span."""
    fps, kept = job.clip.fps, span.kept
    root, rotation = job.clip.root_translation[span.window].copy(), job.clip.root_rotation[span.window].copy()
    path, turned, aloft = _steps(span, led, angles, _allowed_heading(span, job, led.heading[0]), fps)
    if span.start > 0 and turned[span.start] @ rotation[span.start - 1] < 0:
        turned = -turned
    rotation[~kept] = turned[~kept]
    path[:, 2] += correction(root[:, 2:] - path[:, 2:], span.border, fps)[:, 0]
    for _ in range(2):  # what slides through a path that is off shows only when it is put right
        points = sole_points(*Track(angles, span.rigid(root, path), rotation).pose())
        aloft = np.where(kept, points[..., 2].min((1, 2)) > AIR, aloft)
        footing = let_go(find_footing(points, fps, aloft), points, kept, fps)
        path[:, :2] += span.inside(path_of(points, footing))
    needed, carried = (root - path)[:, :2], np.zeros(2)
    if job.carry:
        carried = needed[span.start - 1] - needed[span.end]
        root[span.end :, :2] += carried
        needed[span.end :] += carried
    drift = span.spread(needed)
    path[:, :2] += drift + correction(needed - drift, span.border, fps)
    root[~kept] = path[~kept]
    clip = MotionClip(angles, root, rotation, _positions(angles, root, rotation), fps)
    return _Laid(clip, footing, aloft, carried)


def _steps(
    span: Span, led: Proposal, angles: np.ndarray, heading: np.ndarray, fps: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Root of the span and its border frames as the steps lead, (W, 3) and (W, 4), and (W,) whether both feet are off
    the floor."""
    own = slice(max(span.start - BORDER, 0), min(span.end + BORDER, span.frames))
    lift = contact.lift(torch.as_tensor(led.targets[0][own]))
    q, t, h = (torch.from_numpy(np.ascontiguousarray(x[own])) for x in (angles, led.tilt[0], heading))
    path, rotation, aloft = np.zeros((span.frames, 3)), np.zeros((span.frames, 4)), np.zeros(span.frames, bool)
    path[own], rotation[own] = (x.numpy() for x in contact.ground(q, t, h, lift, fps))
    aloft[own] = lift.numpy() > 0
    return path, rotation, aloft


def _allowed_heading(span: Span, job: _Job, heading: np.ndarray) -> np.ndarray:
    """(W,) the span's heading, or the nearest of some others that turns the way that the rules say."""
    if not job.course.turning:
        return heading
    whole = facing.heading(job.clip.root_rotation)
    start, end = job.start, job.end
    before, after = start > 0, end < job.clip.frames
    part = heading[span.start : span.end]
    first = heading[span.start - 1] if before else None
    last = heading[span.end] if after else None

    def breaks(part: np.ndarray, last: float | None) -> int:
        head = whole[:start] + (first - whole[start - 1]) if before else whole[:0]
        tail = whole[end:] + (last - whole[end]) if after else whole[:0]
        return sum(turn.end - turn.start + 1 for turn in turns_back(np.concatenate((head, part, tail)), job.course.turning))

    ways = [(part, last)]
    if before and after:
        for turns in (0, 1, -1):
            there = last + 2 * np.pi * turns
            ways.append((first + ramp(len(part) + 2)[1:-1] * (there - first), there))
    elif before:
        head = whole[:start] + (first - whole[start - 1])
        ways.append((ratchet(np.concatenate((head, part)), job.course.turning, span.fps)[start:], None))
    elif after:
        ways.append((np.full(len(part), last), last))
    else:
        ways.append((ratchet(part, job.course.turning, span.fps), None))
    part, _ = min(ways, key=lambda way: breaks(*way))
    out = heading.copy()
    out[span.start : span.end] = part
    return out


def _laid_in(span: Span, job: _Job, laid: _Laid) -> MotionClip:
    """The whole clip with the span's feet planted; kept frames are the very ones that came."""
    course = job.course.part(span.first, span.first + span.frames - 1)
    window, _ = planted(laid.clip, course, airborne=laid.airborne, footing=laid.footing, held=span.kept)
    low, high = max(span.start - 1, 0), min(span.end, span.frames - 1)
    own = slice(low, high + 1)
    part = MotionClip(**{name: getattr(window, name)[own] for name in _ARRAYS}, fps=window.fps)
    rules = course.part(low, high)
    pins = [(k - low, window.angles[k]) for k in sorted({low, high}) if span.kept[k]]
    if not violates(part.angles, rules.schedule).any():
        part = kept_when_slerped(part, replace(rules, pins=tuple(pins)))
    arrays = {name: getattr(job.clip, name).copy() for name in _ARRAYS}
    if laid.carried.any():
        arrays["root_translation"][job.end :, :2] += laid.carried
        arrays["positions"][job.end :, :, :2] += laid.carried
    for name in _ARRAYS:
        arrays[name][job.start : job.end] = getattr(part, name)[span.start - low : span.end - low]
    return replace(job.clip, **arrays)


def _positions(angles: np.ndarray, root: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    return forward(*(torch.from_numpy(np.asarray(x)) for x in (angles, root, rotation))).positions.numpy()
