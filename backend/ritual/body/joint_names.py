"""What a joint's name says: which of ours it is, on which side, and in which layer of a rig.

One set of rules reads both CMU conversions, Mixamo, Rigify (metarig, `DEF-`, `ORG-` and FK controls), SMPL, SMPL-H and
SMPL-X, VRM 1.0 and VRoid, Unreal's mannequins (4 and 5), 3ds Max Biped, HumanIK, Poser and Daz, Character Creator and
ours. A name is cut into words; what is left without prefix and side must be in the tables below as a whole, so that
twist segments, IK targets, correctives and end nubs (`upperarm_twist_01_l`, `ik_foot_l`, `DEF-upper_arm.L.001`,
`Bip01 HeadNub`) are never mistaken for the joint that they are named after.

Source: Rigify's human rig as Blender 5.0 generates it; smplx/joint_names.py; the VRM 1.0 specification (humanoid
bones); Epic's SK_Mannequin; Autodesk's HumanIK and Biped naming; the BVH files of both CMU conversions.
"""

from __future__ import annotations

import re
from typing import NamedTuple

SIDES = ("left", "right")
# Our joint (side left off) -> names in order of preference. A source joint is given away once, so "shoulder"
# is the collar where there is an "arm", and the shoulder where there is none.
SIDED = {
    "hip": ("upleg", "upperleg", "thigh", "femur", "thighbend", "hip"),
    "knee": ("lowleg", "lowerleg", "shin", "calf", "tibia", "knee", "leg"),
    "ankle": ("ankle", "foot"),
    "foot": ("toebase", "toes", "toe", "toe0", "ball", "foot"),
    "shoulder": ("uparm", "upperarm", "shldr", "shldrbend", "humerus", "arm", "shoulder"),
    "collar": ("collar", "clavicle", "shoulder"),
    "elbow": ("forearm", "lowerarm", "lowarm", "forearmbend", "elbow", "radius"),
    "wrist": ("wrist", "hand"),
    "hand": (
        "hand", "handmiddle1", "middle1", "mid1", "middle01", "middleproximal", "fmiddle01", "finger2",
        "handindex1", "index1", "index01", "indexproximal", "findex01", "finger1",
    ),
}  # fmt: skip
MIDDLE = {
    "head": ("head",),
    "neck": ("neck", "neck1", "neck01", "necktwist01", "lowerneck", "necklower"),
    "pelvis": ("pelvis", "hips", "hip"),
}
OPTIONAL = {"foot", "collar", "hand", "neck"}
# Rigify counts its trunk through, hips to head.
RIGIFY = {
    "pelvis": "spine", "spine1": "spine001", "spine2": "spine002", "spine3": "spine003", "neck": "spine004",
    "head": "spine006",
}  # fmt: skip

_PREFIX = re.compile(
    r"^(mixamorig\d*|bip\d+|biped|bvh|[mf]_avg|j_bip(_c)?|cc_base|character\d+|armature|rig|def|org)[ _.-]+"
    r"|^mixamorig\d*",
    re.IGNORECASE,
)
_LAYER = re.compile(r"^(?:.*[:|])?(def|org)[-_]", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_KNOWN = {form for forms in (*SIDED.values(), *MIDDLE.values(), RIGIFY.values()) for form in forms}
_SIDE = {"left": "left", "l": "left", "right": "right", "r": "right"}
# Which layers are read together, the first whole body wins: deforming bones, plain names, originals, FK controls.
LAYERS = (("def",), ("plain",), ("org",), ("fk", "plain"))


class Reading(NamedTuple):
    """A name taken apart: layer (`plain`, `def`, `org`, `fk`), side (`left`, `right` or empty), the rest of it."""

    layer: str
    side: str
    core: str


def plain(name: str) -> str:
    """`mixamorig:LeftUpLeg` -> `leftupleg`, `m_avg_L_Hip` -> `lhip`: a name without prefix and punctuation."""
    return re.sub(r"[^a-z0-9]", "", _bare(name).lower())


def read_name(name: str) -> Reading:
    """What a joint's name says.

    >>> read_name("mixamorig:LeftUpLeg"), read_name("DEF-upper_arm.L.001")
    (Reading(layer='plain', side='left', core='upleg'), Reading(layer='def', side='left', core='upperarm001'))
    """
    found = _LAYER.match(name)
    layer = found.group(1).lower() if found else "plain"
    words = [word.lower() for word in _WORD.findall(_bare(name))]
    if layer == "plain" and "fk" in words:
        words.remove("fk")
        layer = "fk"
    sides = [word for word in words if word in _SIDE]
    if len(sides) == 1:
        words.remove(sides[0])
        return Reading(layer, _SIDE[sides[0]], "".join(words))
    return Reading(layer, *_glued("".join(words)))


def _bare(name: str) -> str:
    return _PREFIX.sub("", re.split(r"[:|]", name)[-1].strip())


def _glued(core: str) -> tuple[str, str]:
    """`leftupleg` -> left, `upleg`: a side that no capital and no dot sets off."""
    if core in _KNOWN:
        return "", core
    for word, side in _SIDE.items():
        if core.startswith(word) and core[len(word) :] in _KNOWN:
            return side, core[len(word) :]
        if core.endswith(word) and core[: -len(word)] in _KNOWN:
            return side, core[: -len(word)]
    return "", core


class NamedJoints(NamedTuple):
    """Our joint -> index of the source's, as far as names say; our joint -> the indices between which they do not."""

    found: dict[str, int]
    unclear: dict[str, list[int]]


def named_joints(names: tuple[str, ...]) -> NamedJoints:
    """Limbs, head, neck and pelvis by name, from the first layer of the rig that has them all (else the fullest)."""
    readings = [read_name(name) for name in names]
    best = NamedJoints({}, {})
    for layers in LAYERS:
        index: dict[tuple[str, str], list[int]] = {}
        for layer in layers:
            here: dict[tuple[str, str], list[int]] = {}
            for i, reading in enumerate(readings):
                if reading.layer == layer:
                    here.setdefault((reading.side, reading.core), []).append(i)
            index = {**here, **index}
        got = _of_layer(index)
        if not missing_limbs(got.found):
            return got
        if len(got.found) > len(best.found):
            best = got
    return best


def missing_limbs(found: dict[str, int]) -> list[str]:
    """Which joints of limbs and head a body needs and `found` lacks."""
    needed = [f"{s}_{n}" for n in SIDED if n not in OPTIONAL for s in SIDES]
    return [name for name in [*needed, "head"] if name not in found]


def _of_layer(index: dict[tuple[str, str], list[int]]) -> NamedJoints:
    got = NamedJoints({}, {})
    if {("", core) for core in ("spine", "spine001", "spine002", "spine003")} <= set(index):
        for ours, core in RIGIFY.items():
            _take(got, ours, "", (core,), index)
    for bare, forms in SIDED.items():
        for side in SIDES:
            _take(got, f"{side}_{bare}", side, forms, index)
    for bare, forms in MIDDLE.items():
        _take(got, bare, "", forms, index)
    return got


def _take(
    got: NamedJoints, ours: str, side: str, forms: tuple[str, ...], index: dict[tuple[str, str], list[int]]
) -> None:
    for form in forms:
        joints = index.get((side, form), [])
        if ours in got.found or not joints or set(joints) & set(got.found.values()):
            continue
        got.found[ours] = joints[0]
        if len(joints) > 1:
            got.unclear[ours] = joints
        return
