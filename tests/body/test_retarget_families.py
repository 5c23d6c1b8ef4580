"""Every family of skeletons in common use, with its own names, tree, rest pose, axes and unit, is the same dancer.

Each is driven by a motion of ours and must come back as that motion, by its names and, stripped of them, by its shape.
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ritual.body.hierarchy import HierarchyMotion
from ritual.body.joint_map import map_joints
from ritual.body.kinematics import forward
from ritual.body.retarget import retarget
from ritual.body.rotations import axis_rotation
from ritual.body.skeleton import ANGLE_INDEX, JOINT_INDEX, JOINTS, SKELETON

LOW, HIGH = np.array(SKELETON.limits).T
OFFSETS = np.array([joint.offset for joint in SKELETON.joints])
Y_UP = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])
Z_UP = np.eye(3)
T_POSE, A_POSE = np.pi / 2, np.pi / 4
RIGIFY = json.loads((Path(__file__).parent / "rigify.json").read_text())

# bare joint of ours -> theirs; {} is where the side goes, {Side}, {S}, {s}, {side} how it is written
MIXAMO = {
    "pelvis": "Hips", "spine1": "Spine", "spine2": "Spine1", "spine3": "Spine2", "neck": "Neck", "head": "Head",
    "hip": "{Side}UpLeg", "knee": "{Side}Leg", "ankle": "{Side}Foot", "foot": "{Side}ToeBase",
    "collar": "{Side}Shoulder", "shoulder": "{Side}Arm", "elbow": "{Side}ForeArm", "wrist": "{Side}Hand",
    "hand": "{Side}HandMiddle1",
}  # fmt: skip
SMPL = {
    "pelvis": "Pelvis", "spine1": "Spine1", "spine2": "Spine2", "spine3": "Spine3", "neck": "Neck", "head": "Head",
    "hip": "{S}_Hip", "knee": "{S}_Knee", "ankle": "{S}_Ankle", "foot": "{S}_Foot", "collar": "{S}_Collar",
    "shoulder": "{S}_Shoulder", "elbow": "{S}_Elbow", "wrist": "{S}_Wrist", "hand": "{S}_Hand",
}  # fmt: skip
SMPLX = {ours: f"{{side}}_{ours}" for ours in SMPL if "{" in SMPL[ours]} | {
    ours: ours for ours in SMPL if "{" not in SMPL[ours]
} | {"hand": "{side}_middle1"}  # fmt: skip
VRM = {
    "pelvis": "hips", "spine1": "spine", "spine2": "chest", "spine3": "upperChest", "neck": "neck", "head": "head",
    "hip": "{side}UpperLeg", "knee": "{side}LowerLeg", "ankle": "{side}Foot", "foot": "{side}Toes",
    "collar": "{side}Shoulder", "shoulder": "{side}UpperArm", "elbow": "{side}LowerArm", "wrist": "{side}Hand",
    "hand": "{side}MiddleProximal",
}  # fmt: skip
VROID = {
    "pelvis": "J_Bip_C_Hips", "spine1": "J_Bip_C_Spine", "spine2": "J_Bip_C_Chest", "spine3": "J_Bip_C_UpperChest",
    "neck": "J_Bip_C_Neck", "head": "J_Bip_C_Head", "hip": "J_Bip_{S}_UpperLeg", "knee": "J_Bip_{S}_LowerLeg",
    "ankle": "J_Bip_{S}_Foot", "foot": "J_Bip_{S}_ToeBase", "collar": "J_Bip_{S}_Shoulder",
    "shoulder": "J_Bip_{S}_UpperArm", "elbow": "J_Bip_{S}_LowerArm", "wrist": "J_Bip_{S}_Hand",
    "hand": "J_Bip_{S}_Middle1",
}  # fmt: skip
UE = {
    "pelvis": "pelvis", "spine1": "spine_01", "spine2": "spine_02", "spine3": "spine_03", "neck": "neck_01",
    "head": "head", "hip": "thigh_{s}", "knee": "calf_{s}", "ankle": "foot_{s}", "foot": "ball_{s}",
    "collar": "clavicle_{s}", "shoulder": "upperarm_{s}", "elbow": "lowerarm_{s}", "wrist": "hand_{s}",
    "hand": "middle_01_{s}",
}  # fmt: skip
BIPED = {
    "pelvis": "Bip01 Pelvis", "spine1": "Bip01 Spine", "spine2": "Bip01 Spine1", "spine3": "Bip01 Spine2",
    "neck": "Bip01 Neck", "head": "Bip01 Head", "hip": "Bip01 {S} Thigh", "knee": "Bip01 {S} Calf",
    "ankle": "Bip01 {S} Foot", "foot": "Bip01 {S} Toe0", "collar": "Bip01 {S} Clavicle",
    "shoulder": "Bip01 {S} UpperArm", "elbow": "Bip01 {S} Forearm", "wrist": "Bip01 {S} Hand",
    "hand": "Bip01 {S} Finger2",
}  # fmt: skip


def sided(name, side):
    return name.replace("{Side}", side.capitalize()).replace("{side}", side).replace(
        "{S}", side[:1].upper()).replace("{s}", side[:1])  # fmt: skip


def both(*rows):
    return [tuple(sided(cell, side) if isinstance(cell, str) else cell for cell in row)
            for side in ("left", "right") for row in rows]  # fmt: skip


# Helpers that hang beside the body's own joints: name, parent, at our joint, this share of the way to our next joint
UE_HELPERS = both(
    ("upperarm_twist_01_{s}", "upperarm_{s}", "{side}_shoulder", 0.5),
    ("lowerarm_twist_01_{s}", "lowerarm_{s}", "{side}_elbow", 0.5),
    ("thigh_twist_01_{s}", "thigh_{s}", "{side}_hip", 0.5),
    ("calf_twist_01_{s}", "calf_{s}", "{side}_knee", 0.5),
    ("thumb_01_{s}", "hand_{s}", "{side}_wrist", 0.3),
)
UE5_HELPERS = [*UE_HELPERS, *both(
    ("upperarm_twist_02_{s}", "upperarm_{s}", "{side}_shoulder", 0.7),
    ("upperarm_correctiveRoot_{s}", "upperarm_{s}", "{side}_shoulder", 0.0),
    ("upperarm_out_{s}", "upperarm_correctiveRoot_{s}", "{side}_shoulder", 0.1),
    ("clavicle_out_{s}", "clavicle_{s}", "{side}_collar", 0.5),
    ("calf_knee_{s}", "calf_{s}", "{side}_knee", 0.05),
)]  # fmt: skip
UE_IK = [("ik_foot_root", "root"), ("ik_foot_l", "ik_foot_root"), ("ik_foot_r", "ik_foot_root"),
         ("ik_hand_root", "root"), ("ik_hand_l", "ik_hand_root"), ("ik_hand_r", "ik_hand_root")]  # fmt: skip
HIK_HELPERS = both(
    ("{Side}ArmRoll", "{Side}Arm", "{side}_shoulder", 0.5), ("{Side}ForeArmRoll", "{Side}ForeArm", "{side}_elbow", 0.5),
    ("{Side}UpLegRoll", "{Side}UpLeg", "{side}_hip", 0.5), ("{Side}HandThumb1", "{Side}Hand", "{side}_wrist", 0.2),
)  # fmt: skip
SMPLX_HELPERS = [("jaw", "head", "head", 0.0), *both(
    ("{side}_eye_smplhf", "head", "head", 0.0),
    ("{side}_index1", "{side}_wrist", "{side}_wrist", 0.9), ("{side}_thumb1", "{side}_wrist", "{side}_wrist", 0.3),
)]  # fmt: skip
# names, helpers, what stands above the pelvis, idle bones, arms at rest, axes, units per metre
FAMILIES = {
    "mixamo": ({k: f"mixamorig:{v}" for k, v in MIXAMO.items()}, [], [], [], T_POSE, Y_UP, 100.0),
    "mixamo without prefix": (MIXAMO, [], [], [], T_POSE, Y_UP, 100.0),
    "humanik": (MIXAMO, HIK_HELPERS, ["Reference"], [], T_POSE, Y_UP, 1.0),
    "humanik, named character": (
        {k: f"Character1_{v}" for k, v in MIXAMO.items()}, [], ["Character1_Reference"], [], T_POSE, Y_UP, 100.0),
    "smpl": (SMPL, [], [], [], T_POSE, Y_UP, 1.0),
    "smpl, Maya's": ({k: f"m_avg_{v}" for k, v in SMPL.items()}, [], ["m_avg_root"], [], T_POSE, Y_UP, 100.0),
    "smpl-x": (SMPLX, SMPLX_HELPERS, [], [], T_POSE, Y_UP, 1.0),
    "vrm 1.0": (VRM, both(("{side}Eye", "head", "head", 0.0)), [], [], T_POSE, Y_UP, 1.0),
    "vroid": (VROID, both(("J_Adj_{S}_FaceEye", "J_Bip_C_Head", "head", 0.0),
                          ("J_Sec_{S}_Bust1", "J_Bip_C_UpperChest", "spine3", 0.2)), ["Root"], [], T_POSE, Y_UP, 1.0),
    "unreal 4": (UE, UE_HELPERS, ["root"], UE_IK, A_POSE, Z_UP, 100.0),
    "unreal 5": (UE | {"spine2": "spine_04", "spine3": "spine_05"}, UE5_HELPERS, ["root"], UE_IK, A_POSE, Z_UP, 100.0),
    "biped": (BIPED, [("Bip01 HeadNub", "Bip01 Head", "head", 0.0)], ["Bip01"], [], A_POSE, Z_UP, 39.4),
}  # fmt: skip


def smooth_angles(frames=50, reach=0.35, seed=1):
    """(T, 36) slow waves well inside the limits."""
    random = np.random.default_rng(seed)
    t = np.linspace(0, 2 * np.pi, frames)[:, None]
    wave = np.sin(random.integers(1, 3, 36) * t + random.uniform(0, 6, 36))
    return (LOW + HIGH) / 2 + reach * (HIGH - LOW) / 2 * wave


def rest_pose(arms):
    """(24, 3, 3) world rotations of a body with its arms this far from hanging [rad]."""
    out = np.broadcast_to(np.eye(3), (24, 3, 3)).copy()
    for side, sign in (("left", -1), ("right", 1)):
        for name in ("shoulder", "elbow", "wrist", "hand"):
            out[JOINT_INDEX[f"{side}_{name}"]] = axis_rotation(1, np.array([sign * arms]))[0]
    return out


def dance(angles):
    frames = len(angles)
    t = np.linspace(0, 1, frames)
    root = np.stack((t, 0.3 * np.sin(t), 0.92 + 0 * t), 1)
    rotation = np.stack((np.cos(0.3 + t), 0 * t, 0 * t, np.sin(0.3 + t)), 1)
    pose = forward(*(torch.from_numpy(x) for x in (angles, root, rotation)))
    return pose.positions.numpy(), pose.rotations.numpy()


def parent_of(family, joint):
    """Our parent, but for what a family hangs elsewhere."""
    parent = SKELETON.parents[joint]
    if family == "biped":
        bare = JOINTS[joint].split("_")[-1]
        return {"hip": JOINT_INDEX["spine1"], "collar": JOINT_INDEX["neck"]}.get(bare, parent)
    return parent


def recorded(family, angles):
    """The family's skeleton recording our dance, and which of its joints is which of ours."""
    names, helpers, above, idle, arms, axes, unit = FAMILIES[family]
    positions, rotations = dance(angles)
    rest = rest_pose(arms)
    nodes, expected = [], {}  # name, parent name, our joint that it turns with, (T, 3) place
    for n, name in enumerate(above):
        nodes.append((name, above[n - 1] if n else None, None, np.zeros_like(positions[:, 0])))
    trunk = sorted(range(1, 24), key=lambda j: not JOINTS[j].startswith(("spine", "neck")))  # parents first
    theirs = {j: sided(names[JOINTS[j].split("_")[-1]], JOINTS[j].split("_")[0]) for j in range(24)}
    for j in [0, *trunk]:
        parent = parent_of(family, j)
        nodes.append((theirs[j], theirs[parent] if parent >= 0 else (above[-1] if above else None), j, positions[:, j]))
        expected[JOINTS[j]] = theirs[j]
    if family == "unreal 5":  # two more joints in the trunk
        at = next(n for n, node in enumerate(nodes) if node[0] == "spine_04")
        one, two = JOINT_INDEX["spine1"], JOINT_INDEX["spine2"]
        third = (positions[:, one] + positions[:, two]) / 2
        nodes[at] = ("spine_04", "spine_03", *nodes[at][2:])
        nodes[at:at] = [("spine_02", "spine_01", one, third), ("spine_03", "spine_02", one, third)]
    for name, parent, at, share in helpers:
        j = JOINT_INDEX[at]
        following = next((c for c, p in enumerate(SKELETON.parents) if p == j), j)
        nodes.append((name, parent, j, positions[:, j] + share * (positions[:, following] - positions[:, j])))
    for name, parent in idle:
        nodes.append((name, parent, None, np.zeros_like(positions[:, 0])))
    return motion_of(nodes, rest, rotations, axes, unit), expected


