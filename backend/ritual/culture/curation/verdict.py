"""What one graph says of one motion: whether it is allowed, and if not, why and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ritual.clip.clip import MotionClip
from ritual.culture.clip_compliance import clip_violations, dress_breaches
from ritual.culture.course import course_of, tempo_of
from ritual.culture.graph import Graph
from ritual.errors import BadInput, EmptyDomain, Refused


@dataclass(frozen=True)
class Finding:
    """Why a motion is not allowed.

    Attributes:
        rule, text, source: the rule, in words what breaks it, and what it rests on.
        start, end: [s], first and last moment; None where the whole motion is meant.
    """

    rule: str
    text: str
    source: str
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True)
class Verdict:
    """What one graph says of one motion.

    Attributes:
        state: `allowed`; `forbidden` (a pose or the dress breaks a rule); `refused` (the dance itself, for this
            performer or occasion); `unknown` (the graph does not know the dance, the performer or the occasion).
        findings: why; empty where it is allowed.
    """

    state: str
    findings: tuple[Finding, ...] = ()


def verdict(
    clip: MotionClip,
    graph: Graph,
    dance: str,
    performer: str | None = None,
    occasions: Sequence[tuple[int, str | None]] = ((0, None),),
) -> Verdict:
    """What a graph says of a motion: of the dance for this performer and occasion, of poses, turning and dress.

    Args:
        occasions: (first frame, slug) in order; None = the dance's default.
    """
    try:
        course = course_of(graph, dance, performer, occasions, clip.frames, clip.fps, tempo=tempo_of(clip))
        violations = clip_violations(clip, course)
    except Refused as error:
        return Verdict("refused", tuple(Finding(r["rule"], r["text"], r["source"]) for r in error.refusals))
    except (BadInput, EmptyDomain) as error:
        return Verdict("unknown", (Finding("", str(error), ""),))
    found = [
        Finding(v.rule, f"{v.angle.replace('_', ' ')} at {v.value_deg:.1f} deg: {v.text}", v.source, v.start, v.end)
        for v in violations
    ]
    found += [
        Finding(breach.rule.iri, f"the costume shows {breach.what}: {breach.rule.text}", breach.rule.source.citation)
        for breach in dress_breaches(clip, course)
    ]
    return Verdict("forbidden", tuple(found)) if found else Verdict("allowed")
