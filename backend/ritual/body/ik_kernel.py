"""Eq. 9 for one frame after another, compiled: q <- Proj(q + alpha D J^T (x_d - f(q))) inside a box of limits.

Three choices of D share one loop's ingredients: D = 1 (the paper's Jacobian transpose, Armijo step), the inverse of
the diagonal of J^T J with momentum, and (J^T J + damping)^-1 with the limits that a step would cross held active.
Nothing is allocated inside a frame.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from ritual.body.tree import (
    FAST,
    FREEDOMS,
    JOINTS,
    ROOT,
    factorise,
    gradient,
    normal_matrix,
    place,
    solve_factored,
    sum_below,
    workspace,
)

LM, JT, MOMENTUM = 0, 1, 2
DAMPING, MAX_DAMPING = 1e-5, 1e4
ARMIJO = 1e-4
ACTIVE_ROUNDS = 4
MOMENTUM_KEPT = 0.8


@njit(cache=True, nogil=True, fastmath=FAST)
def _judge(work, targets, weights, angles, anchor, pull):
    """(objective, largest distance of a joint with a weight [m]) of the pose in `work`."""
    total, worst = 0.0, 0.0
    for j in range(JOINTS):
        if weights[j] == 0.0:
            continue
        d = 0.0
        for c in range(3):
            d += (work.positions[j, c] - targets[j, c]) ** 2
        total += weights[j] * d
        worst = max(worst, d)
    away = 0.0
    for a in range(len(angles)):
        away += (angles[a] - anchor[a]) ** 2
    return 0.5 * total + 0.5 * pull * pull * away, np.sqrt(worst)


@njit(cache=True, nogil=True, fastmath=FAST)
def _moved(angles, translation, rotation, step, share, lower, upper, to_angles, to_translation, to_rotation):
    """The pose `share` of a (42,) step away, its angles inside the limits, into the last three arguments."""
    for c in range(3):
        to_translation[c] = translation[c] + share * step[c]
    x, y, z = 0.5 * share * step[3], 0.5 * share * step[4], 0.5 * share * step[5]
    half = np.sqrt(x * x + y * y + z * z)
    sine = np.sin(half) / half if half > 1e-9 else 1.0
    w, x, y, z = np.cos(half), x * sine, y * sine, z * sine
    a, b, c, d = rotation[0], rotation[1], rotation[2], rotation[3]
    n0, n1 = w * a - x * b - y * c - z * d, w * b + x * a + y * d - z * c
    n2, n3 = w * c - x * d + y * a + z * b, w * d + x * c - y * b + z * a
    scale = 1.0 / np.sqrt(n0 * n0 + n1 * n1 + n2 * n2 + n3 * n3)
    to_rotation[0], to_rotation[1], to_rotation[2], to_rotation[3] = n0 * scale, n1 * scale, n2 * scale, n3 * scale
    for i in range(len(angles)):
        to_angles[i] = min(max(angles[i] + share * step[ROOT + i], lower[i]), upper[i])


@njit(cache=True, nogil=True, fastmath=FAST)
def _free(angles, slope, lower, upper, root_free, free):
    """Which degrees of freedom may move: not those on a limit that the slope pushes against."""
    for f in range(ROOT):
        free[f] = root_free
    for i in range(len(angles)):
        s = slope[ROOT + i]
        free[ROOT + i] = not ((angles[i] <= lower[i] and s <= 0) or (angles[i] >= upper[i] and s >= 0))


@njit(cache=True, nogil=True, fastmath=FAST)
def _damped_step(tree, work, angles, slope, lower, upper, extra, free, rest, step):
    """Least-squares step into (42,) `step`; limits that it would cross are met exactly and the rest solved again."""
    for f in range(FREEDOMS):
        rest[f] = slope[f] if free[f] else 0.0
    for _ in range(ACTIVE_ROUNDS):
        factorise(tree, work, extra, free)
        for f in range(FREEDOMS):
            step[f] = rest[f]
        solve_factored(tree, work, step)
        crossed = False
        for i in range(len(angles)):
            f = ROOT + i
            if free[f] and not (lower[i] <= angles[i] + step[f] <= upper[i]):
                reach = (lower[i] if angles[i] + step[f] < lower[i] else upper[i]) - angles[i]
                free[f], crossed = False, True
                k = tree.above[f]
                while k >= 0:  # what it does by going there is taken off the others' right-hand sides
                    if free[k]:
                        rest[k] -= work.normal[f, k] * reach
                    k = tree.above[k]
                for k in range(f + 1, FREEDOMS):  # zero where f does not lie above k
                    if free[k]:
                        rest[k] -= work.normal[k, f] * reach
                rest[f] = reach
        if not crossed:
            return


@njit(cache=True, nogil=True, fastmath=FAST)
def _lm(tree, work, targets, angles, translation, rotation, anchor, lower, upper, weights, tolerance, limit, pull,
        root_free):  # fmt: skip
    slope, step = np.empty(FREEDOMS), np.empty(FREEDOMS)
    extra, rest = np.empty(FREEDOMS), np.empty(FREEDOMS)
    free = np.empty(FREEDOMS, np.bool_)
    new_angles, new_translation, new_rotation = np.empty_like(angles), np.empty(3), np.empty(4)
    place(tree, angles, translation, rotation, work)
    cost, worst = _judge(work, targets, weights, angles, anchor, pull)
    fresh, slow, damping = True, 0, DAMPING
    for iterations in range(limit):
        if worst <= tolerance or slow > 1 or damping > MAX_DAMPING:
            return worst, iterations
        if fresh:
            sum_below(tree, targets, weights, work)
            gradient(tree, work, slope)
            for i in range(len(angles)):
                slope[ROOT + i] -= pull * pull * (angles[i] - anchor[i])
            normal_matrix(tree, work)
        _free(angles, slope, lower, upper, root_free, free)
        for f in range(FREEDOMS):
            extra[f] = damping + (pull * pull if f >= ROOT else 0.0)
        _damped_step(tree, work, angles, slope, lower, upper, extra, free, rest, step)
        _moved(angles, translation, rotation, step, 1.0, lower, upper, new_angles, new_translation, new_rotation)
        place(tree, new_angles, new_translation, new_rotation, work)
        new_cost, new_worst = _judge(work, targets, weights, new_angles, anchor, pull)
        fresh = new_cost < cost
        if fresh:
            slow = slow + 1 if cost - new_cost < 1e-3 * cost else 0
            cost, worst = new_cost, new_worst
            angles[:], translation[:], rotation[:] = new_angles, new_translation, new_rotation
            damping = max(damping * 0.2, 1e-8)
        else:
            damping = max(damping * 8, 1e-6)
    return worst, limit


@njit(cache=True, nogil=True, fastmath=FAST)
def _descend(tree, work, targets, angles, translation, rotation, anchor, lower, upper, weights, tolerance, limit, pull,
             root_free, preconditioned):  # fmt: skip
    """Jacobian transpose with Armijo, or with the inverse diagonal of J^T J before it and momentum behind it."""
    slope, step, speed = np.empty(FREEDOMS), np.empty(FREEDOMS), np.zeros(FREEDOMS)
    free = np.empty(FREEDOMS, np.bool_)
    new_angles, new_translation, new_rotation = np.empty_like(angles), np.empty(3), np.empty(4)
    alpha = 0.5 if preconditioned else 0.1
    place(tree, angles, translation, rotation, work)
    cost, worst = _judge(work, targets, weights, angles, anchor, pull)
    slow, fresh = 0, True
    for iterations in range(limit):
        if worst <= tolerance or slow > 1 or alpha < 1e-7:
            return worst, iterations
        if fresh:
            sum_below(tree, targets, weights, work)
            gradient(tree, work, slope)
            for i in range(len(angles)):
                slope[ROOT + i] -= pull * pull * (angles[i] - anchor[i])
            if preconditioned:
                normal_matrix(tree, work)
        _free(angles, slope, lower, upper, root_free, free)
        rise = 0.0
        for f in range(FREEDOMS):
            step[f] = 0.0
            if free[f]:
                scale = 1.0 / (work.normal[f, f] + 1e-3) if preconditioned else 1.0
                step[f] = alpha * scale * slope[f] + (MOMENTUM_KEPT * speed[f] if preconditioned else 0.0)
                rise += step[f] * slope[f]
        _moved(angles, translation, rotation, step, 1.0, lower, upper, new_angles, new_translation, new_rotation)
        place(tree, new_angles, new_translation, new_rotation, work)
        new_cost, new_worst = _judge(work, targets, weights, new_angles, anchor, pull)
        fresh = new_cost <= cost - ARMIJO * max(rise, 0.0)
        if fresh:
            slow = slow + 1 if cost - new_cost < 1e-6 * cost else 0
            cost, worst = new_cost, new_worst
            angles[:], translation[:], rotation[:] = new_angles, new_translation, new_rotation
            speed[:] = step
            alpha = min(alpha * (1.1 if preconditioned else 1.5), 2.0)
        else:
            speed[:] = 0.0
            alpha *= 0.5
    return worst, limit


@njit(cache=True, nogil=True)
def _solve_frame(tree, work, targets, angles, translation, rotation, anchor, lower, upper, weights, method, tolerance,
                 limit, pull, root_free):  # fmt: skip
    if method == LM:
        return _lm(tree, work, targets, angles, translation, rotation, anchor, lower, upper, weights, tolerance, limit,
                   pull, root_free)  # fmt: skip
    return _descend(tree, work, targets, angles, translation, rotation, anchor, lower, upper, weights, tolerance,
                    limit, pull, root_free, method == MOMENTUM)  # fmt: skip


@njit(cache=True, nogil=True)
def ready(targets, angles, translation, rotation):
    """Whether every number is finite and every (N, 4) rotation has a length, which becomes 1."""
    for n in range(len(targets)):
        total = 0.0
        for j in range(JOINTS):
            total += targets[n, j, 0] + targets[n, j, 1] + targets[n, j, 2]
        for i in range(angles.shape[1]):
            total += angles[n, i]
        for c in range(3):
            total += translation[n, c]
        length = 0.0
        for c in range(4):
            length += rotation[n, c] ** 2
        if not (np.isfinite(total) and np.isfinite(length) and length > 0):
            return False
        length = np.sqrt(length)
        for c in range(4):
            rotation[n, c] /= length
    return True


@njit(cache=True, nogil=True)
def solve_frames(tree, targets, weights, angles, translation, rotation, lower, upper, clip_length, method, tolerance,
                 limit, pull, root_free, restarts):  # fmt: skip
    """Solve every frame in place; within a clip each frame starts where the one before ended.

    Args:
        targets: (N, 24, 3) [m]; weights: (24,), 0 = the joint has no target.
        angles, translation, rotation: (N, 36) [rad], (N, 3) [m], (N, 4): starts, overwritten.
        lower, upper: (N, 36) limits [rad].
        clip_length: frames of a clip; 1 = every frame starts at its own start.
        restarts: other starts tried, drawn inside the limits, where a frame is not reached.

    Returns:
        error (N,) [m] and iterations (N,).
    """
    work = workspace()
    errors, counts = np.empty(len(targets)), np.empty(len(targets), np.int64)
    anchor, q, t, r = np.empty_like(angles[0]), np.empty_like(angles[0]), np.empty(3), np.empty(4)
    for n in range(len(targets)):
        if n % clip_length:
            angles[n], translation[n], rotation[n] = angles[n - 1], translation[n - 1], rotation[n - 1]
        for i in range(len(q)):
            angles[n, i] = min(max(angles[n, i], lower[n, i]), upper[n, i])
        anchor[:] = angles[n]
        start_translation, start_rotation = translation[n].copy(), rotation[n].copy()
        errors[n], counts[n] = _solve_frame(
            tree, work, targets[n], angles[n], translation[n], rotation[n], anchor, lower[n], upper[n], weights,
            method, tolerance, limit, pull, root_free)  # fmt: skip
        seed = np.uint64(n + 1)
        for _ in range(restarts):
            if errors[n] <= tolerance:
                break
            for i in range(len(q)):
                seed = seed * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
                share = float(seed >> np.uint64(11)) / 9007199254740992.0
                q[i] = lower[n, i] + share * (upper[n, i] - lower[n, i])
            t[:], r[:] = start_translation, start_rotation
            error, count = _solve_frame(
                tree, work, targets[n], q, t, r, anchor, lower[n], upper[n], weights, method, tolerance, limit, pull,
                root_free)  # fmt: skip
            counts[n] += count
            if error < errors[n]:
                errors[n], angles[n], translation[n], rotation[n] = error, q, t, r
    return errors, counts
