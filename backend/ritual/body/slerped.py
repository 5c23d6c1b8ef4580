"""What a rig of quaternions shows between frames, and whether it meets a taboo box: a certificate, not a sample.

glTF and quaternion rigs turn each joint from one frame's rotation to the next at constant speed about one axis
(slerp), so its angles leave the straight line between the two frames. How far is bounded from their second
derivatives. With w the joint's turn from frame to frame, and r the cosine of the latitude at which the direction
that an angle is read off lies (for the outer and the inner angle of three the cosine of the middle one):

    |outer''|, |inner''| <= w^2 (1/r + 1/r^2),    |middle''| <= 2 w^2 / r.

For a direction v that turns at speed w has |v''| <= w^2; with latitude b and azimuth f, b'^2 + r^2 f'^2 <= w^2, and
r^2 f'' = (v x v'')_axis - 2 r r' f', where |r r' f'| <= |b'| r |f'| <= w^2 / 2. A function lies within h^2 / 8 max|f''|
of its chord over an interval of length h, and over the interval r is at least the cosine of the greater end's latitude
plus w h / 2. So each angle is known to within that; where this does not keep some angle out of the box the interval is
halved. What is still open after `DEPTH` halvings, as at a pole (r = 0), counts as a hit. A joint of which only one
angle moves turns about one axis: there the line is exact.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from ritual.body.angle_domain import TabooBox
from ritual.body.schedule import Schedule, box_runs, limit_runs
from ritual.body.skeleton import SKELETON

TOLERANCE = 1e-7  # [rad] how deep in a box an angle must lie to count
DEPTH = 14


def slerp_hits(angles: np.ndarray, box: TabooBox, tolerance: float = TOLERANCE) -> np.ndarray:
    """(T - 1,) bool: between two frames of a (T, 36) track [rad] a quaternion rig may meet the open box.

    False is certain: the slerped way keeps out of the box drawn in by `tolerance` [rad]. True may, at a pole or
    within the tolerance of an edge, be caution.
    """
    if box.empty:
        return np.zeros(len(angles) - 1, bool)
    named = np.array([j for j, _, _ in box.intervals], np.int64)
    low = np.array([low for _, low, _ in box.intervals]) + tolerance
    high = np.array([high for _, _, high in box.intervals]) - tolerance
    if (low >= high).any():
        return np.zeros(len(angles) - 1, bool)
    joints = _TRIPLES[named], _COUNTS[named], _ROLES[named], _SIGNS[named]
    return _hits(np.ascontiguousarray(angles, np.float64), named, low, high, *joints)


def slerped_boxes(schedule: Schedule) -> list[tuple[TabooBox, int, int]]:
    """(box, first frame, last frame) of all that a slerped way could meet: taboo boxes, and ranges that a rule sets.

    The body's own limits are kept at the frames; that slerp strays past one by a fraction of a degree breaks no rule.
    """
    found = [(box, first, last) for box, first, last, _ in box_runs(schedule)]
    several = [j for indices in SKELETON.joint_angles if len(indices) > 1 for j in indices]
    for j in several:
        for first, last, held in limit_runs(schedule, j):
            if j in held.limit_reasons:
                reason = held.limit_reasons[j]
                found.append((TabooBox(((j, -math.inf, float(held.lower[j])),), reason), first, last))
                found.append((TabooBox(((j, float(held.upper[j]), math.inf),), reason), first, last))
    return found


def _joints() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """For each angle those of its joint, (36, 3), how many, which of them it is, and the sign of the third's axis."""
    triples, counts = np.zeros((36, 3), np.int64), np.zeros(36, np.int64)
    roles, signs = np.zeros(36, np.int64), np.ones(36)
    for indices in SKELETON.joint_angles:
        axes = [np.array(SKELETON.angles[i].axis) for i in indices]
        for role, j in enumerate(indices):
            triples[j, : len(indices)] = indices
            counts[j], roles[j] = len(indices), role
            if len(indices) == 3:
                signs[j] = np.cross(axes[0], axes[1]) @ axes[2]
    return triples, counts, roles, signs


_TRIPLES, _COUNTS, _ROLES, _SIGNS = _joints()


@njit(cache=True, nogil=True)
def _quaternion(pose, triple, count, sign, out):
    """Of a joint, in the frame of its first axis, its second and their cross product."""
    a, b = 0.5 * pose[triple[0]], 0.5 * pose[triple[1]]
    c = 0.5 * sign * pose[triple[2]] if count == 3 else 0.0
    ca, sa, cb, sb, cc, sc = math.cos(a), math.sin(a), math.cos(b), math.sin(b), math.cos(c), math.sin(c)
    w, x, y, z = ca * cb, sa * cb, ca * sb, sa * sb
    out[0], out[1], out[2], out[3] = w * cc - z * sc, x * cc + y * sc, y * cc - x * sc, z * cc + w * sc


@njit(cache=True, nogil=True)
def _read(q, count, role, sign, branch, near):
    """(angle nearest to `near`, latitude of the direction that it is read off)."""
    w, x, y, z = q[0], q[1], q[2], q[3]
    n02 = min(1.0, max(-1.0, 2 * (x * z + w * y)))
    if role == 1:
        value, latitude = math.asin(n02), math.asin(n02)
        if branch < 0:
            value = math.pi - value
    elif role == 0 and count == 2:
        value = math.atan2(2 * (y * z + w * x), 1 - 2 * (x * x + z * z))
        latitude = math.asin(min(1.0, max(-1.0, 2 * (x * y - w * z))))
    elif role == 0:
        value = math.atan2(-branch * 2 * (y * z - w * x), branch * (1 - 2 * (x * x + y * y)))
        latitude = math.asin(n02)
    else:
        value = sign * math.atan2(-branch * 2 * (x * y - w * z), branch * (1 - 2 * (y * y + z * z)))
        latitude = math.asin(n02)
    return value + 2 * math.pi * round((near - value) / (2 * math.pi)), latitude


