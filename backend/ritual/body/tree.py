"""The body as a tree of single turns, compiled: poses, gradients and normal matrices in a few microseconds.

42 degrees of freedom: root translation (3), root rotation about world axes (3), then the 36 angles, parents first.
Moving a degree of freedom moves the joints below it as a rigid body. So J^T J of the joint positions is the
joint-space mass matrix of the tree with a unit mass (or a weight) at every joint, which the composite-rigid-body
algorithm sums from the tips to the root without ever forming J; two degrees on different branches share nothing,
and its L^T D L factor fills in nothing when the tips are eliminated first.

Source: Featherstone (2008), Rigid Body Dynamics Algorithms, §6.2 (composite rigid bodies), §6.5 (sparse factor).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numba import njit

from ritual.body.skeleton import SKELETON, Skeleton

ROOT = 6  # degrees of freedom of the root
JOINTS = len(SKELETON.joints)
FREEDOMS = ROOT + len(SKELETON.angles)
FAST = {"contract", "reassoc", "nsz", "arcp"}  # values are checked for NaN before they come here


class Tree(NamedTuple):
    """What the compiled functions know of a skeleton.

    Attributes:
        parent: (J,) joint above; -1 for the root.
        offset: (J, 3) rest offset from it [m].
        first, last: (J,) range of the joint's angles, empty where it has none.
        axis, sign: (A,) the angle turns about sign * coordinate axis.
        joint: (A,) the joint that it turns.
        above: (D,) degree of freedom above each; -1 for the first.
        tip: (J,) the last degree of freedom that moves the joint's own frame.
    """

    parent: np.ndarray
    offset: np.ndarray
    first: np.ndarray
    last: np.ndarray
    axis: np.ndarray
    sign: np.ndarray
    joint: np.ndarray
    above: np.ndarray
    tip: np.ndarray


class Work(NamedTuple):
    """Scratch of one solver: world position and rotation of joints, twists of degrees of freedom (about the root's
    position: angular, linear), moments and wrenches summed over what is below a joint, normal matrix and its factor."""

    positions: np.ndarray
    rotations: np.ndarray
    angular: np.ndarray
    linear: np.ndarray
    moments: np.ndarray
    wrench: np.ndarray
    normal: np.ndarray
    factor: np.ndarray


@cache
def tree_of(skeleton: Skeleton = SKELETON) -> Tree:
    """The compiled functions' view of a skeleton whose angles turn about coordinate axes."""
    axes = np.array([angle.axis for angle in skeleton.angles])
    first = np.array([min(a, default=0) for a in skeleton.joint_angles], dtype=np.int64)
    last = np.array([max(a, default=-1) + 1 for a in skeleton.joint_angles], dtype=np.int64)
    above = list(range(-1, ROOT - 1))
    for joint, angles in enumerate(skeleton.joint_angles):
        for n, _ in enumerate(angles):
            above.append(ROOT + angles[n - 1] if n else _nearest_above(skeleton, joint))
    own = enumerate(skeleton.joint_angles)
    tips = [ROOT + angles[-1] if angles else _nearest_above(skeleton, j) for j, angles in own]
    axis = np.abs(axes).argmax(1)
    return Tree(
        np.array(skeleton.parents, dtype=np.int64),
        np.array([joint.offset for joint in skeleton.joints]),
        first,
        np.maximum(last, first),
        axis,
        axes[np.arange(len(axes)), axis],
        np.array([angle.joint for angle in skeleton.angles], dtype=np.int64),
        np.array(above, dtype=np.int64),
        np.array(tips, dtype=np.int64),
    )


def _nearest_above(skeleton: Skeleton, joint: int) -> int:
    while (joint := skeleton.parents[joint]) >= 0:
        if skeleton.joint_angles[joint]:
            return ROOT + skeleton.joint_angles[joint][-1]
    return ROOT - 1


@njit(cache=True, nogil=True)
def workspace():
    """Scratch for one solver."""
    return Work(
        np.empty((JOINTS, 3)), np.empty((JOINTS, 3, 3)), np.zeros((FREEDOMS, 3)), np.zeros((FREEDOMS, 3)),
        np.empty((JOINTS, 10)), np.empty((JOINTS, 6)), np.zeros((FREEDOMS, FREEDOMS)), np.zeros((FREEDOMS, FREEDOMS)),
    )  # fmt: skip