def motion_of(nodes, rest, rotations, axes, unit):
    names = [node[0] for node in nodes]
    parents = tuple(names.index(node[1]) if node[1] is not None else -1 for node in nodes)
    still = np.broadcast_to(np.eye(3), (len(rotations), 3, 3))
    world = [still if j is None else rotations[:, j] @ rest[j].T for _, _, j, _ in nodes]
    offsets, local, ends = np.zeros((len(nodes), 3)), np.stack(world, 1), {}
    for n, parent in enumerate(parents):
        if parent >= 0:
            local[:, n] = world[parent].swapaxes(1, 2) @ world[n]
            offsets[n] = unit * axes @ world[parent][0].T @ (nodes[n][3][0] - nodes[parent][3][0])
    for n, (_, _, j, _) in enumerate(nodes):
        if j is not None and n not in parents and JOINTS[j].split("_")[-1] in ("head", "hand", "foot"):
            ends[n] = tuple(unit * axes @ rest[j] @ {"head": (0, 0, 0.18), "hand": (0, 0, -0.08)}.get(
                JOINTS[j].split("_")[-1], (0, -0.06, 0)))  # fmt: skip
    root = unit * nodes[0][3] @ axes.T
    if nodes[0][2] is None:  # the way travelled lies below an idle root, as Unreal's does not: carry it there
        body = next(n for n, node in enumerate(nodes) if node[2] == 0)
        way = nodes[body][3] - nodes[body][3][0]
        root = unit * way @ axes.T
    return HierarchyMotion(tuple(names), parents, offsets, axes @ local @ axes.T, root, 30.0, "clip", ends)


