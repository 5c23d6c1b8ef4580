"""The corridor: a brief becomes clips that the culture allows. Every door goes through `generate`.

Brief -> Rulebook -> Proposal (MDN) -> IK -> track inside the allowed domain -> ground
-> planted feet -> MotionClip + report
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import torch

from ritual.body import contact, facing, ik
from ritual.body.angle_domain import AngleDomain
from ritual.body.contact_report import ContactReport
from ritual.body.kinematics import forward
from ritual.brief import Brief, CancelCheck, ProgressCallback, change_frames
from ritual.clip.clip import MotionClip
from ritual.culture.clip_compliance import enforce_turning, kept_when_slerped, verified
from ritual.culture.clip_looping import Round, closed, unrolled, verified_loop
from ritual.culture.clip_planting import planted, standing
from ritual.culture.compliance import ComplianceReport, enforce
from ritual.culture.course import Course, course_of
from ritual.culture.graph import Graph, load_graph
from ritual.culture.rulebook import Rulebook
from ritual.errors import BadInput
from ritual.motion.clock import Clock, clock_of
from ritual.motion.key_poses import KeyPose, curve_of_clip, through_keys
from ritual.motion.meeting import meet_keys
from ritual.motion.pinning import MovedPose, led_through
from ritual.motion.proposal import Proposal, Request
from ritual.motion.sample import Generator
from ritual.motion.text import Match, TextEncoder, recognise
from ritual.stages import Stage, Watch, one_thread


@dataclass(frozen=True)
class Engine:
    """What is loaded once and used for every brief: the graph, the text encoder and the model."""

    graph: Graph
    encoder: TextEncoder
    generator: Generator

    @staticmethod
    def load(graph: Path | None = None, weights: Path | None = None, device: str = "cpu") -> Engine:
        """Load everything that `generate` needs.

        Args:
            graph: folder of TTL files; None = the one that ships.
            weights: safetensors of the motion model; None = the ones that ship.
            device: `cpu` or `cuda`.

        Raises:
            BadGraph, BadInput: a file is missing or broken, or there is no such device.
        """
        if device.startswith("cuda") and not torch.cuda.is_available():
            raise BadInput(f"No CUDA device is available for '{device}'.", hint="Use the device 'cpu'.")
        if not device.startswith(("cpu", "cuda")):
            raise BadInput(f"Unknown device '{device}'; valid devices: cpu, cuda.")
        return Engine(load_graph(graph), TextEncoder.load(), Generator.load(weights, device))


@dataclass(frozen=True)
class Variant:
    """One clip, the course of rules by its own beats, what they found in it and how it stands."""

    clip: MotionClip
    course: Course
    report: ComplianceReport
    contact: ContactReport


@dataclass(frozen=True)
class Generation:
    """The answer to a brief; `course` says which rules held when, `moved` which key poses the rules moved."""

    brief: Brief
    course: Course
    clock: Clock
    variants: tuple[Variant, ...]
    seconds_per_stage: dict[str, float] = field(default_factory=dict)
    moved: tuple[MovedPose, ...] = ()

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook that the clips begin with."""
        return self.course.first

    def report(self) -> dict:
        """The compliance report as plain data (`report.json`)."""
        dance = self.rulebook.dance
        return {
            "brief": self.brief.to_dict(),
            "dance": {"slug": dance.slug, "label": dance.label, "group": dance.group_label},
            "performer": self.rulebook.performer,
            "occasion": self.rulebook.occasion,
            "changes": self.course.changes(),
            "tempo": self.course.beats.to_dict(),
            "notes": list(self.clock.notes),
            "rules": [asdict(rule) for rule in dict.fromkeys(r for _, book in self.course.parts for r in book.rules)],
            "key_frames": [frame for frame, _ in self.course.pins],
            "moved_poses": [pose.to_dict() for pose in self.moved],
            "compliant": all(v.report.compliant for v in self.variants),
            "variants": [
                {
                    "name": v.clip.name,
                    "tempo": v.course.beats.to_dict(),
                    "unfoldings": v.course.unfoldings(),
                    **v.report.to_dict(),
                    "contact": v.contact.to_dict(),
                    **({"loop": v.clip.meta["loop"]} if self.brief.loop else {}),
                    "seconds_per_stage": self.seconds_per_stage,
                }
                for v in self.variants
            ],
            "seconds_per_stage": self.seconds_per_stage,
        }


