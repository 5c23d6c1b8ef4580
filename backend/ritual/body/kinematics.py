"""Forward kinematics f: R^36 -> R^72 and its analytic Jacobian, batched in torch (spec §1)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ritual.body.skeleton import SKELETON, Skeleton


class Pose(NamedTuple):
    """positions (..., 24, 3) [m]; rotations (..., 24, 3, 3), world, relative to the zero pose."""

    positions: Tensor
    rotations: Tensor


def quaternion_to_matrix(q: Tensor) -> Tensor:
    """(..., 4) quaternion w, x, y, z (normalised here) -> (..., 3, 3)."""
    w, x, y, z = torch.nn.functional.normalize(q, dim=-1).unbind(-1)
    rows = (
        1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
        2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
        2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
    )  # fmt: skip
    return torch.stack(rows, -1).unflatten(-1, (3, 3))


def matrix_to_quaternion(m: Tensor) -> Tensor:
    """(..., 3, 3) rotation -> (..., 4) unit quaternion w, x, y, z with w >= 0.

    Takes the best conditioned of the four classical branches (Shepperd 1978).
    """
    m00, m11, m22 = m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]
    wx, wy, wz = m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1]
    xy, xz, yz = m[..., 1, 0] + m[..., 0, 1], m[..., 0, 2] + m[..., 2, 0], m[..., 2, 1] + m[..., 1, 2]
    squares = torch.stack(
        (1 + m00 + m11 + m22, 1 + m00 - m11 - m22, 1 - m00 + m11 - m22, 1 - m00 - m11 + m22), -1
    )
    branches = torch.stack(
        (
            torch.stack((squares[..., 0], wx, wy, wz), -1),
            torch.stack((wx, squares[..., 1], xy, xz), -1),
            torch.stack((wy, xy, squares[..., 2], yz), -1),
            torch.stack((wz, xz, yz, squares[..., 3]), -1),
        ),
        -2,
    )
    best = squares.argmax(-1)[..., None, None].expand(*squares.shape[:-1], 1, 4)
    q = torch.nn.functional.normalize(branches.gather(-2, best).squeeze(-2), dim=-1)
    return torch.where(q[..., :1] < 0, -q, q)


def _axis_matrices(angles: Tensor, skeleton: Skeleton) -> Tensor:
    """(..., 36) -> (..., 36, 3, 3): rotation of each angle about its own axis (Rodrigues)."""
    axes = angles.new_tensor([a.axis for a in skeleton.angles])
    zero = torch.zeros_like(axes[:, 0])
    x, y, z = axes.unbind(-1)
    k = torch.stack((zero, -z, y, z, zero, -x, -y, x, zero), -1).unflatten(-1, (3, 3))
    s, c = angles.sin()[..., None, None], angles.cos()[..., None, None]
    return torch.eye(3, dtype=angles.dtype, device=angles.device) + s * k + (1 - c) * (k @ k)


def local_rotations(angles: Tensor, skeleton: Skeleton = SKELETON) -> Tensor:
    """(..., 36) angles [rad] -> (..., 24, 3, 3) rotation of each joint in its parent's frame."""
    single = _axis_matrices(angles, skeleton)
    eye = torch.eye(3, dtype=angles.dtype, device=angles.device).expand(*angles.shape[:-1], 3, 3)
    out = []
    for indices in skeleton.joint_angles:
        rotation = eye
        for n, i in enumerate(indices):
            rotation = single[..., i, :, :] if n == 0 else rotation @ single[..., i, :, :]
        out.append(rotation)
    return torch.stack(out, -3)


def forward(
    angles: Tensor,
    translation: Tensor | None = None,
    rotation: Tensor | None = None,
    offsets: Tensor | None = None,
    skeleton: Skeleton = SKELETON,
) -> Pose:
    """Forward kinematics.

    Args:
        angles: (..., 36) [rad].
        translation: (..., 3) world position of the pelvis [m]; None = its rest position.
        rotation: (..., 4) world quaternion w, x, y, z of the pelvis; None = identity.
        offsets: (24, 3) or (..., 24, 3) rest offsets [m], a performer's bone lengths; None = the skeleton's.

    Returns:
        Pose of the (..., 24) joints in world frame.
    """
    local = local_rotations(angles, skeleton)
    if offsets is None:
        offsets = angles.new_tensor([j.offset for j in skeleton.joints])
    offsets = offsets.expand(*angles.shape[:-1], *offsets.shape[-2:])
    first = local[..., 0, :, :] if rotation is None else quaternion_to_matrix(rotation) @ local[..., 0, :, :]
    positions = [offsets[..., 0, :] if translation is None else translation]
    rotations = [first]
    for j in range(1, len(skeleton.joints)):
        p = skeleton.parents[j]
        positions.append(positions[p] + (rotations[p] @ offsets[..., j, :, None]).squeeze(-1))
        rotations.append(rotations[p] @ local[..., j, :, :] if skeleton.joint_angles[j] else rotations[p])
    return Pose(torch.stack(positions, -2), torch.stack(rotations, -3))


