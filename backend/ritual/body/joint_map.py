"""Which joint of a foreign skeleton is which of ours, found by name rules and the shape of the tree.

Knows the families of names in common use: both CMU conversions, Mixamo, SMPL, Blender's and Unreal's, ours.
"""

from __future__ import annotations

import re

from ritual.body.hierarchy import HierarchyMotion
from ritual.errors import BadMotion

# Our joint (side left off) -> names in order of preference. A source joint is given away once, so "shoulder"
# is the collar where there is an "arm", and the shoulder where there is none.
_SIDED = {
    "hip": ("upleg", "upperleg", "thigh", "femur", "hip"),
    "knee": ("lowleg", "lowerleg", "shin", "calf", "tibia", "knee", "leg"),
    "ankle": ("ankle", "foot"),
    "foot": ("toebase", "toes", "toe", "ball", "foot"),
    "shoulder": ("uparm", "upperarm", "shldr", "humerus", "arm", "shoulder"),
    "collar": ("collar", "clavicle", "shoulder"),
    "elbow": ("forearm", "lowerarm", "elbow", "radius"),
    "wrist": ("wrist", "hand"),
    "hand": ("hand", "handmiddle1", "middle1", "mid1", "middle01", "handindex1", "index1", "index01"),
}
_MIDDLE = {"head": ("head",), "neck": ("neck", "neck1", "neck01", "lowerneck")}
_OPTIONAL = {"foot", "collar", "hand", "neck"}


def plain(name: str) -> str:
    """`mixamorig:LeftUpLeg` -> `leftupleg`, `m_avg_L_Hip` -> `lhip`."""
    name = re.split(r"[:|]", name)[-1]
    name = re.sub(r"^(mixamorig\d*|bip0?1|def|bvh|[mf]_avg)[ _-]+", "", name, flags=re.IGNORECASE)
    name = re.sub(r"^mixamorig\d*", "", name, flags=re.IGNORECASE)
    return re.sub(r"[^a-z0-9]", "", name.lower())


def map_joints(motion: HierarchyMotion) -> dict[str, int]:
    """Our joint names -> indices into the motion's joints.

    `pelvis` is the joint where both legs and the trunk meet, `spine1..3` lie on the way from it to the joint
    where arms and neck meet; `spine2` is absent from trunks of fewer than three joints.

    Raises:
        BadMotion: a joint that the body needs has no counterpart; lists what is missing and what was found.
    """
    index = {}
    for i, name in enumerate(motion.names):
        index.setdefault(plain(name), i)
    found: dict[str, int] = {}
    for bare, names in _SIDED.items():
        for side in ("left", "right"):
            _take(found, f"{side}_{bare}", [form for n in names for form in _sided(side, n)], index)
    for bare, names in _MIDDLE.items():
        _take(found, bare, list(names), index)
    required = [f"{s}_{n}" for n in _SIDED if n not in _OPTIONAL for s in ("left", "right")] + ["head"]
    missing = [name for name in required if name not in found]
    if not missing:
        _trunk(motion, found)
        missing = [name for name in ("pelvis", "spine1", "spine3") if name not in found]
    if missing:
        shown = ", ".join(motion.names[:40])
        raise BadMotion(
            f"{motion.name}: no counterpart for {', '.join(missing)} among the joints {shown}.",
            hint="Rename the joints as in Mixamo, SMPL or the CMU conversions.",
        )
    return found


def _sided(side: str, name: str) -> tuple[str, ...]:
    return (f"{side}{name}", f"{side[0]}{name}", f"{name}{side}", f"{name}{side[0]}")


def _take(found: dict[str, int], ours: str, forms: list[str], index: dict[str, int]) -> None:
    for form in forms:
        if form in index and index[form] not in found.values():
            found[ours] = index[form]
            return


def _trunk(motion: HierarchyMotion, found: dict[str, int]) -> None:
    """Pelvis and spine by the tree, since their names say least."""
    hips = [_way(motion, found[f"{s}_hip"]) for s in ("left", "right")]
    arms = [_way(motion, found[f"{s}_shoulder"]) for s in ("left", "right")]
    head = _way(motion, found["head"])
    pelvis, chest = _meet([*hips, head]), _meet([*arms, head])
    if pelvis is None or chest is None:
        return
    found["pelvis"] = pelvis
    spine = head[head.index(pelvis) + 1 : head.index(chest) + 1]
    if spine:
        found["spine1"], found["spine3"] = spine[0], spine[-1]
    if len(spine) > 2:
        found["spine2"] = spine[-2]


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
