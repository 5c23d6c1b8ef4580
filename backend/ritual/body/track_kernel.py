"""The compiled part of `track_fit.py`: the normal equations of a whole track as one banded matrix.

A frame's 42 unknowns meet only those of the frames beside it, and those one to one, through the ties in time; so the
matrix has half a bandwidth of 42. Upper form of LAPACK's banded storage: band[BAND + i - j, j] = A[i, j], i <= j.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from ritual.body.tree import FAST, FREEDOMS, JOINTS, ROOT, gradient, normal_matrix, place, sum_below, workspace

BAND = FREEDOMS
NO_FLOOR = -1e9  # a floor this deep is none [m]


@njit(cache=True, nogil=True, fastmath=FAST)
def _mark(work, joint, offset, out):
    """World position of a point that is fixed to a joint."""
    r = work.rotations[joint]
    for c in range(3):
        out[c] = work.positions[joint, c] + r[c, 0] * offset[0] + r[c, 1] * offset[1] + r[c, 2] * offset[2]


@njit(cache=True, nogil=True, fastmath=FAST)
def _frame_cost(work, joints, joint_weights, carriers, offsets, marks, mark_weights, floors, floor_weight, masses,
                balance, balance_weight, point):  # fmt: skip
    """Half the weighted squared distances of one placed frame from its goals."""
    total = 0.0
    for j in range(JOINTS):
        for c in range(3):
            total += joint_weights[j] * (joints[j, c] - work.positions[j, c]) ** 2
    for m in range(len(carriers)):
        if mark_weights[m, 0] + mark_weights[m, 1] + mark_weights[m, 2] > 0 or floors[m] > NO_FLOOR:
            _mark(work, carriers[m], offsets[m], point)
            for c in range(3):
                total += mark_weights[m, c] * (marks[m, c] - point[c]) ** 2
            total += floor_weight * max(floors[m] - point[2], 0.0) ** 2
    if balance_weight > 0:
        for c in range(2):
            centre = 0.0
            for j in range(JOINTS):
                centre += masses[j] * work.positions[j, c]
            total += balance_weight * (balance[c] - centre) ** 2
    return 0.5 * total


@njit(cache=True, nogil=True, fastmath=FAST)
def _turn_between(a, b, out):
    """Rotation vector in the world that turns quaternion `a` into `b`, for less than half a turn."""
    w = a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3]
    x = -b[0] * a[1] + b[1] * a[0] - b[2] * a[3] + b[3] * a[2]
    y = -b[0] * a[2] + b[1] * a[3] + b[2] * a[0] - b[3] * a[1]
    z = -b[0] * a[3] - b[1] * a[2] + b[2] * a[1] + b[3] * a[0]
    if w < 0:
        w, x, y, z = -w, -x, -y, -z
    sine = np.sqrt(x * x + y * y + z * z)
    scale = 2 * np.arctan2(sine, w) / sine if sine > 1e-9 else 2.0
    out[0], out[1], out[2] = scale * x, scale * y, scale * z


@njit(cache=True, nogil=True, fastmath=FAST)
def _tie_errors(angles, translation, rotation, paces, t, out, turn):
    """(42,) what the step from frame t to t + 1 differs from the pace it should have."""
    for c in range(3):
        out[c] = translation[t + 1, c] - translation[t, c] - paces[t, c]
    _turn_between(rotation[t], rotation[t + 1], turn)
    for c in range(3):
        out[3 + c] = turn[c] - paces[t, 3 + c]
    for i in range(angles.shape[1]):
        out[ROOT + i] = angles[t + 1, i] - angles[t, i] - paces[t, ROOT + i]


@njit(cache=True, nogil=True, fastmath=FAST)
def _anchor_errors(angles, translation, rotation, anchor, anchor_translation, anchor_rotation, t, out, turn):
    """(42,) how far frame t is from where the reference has it."""
    for c in range(3):
        out[c] = translation[t, c] - anchor_translation[t, c]
    _turn_between(anchor_rotation[t], rotation[t], turn)
    for c in range(3):
        out[3 + c] = turn[c]
    for i in range(angles.shape[1]):
        out[ROOT + i] = angles[t, i] - anchor[t, i]


@njit(cache=True, nogil=True)
def paces_of(angles, translation, rotation):
    """(T - 1, 42) steps of a track: translation, rotation vector, angles."""
    out, zero = np.empty((len(angles) - 1, FREEDOMS)), np.zeros((max(len(angles) - 1, 1), FREEDOMS))
    turn = np.empty(3)
    for t in range(len(angles) - 1):
        _tie_errors(angles, translation, rotation, zero, t, out[t], turn)
    return out


@njit(cache=True, nogil=True, fastmath=FAST)
def cost(tree, angles, translation, rotation, joints, joint_weights, carriers, offsets, marks, mark_weights, floors,
         floor_weight, masses, balance, balance_weights, anchor, anchor_translation, anchor_rotation, pull, paces,
         ties):  # fmt: skip
    """The objective of a track, as `equations` minimises it."""
    work, point, step, turn = workspace(), np.empty(3), np.empty(FREEDOMS), np.empty(3)
    total = 0.0
    for t in range(len(angles)):
        place(tree, angles[t], translation[t], rotation[t], work)
        total += _frame_cost(work, joints[t], joint_weights[t], carriers, offsets, marks[t], mark_weights[t], floors[t],
                             floor_weight, masses, balance[t], balance_weights[t], point)  # fmt: skip
        _anchor_errors(angles, translation, rotation, anchor, anchor_translation, anchor_rotation, t, step, turn)
        for f in range(FREEDOMS):
            total += 0.5 * pull[f] * step[f] ** 2
        if t + 1 < len(angles):
            _tie_errors(angles, translation, rotation, paces, t, step, turn)
            for f in range(FREEDOMS):
                total += 0.5 * ties[t, f] * step[f] ** 2
    return total


@njit(cache=True, nogil=True, fastmath=FAST)
def _add_rank_one(column, weight, error, block, slope):
    for k in range(FREEDOMS):
        if column[k] != 0.0:
            slope[k] += weight * error * column[k]
            for i in range(k + 1):
                block[k, i] += weight * column[k] * column[i]


@njit(cache=True, nogil=True, fastmath=FAST)
def equations(tree, angles, translation, rotation, joints, joint_weights, carriers, offsets, marks, mark_weights,
              floors, floor_weight, masses, balance, balance_weights, anchor, anchor_translation, anchor_rotation, pull,
              paces, ties, band, slope):  # fmt: skip
    """Gauss-Newton normal matrix (43, 42 T) into `band` and its right-hand side (42 T,) into `slope`."""
    frames = len(angles)
    work, column, point = workspace(), np.empty((3, FREEDOMS)), np.empty(3)
    step, turn, g = np.empty(FREEDOMS), np.empty(3), np.empty(FREEDOMS)
    block = np.zeros((FREEDOMS, FREEDOMS))
    band[:] = 0.0
    slope[:] = 0.0
    for t in range(frames):
        place(tree, angles[t], translation[t], rotation[t], work)
        column[:] = 0.0
        if balance_weights[t] > 0:
            sum_below(tree, joints[t], masses, work)
            for f in range(FREEDOMS):
                m = work.moments[0] if f < ROOT else work.moments[tree.joint[f - ROOT]]
                a, v = work.angular[f], work.linear[f]
                column[0, f] = m[0] * v[0] + a[1] * m[3] - a[2] * m[2]
                column[1, f] = m[0] * v[1] + a[2] * m[1] - a[0] * m[3]
        sum_below(tree, joints[t], joint_weights[t], work)
        gradient(tree, work, g)
        normal_matrix(tree, work)
        block[:] = work.normal
        if balance_weights[t] > 0:
            for c in range(2):
                centre = 0.0
                for j in range(JOINTS):
                    centre += masses[j] * work.positions[j, c]
                _add_rank_one(column[c], balance_weights[t], balance[t, c] - centre, block, g)
        for m in range(len(carriers)):
            weight = mark_weights[t, m]
            if weight[0] + weight[1] + weight[2] == 0 and floors[t, m] <= NO_FLOOR:
                continue
            _mark(work, carriers[m], offsets[m], point)
            under = floors[t, m] - point[2]
            if weight[0] + weight[1] + weight[2] == 0 and under <= 0:
                continue
            column[:] = 0.0
            x, y, z = point[0] - translation[t, 0], point[1] - translation[t, 1], point[2] - translation[t, 2]
            f = tree.tip[carriers[m]]
            while f >= 0:
                a, v = work.angular[f], work.linear[f]
                column[0, f] = v[0] + a[1] * z - a[2] * y
                column[1, f] = v[1] + a[2] * x - a[0] * z
                column[2, f] = v[2] + a[0] * y - a[1] * x
                f = tree.above[f]
            for c in range(3):
                if weight[c] > 0:
                    _add_rank_one(column[c], weight[c], marks[t, m, c] - point[c], block, g)
            if under > 0:
                _add_rank_one(column[2], floor_weight, under, block, g)
        base = t * FREEDOMS
        for k in range(FREEDOMS):
            for i in range(k + 1):
                band[BAND + i - k, base + k] = block[k, i]
            slope[base + k] += g[k]
        _anchor_errors(angles, translation, rotation, anchor, anchor_translation, anchor_rotation, t, step, turn)
        for f in range(FREEDOMS):
            band[BAND, base + f] += pull[f]
            slope[base + f] -= pull[f] * step[f]
    for t in range(frames - 1):
        _tie_errors(angles, translation, rotation, paces, t, step, turn)
        base = t * FREEDOMS
        for f in range(FREEDOMS):
            w = ties[t, f]
            band[BAND, base + f] += w
            band[BAND, base + FREEDOMS + f] += w
            band[0, base + FREEDOMS + f] -= w
            slope[base + f] += w * step[f]
            slope[base + FREEDOMS + f] -= w * step[f]


@njit(cache=True, nogil=True)
def free_part(band, slope, free, small, right):
    """The equations of the degrees of freedom `free` (k,) of every frame alone, into (k + 1, k T) and (k T,)."""
    k = len(free)
    small[:] = 0.0
    for t in range(len(slope) // FREEDOMS):
        for b in range(k):
            column = t * FREEDOMS + free[b]
            right[t * k + b] = slope[column]
            for a in range(b + 1):
                small[k + a - b, t * k + b] = band[BAND + free[a] - free[b], column]
            small[0, t * k + b] = band[0, column]


@njit(cache=True, nogil=True)
def hold(band, rest, held, reach):
    """Give the unknowns `held` (N,) bool the values `reach` (N,) in the equations, in place."""
    n, wide = len(rest), len(band) - 1
    for k in range(n):
        if not held[k]:
            continue
        for i in range(max(0, k - wide), k):
            rest[i] -= band[wide + i - k, k] * reach[k]
            band[wide + i - k, k] = 0.0
        for j in range(k + 1, min(n, k + wide + 1)):
            rest[j] -= band[wide + k - j, j] * reach[k]
            band[wide + k - j, j] = 0.0
        band[wide, k] = 1.0
    for k in range(n):
        if held[k]:
            rest[k] = reach[k]


@njit(cache=True, nogil=True, fastmath=FAST)
def poses(tree, angles, translation, rotation):
    """(T, 24, 3) positions [m] and (T, 24, 3, 3) rotations of a track, in the world."""
    work = workspace()
    positions, rotations = np.empty((len(angles), JOINTS, 3)), np.empty((len(angles), JOINTS, 3, 3))
    for t in range(len(angles)):
        place(tree, angles[t], translation[t], rotation[t], work)
        positions[t] = work.positions
        rotations[t] = work.rotations
    return positions, rotations


@njit(cache=True, nogil=True, fastmath=FAST)
def moved(angles, translation, rotation, step, lower, upper, to_angles, to_translation, to_rotation):
    """The track a (42 T,) step away, its angles inside (T, 36) limits, into the last three arguments."""
    for t in range(len(angles)):
        base = t * FREEDOMS
        for c in range(3):
            to_translation[t, c] = translation[t, c] + step[base + c]
        x, y, z = 0.5 * step[base + 3], 0.5 * step[base + 4], 0.5 * step[base + 5]
        half = np.sqrt(x * x + y * y + z * z)
        sine = np.sin(half) / half if half > 1e-9 else 1.0
        w, x, y, z = np.cos(half), x * sine, y * sine, z * sine
        a, b, c_, d = rotation[t, 0], rotation[t, 1], rotation[t, 2], rotation[t, 3]
        to_rotation[t, 0] = w * a - x * b - y * c_ - z * d
        to_rotation[t, 1] = w * b + x * a + y * d - z * c_
        to_rotation[t, 2] = w * c_ - x * d + y * a + z * b
        to_rotation[t, 3] = w * d + x * c_ - y * b + z * a
        for i in range(angles.shape[1]):
            to_angles[t, i] = min(max(angles[t, i] + step[base + ROOT + i], lower[t, i]), upper[t, i])