@one_thread()
def generate(
    brief: Brief,
    engine: Engine,
    progress: ProgressCallback | None = None,
    cancelled: CancelCheck | None = None,
    *,
    reference: MotionClip | None = None,
    keys: Sequence[KeyPose] = (),
) -> Generation:
    """Clips for a brief, each inside the domain that the culture allows, at frames and between them.

    Args:
        reference: a motion to dance after instead of the dance's canonical stances (`key_poses.curve_of_clip`).
        keys: poses to pass through, in the order of their frames, each as it is where the rules allow it, else the
            nearest that they allow.

    Raises:
        BadInput: the brief names something unknown or out of range; a key pose lies outside the clip.
        Refused: a rule forbids it; nothing is generated.
        Cancelled: `cancelled()` became true.
    """
    watch = Watch(progress, cancelled)
    brief = brief.checked()
    if brief.pose:
        keys = [KeyPose.of_angles(brief.pose, 0), *keys]
    with watch.stage("rules"):
        brief, course, clock = read_prompt(brief, engine.graph)
        if brief.loop and keys:
            raise BadInput("A loop cannot be led through key poses.", hint="Leave the loop or the poses out.")
        course, keys, moved = led_through(course, keys)
        rulebook = course.first
    with watch.stage("text"):
        embedding = engine.encoder.encode(sentence(brief, rulebook), engine.graph.labels())
    with watch.stage("model"):
        request = Request.of_rulebook(
            rulebook, embedding, course.frames, brief.fps, variants=brief.variants, seed=brief.seed,
            tempo=course.tempo, loop=brief.loop, style=brief.style, energy=brief.energy,
        )  # fmt: skip
        if reference is not None or keys:
            request = _led(request, course, reference, keys)
        proposal = engine.generator.propose(request)
    with watch.stage("inverse kinematics"):
        solution = solved(proposal)
        if keys:
            proposal = meet_keys(settled(proposal, solution), keys, brief.fps)
            solution = replace(
                solution, angles=torch.from_numpy(proposal.angles), rotation=torch.from_numpy(proposal.tilt)
            )
    work = _Work(brief, course, clock, proposal, solution, own_time=request.tempo is None)
    return Generation(brief, course, clock, watch.each(work.variant, brief.variants), watch.seconds, moved)


