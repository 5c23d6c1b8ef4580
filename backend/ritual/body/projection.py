"""The nearest point outside some open boxes, exact: branch and bound over their faces (Land and Doig 1960).

A point outside a box lies beyond one of its faces. So a point that a box holds is moved beyond each of its faces in
turn, cheapest first, and no branch is followed that costs as much as the best point found. The branches of a box share
nothing: what lies beyond a face that was tried is left out of the next. Of the boxes that hold the point the one is
branched over whose cheapest face is dearest, for that closes branches soonest.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def holding(poses, named, lows, highs):
    """(N,) bool: (N, D) poses that some open box holds; `named`: (d,) the coordinates of its (m, d) edges."""
    held = np.zeros(len(poses), np.bool_)
    for n in range(len(poses)):
        for b in range(len(lows)):
            inside = True
            for i in range(len(named)):
                if not lows[b, i] < poses[n, named[i]] < highs[b, i]:
                    inside = False
                    break
            if inside:
                held[n] = True
                break
    return held


@njit(cache=True, nogil=True)
def project(points, lower, upper, lows, highs, weights):
    """(N, d) points, in place, each to the nearest one inside the limits that no open box holds.

    Args:
        points: (N, d).
        lower, upper: (d,) limits.
        lows, highs: (m, d) edges of the boxes; infinite where a box does not name the coordinate.
        weights: (d,) positive, of the squared distance.

    Returns:
        How many points were put right before one had nowhere to go; N where all had.
    """
    dims, boxes = len(lower), len(lows)
    room = 2 * dims * (boxes + 1) + 1
    stack_low, stack_high, stack_cost = np.empty((room, dims)), np.empty((room, dims)), np.empty(room)
    faces = np.empty(2 * dims)
    near, best = np.empty(dims), np.empty(dims)
    for n in range(len(points)):
        point = points[n]
        best_cost, depth = np.inf, 1
        stack_low[0], stack_high[0], stack_cost[0] = lower, upper, 0.0
        while depth > 0:
            depth -= 1
            if stack_cost[depth] >= best_cost:
                continue
            low, high = stack_low[depth].copy(), stack_high[depth].copy()
            cost = 0.0
            for j in range(dims):
                near[j] = min(max(point[j], low[j]), high[j])
                cost += weights[j] * (near[j] - point[j]) ** 2
            holder, dearest = -1, -1.0
            for b in range(boxes):
                held = True
                for j in range(dims):
                    if not lows[b, j] < near[j] < highs[b, j]:
                        held = False
                        break
                if held:
                    cheapest = np.inf
                    for j in range(dims):
                        rest = cost - weights[j] * (near[j] - point[j]) ** 2
                        if lows[b, j] >= low[j]:
                            cheapest = min(cheapest, rest + weights[j] * (lows[b, j] - point[j]) ** 2)
                        if highs[b, j] <= high[j]:
                            cheapest = min(cheapest, rest + weights[j] * (highs[b, j] - point[j]) ** 2)
                    if cheapest > dearest:
                        holder, dearest = b, cheapest
            if holder < 0:
                if cost < best_cost:
                    best_cost = cost
                    best[:] = near
                continue
            if dearest >= best_cost:
                continue
            for j in range(dims):
                rest = cost - weights[j] * (near[j] - point[j]) ** 2
                below, above = lows[holder, j], highs[holder, j]
                faces[2 * j] = rest + weights[j] * (below - point[j]) ** 2 if below >= low[j] else np.inf
                faces[2 * j + 1] = rest + weights[j] * (above - point[j]) ** 2 if above <= high[j] else np.inf
            order = np.argsort(faces)
            first = depth
            for f in order:
                if faces[f] >= best_cost:
                    break
                j = f // 2
                below, above = lows[holder, j], highs[holder, j]
                stack_low[depth], stack_high[depth], stack_cost[depth] = low, high, faces[f]
                if f % 2 == 0:
                    stack_high[depth, j] = below
                    low[j] = max(low[j], below)
                else:
                    stack_low[depth, j] = above
                    high[j] = min(high[j], above)
                depth += 1
                if low[j] > high[j]:
                    break
            for i in range((depth - first) // 2):  # the cheapest branch is followed first: it lies on top
                a, b = first + i, depth - 1 - i
                for j in range(dims):
                    stack_low[a, j], stack_low[b, j] = stack_low[b, j], stack_low[a, j]
                    stack_high[a, j], stack_high[b, j] = stack_high[b, j], stack_high[a, j]
                stack_cost[a], stack_cost[b] = stack_cost[b], stack_cost[a]
        if best_cost == np.inf:
            return n
        points[n] = best
    return len(points)
