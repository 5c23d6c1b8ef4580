"""A span danced anew: every edit comes down to a clip with frames to be filled.

Kept frames -> reference through the span -> proposals, the one that fits best led to both ends -> track inside the
allowed domain, its ends held -> ground, its path led to both ends -> planted feet, the kept frames held.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ritual.body.contact_report import ContactReport
from ritual.body.schedule import violates
from ritual.brief import Brief
from ritual.clip.clip import MotionClip
from ritual.culture.clip_compliance import kept_when_slerped, verified
from ritual.culture.clip_planting import planted, standing
from ritual.culture.compliance import ComplianceReport, Violation, enforce
from ritual.culture.course import Course
from ritual.editing.ground import Laid, grounded
from ritual.errors import EmptyDomain
from ritual.generate import Engine, Generation, Variant, clip_meta, sentence, settled, solved
from ritual.motion.clock import Clock
from ritual.motion.meeting import states_of
from ritual.motion.prior import curve_of
from ritual.motion.proposal import Request
from ritual.motion.span import Span
from ritual.stages import Watch, one_thread

DRAWS = 4  # proposals of which the one that meets the kept motion best is taken
HASTY = 1.5  # times as fast as the kept motion: worth a word
ARRAYS = ("angles", "root_translation", "root_rotation", "positions")


@dataclass(frozen=True)
class Edited:
    """What an edit came to.

    Attributes:
        generation: the clips and their reports.
        start, end: the new frames, `end` exclusive.
        kept: what the kept frames break themselves; they stay as they are.
        contact_before: how each clip stood that was edited, as plain data of a `ContactReport`.
        notes: what was done that was not asked for, in sentences.
    """

    generation: Generation
    start: int
    end: int
    kept: tuple[Violation, ...]
    contact_before: tuple[dict, ...]
    notes: tuple[str, ...] = ()

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The clips and their reports."""
        return self.generation.variants

    def report(self) -> dict:
        """As `Generation.report`, and what was edited."""
        edit = {
            "start_frame": self.start,
            "end_frame": self.end - 1,
            "kept_violations": [v.to_dict() for v in self.kept],
            "contact_before": list(self.contact_before),
            "notes": list(self.notes),
        }
        return {**self.generation.report(), "edit": edit}


@dataclass(frozen=True, eq=False)
class Job:
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


@one_thread()
def filled(job: Job, engine: Engine, watch: Watch) -> Edited:
    """Dance the span of a job anew."""
    brief, clip, course, book = job.brief, job.clip, job.course, job.course.first
    with watch.stage("rules"):
        span = Span.of_clip(clip, job.start, job.end)
        tempo = course.part(span.first, span.first + span.frames - 1).beats
        curve, span = span.reference(curve_of(book), tempo)
    with watch.stage("text"):
        text = engine.encoder.encode(sentence(brief, book), engine.graph.labels())
    with watch.stage("model"):
        proposal = engine.generator.propose(
            Request(
                (curve,), text, span.frames, clip.fps, brief.variants * DRAWS, brief.seed, book.dance.beats_per_cycle,
                tempo=tempo,  # the clip's clock goes on
            )
        )  # fmt: skip
    with watch.stage("inverse kinematics"):
        proposal = settled(proposal, solved(proposal))
        states = states_of(proposal)
    variants = []
    for n in range(brief.variants):
        best = min(range(n * DRAWS, (n + 1) * DRAWS), key=lambda draw: span.misfit(states[draw]))
        with watch.stage("taboo projection"):
            led = span.led(proposal, best)
            angles, report = _enforced(span, job, led.angles[0])
        with watch.stage("ground"):
            laid = grounded(span, job.clip, led, angles, job.course.turning, job.carry)
        with watch.stage("planted feet"):
            out, stands = _laid_in(span, job, laid)
        report = verified(report, out, course)
        meta = {**clip_meta(n, brief, course), "edit": {"start_frame": job.start, "end_frame": job.end - 1}}
        meta |= {"contact": stands.to_dict(), "report": report.to_dict()}
        out = replace(out, name=f"{brief.dance} {n + 1} (edited, seed {brief.seed})", meta=meta)
        variants.append(Variant(out, course, report, stands))
    low, high = (job.start - 1) / clip.fps, job.end / clip.fps
    kept = tuple(v for v in variants[0].report.violations if v.end <= low + 1e-9 or v.start >= high - 1e-9)
    before = tuple(source.meta.get("contact") or standing(source, course).to_dict() for source in job.sources)
    notes = (*job.notes, *_haste(job, variants))
    clock = Clock(clip.frames, course.tempo, 0, notes)
    generation = Generation(brief, course, clock, tuple(variants), watch.seconds)
    return Edited(generation, job.start, job.end, kept, before, notes)


def _haste(job: Job, variants: list[Variant]) -> list[str]:
    """A sentence where the new motion has to move faster than anything that is kept does."""
    first, last = max(job.start - 1, 0), job.end + 1
    speed = [np.degrees(np.abs(np.diff(v.clip.angles, axis=0)).max(1)) * job.clip.fps for v in variants]
    new = max(float(s[first : last - 1].max()) for s in speed)
    kept = max((float(s.max()) for s in (speed[0][:first], speed[0][last - 1 :]) if len(s)), default=np.inf)
    if new <= HASTY * kept:
        return []
    return [
        f"The new motion hurries: an angle moves at up to {new:.0f} deg/s, in the kept motion at {kept:.0f}. "
        "Give it more frames."
    ]


def _enforced(span: Span, job: Job, angles: np.ndarray) -> tuple[np.ndarray, ComplianceReport]:
    """(W, 36) angles inside the rules, the kept ones as they are; the way leads from the border frames, if allowed."""
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


def _laid_in(span: Span, job: Job, laid: Laid) -> tuple[MotionClip, ContactReport]:
    """The whole clip with the span's feet planted, and how the span stands; kept frames are the very ones that came."""
    course = job.course.part(span.first, span.first + span.frames - 1)
    window, stands, _ = planted(laid.clip, course, airborne=laid.airborne, footing=laid.footing, held=span.kept)
    low, high = max(span.start - 1, 0), min(span.end, span.frames - 1)
    own = slice(low, high + 1)
    part = MotionClip(**{name: getattr(window, name)[own] for name in ARRAYS}, fps=window.fps)
    rules = course.part(low, high)
    pins = [(k - low, window.angles[k]) for k in sorted({low, high}) if span.kept[k]]
    if not violates(part.angles, rules.schedule).any():
        part = kept_when_slerped(part, replace(rules, pins=tuple(pins)))
    arrays = {name: getattr(job.clip, name).copy() for name in ARRAYS}
    if laid.carried.any():
        arrays["root_translation"][job.end :, :2] += laid.carried
        arrays["positions"][job.end :, :, :2] += laid.carried
    for name in ARRAYS:
        arrays[name][job.start : job.end] = getattr(part, name)[span.start - low : span.end - low]
    return replace(job.clip, **arrays), stands