@pytest.mark.parametrize("family", FAMILIES)
def test_joints_are_found_by_their_names(family):
    motion, expected = recorded(family, smooth_angles(3))
    found = map_joints(motion)
    assert {ours: motion.names[i] for ours, i in found.joints.items()} == expected
    assert found.found_by == "names" and found.sureness == 1 and not found.notes


@pytest.mark.parametrize("family", FAMILIES)
def test_the_dance_comes_back(family):
    angles = smooth_angles()
    motion, _ = recorded(family, angles)
    clip, report = retarget(motion)
    assert report.position_error_mm_p95 < 2 and report.angle_error_deg_p95 < 0.5
    off = np.degrees(np.abs(clip.angles - angles))
    assert off.mean() < 0.5 and np.percentile(off, 99) < 4
    assert report.metres_per_unit == pytest.approx(1 / FAMILIES[family][-1], rel=1e-6)


@pytest.mark.parametrize("family", [f for f in FAMILIES if f != "biped"])
def test_without_its_names_a_body_is_found_by_its_shape(family):
    motion, expected = recorded(family, smooth_angles())
    nameless = replace(motion, names=tuple(f"joint_{n}" for n in range(len(motion.names))))
    found = map_joints(nameless)
    got = {ours: motion.names[i] for ours, i in found.joints.items()}
    limbs = [name for name in JOINTS if name.split("_")[-1] not in ("hand", "spine2", "neck", "collar")]
    assert {name: got[name] for name in limbs} == {name: expected[name] for name in limbs}
    assert found.found_by == "fit" and 0.75 <= found.sureness <= 1 and "shape" in found.notes[0]
    named, _ = retarget(motion)
    fitted, report = retarget(nameless)
    assert np.abs(fitted.positions - named.positions).max() < 0.02 and report.found_by == "fit"