@njit(cache=True, nogil=True, fastmath=FAST)
def place(tree, angles, translation, rotation, work):
    """World positions and rotations of the joints and the twist of every degree of freedom, into `work`.

    Args:
        angles: (36,) [rad]; translation: (3,) [m]; rotation: (4,) unit quaternion w, x, y, z of the pelvis.
    """
    positions, rotations, angular, linear = work.positions, work.rotations, work.angular, work.linear
    w, x, y, z = rotation[0], rotation[1], rotation[2], rotation[3]
    r = rotations[0]
    r[0, 0], r[0, 1], r[0, 2] = 1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)
    r[1, 0], r[1, 1], r[1, 2] = 2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)
    r[2, 0], r[2, 1], r[2, 2] = 2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)
    for c in range(3):
        positions[0, c] = translation[c]
        for d in range(3):
            angular[c, d] = 0.0
            linear[c, d] = 1.0 if c == d else 0.0
            angular[3 + c, d] = 1.0 if c == d else 0.0
            linear[3 + c, d] = 0.0
    for j in range(1, JOINTS):
        p = tree.parent[j]
        above, r = rotations[p], rotations[j]
        o0, o1, o2 = tree.offset[j, 0], tree.offset[j, 1], tree.offset[j, 2]
        for c in range(3):
            positions[j, c] = positions[p, c] + above[c, 0] * o0 + above[c, 1] * o1 + above[c, 2] * o2
            r[c, 0], r[c, 1], r[c, 2] = above[c, 0], above[c, 1], above[c, 2]
        p0 = positions[j, 0] - translation[0]
        p1 = positions[j, 1] - translation[1]
        p2 = positions[j, 2] - translation[2]
        for a in range(tree.first[j], tree.last[j]):
            k, sign = tree.axis[a], tree.sign[a]
            a0, a1, a2 = sign * r[0, k], sign * r[1, k], sign * r[2, k]
            f = ROOT + a
            angular[f, 0], angular[f, 1], angular[f, 2] = a0, a1, a2
            linear[f, 0] = p1 * a2 - p2 * a1  # p x a: the velocity at the origin of a turn about a through p
            linear[f, 1] = p2 * a0 - p0 * a2
            linear[f, 2] = p0 * a1 - p1 * a0
            u, v = (k + 1) % 3, (k + 2) % 3
            cosine, sine = np.cos(angles[a]), sign * np.sin(angles[a])
            for c in range(3):
                ru, rv = r[c, u], r[c, v]
                r[c, u] = cosine * ru + sine * rv
                r[c, v] = cosine * rv - sine * ru


@njit(cache=True, nogil=True, fastmath=FAST)
def sum_below(tree, targets, weights, work):
    """Moments (mass, first, second) and wrench (force, torque about the root) of what hangs below each joint."""
    positions, moments, wrench = work.positions, work.moments, work.wrench
    moments[:] = 0.0
    wrench[:] = 0.0
    for j in range(JOINTS - 1, 0, -1):
        p, m = tree.parent[j], weights[j]
        x = positions[j, 0] - positions[0, 0]
        y = positions[j, 1] - positions[0, 1]
        z = positions[j, 2] - positions[0, 2]
        fx = m * (targets[j, 0] - positions[j, 0])
        fy = m * (targets[j, 1] - positions[j, 1])
        fz = m * (targets[j, 2] - positions[j, 2])
        above, own = moments[p], moments[j]
        above[0] += own[0] + m
        above[1] += own[1] + m * x
        above[2] += own[2] + m * y
        above[3] += own[3] + m * z
        above[4] += own[4] + m * (y * y + z * z)
        above[5] += own[5] + m * (x * x + z * z)
        above[6] += own[6] + m * (x * x + y * y)
        above[7] += own[7] - m * x * y
        above[8] += own[8] - m * x * z
        above[9] += own[9] - m * y * z
        pull, mine = wrench[p], wrench[j]
        pull[0] += mine[0] + fx
        pull[1] += mine[1] + fy
        pull[2] += mine[2] + fz
        pull[3] += mine[3] + y * fz - z * fy
        pull[4] += mine[4] + z * fx - x * fz
        pull[5] += mine[5] + x * fy - y * fx
    moments[0, 0] += weights[0]
    for c in range(3):
        wrench[0, c] += weights[0] * (targets[0, c] - positions[0, c])