@njit(cache=True, nogil=True)
def _stray(role, turn, length, latitude_a, latitude_b, step):
    """How far an angle strays from its chord over an interval; infinite where nothing is known."""
    furthest = max(abs(latitude_a), abs(latitude_b)) + 0.5 * turn * length
    if furthest >= 0.5 * math.pi - 1e-9:
        return np.inf
    r = math.cos(furthest)
    if turn * length / r + abs(step) >= 2 * math.pi:
        return np.inf
    second = 2 / r if role == 1 else 1 / r + 1 / (r * r)
    return second * (turn * length) ** 2 / 8


@njit(cache=True, nogil=True)
def _hits(angles, named, low, high, triples, counts, roles, signs):
    count = len(named)
    found = np.zeros(len(angles) - 1, np.bool_)
    start, end, middle = np.empty((count, 4)), np.empty((count, 4)), np.empty(4)
    size, turn, branch = np.empty(count), np.empty(count), np.empty(count)
    straight = np.empty(count, np.bool_)
    at = np.empty((DEPTH + 2, 2))
    value, latitude = np.empty((DEPTH + 2, 2, count)), np.empty((DEPTH + 2, 2, count))
    level = np.empty(DEPTH + 2, np.int64)
    for k in range(len(angles) - 1):
        far = False
        for i in range(count):
            a, b = angles[k, named[i]], angles[k + 1, named[i]]
            changed = 0
            for t in range(counts[i]):
                changed += angles[k, triples[i, t]] != angles[k + 1, triples[i, t]]
            straight[i] = changed <= 1 and abs(b - a) < math.pi
            if straight[i] and (max(a, b) <= low[i] or min(a, b) >= high[i]):
                far = True
                break
        if far:
            continue
        for i in range(count):
            a, b = angles[k, named[i]], angles[k + 1, named[i]]
            value[0, 0, i], value[0, 1, i] = a, b
            latitude[0, 0, i] = latitude[0, 1, i] = turn[i] = 0.0
            branch[i] = 1.0
            if straight[i]:
                continue
            if counts[i] == 1:  # more than half a turn: the short way is the other one
                turn[i] = np.inf
                continue
            _quaternion(angles[k], triples[i], counts[i], signs[i], start[i])
            _quaternion(angles[k + 1], triples[i], counts[i], signs[i], end[i])
            dot = 0.0
            for t in range(4):
                dot += start[i, t] * end[i, t]
            gap = 0.0
            for t in range(4):
                if dot < 0:
                    end[i, t] = -end[i, t]
                gap += (end[i, t] - start[i, t]) ** 2
            size[i] = 2 * math.asin(min(1.0, 0.5 * math.sqrt(gap)))
            turn[i] = 2 * size[i]
            first, last = angles[k, triples[i, 1]], angles[k + 1, triples[i, 1]]
            if math.cos(first) < 0:
                branch[i] = -1.0
            if math.cos(first) * math.cos(last) <= 0 or turn[i] > 3.0:  # over a pole, or hardly one shortest way
                turn[i] = np.inf
            elif counts[i] == 3 or roles[i] == 1:
                latitude[0, 0, i], latitude[0, 1, i] = math.asin(math.sin(first)), math.asin(math.sin(last))
        depth, at[0, 0], at[0, 1], level[0] = 1, 0.0, 1.0, 0
        while depth > 0 and not found[k]:
            depth -= 1
            length = at[depth, 1] - at[depth, 0]
            apart, begins, ends = False, True, True
            for i in range(count):
                a, b = value[depth, 0, i], value[depth, 1, i]
                stray = 0.0
                if not straight[i]:
                    stray = _stray(roles[i], turn[i], length, latitude[depth, 0, i], latitude[depth, 1, i], b - a)
                if max(a, b) + stray <= low[i] or min(a, b) - stray >= high[i]:
                    apart = True
                    break
                begins = begins and low[i] < a < high[i]
                ends = ends and low[i] < b < high[i]
            if apart:
                continue
            if begins or ends or level[depth] == DEPTH:
                found[k] = True
                break
            share = 0.5 * (at[depth, 0] + at[depth, 1])
            at[depth + 1, 0], at[depth + 1, 1] = share, at[depth, 1]
            at[depth, 1] = share
            level[depth] += 1
            level[depth + 1] = level[depth]
            for i in range(count):
                a, b = value[depth, 0, i], value[depth, 1, i]
                new, where = 0.5 * (a + b), 0.0
                if not straight[i] and counts[i] > 1:
                    if size[i] > 1e-9:
                        p = math.sin((1 - share) * size[i]) / math.sin(size[i])
                        q = math.sin(share * size[i]) / math.sin(size[i])
                    else:
                        p, q = 1 - share, share
                    for t in range(4):
                        middle[t] = p * start[i, t] + q * end[i, t]
                    new, where = _read(middle, counts[i], roles[i], signs[i], branch[i], new)
                value[depth + 1, 1, i], latitude[depth + 1, 1, i] = b, latitude[depth, 1, i]
                value[depth, 1, i] = value[depth + 1, 0, i] = new
                latitude[depth, 1, i] = latitude[depth + 1, 0, i] = where
            depth += 2
    return found
