"""The compiled tree agrees with torch's forward kinematics and with dense linear algebra."""

import numpy as np
import pytest
import torch

from ritual.body import tree as compiled
from ritual.body.kinematics import forward, jacobian
from ritual.body.skeleton import SKELETON

LOW, HIGH = np.array(SKELETON.limits).T
TREE = compiled.tree_of()


def random_pose(seed):
    rng = np.random.default_rng(seed)
    rotation = rng.normal(size=4)
    return rng.uniform(LOW, HIGH), rng.normal(size=3), rotation / np.linalg.norm(rotation)


def placed(seed):
    work = compiled.workspace()
    compiled.place(TREE, *random_pose(seed), work)
    return work


def torch_pose(seed):
    return forward(*(torch.from_numpy(x)[None] for x in random_pose(seed)))


def dense_jacobian(seed):
    """(72, 42): root translation, root rotation about world axes, angles."""
    pose = torch_pose(seed)
    positions = pose.positions[0].numpy()
    shift = np.tile(np.eye(3), (24, 1))
    turn = np.cross(np.eye(3)[None], (positions - positions[0])[:, None]).transpose(0, 2, 1).reshape(72, 3)
    angles = jacobian(torch.from_numpy(random_pose(seed)[0])[None], pose=pose)[0].numpy()
    return np.concatenate((shift, turn, angles), 1)


@pytest.mark.parametrize("seed", range(5))
def test_poses_are_those_of_forward_kinematics(seed):
    work, pose = placed(seed), torch_pose(seed)
    assert np.allclose(work.positions, pose.positions[0].numpy(), atol=1e-14)
    assert np.allclose(work.rotations, pose.rotations[0].numpy(), atol=1e-14)


@pytest.mark.parametrize("seed", range(5))
def test_the_normal_matrix_is_that_of_the_jacobian(seed):
    rng = np.random.default_rng(seed)
    work, columns = placed(seed), dense_jacobian(seed)
    targets, weights = work.positions + rng.normal(size=(24, 3)), rng.uniform(0, 2, 24)
    each = np.repeat(weights, 3)
    compiled.sum_below(TREE, targets, weights, work)
    compiled.normal_matrix(TREE, work)
    slope = np.empty(42)
    compiled.gradient(TREE, work, slope)
    assert np.allclose(slope, columns.T @ (each * (targets - work.positions).ravel()), atol=1e-12)
    assert np.allclose(np.tril(work.normal), np.tril(columns.T @ (each[:, None] * columns)), atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_the_sparse_factor_solves_the_dense_system(seed):
    rng = np.random.default_rng(seed)
    work, columns = placed(seed), dense_jacobian(seed)
    compiled.sum_below(TREE, work.positions, np.ones(24), work)
    compiled.normal_matrix(TREE, work)
    extra, free = rng.uniform(1e-3, 1e-2, 42), rng.random(42) > 0.3
    compiled.factorise(TREE, work, extra, free)
    right = np.where(free, rng.normal(size=42), 0.0)
    found = right.copy()
    compiled.solve_factored(TREE, work, found)
    dense = np.where(free[:, None] & free, columns.T @ columns + np.diag(extra), np.eye(42))
    assert np.allclose(dense @ found, right, atol=1e-9)
