"""A whole track fitted at once: the right equations, goals reached, limits kept, what is reached already left alone."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from ritual.body import track_kernel as kernel
from ritual.body.kinematics import forward
from ritual.body.skeleton import JOINT_INDEX, SKELETON
from ritual.body.track_fit import Goals, Ties, Track, fit
from ritual.body.tree import FREEDOMS, ROOT, tree_of

LOW, HIGH = np.array(SKELETON.limits).T
REST = np.array(SKELETON.joints[0].offset)


def dance(frames=40, seed=0, amplitude=0.4):
    rng = np.random.default_rng(seed)
    t = np.arange(frames)[:, None] / 25
    wave = np.sin(2 * np.pi * (rng.uniform(0.1, 0.6, 36) * t + rng.uniform(0, 1, 36)))
    angles = (LOW + HIGH) / 2 + amplitude * (HIGH - LOW) / 2 * wave
    return Track(angles, np.tile(REST, (frames, 1)), np.tile([1.0, 0, 0, 0], (frames, 1)))


def positions(track):
    return forward(*(torch.from_numpy(x) for x in (track.angles, track.translation, track.rotation))).positions.numpy()


def bounds(frames):
    return np.tile(LOW, (frames, 1)), np.tile(HIGH, (frames, 1))


def test_the_equations_are_the_derivative_of_the_objective():
    rng, frames, marks = np.random.default_rng(0), 4, 5
    start = dance(frames)
    turn = 0.05 * rng.normal(size=(frames, 3)).cumsum(0)  # ties of the root's turn are exact for small steps
    rotation = np.concatenate((np.ones((frames, 1)), turn), 1)
    rotation /= np.linalg.norm(rotation, axis=1, keepdims=True)
    state = (start.angles, start.translation + rng.normal(size=(frames, 3)), rotation)
    goals = (
        rng.normal(size=(frames, 24, 3)), rng.uniform(0, 1, (frames, 24)), rng.integers(0, 24, marks),
        0.1 * rng.normal(size=(marks, 3)), rng.normal(size=(frames, marks, 3)), rng.uniform(0, 1, (frames, marks, 3)),
        rng.normal(size=(frames, marks)), 0.7, np.full(24, 1 / 24), rng.normal(size=(frames, 2)),
        rng.uniform(0, 1, frames),
    )  # fmt: skip
    ties = rng.uniform(0, 1, (frames - 1, FREEDOMS))
    ties[:, 3:6] *= 1e-3
    paces = kernel.paces_of(*state) + 0.1 * rng.normal(size=(frames - 1, FREEDOMS))
    pulls = rng.uniform(0, 1, FREEDOMS)
    rest = (rng.normal(size=(frames, 36)), rng.normal(size=(frames, 3)), rotation, pulls, paces, ties)
    band, slope = np.empty((FREEDOMS + 1, FREEDOMS * frames)), np.empty(FREEDOMS * frames)
    kernel.equations(tree_of(), *state, *goals, *rest, band, slope)
    wide = np.full((frames, 36), 99.0)

    def objective(step):
        moved = [np.empty_like(x) for x in state]
        kernel.moved(*state, step, -wide, wide, *moved)
        return kernel.cost(tree_of(), *moved, *goals, *rest)

    for k in rng.choice(FREEDOMS * frames, 60, replace=False):
        step = np.zeros(FREEDOMS * frames)
        step[k] = 1e-6
        assert slope[k] == pytest.approx(-(objective(step) - objective(-step)) / 2e-6, abs=2e-3)


def test_holding_unknowns_is_what_the_dense_system_does():
    rng, n = np.random.default_rng(1), 2 * FREEDOMS
    dense = rng.normal(size=(n, n))
    dense = dense @ dense.T + n * np.eye(n)
    dense[np.abs(np.subtract.outer(range(n), range(n))) > FREEDOMS] = 0
    band = np.zeros((FREEDOMS + 1, n))
    for j in range(n):
        for i in range(max(0, j - FREEDOMS), j + 1):
            band[FREEDOMS + i - j, j] = dense[i, j]
    rest, held = rng.normal(size=n), rng.random(n) < 0.3
    reach = np.where(held, rng.normal(size=n), 0.0)
    right = np.where(held, reach, rest - dense @ reach)
    kernel.hold(band, rest, held, reach)
    free = ~held
    expected = reach.copy()
    expected[free] = np.linalg.solve(dense[np.ix_(free, free)], right[free])
    again = np.zeros((n, n))
    for j in range(n):
        for i in range(max(0, j - FREEDOMS), j + 1):
            again[i, j] = again[j, i] = band[FREEDOMS + i - j, j]
    assert np.allclose(np.linalg.solve(again, rest), expected)


def test_what_is_reached_already_stays():
    track = dance()
    found = fit(track, Goals.of_joints(positions(track)), *bounds(len(track)))
    assert np.allclose(found.angles, track.angles, atol=1e-9)


def test_targets_near_by_are_reached_inside_the_limits():
    track, other = dance(), dance(amplitude=0.55)
    found = fit(track, Goals.of_joints(positions(other)), *bounds(len(track)), ties=Ties(0.0, 0.0, 0.0), pull=0.0)
    assert np.linalg.norm(positions(found) - positions(other), axis=-1).mean() < 2e-3
    assert (found.angles >= LOW).all() and (found.angles <= HIGH).all()


def test_limits_of_every_frame_hold_bit_for_bit():
    track = dance()
    low, high = bounds(len(track))
    high[10:20] = np.minimum(high[10:20], track.angles[10:20] - 0.1)
    found = fit(track, Goals.of_joints(positions(track)), low, high)
    assert (found.angles >= low).all() and (found.angles <= high).all()
    free = fit(track, Goals.of_joints(positions(track)), low, high, ties=Ties(0.0, 0.0, 0.0))
    assert np.abs(np.diff(found.angles, axis=0)).max() < np.abs(np.diff(free.angles, axis=0)).max()


def test_a_mark_stays_where_it_is_planted():
    track = dance()
    heel = np.array([[0.0, 0.05, -0.08]])
    goals = Goals.of_joints(positions(track))
    frames = len(track)
    where = np.tile(positions(track)[0, JOINT_INDEX["left_ankle"]] + [0, 0, -0.08], (frames, 1, 1))
    planted = replace(
        goals, carriers=np.array([JOINT_INDEX["left_ankle"]]), offsets=heel, marks=where,
        mark_weights=np.full((frames, 1, 3), 1e4), floors=np.full((frames, 1), kernel.NO_FLOOR),
    )  # fmt: skip
    found = fit(track, planted, *bounds(frames))
    pose = forward(*(torch.from_numpy(x) for x in (found.angles, found.translation, found.rotation)))
    ankle = JOINT_INDEX["left_ankle"]
    mark = pose.positions[:, ankle].numpy() + pose.rotations[:, ankle].numpy() @ heel[0]
    assert np.linalg.norm(mark - where[:, 0], axis=1).max() < 2e-3


def test_the_centre_of_mass_goes_where_it_is_wanted():
    track = dance()
    frames = len(track)
    goals = Goals.of_joints(positions(track), np.full(24, 1e-3))
    masses = np.full(24, 1 / 24)
    aim = np.tile([0.15, -0.05], (frames, 1))
    balanced = replace(goals, masses=masses, balance=aim, balance_weights=np.full(frames, 1e3))
    found = fit(track, balanced, *bounds(frames))
    assert np.abs((positions(found)[..., :2] * masses[:, None]).sum(1) - aim).max() < 2e-3


def test_a_fixed_root_does_not_move():
    track, other = dance(), dance(amplitude=0.6)
    found = fit(track, Goals.of_joints(positions(other)), *bounds(len(track)), root="fixed")
    assert np.array_equal(found.translation, track.translation) and np.allclose(found.rotation, track.rotation)


def test_one_frame_is_a_track():
    track = dance(1)
    assert fit(track, Goals.of_joints(positions(track) + 0.01), *bounds(1)).angles.shape == (1, ROOT * 6)
