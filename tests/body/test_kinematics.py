"""Forward kinematics, its Jacobian and the angle decomposition."""

import math

import torch

from ritual.body.kinematics import (
    angles_from_local,
    forward,
    jacobian,
    local_rotations,
    matrix_to_quaternion,
    quaternion_to_matrix,
)
from ritual.body.skeleton import ANGLE_INDEX, ANGLES, JOINT_INDEX, JOINTS, SKELETON

LIMITS = torch.tensor(SKELETON.limits, dtype=torch.double)


def poses(count, seed=0):
    generator = torch.Generator().manual_seed(seed)
    u = torch.rand(count, 36, dtype=torch.double, generator=generator)
    root = torch.randn(count, 7, dtype=torch.double, generator=generator)
    rotation = torch.nn.functional.normalize(root[:, 3:], dim=-1)
    return LIMITS[:, 0] + (LIMITS[:, 1] - LIMITS[:, 0]) * u, root[:, :3], rotation


def joint(angle, degrees, name):
    q = torch.zeros(36, dtype=torch.double)
    q[ANGLE_INDEX[angle]] = math.radians(degrees)
    return forward(q).positions[JOINT_INDEX[name]]


def test_the_body_has_24_joints_and_36_angles():
    assert (len(JOINTS), len(ANGLES)) == (24, 36)
    assert len(set(ANGLES)) == 36


def test_the_jacobian_is_the_derivative_of_the_positions():
    q, translation, rotation = poses(4)
    analytic = jacobian(q, translation, rotation)
    step = 1e-6
    for i in range(36):
        ahead, behind = q.clone(), q.clone()
        ahead[:, i] += step
        behind[:, i] -= step
        difference = forward(ahead, translation, rotation).positions - forward(behind, translation, rotation).positions
        assert torch.allclose(analytic[..., i], difference.flatten(1) / (2 * step), atol=1e-8)


def test_angles_come_back_from_joint_rotations():
    q, _, _ = poses(50)
    local = local_rotations(q)
    assert torch.allclose(local_rotations(angles_from_local(local)), local, atol=1e-12)


def test_quaternions_and_matrices_are_inverse():
    _, _, rotation = poses(100)
    matrix = quaternion_to_matrix(rotation)
    assert torch.allclose(quaternion_to_matrix(matrix_to_quaternion(matrix)), matrix, atol=1e-12)


def test_positive_angles_do_what_the_table_says():
    assert joint("left_hip_flexion", 90, "left_knee")[1] < -0.3  # forward is -Y
    assert joint("left_shoulder_abduction", 90, "left_wrist")[0] > 0.5  # outward, left is +X
    assert joint("right_shoulder_abduction", 90, "right_wrist")[0] < -0.5
    assert joint("left_elbow_flexion", 90, "left_wrist")[1] < -0.2
    assert joint("left_knee_flexion", 90, "left_ankle")[1] > 0.3  # heel to the seat
    assert joint("spine1_flexion", 40, "head")[1] < -0.2
    assert joint("spine1_lateral", 20, "head")[0] > 0.1
    assert joint("left_wrist_flexion", 60, "left_hand")[0] < joint("left_wrist_flexion", 0, "left_hand")[0]
    assert joint("right_wrist_flexion", 60, "right_hand")[0] > joint("right_wrist_flexion", 0, "right_hand")[0]
    assert joint("left_ankle_dorsiflexion", 30, "left_foot")[2] > joint("left_ankle_dorsiflexion", 0, "left_foot")[2]


def test_left_and_right_are_mirror_images():
    q = torch.rand(36, dtype=torch.double) * 0.5
    mirrored = q.clone()
    for i, name in enumerate(ANGLES):
        if name.startswith("left_"):
            other = ANGLE_INDEX[name.replace("left_", "right_")]
            mirrored[i], mirrored[other] = q[other], q[i]
        elif "lateral" in name or ("rotation" in name and not name.startswith("right_")):
            mirrored[i] = -q[i]
    here, there = forward(q).positions, forward(mirrored).positions
    for i, name in enumerate(JOINTS):
        twin = JOINT_INDEX[name.replace("left_", "?").replace("right_", "left_").replace("?", "right_")]
        assert torch.allclose(here[i] * here.new_tensor([-1, 1, 1]), there[twin], atol=1e-12)
