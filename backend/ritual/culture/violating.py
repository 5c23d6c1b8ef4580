"""Motion that breaks a rule on purpose, and motion that nearly does: the labelled set a checker is measured on.

Every case is legal motion bent in one place, and its label (which rule, which frames) follows from how it was bent; no
checker is asked. A pose rule is broken deep, by half a degree, for one frame, or only on the way between two legal
frames; a rule on turning by turning back or by a path that goes round the other way. The bend is faded in and out at a
speed that limbs reach. Legal cases lie exactly on an edge, or move fast beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch

from ritual.body import facing
from ritual.body.angle_domain import AngleDomain, TabooBox
from ritual.body.kinematics import forward
from ritual.body.schedule import box_runs, limit_runs
from ritual.body.skeleton import ANGLES
from ritual.body.turning import HALF_TURN, TurningSpan
from ritual.clip.clip import MotionClip
from ritual.culture.course import Course

SHALLOW = math.radians(0.5)  # least depth of a violation
SPEED = math.radians(500.0)  # [rad/s] at which a bend is faded in: a fast limb's
_NARROWEST = math.radians(0.2)  # a forbidden part narrower than this is hardly one
_STEP = math.radians(25.0)  # at most, of one angle from frame to frame where a box is jumped over
_LONGEST = 1.0  # [s] of a violation


@dataclass(frozen=True, eq=False)
class Case:
    """A clip and what a checker has to say of it.

    Attributes:
        clip, course: the motion and the rules it is checked against.
        rule: the rule that it breaks; None where it breaks none.
        start, end: first and last frame of the part that breaks it for certain; it may reach further on both sides.
        kind: `deep`, `shallow`, `one frame`, `between frames`, `range`, `turn`, `path`; legal: `untouched`, `on the
            edge`, `fast beside the edge`, `swing`.
    """

    clip: MotionClip
    course: Course
    rule: str | None
    start: int
    end: int
    kind: str


def violating(clip: MotionClip, course: Course, rng: np.random.Generator) -> Iterator[Case]:
    """Cases that break each motion rule of a course once in every way that it can be broken.

    Args:
        clip: legal motion. course: of the same number of frames and rate.
        rng: where, how long and how deep.
    """
    for box, first, last, domain in box_runs(course.schedule):
        inside = _forbidden(box, domain)
        if inside is None:
            continue
        for kind in ("deep", "shallow", "one frame"):
            yield _in_box(clip, course, box, inside, (first, last), kind, rng)
        if last > first and (case := _between(clip, course, box, inside, (first, last), domain, rng)):
            yield case
    for j in range(len(ANGLES)):
        for first, last, domain in limit_runs(course.schedule, j):
            if j in domain.limit_reasons or rng.random() < 0.1:  # of the body's own limits a few are enough
                yield _out_of_range(clip, course, j, (first, last), domain, rng)
    for span in course.turning:
        if span.end - span.start > course.fps:
            yield _turned_back(clip, course, span, rng)
        if span.start == 0 and span.end == clip.frames - 1:
            yield _circling(clip, course, span, rng)


def legal(clip: MotionClip, course: Course, rng: np.random.Generator) -> Iterator[Case]:
    """Cases that break nothing although they come as near as can be; arguments as for `violating`.

    Only angles that one box alone names are moved, so that no other rule is touched on the way.
    """
    yield Case(clip, course, None, 0, clip.frames - 1, "untouched")
    boxes = box_runs(course.schedule)
    named = [j for box in dict.fromkeys(run[0] for run in boxes) for j in dict.fromkeys(k for k, _, _ in box.intervals)]
    for box, _, _, domain in boxes:
        for j, low, high in box.intervals:
            if named.count(j) == 1 and len(list(limit_runs(course.schedule, j))) == 1:
                for edge, side in ((low, -1), (high, 1)):
                    if domain.lower[j] <= edge <= domain.upper[j]:
                        yield from _beside(clip, course, j, (edge, side), domain, rng)
    for j in range(len(ANGLES)):
        spans = list(limit_runs(course.schedule, j))
        if j not in named and len(spans) == 1 and (j in spans[0][2].limit_reasons or rng.random() < 0.1):
            domain = spans[0][2]
            yield from _beside(clip, course, j, (domain.upper[j], -1), domain, rng)
            yield from _beside(clip, course, j, (domain.lower[j], 1), domain, rng)
    if course.turning:
        yield _swung(clip, course, rng)


def _forbidden(box: TabooBox, domain: AngleDomain) -> list[tuple[int, float, float]] | None:
    """(angle, low, high) of the forbidden part that lies inside the limits; None where there is none to speak of."""
    merged: dict[int, tuple[float, float]] = {}
    for j, low, high in box.intervals:
        before = merged.get(j, (domain.lower[j], domain.upper[j]))
        merged[j] = (max(low, before[0]), min(high, before[1]))
    parts = [(j, float(low), float(high)) for j, (low, high) in merged.items()]
    return parts if all(high - low > _NARROWEST for _, low, high in parts) else None


def _depth(width: float, kind: str, rng: np.random.Generator) -> float:
    """How far inside an interval to go: half a degree, or anywhere."""
    if width < 2 * SHALLOW:
        return width / 2
    return SHALLOW if kind in ("shallow", "one frame") else rng.uniform(SHALLOW, width - SHALLOW)


def _in_box(
    clip: MotionClip,
    course: Course,
    box: TabooBox,
    inside: list[tuple[int, float, float]],
    held: tuple[int, int],
    kind: str,
    rng: np.random.Generator,
) -> Case:
    """All angles of a box led into it; `shallow`: one of them barely, through an edge that the limits leave."""
    start, end = _span(held, 1 if kind == "one frame" else rng.integers(2, 2 + int(_LONGEST * clip.fps)), rng)
    angles = clip.angles.copy()
    barely = rng.integers(len(inside))
    for n, (j, low, high) in enumerate(inside):
        depth = _depth(high - low, kind if n == barely else "deep", rng)
        edges = [x for x in box.intervals if x[0] == j]
        from_below = any(x[1] == low for x in edges) and not (any(x[2] == high for x in edges) and rng.random() < 0.5)
        angles[:, j] = _led(angles[:, j], low + depth if from_below else high - depth, start, end, clip.fps)
    return Case(_posed(clip, angles), course, box.reason.rule, start, end, kind)


def _between(
    clip: MotionClip,
    course: Course,
    box: TabooBox,
    inside: list[tuple[int, float, float]],
    held: tuple[int, int],
    domain: AngleDomain,
    rng: np.random.Generator,
) -> Case | None:
    """Two legal frames and the box between them: a narrow one is jumped over, of another a corner is cut."""
    frame = int(rng.integers(held[0], held[1]))
    edges = [(j, low, high) for j, low, high in inside if (j, low, high) in box.intervals]
    narrow = [
        (j, low, high)
        for j, low, high in edges
        if high - low < _STEP - 2 * SHALLOW
        and domain.lower[j] <= low - SHALLOW
        and high + SHALLOW <= domain.upper[j]
    ]
    angles = clip.angles.copy()
    around = np.arange(clip.frames) > frame
    if narrow:
        j, low, high = narrow[rng.integers(len(narrow))]
        for k, a, b in inside:
            if k != j:
                angles[:, k] = _led(angles[:, k], (a + b) / 2, frame, frame + 1, clip.fps)
        angles[:, j] = np.where(around, high + SHALLOW, low - SHALLOW)
    elif len(inside) > 1:
        i, j = rng.permutation(len(inside))[:2]
        for n, (k, low, high) in enumerate(inside):
            own = [x for x in box.intervals if x[0] == k]
            edge, inward = (low, 1) if any(x[1] == low for x in own) else (high, -1)
            deep = edge + inward * min(_STEP / 2, 0.8 * (high - low))
            out = edge - inward * SHALLOW
            path = np.full(clip.frames, deep)
            if n == i:
                path[~around] = out
            elif n == j:
                path[around] = out
            angles[:, k] = path
    else:
        return None  # one angle, one edge: between two allowed poses all are allowed
    return Case(_posed(clip, angles), course, box.reason.rule, frame, frame + 1, "between frames")


def _out_of_range(
    clip: MotionClip, course: Course, j: int, held: tuple[int, int], domain: AngleDomain, rng: np.random.Generator
) -> Case:
    start, end = _span(held, rng.integers(1, 2 + int(_LONGEST * clip.fps)), rng)
    depth = SHALLOW if rng.random() < 0.5 else rng.uniform(SHALLOW, math.radians(20))
    goal = domain.upper[j] + depth if rng.random() < 0.5 else domain.lower[j] - depth
    angles = clip.angles.copy()
    angles[:, j] = _led(angles[:, j], goal, start, end, clip.fps)
    return Case(_posed(clip, angles), course, domain.limit_reason(j).rule, start, end, "range")


def _turned_back(clip: MotionClip, course: Course, span: TurningSpan, rng: np.random.Generator) -> Case:
    """The whole dancer turned the forbidden way by the swing and a little or a lot, whatever the clip turns itself."""
    frames = max(2, round(rng.uniform(0.3, 1.0) * clip.fps))
    start = int(rng.integers(span.start, max(span.start + 1, span.end - frames)))
    end = min(start + frames, span.end)
    own = span.limit.direction * facing.heading(clip.root_rotation)
    depth = SHALLOW if rng.random() < 0.5 else rng.uniform(SHALLOW, math.pi)
    back = span.limit.swing + depth + max(0.0, own[end] - own[start])
    ramp = np.clip((np.arange(clip.frames) - start) / (end - start), 0.0, 1.0)
    return Case(_spun(clip, -span.limit.direction * back * ramp), course, span.limit.reason.rule, end, end, "turn")


def _circling(clip: MotionClip, course: Course, span: TurningSpan, rng: np.random.Generator) -> Case:
    """A path round a circle the forbidden way, by half a turn and at least a tenth of one."""
    radius, turn = rng.uniform(1.0, 2.5), HALF_TURN + rng.uniform(0.2, 1.2) * math.pi
    around = -span.limit.direction * turn * np.linspace(0, 1, clip.frames) + rng.uniform(0, 2 * math.pi)
    translation = clip.root_translation.copy()
    translation[:, :2] = radius * np.stack((np.cos(around), np.sin(around)), -1)
    beyond = math.ceil((clip.frames - 1) * (HALF_TURN + 0.1) / turn)
    made = _posed(replace(clip, root_translation=translation), clip.angles)
    return Case(made, course, span.limit.reason.rule, beyond, clip.frames - 1, "path")


def _beside(
    clip: MotionClip, course: Course, j: int, edge: tuple[float, int], domain: AngleDomain, rng: np.random.Generator
) -> Iterator[Case]:
    """One angle held exactly on an edge, and swinging fast beside it on the allowed side (-1 below, 1 above)."""
    bound, side = edge
    angles = clip.angles.copy()
    angles[:, j] = bound
    yield Case(_posed(clip, angles), course, None, 0, clip.frames - 1, "on the edge")
    room = side * ((domain.upper[j] if side > 0 else domain.lower[j]) - bound)
    if room > math.radians(1):
        size, wave = min(room, math.radians(40)), np.arange(clip.frames) / clip.fps * rng.uniform(2, 5)
        angles = clip.angles.copy()
        angles[:, j] = bound + side * size * (0.5 - 0.5 * np.cos(2 * np.pi * wave))
        yield Case(_posed(clip, angles), course, None, 0, clip.frames - 1, "fast beside the edge")


def _swung(clip: MotionClip, course: Course, rng: np.random.Generator) -> Case:
    """A dancer who faces one way, but for swinging to and fro as far as every rule on turning leaves."""
    swing = min(span.limit.swing for span in course.turning) - 1e-6
    wave = np.abs(np.sin(np.arange(clip.frames) / clip.fps * rng.uniform(2, 6)))
    spun = _spun(clip, swing * wave - facing.heading(clip.root_rotation))
    still = np.repeat(clip.root_translation[:1, :2], clip.frames, 0)
    translation = np.concatenate((still, clip.root_translation[:, 2:]), 1)
    made = _posed(replace(spun, root_translation=translation), clip.angles)
    return Case(made, course, None, 0, clip.frames - 1, "swing")


def _span(held: tuple[int, int], frames: int, rng: np.random.Generator) -> tuple[int, int]:
    """First and last of so many frames, or as many as there are, somewhere inside those in which a rule holds."""
    frames = min(int(frames), held[1] - held[0] + 1)
    start = int(rng.integers(held[0], held[1] - frames + 2))
    return start, start + frames - 1


def _led(track: np.ndarray, goal: float, start: int, end: int, fps: float) -> np.ndarray:
    """A (T,) track [rad] led to a value, held there from `start` to `end`, and back, at no more than `SPEED`."""
    far = np.abs(track - goal).max()
    ramp = max(1, math.ceil(far / SPEED * fps * math.pi / 2))
    frame = np.arange(len(track))
    near = np.clip(np.maximum(start - frame, frame - end) / (ramp + 1), 0.0, 1.0)
    weight = 0.5 + 0.5 * np.cos(np.pi * near)
    return np.where(weight == 1.0, goal, track + weight * (goal - track))


def _spun(clip: MotionClip, by: np.ndarray) -> MotionClip:
    """The clip turned about the vertical through the pelvis by (T,) [rad]."""
    c, s = np.cos(by / 2), np.sin(by / 2)
    w, x, y, z = clip.root_rotation.T
    rotation = np.stack((c * w - s * z, c * x - s * y, c * y + s * x, c * z + s * w), -1)
    return _posed(replace(clip, root_rotation=rotation), clip.angles)


def _posed(clip: MotionClip, angles: np.ndarray) -> MotionClip:
    q, t, r = (torch.from_numpy(np.ascontiguousarray(a)) for a in (angles, clip.root_translation, clip.root_rotation))
    return replace(clip, angles=angles, positions=forward(q, t, r).positions.numpy())
