"""Illegal motion becomes legal and stays smooth; the joints stay near; legal motion is left alone."""

import math

import numpy as np
import pytest
import torch

from ritual.body.angle_domain import AngleDomain, Reason, TabooBox
from ritual.body.kinematics import forward
from ritual.body.legal_track import fit_legal, follow_legal
from ritual.body.schedule import DomainSpan
from ritual.body.skeleton import ANGLE_INDEX, SKELETON
from ritual.body.track_fit import Track
from ritual.errors import BadInput, EmptyDomain

BODY = AngleDomain.physiological()
LOW, HIGH = BODY.lower, BODY.upper
REST = np.array(SKELETON.joints[0].offset)
WRIST, ELBOW = ANGLE_INDEX["left_wrist_flexion"], ANGLE_INDEX["left_elbow_flexion"]


def dance(frames=100, seed=0, amplitude=0.4):
    rng = np.random.default_rng(seed)
    t = np.arange(frames)[:, None] / 25
    wave = np.sin(2 * np.pi * (rng.uniform(0.1, 0.6, 36) * t + rng.uniform(0, 1, 36)))
    angles = (LOW + HIGH) / 2 + amplitude * (HIGH - LOW) / 2 * wave
    return Track(angles, np.tile(REST, (frames, 1)), np.tile([1.0, 0, 0, 0], (frames, 1)))


def positions(track):
    return forward(*(torch.from_numpy(x) for x in (track.angles, track.translation, track.rotation))).positions.numpy()


def holes(rng, track, count):
    """Holes 9-41 deg wide where the motion passes, each in an angle of its own."""
    boxes = []
    for j in rng.choice(np.argsort(-np.ptp(track.angles, axis=0))[:28], count, replace=False):
        width = min(math.radians(rng.uniform(9, 41)), 0.6 * (HIGH[j] - LOW[j]))
        low = np.clip(track.angles[rng.integers(len(track)), j] - width * rng.random(), LOW[j], HIGH[j] - width)
        boxes.append(TabooBox(((int(j), low, low + width),), Reason(f"hole-{j}")))
    return AngleDomain(LOW, HIGH, tuple(boxes))


def forbidden_poses(angles, domain, steps=64):
    """Brute force at 1/64 frame, with no tolerance."""
    share = np.arange(steps + 1)[:, None, None] / steps
    return int(domain.violates((angles[:-1] + share * np.diff(angles, axis=0)).reshape(-1, 36)).sum())


@pytest.mark.parametrize(("count", "limit_mm"), [(14, 35), (4, 15)])
@pytest.mark.parametrize("seed", range(3))
def test_a_dance_through_holes_becomes_legal_and_stays_smooth(seed, count, limit_mm):
    track = dance(seed=seed)
    domain = holes(np.random.default_rng(seed), track, count)
    assert domain.violates(track.angles).mean() > 0.5
    found = fit_legal(positions(track), track, domain)
    assert forbidden_poses(found.track.angles, domain) == 0
    assert found.step_ratio <= 1.25
    assert 1000 * found.error.mean() < limit_mm
    assert np.allclose(found.error, np.linalg.norm(positions(found.track) - positions(track), axis=-1))


def test_looking_for_other_sides_brings_the_joints_nearer_or_nothing():
    track = dance(seed=4)
    domain = holes(np.random.default_rng(4), track, 14)
    assert fit_legal(positions(track), track, domain).error.mean() <= 1.02 * fit_legal(
        positions(track), track, domain, search=False
    ).error.mean()


def test_legal_motion_comes_back_as_it_is():
    track = dance(amplitude=0.3)
    domain = AngleDomain(LOW, HIGH, (TabooBox(((WRIST, HIGH[WRIST] - 0.1, 9.0),), Reason("edge")),))
    found = fit_legal(positions(track), track, domain)
    assert found.track is track and found.step_ratio == 1.0 and found.changed_sides == ()


def test_other_joints_make_up_for_the_one_that_is_held_back():
    track = dance()
    track.angles[:, ELBOW] = 1.2
    domain = AngleDomain(LOW, HIGH, (TabooBox(((ELBOW, 1.0, 1.6),), Reason("half-bent")),))
    found = fit_legal(positions(track), track, domain)
    clamped = track.angles.copy()
    clamped[:, ELBOW] = 1.0
    alone = np.linalg.norm(forward(torch.from_numpy(clamped)).positions.numpy() - positions(track), axis=-1)
    assert (found.error**2).sum() < 0.3 * (alone**2).sum()


def test_a_rule_that_begins_in_mid_clip_holds_from_there():
    track = dance()
    box = TabooBox(((WRIST, -0.2, 0.3), (ELBOW, 0.5, 2.0)), Reason("bent"))
    later = AngleDomain(LOW, HIGH, (box,))
    found = fit_legal(positions(track), track, (DomainSpan(0, 40, BODY), DomainSpan(40, 99, later)))
    assert forbidden_poses(found.track.angles[40:], later) == 0
    assert forbidden_poses(found.track.angles[:41], BODY) == 0


def test_rules_without_a_motion_are_named():
    intervals = {"not-straight": (-9.0, 1.0), "not-bent": (0.9, 9.0)}
    boxes = tuple(TabooBox(((ELBOW, *interval),), Reason(rule)) for rule, interval in intervals.items())
    with pytest.raises(EmptyDomain, match=r"not-bent.*not-straight"):
        fit_legal(positions(dance()), dance(), AngleDomain(LOW, HIGH, boxes))


@pytest.mark.parametrize("targets", [np.zeros((100, 23, 3)), np.full((100, 24, 3), np.nan)])
def test_bad_targets_are_one_clear_sentence(targets):
    with pytest.raises(BadInput, match="finite numbers"):
        fit_legal(targets, dance(), BODY)


def side_by_side(seed, count=14):
    """A dance drawn to one side of every hole, up to its very edge."""
    track, boxes = dance(seed=seed), []
    rng = np.random.default_rng(seed)
    for j in rng.choice(36, count, replace=False):
        width = min(math.radians(rng.uniform(9, 41)), 0.5 * (HIGH[j] - LOW[j]))
        low = rng.uniform(LOW[j], HIGH[j] - width)
        boxes.append(TabooBox(((int(j), low, low + width),), Reason(f"hole-{j}")))
        below = low - LOW[j] > HIGH[j] - low - width
        near, far = (LOW[j], low) if below else (low + width, HIGH[j])
        share = (track.angles[:, j] - track.angles[:, j].min()) / np.ptp(track.angles[:, j])
        track.angles[:, j] = np.clip(near + share * (far - near), near, far)
    return track, AngleDomain(LOW, HIGH, tuple(boxes))


@pytest.mark.parametrize("seed", range(6))
def test_a_legal_motion_up_to_the_edges_is_followed_and_raises_no_false_alarm(seed):
    track, domain = side_by_side(seed)
    first = Track(track.angles[:1], track.translation[:1], track.rotation[:1])
    found = follow_legal(positions(track), first, domain)
    assert forbidden_poses(found.track.angles, domain) == 0
    assert found.error.max() <= 0.03


def test_a_motion_that_leaves_its_part_is_fitted():
    track = dance()
    domain = holes(np.random.default_rng(0), track, 14)
    start = domain.project(track.angles[:1])
    found = follow_legal(positions(track), Track(start, track.translation[:1], track.rotation[:1]), domain)
    assert forbidden_poses(found.track.angles, domain) == 0 and found.step_ratio <= 1.25
