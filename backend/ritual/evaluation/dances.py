"""Figures on the dances of the graph: clips as the corridor hands them out, beside held-out real dance."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ritual.body.angle_domain import AngleDomain
from ritual.body.schedule import scheduled, violates
from ritual.brief import Brief
from ritual.culture.clip_compliance import clip_violations
from ritual.culture.compliance import enforce
from ritual.culture.course import course_of
from ritual.culture.rulebook import Dance
from ritual.evaluation.figure import Figure, Target
from ritual.evaluation.natural import NATURAL
from ritual.evaluation.sample import FPS, Sample
from ritual.generate import Engine, Generation, generate
from ritual.motion.metrics.beats import beat_alignment, motion_beats
from ritual.motion.metrics.classifier import DanceClassifier
from ritual.motion.metrics.diversity import same_frame_diversity, warped_diversity
from ritual.motion.metrics.endurance import fading, pose_drift, slowest
from ritual.motion.metrics.features import motion_features
from ritual.motion.proposal import Request
from ritual.motion.sample import Generator

SECONDS, VARIANTS, SEEDS = 8.0, 5, 4
LONG = 60.0  # [s]
PROMPT = "a {label}"
DIVERSITY: dict[str, Callable[[Sequence[np.ndarray]], float]] = {
    "diversity_ratio": same_frame_diversity,
    "diversity_ratio_warped": lambda tracks: warped_diversity(tracks, FPS),
}
_BEFORE = "Share of frames inside the dance's domain before any projection, mean over dances and performers"


@dataclass(frozen=True, eq=False)
class Danced:
    """What the corridor made of one dance: a generation per seed, and how long each took [s]."""

    dance: Dance
    generations: tuple[Generation, ...]
    seconds: tuple[float, ...]

    @property
    def samples(self) -> list[list[Sample]]:
        """The clips of each seed."""
        return [
            [Sample.of(v.clip, self.dance.label, f"{self.dance.slug}/{n}") for v in made.variants]
            for n, made in enumerate(self.generations)
        ]


def danced(
    engine: Engine, seeds: Sequence[int] = range(SEEDS), progress: Callable[[int, int], None] | None = None
) -> list[Danced]:
    """Every dance with each seed, `VARIANTS` clips of `SECONDS`; the first of all is made twice, to warm up."""
    out = []
    dances = engine.graph.dances()
    for number, dance in enumerate(dances):
        made, took = [], []
        for n, seed in enumerate((seeds[0], *seeds) if not out else seeds):
            began = time.perf_counter()
            result = generate(
                Brief(PROMPT.format(label=dance.label), dance.slug, None, None, SECONDS, FPS, VARIANTS, seed), engine
            )
            if out or n:
                made.append(result)
                took.append(time.perf_counter() - began)
        out.append(Danced(dance, tuple(made), tuple(took)))
        if progress:
            progress(number + 1, len(dances))
    return out


def dance_figures(
    made: Sequence[Danced], real: Sequence[Sample], real_diversity: Mapping[str, float]
) -> tuple[dict[str, Figure], dict[str, dict[str, float]], dict]:
    """Figures over all dances, each dance's own, and the classifier's confusion.

    Args:
        made: of every dance. real: held-out windows of real dance.
        real_diversity: of five real clips of a caption [cm], by the keys of `DIVERSITY`.
    """
    figures, rows = _compliance(made)
    figures |= _naturalness(made, real, rows)
    figures |= _variety(made, real_diversity, rows)
    figures["seconds_8s_5_variants"] = Figure.of(
        [s for one in made for s in one.seconds], "s",
        f"Sentence to finished clips, {VARIANTS} of {SECONDS:g} s at {FPS:g} fps, after loading.",
        Target("<=", 1.0, "issue"),
    )  # fmt: skip
    told, confusion = _classified(made)
    return figures | told, rows, confusion


def _compliance(made: Sequence[Danced]) -> tuple[dict[str, Figure], dict[str, dict[str, float]]]:
    before, after, rows = [], [], {}
    for one in made:
        shares = [v.report.compliance_before for g in one.generations for v in g.variants]
        kept = [float(not clip_violations(v.clip, v.course, 0.0)) for g in one.generations for v in g.variants]
        before, after = [*before, *shares], [*after, *kept]
        rows[one.dance.slug] = {"compliance_before": float(np.mean(shares)), "compliance_after": float(np.mean(kept))}
    return {
        "compliance_before": Figure.of(before, "share", f"{_BEFORE}.", Target(">=", 0.945, "M §4")),
        "compliance_after": Figure.of(
            after, "share", "Share of finished clips without a violation, at frames and between them.",
            Target("==", 1.0, "issue"),
        ),
    }, rows  # fmt: skip


def _naturalness(
    made: Sequence[Danced], real: Sequence[Sample], rows: dict[str, dict[str, float]]
) -> dict[str, Figure]:
    figures = {}
    for natural in NATURAL:
        base, values = [natural.of(s) for s in real], []
        for one in made:
            own = [natural.of(s) for group in one.samples for s in group]
            rows[one.dance.slug][f"{natural.key}_ratio"] = float(np.mean(own) / max(np.mean(base), 1e-12))
            values += own
        what = f"{natural.what}: finished dances over real dance."
        figures[f"{natural.key}_ratio"] = Figure.ratio(values, base, what, natural.target)
    return figures


def _variety(
    made: Sequence[Danced], real_diversity: Mapping[str, float], rows: dict[str, dict[str, float]]
) -> dict[str, Figure]:
    figures = {}
    for key, measure in DIVERSITY.items():
        diverse = []
        for one in made:
            own = [measure([s.heading for s in group]) / real_diversity[key] for group in one.samples]
            rows[one.dance.slug][key] = float(np.mean(own))
            diverse += own
        what = f"As {key}, of five variants of one dance over real clips of one caption."
        target = Target(">=", 0.8, "issue") if key == "diversity_ratio" else None
        figures[key.replace("ratio", "ratio_dances")] = Figure.of(diverse, "of real", what, target)
    return figures


def beat_figures(engine: Engine, seed: int = 0) -> dict[str, Figure]:
    """Every dance to its own tempo, asked for, so that its beats are heard: whether the body pauses on them."""
    aligned, off = [], []
    for dance in engine.graph.dances():
        brief = Brief(PROMPT.format(label=dance.label), dance.slug, seconds=SECONDS, fps=FPS, variants=2, seed=seed)
        made = generate(replace(brief, bpm=dance.bpm), engine)
        beat = 60.0 / dance.bpm
        music = np.arange(beat / 2, SECONDS, beat / 2)  # stances stand on beats and between them
        for variant in made.variants:
            beats = motion_beats(Sample.of(variant.clip, dance.label, dance.slug).heading, FPS)
            aligned.append(beat_alignment(beats, music))
            off.append(beat_alignment(beats, music + beat / 4))
    said = "Beat alignment score (Bailando), dances at a tempo that is asked for, to its beats and half beats"
    return {
        "beat_alignment": Figure.of(aligned, "share", f"{said}."),
        "beat_alignment_off": Figure.of(off, "share", f"{said}, moved by a quarter beat: what chance gives."),
    }


def _classified(made: Sequence[Danced]) -> tuple[dict[str, Figure], dict]:
    """Fitted on the first half of the seeds, told on the rest; of six dances and of all."""
    figures, confusion = {}, {}
    spread = np.linspace(0, len(made) - 1, min(6, len(made))).round().astype(int)
    for key, chosen in (("", [made[i] for i in spread]), ("_all", list(made))):
        half = len(chosen[0].generations) // 2
        parts = []
        for seeds in (slice(0, half), slice(half, None)):
            labelled = [
                (motion_features(s.heading, FPS), one.dance.slug)
                for one in chosen for group in one.samples[seeds] for s in group
            ]  # fmt: skip
            parts.append((np.stack([f for f, _ in labelled]), [slug for _, slug in labelled]))
        told = DanceClassifier(*parts[0]).told(*parts[1])
        what = (
            f"Accuracy on fresh clips of a classifier fitted on other seeds, {len(chosen)} dances "
            f"(chance {told.chance:.2f})."
        )
        target = Target(">=", 0.9, "issue") if not key else None
        figures[f"dance_classifier_accuracy{key}"] = Figure(told.accuracy, told.spread, told.n, "share", what, target)
        if not key:
            confusion = {"labels": list(told.dances), "matrix": told.confusion.tolist()}
    return figures, confusion


def compliance_of(
    generator: Generator, engine: Engine, seeds: Sequence[int] = range(SEEDS), kept: bool = False
) -> dict[str, list[float]]:
    """Shares of frames inside the domain by dance and performer, of any weights.

    Args:
        kept: after the projection instead of before it; a clip that breaks a rule between frames counts as 0.
    """
    out: dict[str, list[float]] = {}
    for dance in engine.graph.dances():
        text = engine.encoder.encode(PROMPT.format(label=dance.label), engine.graph.labels())
        for performer in dance.performers:
            frames = round(SECONDS * FPS)
            course = course_of(engine.graph, dance.slug, performer, [(0, None)], frames, FPS)
            for seed in seeds:
                request = Request.of_rulebook(course.first, text, frames, FPS, variants=VARIANTS, seed=seed)
                made, shares = generator.propose(request), []
                for angles, tempo in zip(made.angles, made.tempos, strict=True):
                    domain = scheduled(replace(course, tempo=tempo).schedule, frames)
                    if kept:
                        shares.append(float(enforce(angles, domain, FPS)[1].compliant))
                    else:
                        shares.append(1.0 - float(violates(angles, domain).mean()))
                out.setdefault(f"{dance.slug}/{performer}", []).extend(shares)
    return out


def broken_by_mocap(engine: Engine, real: Sequence[Sample]) -> dict[str, float]:
    """Share of held-out real frames that a dance's rules forbid and the body's own limits do not, where any is."""
    angles = np.concatenate([s.clip.angles for s in real])
    out = {}
    for dance in engine.graph.dances():
        for performer in dance.performers:
            domain, body = engine.graph.rulebook(dance.slug, performer).domain, AngleDomain.physiological()
            broken = domain.violates(angles) & ~body.violates(angles)
            if broken.any():
                out[f"{dance.slug}/{performer}"] = float(broken.mean())
    return out


def endurance_figures(engine: Engine, dances: int = 5) -> dict[str, Figure]:
    """Minute-long clips of some dances: whether they freeze, fade or drift, beside their own first eight seconds."""
    slow, faded, drift = [], [], []
    everyone = engine.graph.dances()
    for i in np.linspace(0, len(everyone) - 1, dances).round().astype(int):
        brief = Brief(
            PROMPT.format(label=everyone[i].label), everyone[i].slug, seconds=LONG, fps=FPS, variants=1, seed=1
        )
        long = Sample.of(generate(brief, engine).variants[0].clip, everyone[i].label, "long")
        short = Sample.of(
            generate(replace(brief, seconds=SECONDS), engine).variants[0].clip, everyone[i].label, "short"
        )
        slow.append(slowest(long.heading, FPS) / max(slowest(short.heading, FPS), 1e-9))
        faded.append(fading(long.heading, FPS))
        drift.append(pose_drift(long.heading, FPS))
    return {
        "long_slowest_ratio": Figure.of(
            slow, "of 8 s", f"Slowest 2 s of {LONG:g} s over the slowest 2 s of 8 s: 0 = frozen."
        ),
        "long_fading": Figure.of(faded, "1", "Mean joint speed of the last third over that of the first."),
        "long_pose_drift": Figure.of(
            drift, "cm", "Mean joint distance between the mean poses of first and last third."
        ),
    }


def mean_of(shares: Mapping[str, Sequence[float]]) -> list[float]:
    """All shares in one row."""
    return [value for row in shares.values() for value in row]