@dataclass(frozen=True)
class _Work:
    """What all variants share once the joints are solved; each variant may be finished in a thread of its own.

    `own_time`: nobody gives a clock, and each variant keeps its own beats.
    """

    brief: Brief
    course: Course
    clock: Clock
    proposal: Proposal
    solution: ik.Solution
    own_time: bool

    def variant(self, n: int, stage: Stage) -> Variant:
        """From solved joints to a clip that is allowed and stands."""
        proposal, tilt, heading = self.proposal, self.solution.rotation[n], self.proposal.heading[n]
        angles = self.solution.angles[n].cpu().numpy()
        lift = contact.lift(torch.as_tensor(proposal.targets[n], dtype=torch.float64))
        own = replace(self.course, tempo=proposal.tempos[n]) if self.own_time else self.course
        loop = Round.of(own) if self.brief.loop else None
        course = loop.wide if loop else own
        if loop:
            angles, tilt, lift = loop.spread(angles), loop.spread(tilt), loop.spread(lift)
            heading = loop.spread(heading, proposal.turn[n])
        with stage("taboo projection"):
            angles, report = enforce(angles, course.schedule, self.brief.fps)
            heading, report = _turned(heading, tilt, course, report)
        with stage("ground"):
            clip = _clip(n, self.brief, own, self.clock, _grounded(angles, tilt, heading, lift, self.brief.fps))
        with stage("planted feet"):
            clip, stands, footing = planted(clip, course, airborne=lift.numpy() > 0, keep_path=False, stay=not loop)
            clip = kept_when_slerped(clip, course)
            if loop:
                clip, travel = closed(clip, loop)
                held = footing.part(loop.more, loop.more + clip.frames)
                stands = stands.now(standing(unrolled(clip, travel, 1), loop.course, held))
                report = verified_loop(report, clip, loop, travel)
                told = {**clip.meta["loop"], **travel.to_dict()}
                clip = replace(clip, meta={**clip.meta, "loop": told, "contact": stands.to_dict()})
            else:
                report = verified(report, clip, course)
        report = replace(report, ik_error_mm=_error(proposal, self.solution, n))
        return Variant(replace(clip, meta={**clip.meta, "report": report.to_dict()}), own, report, stands)


def read_prompt(brief: Brief, graph: Graph) -> tuple[Brief, Course, Clock]:
    """The rules of a brief, its clock, and the brief with what it left open filled in from what its prompt names.

    "at a funeral" sets the occasion, "a woman" the performer; what the caller has said explicitly stands, and a
    performer is only read from it where it names one kind of person. Every occasion, symbol
    and scene that the prompt names must be allowed, and so must the dance on every occasion that it changes to.

    Raises:
        Refused, BadInput: as `course_of` and `Graph.dressed`.
    """
    found = recognise(brief.prompt, graph.labels())
    things = [m.iri for m in found if m.kind in ("symbol", "scene")]
    occasions = _named(found, "occasion", brief.occasion, graph)
    performers = _named(found, "performer", brief.performer, graph)
    performer = performers[0] if len(performers) == 1 else brief.performer
    for occasion in occasions[1:]:
        graph.rulebook(brief.dance, performer, occasion, mentioned=things)
    then = change_frames(brief.changes, brief.frames, brief.fps)
    course = course_of(
        graph, brief.dance, performer, [(0, occasions[0]), *then], brief.frames, brief.fps, mentioned=things
    )
    clock = clock_of(brief, course.first.dance.bpm, course.first.dance.beats_per_cycle)
    course = replace(course, parts=_dressed(course, brief, graph), frames=clock.frames, tempo=clock.tempo)
    return replace(brief, performer=course.first.performer, occasion=course.first.occasion), course, clock


def _dressed(course: Course, brief: Brief, graph: Graph) -> tuple[tuple[int, Rulebook], ...]:
    return tuple((start, graph.dressed(book, brief.patterns)) for start, book in course.parts)


def _named(found: list[Match], kind: str, said: str | None, graph: Graph) -> list[str | None]:
    """What the caller said, else what the prompt names (each once), else None for the graph's default."""
    if said is not None:
        return [said]
    return list(dict.fromkeys(graph.slug(m.iri) for m in found if m.kind == kind)) or [None]


def sentence(brief: Brief, rulebook: Rulebook) -> str:
    return f"{brief.prompt}. {rulebook.dance.label}"


def solved(proposal: Proposal) -> ik.Solution:
    """IK of all frames of all variants at once, inside the limits; the holes are left to the track stage,
    which sees the whole excursion and can choose its side."""
    body = AngleDomain.physiological()
    inside = AngleDomain(body.lower, body.upper)
    targets = torch.as_tensor(proposal.targets, dtype=torch.float64)
    angles = torch.as_tensor(proposal.angles, dtype=torch.float64)
    tilt = torch.as_tensor(proposal.tilt, dtype=torch.float64)
    return ik.solve(targets, angles, targets[..., 0, :], tilt, inside)


