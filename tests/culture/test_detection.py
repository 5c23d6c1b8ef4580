"""The labelled set is labelled rightly, the checker answers it without a fault, and a worse checker does not."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from ritual.body.angle_domain import AngleDomain, Reason, TabooBox
from ritual.body.cycle import Phased
from ritual.body.kinematics import forward
from ritual.body.skeleton import ANGLE_INDEX, SKELETON
from ritual.body.turning import TurningLimit
from ritual.clip.clip import MotionClip
from ritual.culture import detection
from ritual.culture.course import Course
from ritual.culture.detection import detected
from ritual.culture.graph import load_graph
from ritual.culture.violating import SHALLOW, legal, violating

LOW, HIGH = np.degrees(np.array(SKELETON.limits)).T
FPS, FRAMES = 25.0, 100


@pytest.fixture(scope="module")
def graph():
    return load_graph()


def clip(rng):
    """Every limb sways about the middle of its range, by a fifth of it; the dancer walks a line and turns a little."""
    time = np.arange(FRAMES)[:, None] / FPS
    sway = 0.2 * np.sin(2 * np.pi * (time * rng.uniform(0.2, 0.8, 36) + rng.uniform(size=36)))
    angles = np.radians((LOW + HIGH) / 2 + sway * (HIGH - LOW))
    root = np.concatenate((0.3 * time, 0.1 * time, np.full((FRAMES, 1), 0.9)), 1)
    yaw = 0.2 * np.sin(time[:, 0])
    rotation = np.stack((np.cos(yaw / 2), 0 * yaw, 0 * yaw, np.sin(yaw / 2)), -1)
    positions = forward(*map(torch.from_numpy, (angles, root, rotation))).positions.numpy()
    return MotionClip(angles, root, rotation, positions, FPS)


def box(name, *intervals):
    """Sides in shares of the angle's range; the sway takes 0.3 to 0.7. A width in degrees follows as the fourth."""
    rows = []
    for angle, low, high, *width in intervals:
        j = ANGLE_INDEX[angle]
        a, b = (np.radians(LOW[j] + share * (HIGH[j] - LOW[j])) for share in (low, high))
        rows.append((j, a, a + np.radians(width[0]) if width else b))
    return TabooBox(tuple(rows), Reason(name))


def rules(graph):
    """More kinds of rules than the graph has: wide, narrow, one-sided and joint boxes, a range, a phase, turning."""
    body = AngleDomain.physiological()
    lower, upper = body.lower.copy(), body.upper.copy()
    j = ANGLE_INDEX["head_rotation"]
    lower[j], upper[j] = np.radians((-50, 45))
    boxes = (
        box("wide", ("left_elbow_flexion", 0.75, 0.95)),
        box("open", ("right_elbow_flexion", 0.8, np.inf)),
        box("narrow", ("left_wrist_flexion", 0.8, 0, 2.0)),
        box("thin", ("right_wrist_flexion", 0.85, 0, 0.6)),
        box("pair", ("left_shoulder_abduction", 0.75, np.inf), ("left_shoulder_flexion", -np.inf, 0.25)),
        box("three", ("left_hip_flexion", 0.8, np.inf), ("left_knee_flexion", 0.2, 0.9),
            ("left_hip_abduction", 0.75, 0, 12.0)),
        box("part", ("right_hip_flexion", -np.inf, 0.6), ("right_knee_flexion", 0.75, 0, 5.0)),
    )  # fmt: skip
    domain = AngleDomain(lower, upper, boxes, {j: Reason("range")})
    phase = Phased(0.25, 0.6, boxes=(box("phase", ("neck_flexion", 0.75, np.inf)),))
    turning = (TurningLimit(1, np.radians(30), Reason("left only")),)
    return replace(graph.rulebook("dai-peacock"), domain=domain, phased=(phase,), turning=turning)


@pytest.fixture(scope="module")
def cases(graph):
    rng = np.random.default_rng(7)
    made = []
    for _ in range(3):
        motion, course = clip(rng), Course(((0, rules(graph)),), FRAMES, FPS)
        made += [*violating(motion, course, rng), *legal(motion, course, rng)]
    return made


def by_definition(case, rule=None, between=64):
    """Whether some pose of a dense look at the clip is strictly inside a box or outside a limit, of one rule or any."""
    for first, last, domain in ((s.start, s.end, s.domain) for s in case.course.schedule):
        part = case.clip.angles[first : last + 1]
        share = np.linspace(0, 1, between + 1)[:, None, None]
        dense = ((1 - share) * part[:-1] + share * part[1:]).reshape(-1, 36)
        for taboo in domain.boxes:
            if rule in (None, taboo.reason.rule):
                inside = [(dense[:, j] > a + 1e-9) & (dense[:, j] < b - 1e-9) for j, a, b in taboo.intervals]
                if np.all(inside, 0).any():
                    return True
        for j in range(36):
            if rule in (None, domain.limit_reason(j).rule) and (
                (dense[:, j] > domain.upper[j] + 1e-9).any() or (dense[:, j] < domain.lower[j] - 1e-9).any()
            ):
                return True
    return False