@njit(cache=True, nogil=True, fastmath=FAST)
def gradient(tree, work, out):
    """J^T W (x_d - x) of every degree of freedom into (42,) `out`, after `sum_below`."""
    angular, linear, wrench = work.angular, work.linear, work.wrench
    for f in range(FREEDOMS):
        out[f] = 0.0
    for f in range(ROOT):
        for c in range(3):
            out[f] += linear[f, c] * wrench[0, c] + angular[f, c] * wrench[0, 3 + c]
    for j in range(1, JOINTS):
        for a in range(tree.first[j], tree.last[j]):
            f = ROOT + a
            for c in range(3):
                out[f] += linear[f, c] * wrench[j, c] + angular[f, c] * wrench[j, 3 + c]


@njit(cache=True, nogil=True, fastmath=FAST)
def _normal_row(tree, work, f, m):
    """Row `f` of J^T W J: its product with itself and with every degree of freedom above it."""
    angular, linear, normal = work.angular, work.linear, work.normal
    a0, a1, a2 = angular[f, 0], angular[f, 1], angular[f, 2]
    v0, v1, v2 = linear[f, 0], linear[f, 1], linear[f, 2]
    f0 = m[0] * v0 + a1 * m[3] - a2 * m[2]
    f1 = m[0] * v1 + a2 * m[1] - a0 * m[3]
    f2 = m[0] * v2 + a0 * m[2] - a1 * m[1]
    n0 = m[2] * v2 - m[3] * v1 + m[4] * a0 + m[7] * a1 + m[8] * a2
    n1 = m[3] * v0 - m[1] * v2 + m[7] * a0 + m[5] * a1 + m[9] * a2
    n2 = m[1] * v1 - m[2] * v0 + m[8] * a0 + m[9] * a1 + m[6] * a2
    i = f
    while i >= 0:
        normal[f, i] = (
            linear[i, 0] * f0 + linear[i, 1] * f1 + linear[i, 2] * f2
            + angular[i, 0] * n0 + angular[i, 1] * n1 + angular[i, 2] * n2
        )  # fmt: skip
        i = tree.above[i]


@njit(cache=True, nogil=True, fastmath=FAST)
def normal_matrix(tree, work):
    """J^T W J into the lower half of `work.normal`, where a degree of freedom lies on the way to the root."""
    for j in range(1, JOINTS):
        for a in range(tree.first[j], tree.last[j]):
            _normal_row(tree, work, ROOT + a, work.moments[j])
    for f in range(ROOT):
        _normal_row(tree, work, f, work.moments[0])


@njit(cache=True, nogil=True, fastmath=FAST)
def factorise(tree, work, extra, free):
    """L^T D L of the normal matrix plus `extra` (42,) on its diagonal into `work.factor`; held degrees are cut out."""
    normal, factor, above = work.normal, work.factor, tree.above
    for k in range(FREEDOMS):
        i = k
        while i >= 0:
            factor[k, i] = normal[k, i] if free[k] and free[i] else 0.0
            i = above[i]
        factor[k, k] = normal[k, k] + extra[k] if free[k] else 1.0
    for k in range(FREEDOMS - 1, -1, -1):
        inverse = 1.0 / factor[k, k]
        i = above[k]
        while i >= 0:
            share = factor[k, i] * inverse
            if share != 0.0:
                j = i
                while j >= 0:
                    factor[i, j] -= share * factor[k, j]
                    j = above[j]
            factor[k, i] = share
            i = above[i]


@njit(cache=True, nogil=True, fastmath=FAST)
def solve_factored(tree, work, x):
    """Solve L^T D L x = b in place."""
    factor, above = work.factor, tree.above
    for k in range(FREEDOMS - 1, -1, -1):
        i = above[k]
        while i >= 0:
            x[i] -= factor[k, i] * x[k]
            i = above[i]
    for k in range(FREEDOMS):
        x[k] /= factor[k, k]
        i = above[k]
        while i >= 0:
            x[k] -= factor[k, i] * x[i]
            i = above[i]
