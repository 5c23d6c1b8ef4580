"""A track solved at once: its slope is the cost's own, and what is held is held."""

from dataclasses import replace

import numpy as np
import pytest

from ritual.body import track_kernel as kernel
from ritual.body.rotations import continuous
from ritual.body.skeleton import JOINT_INDEX, SKELETON
from ritual.body.track_fit import Goals, Ties, Track, fit
from ritual.body.track_kernel import NO_FLOOR
from ritual.body.tree import FREEDOMS, tree_of

LOW, HIGH = np.array(SKELETON.limits).T


def a_track(frames=6, seed=0, turn=0.02):
    random = np.random.default_rng(seed)
    angles = (LOW + HIGH) / 2 + 0.1 * (HIGH - LOW) * random.uniform(-1, 1, (frames, 36)).cumsum(0) / frames
    rotation = np.array([1.0, 0.1, -0.05, 0.2]) + turn * random.normal(size=(frames, 4))
    rotation /= np.linalg.norm(rotation, axis=1, keepdims=True)
    return Track(angles, random.normal(size=(frames, 3)) * 0.02 + (0, 0, 0.9), continuous(rotation))


def every_goal(track, seed=1):
    """Joints, marks, a floor that some marks are under, and balance."""
    random = np.random.default_rng(seed)
    frames = len(track)
    positions = track.pose()[0]
    carriers = np.array([JOINT_INDEX["left_ankle"], JOINT_INDEX["right_wrist"]])
    marks = positions[:, carriers] + 0.02 * random.normal(size=(frames, 2, 3))
    return Goals(
        positions + 0.02 * random.normal(size=positions.shape), random.uniform(0, 1, (frames, 24)), carriers,
        random.normal(size=(2, 3)) * 0.1, marks, random.uniform(0, 5, (frames, 2, 3)),
        np.stack((marks[:, 0, 2] + 0.1, np.full(frames, NO_FLOOR)), 1), 7.0, np.full(24, 1 / 24),
        0.1 * random.normal(size=(frames, 2)), random.uniform(0, 2, frames),
    )  # fmt: skip


def test_the_right_hand_side_is_the_slope_of_the_cost():
    track, reference = a_track(turn=0.003), a_track(seed=3, turn=0.003)
    goals, frames = every_goal(track), len(track)
    aim = tuple(vars(goals).values())
    paces = kernel.paces_of(reference.angles, reference.translation, reference.rotation)
    pulls = np.linspace(0.1, 1, FREEDOMS)
    rest = (reference.angles, reference.translation, reference.rotation, pulls, paces, Ties(1, 1, 1).weights(frames))
    band, slope = np.empty((FREEDOMS + 1, FREEDOMS * frames)), np.empty(FREEDOMS * frames)
    arrays = (track.angles, track.translation, track.rotation)
    kernel.equations(tree_of(), *arrays, *aim, *rest, band, slope)
    wide = np.full((frames, 36), 1e3)
    seen = np.empty_like(slope)
    for k in range(len(slope)):
        costs = []
        for sign in (1, -1):
            step = np.zeros_like(slope)
            step[k] = sign * 1e-5
            out = tuple(np.empty_like(x) for x in arrays)
            kernel.moved(*arrays, step, -wide, wide, *out)
            costs.append(kernel.cost(tree_of(), *out, *aim, *rest))
        seen[k] = (costs[1] - costs[0]) / 2e-5
    assert np.abs(seen - slope).max() < 0.02 * np.abs(slope).max()
    turns = np.arange(len(slope)) % FREEDOMS // 3 == 1  # ties of the root's turn: exact for small turns only
    assert np.abs(seen - slope)[~turns].max() < 1e-5 * np.abs(slope).max()


def test_a_fit_lowers_the_cost_and_reaches_joints_that_can_be_reached():
    truth = a_track(20)
    start = replace(truth, angles=truth.angles + 0.05, translation=truth.translation + 0.05)
    lower, upper = np.tile(LOW, (20, 1)), np.tile(HIGH, (20, 1))
    found = fit(start, Goals.of_joints(truth.pose()[0]), lower, upper, pull=1e-4, ties=Ties(1e-4, 1e-4, 1e-4))
    assert np.abs(found.pose()[0] - truth.pose()[0]).max() < 1e-3


@pytest.mark.parametrize("root", ["upright", "fixed"])
def test_what_is_held_stays_bit_for_bit(root):
    track = a_track(12)
    lower, upper = np.tile(LOW, (12, 1)), np.tile(HIGH, (12, 1))
    still = np.arange(36) % 3 == 0
    lower[:, still] = upper[:, still] = track.angles[:, still]
    lower[4:6, 7] = upper[4:6, 7] = track.angles[4:6, 7]
    found = fit(track, every_goal(track), lower, upper, root=root)
    assert np.array_equal(found.angles[:, still], track.angles[:, still])
    assert np.array_equal(found.angles[4:6, 7], track.angles[4:6, 7])
    assert np.array_equal(found.rotation, track.rotation)
    assert np.array_equal(found.translation, track.translation) == (root == "fixed")
    assert (found.angles >= lower).all() and (found.angles <= upper).all()
    assert np.abs(found.angles - track.angles).max() > 1e-3


def test_nothing_that_may_move_leaves_the_track_as_it_is():
    track = a_track(5)
    found = fit(track, every_goal(track), track.angles, track.angles, root="fixed")
    assert np.array_equal(found.angles, track.angles) and np.array_equal(found.translation, track.translation)
