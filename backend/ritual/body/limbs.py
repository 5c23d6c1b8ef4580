"""The limbs of any skeleton: pairs of branches that are built alike, and where hip, knee and ankle lie along one.

Bone lengths and the tree do not depend on how a skeleton is posed, so nothing here asks for a T-pose.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ritual.body.hierarchy import HierarchyMotion

ALIKE = 0.15  # bones of left and right may differ by this share
LEAST_REACH = 0.2  # of the longest branch: a shorter pair (eyes, breasts) is no pair of limbs
# upper part : lower part, and both together as a share of the whole branch from the trunk to the last tip
FORKS = 0.5  # what it is worth that fingers, or heel and toes, part at the last of the three joints
PASSED = 0.2  # what it costs to pass a joint over, as twist segments must be
PROPORTIONS = {"leg": (1.0, 0.75), "arm": (1.1, 0.58)}


@dataclass(frozen=True, eq=False)
class Tree:
    """A skeleton with its End Sites as nodes of their own; nodes from `joints` on are tips, not joints.

    Attributes:
        parents, children: of each node.
        length: (N,) of the bone from the parent; 0 where it is shorter than anything that matters.
        reach: (N,) length of the longest way from the parent through the node to a tip.
        joints: how many nodes are joints.
        positions: (T, N, 3) in the world, of at most some frames.
    """

    parents: list[int]
    children: list[list[int]]
    length: np.ndarray
    reach: np.ndarray
    joints: int
    positions: np.ndarray

    @staticmethod
    def of(motion: HierarchyMotion, most_frames: int = 300) -> Tree:
        joints = len(motion.names)
        parents = [*motion.parents, *motion.ends]
        offsets = np.concatenate((motion.offsets, np.array(list(motion.ends.values())).reshape(-1, 3)))
        children: list[list[int]] = [[] for _ in parents]
        for node, parent in enumerate(parents):
            if parent >= 0:
                children[parent].append(node)
        length = np.linalg.norm(offsets, axis=1)
        length[0] = 0.0
        length[length < 1e-4 * max(float(length.max()), 1e-12)] = 0.0
        reach = length.copy()
        for node in range(len(parents) - 1, -1, -1):  # tips come last, but their parents before them
            reach[node] = length[node] + max((reach[c] for c in children[node]), default=0.0)
        for node in reversed(range(joints)):
            reach[node] = length[node] + max((reach[c] for c in children[node]), default=0.0)
        frames = np.unique(np.linspace(0, motion.frames - 1, most_frames).astype(int))
        rotations, positions = motion.world()
        tips = [
            positions[frames, j] + rotations[frames, j] @ np.asarray(end, float) for j, end in motion.ends.items()
        ]
        every = np.concatenate((positions[frames], np.stack(tips, 1)), 1) if tips else positions[frames]
        return Tree(parents, children, length, reach, joints, every)

    def path(self, node: int) -> list[int]:
        """From the node along the longest way to a tip, without joints that lie where the one before them lies."""
        out = [node]
        while self.children[node]:
            node = max(self.children[node], key=lambda c: self.reach[c])
            if self.length[node] > 0:
                out.append(node)
        return out if self.length[out[0]] > 0 or len(out) < 2 else out[1:]

    def above(self, node: int) -> list[int]:
        """The node and its ancestors, root last."""
        out = [node]
        while self.parents[out[-1]] >= 0:
            out.append(self.parents[out[-1]])
        return out

    def bend(self, before: int, joint: int, after: int) -> float:
        """How far [rad] the way before-joint-after bends and straightens over the frames (5th to 95th percentile)."""
        a = self.positions[:, joint] - self.positions[:, before]
        b = self.positions[:, after] - self.positions[:, joint]
        norm = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
        angle = np.arccos(np.clip((a * b).sum(1) / np.maximum(norm, 1e-12), -1, 1))
        return float(np.percentile(angle, 95) - np.percentile(angle, 5))


@dataclass(frozen=True)
class Pair:
    """Two branches built alike that leave the trunk at one joint; `a` and `b` are their first nodes."""

    at: int
    a: int
    b: int
    reach: float
    unlike: float


def limb_pairs(tree: Tree) -> list[Pair]:
    """Pairs of limbs, the longest first; pairs inside a limb (fingers) are left out."""
    found = []
    for at, children in enumerate(tree.children):
        for a, b in combinations(children, 2):
            unlike = _unlike(tree, a, b)
            if unlike is not None and len(tree.path(a)) > 2:
                found.append(Pair(at, a, b, float(tree.reach[a] + tree.reach[b]) / 2, unlike))
    longest = max((pair.reach for pair in found), default=0.0)
    out = []
    for pair in sorted(found, key=lambda p: -p.reach):
        above = set(tree.above(pair.at))
        if pair.reach >= LEAST_REACH * longest and not any({p.a, p.b} & above for p in out):
            out.append(pair)
    return out


def _unlike(tree: Tree, a: int, b: int) -> float | None:
    """Mean difference of two branches' bones as a share of their length; None where they are not alike."""
    one, two = ([tree.length[n] for n in tree.path(x) if tree.length[n] > 0] for x in (a, b))
    if len(one) != len(two) or not one:
        return None
    one, two = np.array(one), np.array(two)
    apart = np.abs(one - two)
    if (apart > ALIKE * np.maximum(one, two) + 0.02 * one.sum()).any():
        return None
    return float(apart.sum() / one.sum())


def place(tree: Tree, limbs: tuple[list[int], list[int]], kind: str) -> tuple[int, int, int] | None:
    """Where along two like branches the upper joint, the hinge and the lower joint lie.

    Args:
        limbs: the paths of both branches, node by node.
        kind: `leg` or `arm`.

    Returns:
        three indices into the paths: proportions of a human limb, a hinge that bends, nothing between that does;
        None where a branch has fewer than three joints.
    """
    ratio, share = PROPORTIONS[kind]
    count = min(sum(n < tree.joints for n in limb) for limb in limbs)
    best, least = None, np.inf
    for i, j, k in combinations(range(count), 3):
        cost = 0.0
        for limb in limbs:
            lengths = [tree.length[n] for n in limb]
            upper, lower, whole = sum(lengths[i + 1 : j + 1]), sum(lengths[j + 1 : k + 1]), sum(lengths)
            cost += 4 * np.log(upper / lower / ratio) ** 2 + 2 * np.log((upper + lower) / (share * whole)) ** 2
            cost -= 1.5 * min(tree.bend(limb[j - 1], limb[j], limb[j + 1]), 1.0)
            cost -= FORKS * (sum(tree.reach[c] > 0 for c in tree.children[limb[k]]) > 1)
            between = [n for n in range(i + 1, k) if n != j]
            cost += sum(PASSED + 3 * min(tree.bend(limb[n - 1], limb[n], limb[n + 1]), 1.0) for n in between)
        if cost < least:
            best, least = (i, j, k), cost
    return best
