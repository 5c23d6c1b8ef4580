"""Is there any pose that a set of rules allows, and if not, which of them exclude each other? Exact.

A pose is allowed where every box is left by some angle. Lowering an angle until it meets its lower limit or the upper
edge of a box enters no box, so if there is an allowed pose there is one whose every angle is at its lower limit or
at a box's upper edge. Each such value leaves a set of boxes; over the angles, one after another, only the sets that
are part of no other one need be remembered, until one holds all boxes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Interval = tuple[int, float, float]
Rule = TypeVar("Rule")


def has_pose(lower: Sequence[float], upper: Sequence[float], boxes: Sequence[Sequence[Interval]]) -> bool:
    """Whether anything is left of the limits [rad], edges included, without the open boxes."""
    if any(low > high for low, high in zip(lower, upper, strict=True)):
        return False
    sides: dict[int, list[tuple[float, float, int]]] = {}
    free = 0  # boxes that hold nothing
    for n, intervals in enumerate(boxes):
        narrowed: dict[int, tuple[float, float]] = {}
        for j, low, high in intervals:
            a, b = narrowed.get(j, (low, high))
            narrowed[j] = max(a, low), min(b, high)
        free |= any(a >= b for a, b in narrowed.values()) << n
        for j, (a, b) in narrowed.items():
            sides.setdefault(j, []).append((a, b, 1 << n))
    every = (1 << len(boxes)) - 1
    last = {bit: j for j, held in sides.items() for _, _, bit in held}  # the angle after which a box must be left
    left, due = {free}, 0
    for j, held in sides.items():
        values = {lower[j], *(b for _, b, _ in held if lower[j] <= b <= upper[j])}
        masks = _largest({sum(bit for a, b, bit in held if not a < value < b) for value in values})
        due |= sum(bit for bit, angle in last.items() if angle == j)
        left = _largest({both for before in left for mask in masks if (both := before | mask) & due == due})
    return any(mask | free == every for mask in left)


def _largest(masks: set[int]) -> set[int]:
    """The sets that are part of no other."""
    kept: list[int] = []
    for mask in sorted(masks, key=int.bit_count, reverse=True):
        if not any(mask & other == mask for other in kept):
            kept.append(mask)
    return set(kept)


def needed(rules: Sequence[Rule], conflicting: Callable[[list[Rule]], bool]) -> list[Rule]:
    """A smallest part of some conflicting rules that still conflicts: each is dropped unless it is needed.

    Source: deletion filter (Chinneck and Dravnieks 1991).
    """
    kept = list(rules)
    for rule in rules:
        rest = [other for other in kept if other is not rule]
        if conflicting(rest):
            kept = rest
    return kept
