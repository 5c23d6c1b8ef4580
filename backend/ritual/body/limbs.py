"""The limbs of any skeleton: pairs of branches that are built alike, and where hip, knee and ankle lie along one.

Bone lengths and the tree do not depend on how a skeleton is posed, so nothing here asks for a T-pose.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ritual.body.hierarchy import HierarchyMotion

ALIKE, TWINS = 0.15, 0.05  # bones of a left and a right limb, and of a pair of eyes, may differ by this share
LEAST_REACH = 0.2  # of the longest branch: a shorter pair (eyes, breasts) is no pair of limbs
# upper part : lower part, and both together as a share of the whole branch from the trunk to the last tip
# What speaks for or against three joints as hip, knee and ankle; the square of a relative error is the unit.
FORKS = 1.0  # fingers, or heel and toes, part at the last of the three
HINGES = 0.75  # a radian that the hinge bends and straightens
PASSED = 0.1  # a joint is passed over, as twist segments must be
STRAIGHT = 1.5  # a radian by which a joint that is passed over bends: thighs do not
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

    def bend(self, way: tuple[int, ...], at: int) -> tuple[float, float]:
        """Least and greatest bend [rad] of a way at one of its joints over the frames (5th and 95th percentile)."""
        before, joint, after = (self.positions[:, way[n]] for n in (at - 1, at, at + 1))
        a, b = joint - before, after - joint
        norm = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
        angle = np.arccos(np.clip((a * b).sum(1) / np.maximum(norm, 1e-12), -1, 1))
        return float(np.percentile(angle, 5)), float(np.percentile(angle, 95))


@dataclass(frozen=True)
class Pair:
    """Two branches built alike that leave the trunk at one joint.

    Attributes:
        at: that joint.
        a, b: the joints of the branches, and their last tips, in the order of the way.
        reach: length of the longer.
        unlike: mean difference of their bones as a share of their length.
    """

    at: int
    a: tuple[int, ...]
    b: tuple[int, ...]
    reach: float
    unlike: float


def limb_pairs(tree: Tree) -> list[Pair]:
    """Pairs of limbs, the longest first; pairs inside a limb (fingers) are left out."""
    found = []
    for at, children in enumerate(tree.children):
        for one, two in combinations(children, 2):
            a, b = alike_paths(tree, one, two)
            if len(a) > 2:
                lengths = tree.length[list(a)], tree.length[list(b)]
                apart = float(np.abs(lengths[0] - lengths[1]).sum() / lengths[0].sum())
                found.append(Pair(at, a, b, float(max(x.sum() for x in lengths)), apart))
    longest = max((pair.reach for pair in found), default=0.0)
    out: list[Pair] = []
    for pair in sorted(found, key=lambda p: -p.reach):
        above = set(tree.above(pair.at))
        if pair.reach >= LEAST_REACH * longest and not any(above & {*p.a, *p.b} for p in out):
            out.append(pair)
    return out


def alike_paths(tree: Tree, a: int, b: int, share: float = ALIKE) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The longest ways down from two nodes whose bones are alike, without joints that lie where the one before lies.

    A bone that one side has and the other has not (a weapon, a helper) is passed by.
    """
    one, two = [], []
    pair: tuple[int, int] | None = (a, b)
    while pair is not None:
        for node, way in zip(pair, (one, two), strict=True):
            if tree.length[node] > 0:
                way.append(node)
        if len(one) != len(two):
            return (), ()
        options = [(x, y) for x in tree.children[pair[0]] for y in tree.children[pair[1]] if _alike(tree, x, y, share)]
        if not one and not _alike(tree, *pair, share):
            return (), ()
        pair = max(options, key=lambda p: min(tree.reach[p[0]], tree.reach[p[1]]), default=None)
    alike = bool(one) and all(_alike(tree, x, y, share) for x, y in zip(one, two, strict=True))
    return (tuple(one), tuple(two)) if alike else ((), ())


def _alike(tree: Tree, x: int, y: int, share: float) -> bool:
    lengths, reaches = tree.length[[x, y]], tree.reach[[x, y]]
    near = abs(lengths[0] - lengths[1]) <= share * lengths.max() + 0.1 * share * reaches.max()
    return bool(near and min(lengths) > 0) or bool(max(lengths) == 0 and min(reaches) > 0)


def twins(tree: Tree, node: int) -> set[int]:
    """The children of a node from which branches lead that are alike, such as eyes."""
    pairs = combinations((c for c in tree.children[node] if tree.reach[c] > 0), 2)
    even = [(a, b) for a, b in pairs if abs(tree.reach[a] - tree.reach[b]) <= TWINS * tree.reach[a]]
    return {c for a, b in even if alike_paths(tree, a, b, TWINS)[0] for c in (a, b)}


def place(tree: Tree, limbs: tuple[tuple[int, ...], tuple[int, ...]], kind: str) -> tuple[int, int, int] | None:
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
    forks = [all(sum(tree.reach[c] > 0 for c in tree.children[limb[n]]) > 1 for limb in limbs) for n in range(count)]
    inner = range(1, min(count, len(limbs[0]) - 1))
    bends = [{n: tree.bend(limb, n) for n in inner} for limb in limbs]
    best, least = None, np.inf
    for i, j, k in combinations(range(count), 3):
        cost = -FORKS * forks[k]
        for limb, bend in zip(limbs, bends, strict=True):
            lengths = tree.length[list(limb)]
            upper, lower = lengths[i + 1 : j + 1].sum(), lengths[j + 1 : k + 1].sum()
            cost += 2 * np.log(upper / lower / ratio) ** 2 + np.log((upper + lower) / (share * lengths.sum())) ** 2
            cost -= HINGES * min(bend[j][1] - bend[j][0], 1.0)
            cost += sum(PASSED + STRAIGHT * min(bend[n][1], 1.0) for n in range(i + 1, k) if n != j)
        if cost < least:
            best, least = (i, j, k), cost
    return best