def rigify_motion(rig, angles):
    """A real Rigify rig whose bones turn with our limbs, and the rig's own joint positions."""
    bones = RIGIFY[rig]
    _, rotations = dance(angles)
    rest = rest_pose(0.9)
    names = [name for name, _, _ in bones]
    if sum(parent is None for _, parent, _ in bones) > 1:  # as Blender's BVH exporter does
        bones = [["__0", None, [0, 0, 0]], *[[n, p or "__0", h] for n, p, h in bones]]
        names = [name for name, _, _ in bones]
    world = np.stack([rotations[:, j] @ rest[j].T for j in (carrier(name) for name in names)], 1)
    if names[0] == "__0":
        world[:, 0] = np.eye(3)
    heads = np.array([head for _, _, head in bones], float)
    parents = tuple(names.index(p) if p is not None else -1 for _, p, _ in bones)
    local, offsets = world.copy(), heads.copy()
    for n, parent in enumerate(parents):
        if parent >= 0:
            local[:, n] = world[:, parent].swapaxes(1, 2) @ world[:, n]
            offsets[n] = heads[n] - heads[parent]
    return HierarchyMotion(
        tuple(names), parents, offsets @ Y_UP.T, Y_UP @ local @ Y_UP.T, np.zeros((len(angles), 3)), 24.0, rig
    )


