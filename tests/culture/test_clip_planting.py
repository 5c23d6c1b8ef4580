"""Whole clips whose feet stand: generated ones inside their course, real ones as they were recorded."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import ritual.clip
from ritual.body import facing
from ritual.body.angle_domain import AngleDomain, Reason, TabooBox
from ritual.body.kinematics import forward
from ritual.body.skeleton import ANGLE_INDEX, JOINT_INDEX
from ritual.body.track import breaches
from ritual.brief import Brief
from ritual.clip import MotionClip
from ritual.culture.clip_compliance import clip_violations, kept_when_slerped
from ritual.culture.clip_planting import planted
from ritual.culture.course import course_of
from ritual.generate import Engine, generate

MOCAP = Path(__file__).parents[2].parent / "shared" / "data" / "mocap"
needs_mocap = pytest.mark.skipif(not MOCAP.is_dir(), reason="the mocap folder ../shared/data/mocap is not there")
ANKLES = [JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"]]


@pytest.fixture(scope="module")
def engine():
    return Engine.load()


@pytest.mark.parametrize("dance", ["dai-peacock", "li-bamboo", "manchu-mangshi", "tibetan-guozhuang"])
def test_the_feet_of_a_generated_clip_stand_and_its_rules_hold(engine, dance):
    result = generate(Brief("with joy", dance, seconds=6, variants=2, seed=1), engine)
    for variant, told in zip(result.variants, result.report()["variants"], strict=True):
        contact = variant.contact
        assert contact.planted > 0.4 and contact.gliding < 0.05
        assert contact.sliding_mm < 5 < contact.sliding_before_mm and contact.under_floor_mm < 5
        assert contact.hand_depth_mm < 5 and contact.moved_deg < 2
        assert variant.report.compliant and breaches(variant.clip.angles, result.course.schedule) == []
        assert variant.clip.meta["contact"] == told["contact"] == contact.to_dict()


def test_a_hop_of_the_dance_stays_in_the_air(engine):
    (variant,) = generate(Brief("with joy", "li-bamboo", seconds=6, variants=1, seed=1), engine).variants
    lowest = variant.clip.positions[:, ANKLES, 2].min(1)
    assert variant.contact.airborne > 0.1 and lowest.max() > lowest.min() + 0.02


def test_a_clip_is_planted_once(engine):
    """What stands already is left nearly as it is."""
    result = generate(Brief("with joy", "han-yangko", seconds=4, variants=1), engine)
    clip = result.variants[0].clip
    again, report, _ = planted(clip, result.course)
    assert report.moved_deg < 0.2 and np.abs(again.positions - clip.positions).mean() < 0.005
    assert clip_violations(again, result.course, tolerance=0.0) == []


def test_a_dance_that_turns_one_way_keeps_its_heading_and_may_not_be_led_round_the_other(engine):
    result = generate(Brief("with joy", "tibetan-guozhuang", seconds=6, variants=1, seed=2), engine)
    clip = result.variants[0].clip
    slipping = replace(clip, root_translation=clip.root_translation - np.array((0.0, 0.0, 0.02)))
    again, report, _ = planted(slipping, result.course)
    assert np.array_equal(facing.heading(again.root_rotation), facing.heading(clip.root_rotation))
    assert report.under_floor_mm < 5 and clip_violations(again, result.course, tolerance=0.0) == []


@needs_mocap
@pytest.mark.parametrize("name", ["cmu/05_02.bvh", "cmu/16_32.bvh", "cmu/49_02.bvh"])
def test_recorded_feet_stand_and_the_recording_stays_itself(name):
    clip = ritual.clip.read(MOCAP / name)
    again, report, _ = planted(clip, floor=None)
    assert report.sliding_before_mm > 5 > report.sliding_mm and report.under_floor_mm < 5
    moved = np.linalg.norm(
        (again.positions - again.positions[:, :1]) - (clip.positions - clip.positions[:, :1]), axis=-1
    )
    assert moved.mean() < 0.02 and report.moved_deg < 1
    path = np.linalg.norm((again.root_translation - clip.root_translation)[:, :2], axis=1)
    assert np.median(path) < 0.05
    jerk = [np.linalg.norm(np.diff(c.positions, 3, axis=0), axis=-1).mean() for c in (clip, again)]
    assert jerk[1] < 1.2 * jerk[0]


def test_what_only_a_slerped_rig_would_break_is_moved_and_what_none_would_is_not(engine):
    shoulder = [ANGLE_INDEX[f"left_shoulder_{turn}"] for turn in ("abduction", "flexion", "rotation")]
    angles = np.zeros((30, 36))
    angles[:, shoulder] = np.radians(np.linspace((40, 0, -30), (40, 40, 30), 30))[::10].repeat(10, 0)
    rest, upright = np.tile((0.0, 0.0, 0.92), (30, 1)), np.tile((1.0, 0.0, 0.0, 0.0), (30, 1))
    q, t, r = (torch.from_numpy(x) for x in (angles, rest, upright))
    clip = MotionClip(angles, rest, upright, forward(q, t, r).positions.numpy(), 25.0, "arm")
    course = course_of(engine.graph, "han-yangko", None, [(0, None)], 30, 25.0)
    body = AngleDomain.physiological()
    beside = TabooBox(((shoulder[0], np.radians(40.2), np.radians(90)),), Reason("beside"))
    strict = replace(course.first, domain=AngleDomain(body.lower, body.upper, (beside,)), phased=())
    course = replace(course, parts=((0, strict),))
    assert breaches(angles, course.schedule) == [] != breaches(angles, course.schedule, rig="quaternion")
    kept = kept_when_slerped(clip, course)
    assert breaches(kept.angles, course.schedule, rig="quaternion") == []
    assert breaches(kept.angles, course.schedule) == []
    assert kept_when_slerped(kept, course) is kept