def test_there_is_every_kind_of_case_and_every_rule_is_broken(cases):
    kinds = {case.kind for case in cases}
    assert kinds == {
        "deep", "shallow", "one frame", "between frames", "range", "turn", "path",
        "untouched", "on the edge", "fast beside the edge", "swing",
    }  # fmt: skip
    broken = {case.rule for case in cases if case.rule}
    assert broken == {
        "wide", "open", "narrow", "thin", "pair", "three", "part", "phase", "range", "left only", "physiological-limit",
    }  # fmt: skip


def test_the_labels_say_what_the_poses_do(cases):
    for case in cases:
        if case.kind in ("turn", "path"):
            continue
        if case.rule is None:
            assert not by_definition(case), case.kind
        else:
            assert by_definition(case, case.rule), (case.kind, case.rule)


def test_of_a_violation_between_frames_every_frame_is_allowed(cases):
    found = [case for case in cases if case.kind == "between frames"]
    assert {case.rule for case in found} >= {"narrow", "thin", "pair", "three", "part"}
    for case in found:
        assert not by_definition(case, case.rule, between=1)


def test_a_barely_violating_clip_is_half_a_degree_deep(cases):
    for case in cases:
        if case.rule == "open" and case.kind in ("shallow", "one frame"):
            j = ANGLE_INDEX["right_elbow_flexion"]
            edge = next(i[1] for t in case.course.first.domain.boxes for i in t.intervals if i[0] == j)
            assert case.clip.angles[:, j].max() - edge == pytest.approx(SHALLOW)
            assert case.kind == "shallow" or case.start == case.end


def test_the_checker_names_every_rule_that_is_broken_and_none_that_is_not(cases):
    found = detected(cases, mend=False)
    assert found.violating > 80 and found.legal > 60
    assert found.interception == 1.0, [(c.kind, c.rule) for c in found.missed]
    assert found.false_alarm == 0.0, [(c.kind, v.rule) for c, v in found.alarms]
    assert detected(cases, tolerance=0.0, mend=False).false_alarm == 0.0


def test_what_is_mended_breaks_nothing(cases):
    some = [case for case in cases if case.rule][::4]
    found = detected(some)
    assert found.mendable > 20 and found.mended == 1.0, [(c.kind, c.rule) for c in found.left]


def test_a_checker_that_is_blunt_or_looks_at_frames_only_or_cries_wolf_is_found_out(cases, monkeypatch):
    assert 0.3 < detected(cases, tolerance=np.radians(1.0), mend=False).interception < 1
    true = detection.clip_violations

    def frames_only(motion, course, tolerance):
        found = true(motion, course, tolerance)
        bad = lambda v: course.first.domain.violates(  # noqa: E731
            motion.angles[round(v.start * FPS) : round(v.end * FPS) + 1]
        ).any()
        return [v for v in found if v.angle in ("heading", "path") or bad(v)]

    monkeypatch.setattr(detection, "clip_violations", frames_only)
    missed = detected(cases, mend=False).missed
    assert missed and {case.kind for case in missed} <= {"between frames", "deep", "shallow", "one frame"}

    misnamed = lambda m, c, t: [replace(v, rule="another") for v in true(m, c, t)]  # noqa: E731
    monkeypatch.setattr(detection, "clip_violations", misnamed)
    assert detected(cases, mend=False).interception == 0
    late = lambda m, c, t: [replace(v, start=v.end + 9, end=v.end + 9) for v in true(m, c, t)]  # noqa: E731
    monkeypatch.setattr(detection, "clip_violations", late)
    assert detected(cases, mend=False).interception == 0

    narrower = lambda m, c, t: true(m, replace_domain(c, 0.01), t)  # noqa: E731
    monkeypatch.setattr(detection, "clip_violations", narrower)
    assert detected(cases, mend=False).false_alarm > 0.3


def replace_domain(course, margin):
    book = course.first
    return Course(((0, replace(book, domain=book.domain.shrunk(margin))),), course.frames, course.fps)


def test_the_graphs_own_rules_are_kept_watch_over(graph):
    rng = np.random.default_rng(1)
    made = []
    for slug in ("dai-peacock", "mongolian-wrestling", "tibetan-guozhuang"):
        book = graph.rulebook(slug)
        angles = np.repeat(book.stances[0].angles[None], FRAMES, 0)
        motion = replace(clip(rng), angles=angles)
        made += list(violating(motion, Course(((0, book),), FRAMES, FPS), rng))
    rules = {case.rule.split(":")[-1] for case in made}
    assert len(rules) >= 9 and any("tibetan" in rule for rule in rules)
    assert detected(made, mend=False).interception == 1.0


def test_rules_that_begin_in_the_middle_are_broken_after_they_began(graph):
    free, rng = graph.rulebook("yi-torch"), np.random.default_rng(2)
    course = Course(((0, free), (60, rules(graph))), FRAMES, FPS)
    made = [*violating(clip(rng), course, rng), *legal(clip(rng), course, rng)]
    own = [case for case in made if case.rule not in (None, "physiological-limit")]
    assert {case.kind for case in own} >= {"deep", "one frame", "between frames", "range", "turn"}
    assert all(case.start >= 60 for case in own) and not any(case.kind == "path" for case in made)
    found = detected(made, mend=False)
    assert found.interception == 1.0 and found.false_alarm == 0.0