def settled(proposal: Proposal, solution: ik.Solution) -> Proposal:
    """The proposal as IK could follow it."""
    return replace(proposal, angles=solution.angles.numpy(), tilt=solution.rotation.numpy())


def _led(request: Request, course: Course, reference: MotionClip | None, keys: Sequence[KeyPose]) -> Request:
    """The request with a reference clip's key poses instead of the stances, and led through the keys."""
    beat, tempo = 60.0 / course.beats.bpm, course.beats
    curve = request.curve(0)
    if reference is not None:
        curve = curve_of_clip(reference, beat)
        tempo = replace(tempo, per_cycle=curve.cycle_seconds / beat)
    if keys:
        curve = through_keys(curve, keys, tempo, request.fps, request.frames / request.fps)
    return replace(request, curves=(curve,), beats_per_cycle=tempo.per_cycle, tempo=tempo)


def _turned(
    heading: np.ndarray, tilt: torch.Tensor, course: Course, report: ComplianceReport
) -> tuple[np.ndarray, ComplianceReport]:
    """(T,) the yaw [rad] with which the clip's heading keeps the rules on turning, and the report with what it did."""
    if not course.turning:
        return heading, report
    seen = heading + facing.heading(tilt.cpu().numpy())  # the solved pelvis has a little yaw of its own
    held, found = enforce_turning(seen, course.turning, course.fps)
    interceptions = sorted((*report.interceptions, *found), key=lambda hit: (hit.start_frame, hit.end_frame))
    return heading + (held - seen), replace(report, interceptions=tuple(interceptions))


def _grounded(
    angles: np.ndarray, tilt: torch.Tensor, heading: np.ndarray, lift: torch.Tensor, fps: float
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Angles (T, 36), and the root that sets them on the floor."""
    q = torch.from_numpy(angles)
    return q, *contact.ground(q, tilt, torch.as_tensor(heading, dtype=torch.float64), lift, fps)


def _clip(
    n: int, brief: Brief, course: Course, clock: Clock, motion: tuple[torch.Tensor, torch.Tensor, torch.Tensor]
) -> MotionClip:
    meta = clip_meta(n, brief, course)
    if clock.cycles:
        meta["loop"] = {"frames": clock.frames, "cycles": clock.cycles, "asked_seconds": brief.seconds}
    angles, translation, rotation = (x.numpy() for x in motion)
    return MotionClip(
        angles=angles,
        root_translation=translation,
        root_rotation=rotation,
        positions=forward(*motion).positions.numpy(),
        fps=brief.fps,
        name=f"{brief.dance} {n + 1} (seed {brief.seed})",
        meta=meta,
    )


def clip_meta(n: int, brief: Brief, course: Course) -> dict:
    """What travels with variant `n` (from 0): where it comes from, and what its course says of dress and patterns."""
    rulebook = course.first
    dance = rulebook.dance
    meta = {
        "dance": dance.slug,
        "label": dance.label,
        "group": dance.group_label,
        "performer": rulebook.performer,
        "occasion": rulebook.occasion,
        "prompt": brief.prompt,
        "seed": brief.seed,
        "variant": n + 1,
        "costume": asdict(rulebook.costume),
        "occasions": course.occasions,
        "unfoldings": course.unfoldings(),
        "patterns": [list(book.costume.patterns) for _, book in course.parts],
    }
    if course.tempo is not None:
        meta["tempo"] = course.tempo.to_dict()
    return meta


def _error(proposal: Proposal, solution: ik.Solution, n: int) -> float:
    """Mean distance between where the model wanted the joints and where the solved ones are [mm]."""
    pose = forward(solution.angles[n], solution.translation[n], solution.rotation[n])
    targets = torch.as_tensor(proposal.targets[n], dtype=torch.float64)
    return round(1000 * float((pose.positions - targets).norm(dim=-1).mean()), 2)