def carrier(name):
    side, name = "right_" if ".R" in name else "left_", name.replace("_fk", "")
    for word, bare in (("thigh", "hip"), ("shin", "knee"), ("foot", "ankle"), ("heel", "ankle"), ("toe", "foot"),
                       ("upper_arm", "shoulder"), ("forearm", "elbow"), ("hand", "wrist"), ("f_", "wrist"),
                       ):  # fmt: skip
        if word in name:
            return JOINT_INDEX[side + bare]
    for word, joint in (("spine.006", "head"), ("head", "head"), ("spine.005", "neck"), ("spine.004", "neck"),
                        ("neck", "neck"), ("spine.003", "spine3"), ("shoulder", "spine3"), ("breast", "spine3"),
                        ("spine.002", "spine1"), ("spine.001", "spine1")):  # fmt: skip
        if word in name:
            return JOINT_INDEX[joint]
    return JOINT_INDEX["pelvis"]


@pytest.mark.parametrize(("rig", "layer"), [("metarig", "{}"), ("rig", "DEF-{}"), ("originals", "ORG-{}"),
                                            ("controls", "FK")])  # fmt: skip
def test_a_rigify_rig_is_read_by_its_deforming_bones_else_its_originals_else_its_controls(rig, layer):
    motion = rigify_motion("metarig" if rig == "metarig" else "rig", smooth_angles(reach=0.25))
    dropped = {"originals": ("DEF-",), "controls": ("DEF-", "ORG-")}.get(rig, ())
    motion = replace(motion, names=tuple(f"x{n}" if n.startswith(dropped or "\0") else n for n in motion.names))
    found = {ours: motion.names[i] for ours, i in map_joints(motion).joints.items()}
    for ours, theirs in (("hip", "thigh"), ("knee", "shin"), ("ankle", "foot"), ("foot", "toe"),
                         ("shoulder", "upper_arm"), ("elbow", "forearm"), ("wrist", "hand")):  # fmt: skip
        for side in ("left", "right"):
            name = f"{theirs}_fk" if layer == "FK" else layer.format(theirs)
            assert found[f"{side}_{ours}"] == f"{name}.{side[0].upper()}"
    clip, report = retarget(motion)
    assert report.position_error_mm_p95 < 8 and report.angle_error_deg_p95 < 3 and report.found_by == "names"
    _, positions = motion.world()
    joints = map_joints(motion).joints
    for side in ("left", "right"):
        for a, b in (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist")):
            theirs = positions[:, joints[f"{side}_{b}"]] - positions[:, joints[f"{side}_{a}"]]
            ours = clip.positions[:, JOINT_INDEX[f"{side}_{b}"]] - clip.positions[:, JOINT_INDEX[f"{side}_{a}"]]
            height = theirs[:, 1] / np.linalg.norm(theirs, axis=1) - ours[:, 2] / np.linalg.norm(ours, axis=1)
            assert np.abs(height).mean() < 0.03, (side, a, b)


@pytest.mark.parametrize("seed", range(6))
def test_a_rest_pose_with_every_bone_along_its_own_axis_is_replaced_by_a_standing_frame(seed):
    angles = smooth_angles(reach=0.3)
    angles[7] = 0  # stands straight once
    motion, _ = recorded("mixamo", angles)
    told, _ = retarget(motion)
    random = np.random.default_rng(seed)
    own = np.linalg.qr(random.normal(size=(len(motion.names), 3, 3)))[0]
    own *= np.linalg.det(own)[:, None, None]
    own[0] = np.eye(3)
    offsets, local = motion.offsets.copy(), motion.rotations.copy()
    for n, parent in enumerate(motion.parents):
        if parent >= 0:
            offsets[n] = own[parent].T @ motion.offsets[n]
            local[:, n] = own[parent].T @ motion.rotations[:, n] @ own[n]
    ends = {n: tuple(own[n].T @ np.array(end)) for n, end in motion.ends.items()}
    tangled = replace(motion, offsets=offsets, rotations=local, ends=ends)
    assert np.allclose(tangled.world()[1], motion.world()[1])
    clip, report = retarget(tangled)
    assert any("no standing body" in note for note in report.notes)
    off = np.linalg.norm(clip.positions - told.positions, axis=-1)
    limbs = [JOINT_INDEX[f"{s}_{n}"] for s in ("left", "right") for n in ("knee", "ankle", "elbow", "wrist")]
    assert off[:, limbs].mean() < 0.03
    knee = ANGLE_INDEX["left_knee_flexion"]
    assert np.degrees(np.abs(clip.angles[:, knee] - angles[:, knee])).mean() < 3
