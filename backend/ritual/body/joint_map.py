"""Which joint of a foreign skeleton is which of ours: as its user says, by names, else by the shape of the body.

What was found is checked against the skeleton before anybody trusts it, for a wrong map is a wrong pose in every frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ritual.body.hierarchy import HierarchyMotion
from ritual.body.joint_fit import fit_joints
from ritual.body.joint_names import OPTIONAL, SIDED, SIDES, missing_limbs, named_joints
from ritual.body.rest_pose import standing
from ritual.body.skeleton import JOINTS
from ritual.errors import BadInput, BadMotion, nearest

LIMBS = ("hip", "knee", "ankle", "foot"), ("collar", "shoulder", "elbow", "wrist", "hand")
BONES = ("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist")
SHOWN = 24  # names in a message
SHORTEST = 0.02  # of the way from the skeleton's middle to its farthest joint: a thigh shorter than this is none


@dataclass(frozen=True)
class JointMap:
    """Our joints in somebody else's skeleton.

    Attributes:
        joints: our joint -> index of the source's.
        found_by: `names`, `fit` (the shape of the skeleton, names said nothing) or `map` (at least one by its user).
        sureness: 0 to 1; 1 for names and maps that agree with the skeleton.
        notes: what a person should know about how the joints were found.
    """

    joints: dict[str, int]
    found_by: str = "names"
    sureness: float = 1.0
    notes: tuple[str, ...] = ()


def map_joints(motion: HierarchyMotion, own: Mapping[str, str] | None = None) -> JointMap:
    """Our joints in the motion's skeleton.

    `pelvis` is the joint that carries both legs, `spine1..3` lie on the way from it to the joint where arms and neck
    meet; `spine2` is absent from trunks of fewer than three joints.

    Args:
        motion: any skeleton.
        own: our joint -> the source's name, for some joints or all; goes before everything else.

    Raises:
        BadInput: `own` names a joint that is not there, or one twice.
        BadMotion: a joint that the body needs has no counterpart, or what was found is no body; says which and why.
    """
    given = _given(motion, own or {})
    named = named_joints(motion.names)
    found = {**{ours: i for ours, i in named.found.items() if i not in given.values()}, **given}
    notes: tuple[str, ...] = ()
    found_by, sureness = ("map" if given else "names"), 1.0
    missing = missing_limbs(found)
    if missing:
        found, sureness, notes = _fitted(motion, found, given, missing)
        found_by = "map" if given else "fit"
    else:
        _be_clear(motion, named.unclear, given)
        _hang_together(motion, found)
        _trunk(motion, found)
    lacking = [name for name in ("pelvis", "spine1", "spine3") if name not in found]
    if lacking:
        raise _nothing_for(motion, lacking)
    _hang_together(motion, found)
    _have_lengths(motion, found)
    if not {"left_hip", "right_hip"} <= set(given):
        _same_side(standing(motion, found)[0], found)
    return JointMap(found, found_by, sureness, notes)


def _given(motion: HierarchyMotion, own: Mapping[str, str]) -> dict[str, int]:
    out: dict[str, int] = {}
    for ours, theirs in own.items():
        if ours not in JOINTS:
            raise BadInput(f"The map names '{ours}', which is no joint of ours. {nearest(ours, JOINTS)}")
        if theirs not in motion.names:
            raise BadInput(
                f"The map sends {ours} to '{theirs}', which {motion.name} does not have. "
                f"{nearest(str(theirs), motion.names)}"
            )
        if motion.names.count(theirs) > 1:
            raise BadInput(f"The map sends {ours} to '{theirs}', but {motion.name} has several joints of that name.")
        out[ours] = motion.names.index(theirs)
    for i in set(out.values()):
        twice = [ours for ours, joint in out.items() if joint == i]
        if len(twice) > 1:
            raise BadInput(f"The map sends {' and '.join(twice)} to the same joint '{motion.names[i]}'.")
    return out


def _fitted(
    motion: HierarchyMotion, found: dict[str, int], given: dict[str, int], missing: list[str]
) -> tuple[dict[str, int], float, tuple[str, ...]]:
    """By the shape of the body; must agree with whatever names and the user said."""
    fit = fit_joints(motion)
    if isinstance(fit, str):
        raise _nothing_for(motion, missing, f" By its shape it cannot be read either: {fit}.")
    said = [name for name in found if name.split("_")[-1] in ("hip", "knee", "elbow", "wrist", "head")]
    against = [name for name in said if fit.joints[name] != found[name]]
    if against and (len(said) > 2 or set(against) & set(given)):
        raise _nothing_for(motion, missing, f" By its shape, {against[0]} would be another joint than was said.")
    kept = given if against else found  # one or two names that contradict the shape are chance
    joints = {**{ours: i for ours, i in fit.joints.items() if i not in kept.values()}, **kept}
    what = "Joints were" if len(missing) > 5 else f"{', '.join(missing)} {'were' if len(missing) > 1 else 'was'}"
    notes = (f"{what} found by the skeleton's shape, {100 * fit.sureness:.0f} % sure.", *fit.notes)
    return joints, fit.sureness, notes


def _nothing_for(motion: HierarchyMotion, missing: list[str], more: str = "") -> BadMotion:
    shown = ", ".join(motion.names[:SHOWN]) + (" ..." if len(motion.names) > SHOWN else "")
    return BadMotion(
        f"{motion.name}: no counterpart for {', '.join(missing)} among the joints {shown}.{more}",
        hint="Rename the joints as in Mixamo, SMPL, VRM or Unreal, or give a map from our joints to theirs.",
    )


def _be_clear(motion: HierarchyMotion, unclear: dict[str, list[int]], given: dict[str, int]) -> None:
    for ours, joints in unclear.items():
        bare = ours.split("_")[-1]
        if ours not in given and (bare in SIDED or bare == "head") and bare not in OPTIONAL:
            several = " and ".join(f"'{motion.names[i]}'" for i in joints[:3])
            raise BadMotion(
                f"{motion.name}: {several} could each be {ours}.",
                hint="Keep one skeleton to a file, or give a map from our joints to theirs.",
            )


def _trunk(motion: HierarchyMotion, found: dict[str, int]) -> None:
    """Pelvis and spine by the tree, where names have not said them: their names say least."""
    if {"pelvis", "spine1", "spine3"} <= set(found):
        return
    hips = [_way(motion, found[f"{s}_hip"]) for s in SIDES]
    arms = [_way(motion, found[f"{s}_shoulder"]) for s in SIDES]
    head = _way(motion, found["head"])
    if "pelvis" in found and not all(found["pelvis"] in way for way in hips):
        del found["pelvis"]  # a control that only sounds like it
    fork, chest = _meet([*hips, head]), _meet([*arms, head])
    if fork is None or chest is None:
        return
    pelvis = found.setdefault("pelvis", fork)
    start = pelvis if pelvis in head else fork
    spine = head[head.index(start) + 1 : head.index(chest) + 1] if start in head else []
    if len(spine) > 1 and found.get("neck") == spine[-1]:
        spine = spine[:-1]  # Biped hangs its collars on the neck
    if spine:
        found.setdefault("spine1", spine[0])
        found.setdefault("spine3", spine[-1])
    if len(spine) > 2:
        found.setdefault("spine2", spine[-2])


def _way(motion: HierarchyMotion, joint: int) -> list[int]:
    """From the root to the joint's parent."""
    way = []
    while (joint := motion.parents[joint]) >= 0:
        way.append(joint)
    return way[::-1]


