"""The armature: 24 bones whose rest pose is the skeleton's zero pose, one Euler channel per angle.

Every bone points along a world axis, so its rest matrix B is a signed permutation and each of the 36 angles,
which turn about world axes of the zero pose, is one Euler channel up to sign. Angles compose outermost first,
R = R1 R2 R3, while Blender's order 'XYZ' means Rz Ry Rx: the order string is the reverse of outermost first.
The pelvis carries the root: location and quaternion.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

import bpy
from mathutils import Matrix, Quaternion, Vector

from . import compat
from .costume import Costume

SKELETON_KEY = "ritual_motion_skeleton"  # the skeleton, as JSON, on the armature object
LOOK_KEY = "ritual_motion_look"  # what the performer was made from
_LEAF_LENGTH = 0.09


@dataclass(frozen=True)
class Channel:
    """Where an angle lives: Euler channel `index` of `bone` holds `sign` times the angle [rad]."""

    bone: str
    index: int
    sign: float


def make_performer(skeleton: dict, costume: dict | None, name: str) -> str:
    """The built-in dancer: an armature with a costumed body.

    A performer of that name that was made from the same skeleton and costume is used again; one made from
    others is replaced, its actions stay.

    Args:
        skeleton: `joints` and `angles`, as `clip.skeleton`.
        costume: colours and kinds (`costume_of(clip.meta)`); None or missing keys = defaults.
        name: the wished name of the armature object.

    Returns:
        The name of the armature object.

    Raises:
        ValueError: a colour or a kind of the costume is not one; the file is as before.
    """
    from . import performer  # the body needs this module's bones

    Costume.from_table(costume or {})  # refuse before anything is made or removed
    look = json.dumps([skeleton, costume or {}], sort_keys=True)
    former = bpy.data.objects.get(name)
    if former is not None and LOOK_KEY in former:
        if former[LOOK_KEY] == look and former.type == "ARMATURE" and performer.body_of(former) is not None:
            compat.link(former)
            return former.name
        remove_performer(name)
    armature_name = make_armature(skeleton, name)
    performer.make_body(armature_name, skeleton, costume or {})
    bpy.data.objects[armature_name][LOOK_KEY] = look
    return armature_name


def costume_of(meta: dict) -> dict:
    """The costume for `make_performer` from a clip's meta: what is worn, and by whom."""
    return {"performer": meta.get("performer"), **(meta.get("costume") or {})}


def remove_performer(name: str) -> None:
    """Remove an armature, its body and what only they used; actions stay."""
    armature = bpy.data.objects[name]
    for child in list(armature.children):
        compat.remove_object(child)
    compat.remove_object(armature)


def make_armature(skeleton: dict, name: str) -> str:
    """An armature object standing in the zero pose, pelvis over the world's origin; returns its name."""
    joints = skeleton["joints"]
    data = bpy.data.armatures.new(name)
    armature = compat.link(bpy.data.objects.new(name, data))
    heads = rest_positions(skeleton)
    with compat.edit_mode(armature):
        bones = []
        for i, joint in enumerate(joints):
            bone = data.edit_bones.new(joint["name"])
            direction, length = _pointing(skeleton, i)
            bone.head = heads[i]
            bone.tail = heads[i] + direction * length
            bone.align_roll(Vector((0, 0, 1)) if abs(direction.y) > 0.5 else Vector((0, -1, 0)))
            if joint["parent"] >= 0:
                bone.parent = bones[joint["parent"]]
            bones.append(bone)
    armature[SKELETON_KEY] = json.dumps(skeleton)
    data.display_type = "STICK"
    armature.show_in_front = True
    _set_rotation_modes(armature, skeleton)
    return armature.name


def skeleton_of(armature: bpy.types.Object) -> dict:
    """The skeleton an armature was made from.

    Raises:
        ValueError: it was not made by `make_armature`.
    """
    if SKELETON_KEY not in armature:
        raise ValueError(f"'{armature.name}' is no Ritual Motion performer; generate one first.")
    return json.loads(armature[SKELETON_KEY])


def rest_positions(skeleton: dict) -> list[Vector]:
    """World position of every joint in the zero pose [m]."""
    positions: list[Vector] = []
    for joint in skeleton["joints"]:
        offset = Vector(joint["offset"])
        positions.append(positions[joint["parent"]] + offset if joint["parent"] >= 0 else offset)
    return positions


def angle_channels(armature: bpy.types.Object, skeleton: dict) -> list[Channel]:
    """For each angle the Euler channel that holds it."""
    out = []
    for angle in skeleton["angles"]:
        name = skeleton["joints"][angle["joint"]]["name"]
        local = rest_rotation(armature.data.bones[name]).transposed() @ Vector(angle["axis"])
        index = max(range(3), key=lambda k: abs(local[k]))
        out.append(Channel(name, index, math.copysign(1.0, local[index])))
    return out


def rest_rotation(bone: bpy.types.Bone) -> Matrix:
    """3 x 3 rest matrix of a bone, exactly the signed permutation that its roll only approximates."""
    rows = [[float(round(value)) for value in row] for row in bone.matrix_local.to_3x3()]
    return Matrix(rows)