def world_axes(angles: Tensor, pose: Pose, rotation: Tensor | None = None) -> Tensor:
    """(..., 36, 3) world direction about which each angle turns, given its pose from `forward`."""
    single = _axis_matrices(angles, SKELETON)
    axes = angles.new_tensor([a.axis for a in SKELETON.angles])
    out: list[Tensor] = [angles] * len(ANGLE_ORDER)
    for j, indices in enumerate(SKELETON.joint_angles):
        if not indices:
            continue
        frame = pose.rotations[..., SKELETON.parents[j], :, :]
        for i in indices:
            out[i] = frame @ axes[i]
            frame = frame @ single[..., i, :, :]
    return torch.stack(out, -2)


def jacobian(
    angles: Tensor,
    translation: Tensor | None = None,
    rotation: Tensor | None = None,
    offsets: Tensor | None = None,
    pose: Pose | None = None,
) -> Tensor:
    """Analytic Jacobian of the joint positions by the angles.

    Column j is a_j x (x_i - p_j) for every joint i below angle j, zero elsewhere.

    Returns:
        (..., 72, 36) [m/rad]; row 3 i + c is coordinate c of joint i.

    Source: spec §1.
    """
    pose = forward(angles, translation, rotation, offsets) if pose is None else pose
    axes = world_axes(angles, pose)
    pivots = pose.positions[..., ANGLE_JOINT, :]
    arms = pose.positions[..., :, None, :] - pivots[..., None, :, :]
    columns = torch.linalg.cross(axes[..., None, :, :].expand_as(arms), arms)
    columns = columns * BELOW.to(columns)[:, :, None]
    return columns.movedim(-1, -2).flatten(-3, -2)


def angles_from_local(local: Tensor, skeleton: Skeleton = SKELETON) -> Tensor:
    """Angles of given joint rotations, in each joint's own order.

    For a joint with three angles the decomposition is exact (middle angle in [-90, 90] deg). For one or two
    angles it is exact where the rotation is reachable, else the parts along the joint's axes.

    Args:
        local: (..., 24, 3, 3) rotation of each joint in its parent's frame.

    Returns:
        (..., 36) [rad], within (-pi, pi], not clamped to any limit.
    """
    out = local.new_zeros(*local.shape[:-3], len(skeleton.angles))
    for j, indices in enumerate(skeleton.joint_angles):
        if indices:
            axes = [skeleton.angles[i].axis for i in indices]
            out[..., list(indices)] = torch.stack(_euler(local[..., j, :, :], axes), -1)
    return out


def _euler(m: Tensor, axes: list[tuple[float, float, float]]) -> list[Tensor]:
    """Angles about mutually orthogonal signed axes, outermost first, of (..., 3, 3) rotations.

    In the basis (e1, e2, e3 = e1 x e2) of the first two axes, M = R1(a) R2(b) R3(c) is the textbook
    X-Y-Z product, whose entries give the angles directly.
    """
    e1 = m.new_tensor(axes[0])
    if len(axes) == 1:
        skew = torch.stack((m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1]), -1)
        along = (e1 * (m @ e1)).sum(-1)
        trace = m.diagonal(dim1=-2, dim2=-1).sum(-1)
        return [torch.atan2((skew * e1).sum(-1), trace - along)]
    e2 = m.new_tensor(axes[1])
    e3 = torch.linalg.cross(e1, e2)
    basis = torch.stack((e1, e2, e3), -1)
    n = basis.mT @ m @ basis
    middle = torch.atan2(n[..., 0, 2], torch.hypot(n[..., 0, 0], n[..., 0, 1]))
    if len(axes) == 2:
        return [torch.atan2(n[..., 2, 1], n[..., 1, 1]), middle]
    first = torch.atan2(-n[..., 1, 2], n[..., 2, 2])
    last = torch.atan2(-n[..., 0, 1], n[..., 0, 0])
    sign = (e3 * m.new_tensor(axes[2])).sum()
    return [first, middle, sign * last]


ANGLE_JOINT = [a.joint for a in SKELETON.angles]
ANGLE_ORDER = range(len(SKELETON.angles))


def _below() -> Tensor:
    """(24, 36) 1 where the joint moves with the angle: strictly below the angle's joint."""
    mask = torch.zeros(len(SKELETON.joints), len(SKELETON.angles))
    for i in range(len(SKELETON.joints)):
        ancestor = SKELETON.parents[i]
        while ancestor >= 0:
            for a in SKELETON.joint_angles[ancestor]:
                mask[i, a] = 1.0
            ancestor = SKELETON.parents[ancestor]
    return mask


BELOW = _below()