def _meet(ways: list[list[int]]) -> int | None:
    shared = None
    for joints in zip(*ways, strict=False):
        if len(set(joints)) > 1:
            break
        shared = joints[0]
    return shared


def _hang_together(motion: HierarchyMotion, found: dict[str, int]) -> None:
    """Refuse limbs that are no chains, for positions below a joint that does not carry them would be wrong.

    A collar, toe or knuckle that does not hang with its limb is a helper of the same name and is left out.
    """
    for side in SIDES:
        for limb in LIMBS:
            chain = [ours for bare in limb if (ours := f"{side}_{bare}") in found]
            for upper, lower in pairwise(chain):
                if upper not in found or found[upper] in _way(motion, found[lower]):
                    continue
                loose = [ours for ours in (upper, lower) if ours.split("_")[-1] in OPTIONAL]
                if not loose:
                    raise BadMotion(
                        f"{motion.name}: {_shown(motion, found, lower)} does not hang below "
                        f"{_shown(motion, found, upper)} in the skeleton.",
                        hint="Export the skeleton with its hierarchy, not flattened, or give another map.",
                    )
                del found[loose[0]]


def _have_lengths(motion: HierarchyMotion, found: dict[str, int]) -> None:
    """Refuse a thigh, shin, upper arm or forearm of no length: it points nowhere."""
    rest = motion.rest()
    tall = np.linalg.norm(rest - rest.mean(0), axis=1).max()
    for side in SIDES:
        for upper, lower in BONES:
            start, end = f"{side}_{upper}", f"{side}_{lower}"
            if np.linalg.norm(rest[found[end]] - rest[found[start]]) <= SHORTEST * tall:
                raise BadMotion(
                    f"{motion.name}: the bone from {_shown(motion, found, start)} to {_shown(motion, found, end)} "
                    "has no length.",
                    hint="Export the skeleton with its bone lengths, or give a map to joints that lie apart.",
                )


def _shown(motion: HierarchyMotion, found: dict[str, int], ours: str) -> str:
    return f"{ours} ('{motion.names[found[ours]]}')"


def _same_side(motion: HierarchyMotion, found: dict[str, int]) -> None:
    """The feet say where the front is; left must lie to the left of it."""
    rest = motion.rest()
    left = rest[found["left_hip"]] - rest[found["right_hip"]]
    up = rest[found["head"]] - (rest[found["left_ankle"]] + rest[found["right_ankle"]]) / 2
    if not np.linalg.norm(left) > 0 or not np.linalg.norm(up) > 0:
        return
    left, up = left / np.linalg.norm(left), up / np.linalg.norm(up)
    ahead = np.cross(left, up)
    toes = []
    for side in SIDES:
        ankle, foot = found[f"{side}_ankle"], found.get(f"{side}_foot")
        bone = motion.ends.get(ankle, (0, 0, 0)) if foot is None else rest[foot] - rest[ankle]
        length = np.linalg.norm(bone)
        toes.append(float(np.asarray(bone) @ ahead / length) if length > 0 else 0.0)
    if max(toes) < -0.5:
        raise BadMotion(
            f"{motion.name}: left and right are exchanged: by their names the feet point backwards.",
            hint="Mirror the skeleton, or give a map from our joints to theirs.",
        )