def read_angles(armature: bpy.types.Object | str) -> list[float]:
    """The 36 angles [rad] of the pose that Blender shows now: evaluated, constraints and drivers included.

    A rotation of three angles has two readings; the one that the channels say is taken, else the one that
    breaks the physiological limits less.
    """
    if isinstance(armature, str):
        armature = bpy.data.objects[armature]
    skeleton = skeleton_of(armature)
    evaluated = armature.evaluated_get(bpy.context.evaluated_depsgraph_get())
    channels = angle_channels(armature, skeleton)
    world = []
    for joint in skeleton["joints"]:
        posed = evaluated.pose.bones[joint["name"]].matrix.to_3x3()
        world.append(posed @ rest_rotation(armature.data.bones[joint["name"]]).transposed())
    out = [0.0] * len(skeleton["angles"])
    for j, joint in enumerate(skeleton["joints"]):
        mine = [i for i, angle in enumerate(skeleton["angles"]) if angle["joint"] == j]
        if mine:
            local = world[joint["parent"]].transposed() @ world[j] if joint["parent"] >= 0 else world[j]
            for i, value in zip(mine, _decompose(local, mine, evaluated, skeleton, channels), strict=True):
                out[i] = value
    return out


def read_root(armature: bpy.types.Object | str, world: bool = True) -> tuple[Vector, Quaternion]:
    """Position [m] and rotation of the pelvis in the pose that Blender shows now, in the world or the armature."""
    if isinstance(armature, str):
        armature = bpy.data.objects[armature]
    name = skeleton_of(armature)["joints"][0]["name"]
    evaluated = armature.evaluated_get(bpy.context.evaluated_depsgraph_get())
    posed = evaluated.pose.bones[name].matrix
    if world:
        posed = evaluated.matrix_world @ posed
    turned = posed.to_3x3().normalized() @ rest_rotation(armature.data.bones[name]).transposed()
    return posed.to_translation(), turned.to_quaternion()


def root_channels(
    armature: bpy.types.Object, skeleton: dict, translation: Vector, rotation: Quaternion
) -> tuple[Vector, Quaternion]:
    """Location and quaternion channels of the pelvis for a world position [m] and rotation of the root."""
    root = skeleton["joints"][0]
    basis = rest_rotation(armature.data.bones[root["name"]]).transposed()
    location = basis @ (translation - Vector(root["offset"]))
    x, y, z = basis @ Vector((rotation.x, rotation.y, rotation.z))
    return location, Quaternion((rotation.w, x, y, z))


def _pointing(skeleton: dict, joint: int) -> tuple[Vector, float]:
    """World axis along which a joint's bone points, and its length [m]: towards its middle-most child."""
    joints = skeleton["joints"]
    children = [j for j in joints if j["parent"] == joint]
    if not children:
        parent = joints[joint]["parent"]
        return (_pointing(skeleton, parent)[0] if parent >= 0 else Vector((0, 0, 1))), _LEAF_LENGTH
    offset = Vector(min(children, key=lambda child: abs(child["offset"][0]))["offset"])
    k = max(range(3), key=lambda c: abs(offset[c]))
    direction = Vector((0, 0, 0))
    direction[k] = math.copysign(1.0, offset[k])
    return direction, max(abs(offset[k]), 0.02)


def _set_rotation_modes(armature: bpy.types.Object, skeleton: dict) -> None:
    """Euler order of every bone from its angles; the root and bones without angles keep the quaternion."""
    axes: dict[str, list[int]] = {}
    for channel in angle_channels(armature, skeleton):
        axes.setdefault(channel.bone, []).append(channel.index)
    for bone in armature.pose.bones:
        used = axes.get(bone.name)
        if bone.name == skeleton["joints"][0]["name"] or not used:
            bone.rotation_mode = "QUATERNION"
            continue
        free = [k for k in range(3) if k not in used]  # no angle: innermost, always zero
        bone.rotation_mode = "".join("XYZ"[k] for k in reversed(used + free))


def _decompose(
    local: Matrix, mine: list[int], armature: bpy.types.Object, skeleton: dict, channels: list[Channel]
) -> list[float]:
    """Angles of one joint from its rotation in the parent's frame (3 x 3, world axes)."""
    pose_bone = armature.pose.bones[channels[mine[0]].bone]
    basis = rest_rotation(armature.data.bones[pose_bone.name])
    used = [channels[i].index for i in mine]
    order = "".join("XYZ"[k] for k in reversed(used + [k for k in range(3) if k not in used]))
    euler = (basis.transposed() @ local @ basis).to_euler(order)
    readings = [[channels[i].sign * euler[channels[i].index] for i in mine]]
    if len(mine) == 3:
        first, middle, last = readings[0]
        readings.append([_wrap(first + math.pi), _wrap(math.pi - middle), _wrap(last + math.pi)])
    if pose_bone.rotation_mode == order:
        told = [channels[i].sign * pose_bone.rotation_euler[channels[i].index] for i in mine]
        for reading in readings:
            if all(abs(_wrap(a - b)) < 1e-3 for a, b in zip(reading, told, strict=True)):
                return reading
    return min(readings, key=lambda reading: _excess(reading, [skeleton["angles"][i] for i in mine]))


def _excess(reading: list[float], angles: list[dict]) -> float:
    """How far angles [rad] lie outside their physiological limits, summed."""
    total = 0.0
    for value, angle in zip(reading, angles, strict=True):
        low, high = math.radians(angle["min_deg"]), math.radians(angle["max_deg"])
        total += max(0.0, low - value, value - high)
    return total


def _wrap(angle: float) -> float:
    """The same angle in (-pi, pi]."""
    return math.pi - (math.pi - angle) % (2 * math.pi)
