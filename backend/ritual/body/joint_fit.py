"""Joints of a skeleton whose names say nothing, found from its tree, its proportions and how it moves.

Two pairs of like branches are arms and legs; legs are longer, lead away from the arms, and have no head between
them. Where the feet point and how the knees bend says where the front is, and only then which side is left. What these
do not decide is not guessed: a reading that is not much likelier than its opposite is refused with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from ritual.body.hierarchy import HierarchyMotion
from ritual.body.joint_names import SIDES
from ritual.body.limbs import Pair, Tree, limb_pairs, place, twins

SURE = 0.75  # under this nothing is returned
STRONG = 0.5  # evidence of the front (-1 to 1) that is enough; half of it may not be contradicted


@dataclass(frozen=True)
class Fit:
    """Our joint -> index of the source's; how sure (0 to 1); what it rests on."""

    joints: dict[str, int]
    sureness: float
    notes: tuple[str, ...] = ()


@dataclass
class _Body:
    """What is known so far; sides are still `a` and `b`."""

    tree: Tree
    legs: Pair
    arms: Pair
    likelier: float
    joints: dict[str, int] = field(default_factory=dict)


def fit_joints(motion: HierarchyMotion) -> Fit | str:
    """The body in a skeleton, or one clause that says why it cannot be told."""
    tree = Tree.of(motion)
    pairs = limb_pairs(tree)
    if len(pairs) < 2:
        return f"it has {len(pairs)} pair{'s'[: len(pairs) != 1]} of like limbs where a body has two"
    if len(pairs) > 2 and pairs[2].reach > 0.6 * pairs[1].reach:
        return "it has more than two pairs of limbs"
    first, second = pairs[:2]
    if first.at == second.at:
        return "all its limbs leave from one joint, so it has no trunk"
    score = _first_are_legs(tree, first, second)
    legs, arms = (first, second) if score > 0 else (second, first)
    body = _Body(tree, legs, arms, _likelihood(2 * abs(score)))
    if body.likelier < SURE:
        return "arms and legs look alike"
    problem = _trunk(body) or _limbs(body)
    if problem:
        return problem
    front, grounds = _front(body)
    if isinstance(grounds, str):
        return grounds
    swapped = front < 0
    arms_swapped = _arms_swapped(body)
    if arms_swapped is None:
        return "the arms do not lie to the sides of the legs"
    joints = {}
    for name, joint in body.joints.items():
        side, _, bare = name.partition("_")
        if side in ("a", "b"):
            other = swapped if bare in ("hip", "knee", "ankle", "foot") else swapped != arms_swapped
            name = f"{SIDES[(side == 'b') != other]}_{bare}"
        joints[name] = joint
    alike = max(0.0, 1 - 2 * max(legs.unlike, arms.unlike))
    sureness = body.likelier * _likelihood(3 * abs(front)) * alike
    if sureness < SURE:
        return f"the likeliest reading is only {100 * sureness:.0f} % sure"
    return Fit(joints, float(sureness), (f"Front and left were told by {grounds[0]}.",))


def _likelihood(score: float) -> float:
    return float(1 / (1 + np.exp(-score)))


def _first_are_legs(tree: Tree, one: Pair, two: Pair) -> float:
    """Evidence that `one` are the legs and `two` the arms; negative for the opposite."""
    bones = [_longest_two(tree, pair) for pair in (one, two)]
    longer = float(np.clip(np.log(bones[0] / bones[1]) / np.log(1.5), -1, 1))
    ways = [_leads_away(tree, pair, other) for pair, other in ((one, two), (two, one))]
    heads = [max((tree.reach[c] for c in _others(tree, pair, other)), default=0.0) for pair, other in
             ((one, two), (two, one))]  # fmt: skip
    trunk = max(heads)
    headed = float(np.clip((heads[1] - heads[0]) / trunk, -1, 1)) if trunk > 0 else 0.0
    fingers = [max(len(tree.children[n]) for n in pair.a[1:]) >= 3 for pair in (one, two)]
    nearer_root = (one.at in tree.above(two.at)) - (two.at in tree.above(one.at))
    return longer + ways[0] - ways[1] + headed + 0.5 * (fingers[1] - fingers[0]) + 0.5 * nearer_root


def _longest_two(tree: Tree, pair: Pair) -> float:
    lengths = [tree.length[n] for n in pair.a]
    return max(a + b for a, b in pairwise(lengths))


def _leads_away(tree: Tree, pair: Pair, other: Pair) -> float:
    """Mean cosine between a pair's limbs and the way from the other pair to this one: legs lead on, arms do not."""
    trunk = tree.positions[:, pair.at] - tree.positions[:, other.at]
    out = []
    for way in (pair.a, pair.b):
        path = [n for n in way if n < tree.joints]
        limb = tree.positions[:, path[-1]] - tree.positions[:, path[0]]
        norm = np.linalg.norm(limb, axis=1) * np.linalg.norm(trunk, axis=1)
        out.append(((limb * trunk).sum(1) / np.maximum(norm, 1e-12)).mean())
    return float(np.mean(out))


def _others(tree: Tree, pair: Pair, other: Pair) -> list[int]:
    """Branches at a pair's joint that are neither its limbs nor lead to the other pair."""
    way = set(tree.above(other.at))
    limbs = {*tree.above(pair.a[0]), *tree.above(pair.b[0])}
    return [c for c in tree.children[pair.at] if c not in limbs | way]


