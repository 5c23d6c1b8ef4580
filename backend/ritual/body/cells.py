"""Convex cells: the largest boxes of angles that meet no taboo box, and the cheapest way through them.

The part of a box of limits that lies outside some open taboo boxes is a union of closed boxes ("cells"), each beyond
one face of every taboo box. Both ends of a segment in one cell means the whole segment in it, for a cell is convex.
"""

from __future__ import annotations

import numpy as np
from numba import njit

Cells = tuple[np.ndarray, np.ndarray]

TOUCH = 2e-5  # [rad^2] what moving a frame costs at all: it is put about 0.25 deg beyond the edge, however near it was
PIN, SWITCH, NARROW = 1e-10, 1e-10, 1e-12  # tell ways of equal cost apart: wide cells, few changes of cell


def meets(values: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """(n - 1,) bool: the segment between consecutive (n, d) points meets the open box with (d,) edges."""
    if (low >= high).any():
        return np.zeros(len(values) - 1, bool)
    start, step = values[:-1], np.diff(values, axis=0)
    still, inside = step == 0, (start > low) & (start < high)
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = (low - start) / step, (high - start) / step
    enter = np.where(still, np.where(inside, 0.0, 2.0), np.minimum(a, b))
    leave = np.where(still, np.where(inside, 1.0, -1.0), np.maximum(a, b))
    return leave.min(1, initial=1.0) > enter.max(1, initial=0.0)


def free_cells(
    lower: np.ndarray, upper: np.ndarray, lows: np.ndarray, highs: np.ndarray, near: np.ndarray, most: int
) -> Cells:
    """Every largest cell of the limits without the open boxes.

    Args:
        lower, upper: (d,) limits [rad].
        lows, highs: (m, d) edges of the boxes; infinite where a box does not name the angle.
        near: (n, d) poses near which cells are kept where there are too many.
        most: how many cells are kept.

    Returns:
        (c, d) lower and (c, d) upper bounds [rad]; none where the limits hold nothing but boxes.
    """
    low, high = lower[None].copy(), upper[None].copy()
    if (lower > upper).any():
        return low[:0], high[:0]
    for box_low, box_high in zip(lows, highs, strict=True):
        if (box_low >= box_high).any():
            continue
        met = ((high > box_low) & (low < box_high)).all(1)
        parts_low, parts_high = [low[~met]], [high[~met]]
        whole_low, whole_high = low[met], high[met]
        for j in np.flatnonzero(np.isfinite(box_low) | np.isfinite(box_high)):
            below, above = whole_low[:, j] <= box_low[j], whole_high[:, j] >= box_high[j]
            cut = whole_high[below].copy()
            cut[:, j] = box_low[j]
            parts_low.append(whole_low[below])
            parts_high.append(cut)
            cut = whole_low[above].copy()
            cut[:, j] = box_high[j]
            parts_low.append(cut)
            parts_high.append(whole_high[above])
        low, high = np.concatenate(parts_low), np.concatenate(parts_high)
        largest = _largest(low, high)
        low, high = low[largest], high[largest]
        if len(low) > most:
            kept = _nearest(low, high, near, most)
            low, high = low[kept], high[kept]
    return low, high


def _nearest(low: np.ndarray, high: np.ndarray, near: np.ndarray, most: int) -> np.ndarray:
    """Half of what is kept lies nearest to some pose, half nearest to all of them."""
    reach = np.zeros((len(low), len(near)))
    for j in range(low.shape[1]):
        value = near[None, :, j]
        reach += np.maximum(np.maximum(low[:, j, None] - value, value - high[:, j, None]), 0) ** 2
    rank = np.minimum(reach.min(1).argsort().argsort(), reach.sum(1).argsort().argsort())
    return np.sort(rank.argsort(kind="stable")[:most])


@njit(cache=True, nogil=True)
def _largest(low, high):
    """(c,) bool: cells that lie in no other; of equal ones the first."""
    count, dims = low.shape
    kept = np.ones(count, np.bool_)
    for a in range(count):
        for b in range(count):
            if a == b or not kept[b]:
                continue
            inside = same = True
            for j in range(dims):
                if low[a, j] < low[b, j] or high[a, j] > high[b, j]:
                    inside = False
                    break
                same = same and low[a, j] == low[b, j] and high[a, j] == high[b, j]
            if inside and not (same and a < b):
                kept[a] = False
                break
    return kept


@njit(cache=True, nogil=True)
def _cost(pose, weights, low_a, high_a, low_b, high_b):
    """Weighted squared distance of a pose from what two cells have in common; infinite where that is nothing."""
    total, moved = 0.0, False
    for j in range(len(pose)):
        low, high = max(low_a[j], low_b[j]), min(high_a[j], high_b[j])
        if low > high:
            return np.inf
        off = max(low - pose[j], pose[j] - high)
        if off > 0:
            moved = True
            total += weights[j] * off * off
    return total + TOUCH if moved else total


@njit(cache=True, nogil=True)
def _narrow(pose, low, high):
    """How little room a cell leaves round a pose, 0..d."""
    total = 0.0
    for j in range(len(pose)):
        total += 1.0 - min(1.0, max(0.0, min(pose[j] - low[j], high[j] - pose[j])))
    return total


@njit(cache=True, nogil=True)
def cheapest(track, weights, lists, first, start_low, start_high, end_low, end_high, keep, switch):
    """The cheapest sequence of cells, one for each segment of a track: dynamic programming (Bellman 1957).

    A frame must lie in the cells of both segments that meet there; what it costs is its weighted squared distance
    from what the two have in common.

    Args:
        track: (T, d) [rad], T >= 2.
        weights: (d,).
        lists: (T - 1,) which list of cells a segment may choose from.
        first: (n + 1,) where each list begins in the cells.
        start_low, start_high, end_low, end_high: (c, d) what a cell allows at a segment's first and last frame.
        keep: (T - 1,) bool: the segment may also stay exactly as it is.
        switch: [rad^2] what it costs to go from cell to cell at a frame that has to be moved.

    Returns:
        (T - 1,) the cell of each segment, -1 = stays as it is; the cost, infinite where there is no way; how many
        segments a way was found for.
    """
    segments = len(lists)
    widest = 1
    for n in range(len(first) - 1):
        widest = max(widest, first[n + 1] - first[n] + 1)
    back = np.full((segments, widest), -1, np.int32)
    value, order = np.full(widest, np.inf), np.zeros(widest, np.int64)
    before = 0  # cells of the segment before; the state after its last cell is "as it is"
    for k in range(segments):
        a = first[lists[k]]
        count = first[lists[k] + 1] - a
        pose = track[k]
        new = np.full(widest, np.inf)
        if k > 0:
            order = np.argsort(value[: before + 1])
        for c in range(count):
            alone = _cost(pose, weights, start_low[a + c], start_high[a + c], start_low[a + c], start_high[a + c])
            best, by = np.inf, -1
            if k == 0:
                best = alone
            else:
                b, same = first[lists[k - 1]], lists[k] == lists[k - 1]
                if same and value[c] + alone < best:
                    best, by = value[c] + alone, c
                least = alone + switch if same and alone > 0.0 else alone
                for i in order:
                    if value[i] == np.inf or value[i] + least >= best:
                        break
                    if i == before:
                        step = 0.0 if alone == 0.0 else np.inf
                    else:
                        step = SWITCH + _cost(
                            pose, weights, end_low[b + i], end_high[b + i], start_low[a + c], start_high[a + c]
                        )
                        if step > SWITCH and same:
                            step += switch
                    if value[i] + step < best:
                        best, by = value[i] + step, i
            if best < np.inf:
                new[c] = best + NARROW * _narrow(pose, start_low[a + c], start_high[a + c])
                back[k, c] = by
        if keep[k]:
            best, by = (0.0, -1) if k == 0 else (np.inf, -1)
            if k > 0:
                b = first[lists[k - 1]]
                for i in order:
                    if value[i] >= best:
                        break
                    if i == before or _cost(
                        pose, weights, end_low[b + i], end_high[b + i], end_low[b + i], end_high[b + i]
                    ) == 0.0:
                        best, by = value[i], i
            new[count] = best + PIN
            back[k, count] = by
        value, before = new, count
        if value[: before + 1].min() == np.inf:
            return np.full(segments, -1), np.inf, k
    a = first[lists[segments - 1]]
    for c in range(before):
        if value[c] < np.inf:
            low, high = end_low[a + c], end_high[a + c]
            value[c] += _cost(track[segments], weights, low, high, low, high)
    state = np.argmin(value[: before + 1])
    total = value[state]
    chosen = np.full(segments, -1)
    for k in range(segments - 1, -1, -1):
        b = first[lists[k]]
        chosen[k] = -1 if state == first[lists[k] + 1] - b else b + state
        state = back[k, state]
    return chosen, total, segments