def _trunk(body: _Body) -> str:
    """Pelvis, spine, neck and head; a clause where there are none."""
    tree, legs, arms = body.tree, body.legs, body.arms
    if arms.at in tree.above(legs.at):
        return "its root lies in the chest, not in the hips"
    shared = set(tree.above(legs.at))
    spine = [n for n in reversed(tree.above(arms.at)) if n not in shared]
    heads = sorted(_others(tree, arms, legs), key=lambda c: -tree.reach[c])
    heads = [c for c in heads if tree.reach[c] > 0]
    if not heads:
        return "nothing that could be a head leaves from where the arms do"
    if not spine:
        return "there is no joint between hips and arms"
    path = [n for n in tree.path(heads[0]) if n < tree.joints]
    faces = [n for n, following in pairwise(tree.path(heads[0])) if following in twins(tree, n)]  # eyes
    head = faces[0] if faces else _last_that_is_no_tip(tree, path)
    above = path[: path.index(head)]
    body.joints |= {"pelvis": legs.at, "spine1": spine[0], "spine3": spine[-1], "head": head}
    if len(spine) > 2:
        body.joints["spine2"] = spine[-2]
    if above:
        body.joints["neck"] = above[0]
    return ""


def _last_that_is_no_tip(tree: Tree, path: list[int]) -> int:
    """A last joint without an End Site of its own is the end of the head, where two joints or more are before it."""
    bare = not tree.children[path[-1]]
    return path[-2] if bare and len(path) > 2 else path[-1]


def _limbs(body: _Body) -> str:
    tree = body.tree
    for pair, kind, names, next_name in (
        (body.legs, "leg", ("hip", "knee", "ankle"), "foot"),
        (body.arms, "arm", ("shoulder", "elbow", "wrist"), "hand"),
    ):
        paths = pair.a, pair.b
        at = place(tree, paths, kind)
        if at is None:
            return f"{'a leg' if kind == 'leg' else 'an arm'} has fewer than three joints"
        for side, path in zip("ab", paths, strict=True):
            body.joints |= {f"{side}_{name}": path[n] for name, n in zip(names, at, strict=True)}
            if at[2] + 1 < len(path) and path[at[2] + 1] < tree.joints:
                body.joints[f"{side}_{next_name}"] = _middle_child(tree, path[at[2]], path[at[2] + 1])
            if kind == "arm" and at[0] > 0:
                body.joints[f"{side}_collar"] = path[at[0] - 1]
    return ""


def _middle_child(tree: Tree, joint: int, usual: int) -> int:
    """Of several fingers the one in the middle; else the joint that comes next."""
    fingers = [c for c in tree.children[joint] if tree.length[c] > 0 and c < tree.joints]
    if len(fingers) < 3:
        return usual
    at = tree.positions[0, fingers]
    return fingers[int(np.linalg.norm(at - at.mean(0), axis=1).argmin())]


def _left_and_ahead(body: _Body) -> tuple[np.ndarray, np.ndarray]:
    """(T, 3) where the left and the front are if side a is the left one."""
    p, j = body.tree.positions, body.joints
    left = _unit(p[:, j["a_hip"]] - p[:, j["b_hip"]])
    return left, _unit(np.cross(left, _unit(p[:, j["spine3"]] - p[:, j["pelvis"]])))


def _front(body: _Body) -> tuple[float, tuple[str, ...] | str]:
    """Evidence (-1 to 1) that side a is the left one, and what it rests on; or a clause why it cannot be told."""
    p, j = body.tree.positions, body.joints
    left, ahead = _left_and_ahead(body)
    feet, knees, weight = [], 0.0, 0.0
    for side, leg in (("a", body.legs.a), ("b", body.legs.b)):
        hip, knee, ankle = (p[:, j[f"{side}_{n}"]] for n in ("hip", "knee", "ankle"))
        after = leg[leg.index(j[f"{side}_ankle"]) + 1 :]
        if after:
            shin = _unit(ankle - knee)
            foot = p[:, after[0]] - ankle
            across = foot - (foot * shin).sum(1, keepdims=True) * shin
            if np.linalg.norm(across, axis=1).mean() > 0.3 * np.linalg.norm(foot, axis=1).mean():
                feet.append(float((_unit(across) * ahead).sum(1).mean()))
        bend = np.cross(_unit(knee - hip), _unit(ankle - knee))  # a knee bends about the axis to the left
        knees += float((bend * left).sum())
        weight += float(np.linalg.norm(bend, axis=1).sum())
    foot = float(np.mean(feet)) if len(feet) == 2 and feet[0] * feet[1] > 0 else 0.0
    knee = knees / weight if weight > 0.1 * 2 * len(p) else 0.0
    if foot * knee < 0 and min(abs(foot), abs(knee)) > STRONG / 2:
        return 0.0, "feet and knees disagree about where the front is"
    front = float(np.clip(foot + knee, -1, 1))
    if abs(front) < STRONG:
        return front, "neither feet nor knees tell front from back, so left and right are open"
    grounds = [word for word, x in (("the feet", foot), ("the knees", knee)) if abs(x) > STRONG / 2]
    return front, (" and ".join(grounds) or "feet and knees together",)


def _arms_swapped(body: _Body) -> bool | None:
    """Whether arm a is on the side of leg b; None where the shoulders do not lie abreast as the hips do."""
    p, j = body.tree.positions, body.joints
    hips = _unit(p[:, j["a_hip"]] - p[:, j["b_hip"]])
    shoulders = _unit(p[:, j["a_shoulder"]] - p[:, j["b_shoulder"]])
    same = float((hips * shoulders).sum(1).mean())
    return None if abs(same) < 0.5 else same < 0


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
