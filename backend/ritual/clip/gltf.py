"""Our clip as glTF 2.0 (.glb): 24 joint nodes, linear rotations and root travel, and a skinned body of capsules.

The file is Y up, facing +Z, in metres, as glTF demands; node names are the joints' names, the rest pose is the
zero pose with no rotation on any node. Quaternions cannot say which Euler branch a pose came from, so the
angles travel along in an accessor of their own, which `asset.extras.ritual` names and other programs ignore.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch

from ritual.body.kinematics import local_rotations, matrix_to_quaternion, quaternion_to_matrix
from ritual.body.rotations import continuous
from ritual.body.skeleton import JOINTS, SKELETON
from ritual.clip.axes import BASIS, to_file_axes
from ritual.clip.capsules import body, rest_positions
from ritual.clip.clip import MotionClip
from ritual.clip.glb import Builder, Document

FORMAT = "ritual-clip/1"


def to_bytes(clip: MotionClip) -> bytes:
    """The clip as a GLB file; the same clip gives the same bytes."""
    builder = Builder()
    document = {
        "asset": {"version": "2.0", "generator": "ritual-motion"},
        "scene": 0,
        "scenes": [{"nodes": [0, len(JOINTS)], "name": clip.name}],
        "nodes": [*_joint_nodes(), {"name": "performer", "mesh": 0, "skin": 0}],
        "meshes": [_mesh(builder)],
        "materials": [
            {
                "name": "performer",
                "pbrMetallicRoughness": {"baseColorFactor": [0.7, 0.62, 0.55, 1], "metallicFactor": 0.0},
            }
        ],
        "skins": [_skin(builder)],
        "animations": [_animation(builder, clip)],
    }
    angles = builder.add(clip.angles.astype(np.float32), "SCALAR")
    extras = {"format": FORMAT, "fps": clip.fps, "name": clip.name, "meta": clip.meta, "angles": angles}
    document["asset"]["extras"] = {"ritual": extras}
    return builder.to_bytes(document)


def local_quaternions(clip: MotionClip) -> np.ndarray:
    """(T, 24, 4) w, x, y, z rotation of each joint in its parent's frame, clip axes, no sign jumps."""
    local = local_rotations(torch.from_numpy(clip.angles))
    local[:, 0] = quaternion_to_matrix(torch.from_numpy(clip.root_rotation))
    return continuous(matrix_to_quaternion(local).numpy())


def _joint_nodes() -> list[dict]:
    nodes = []
    for j, joint in enumerate(SKELETON.joints):
        node: dict = {"name": joint.name, "translation": to_file_axes(np.array(joint.offset)).tolist()}
        children = [c for c, parent in enumerate(SKELETON.parents) if parent == j]
        nodes.append(node | ({"children": children} if children else {}))
    return nodes


def _mesh(builder: Builder) -> dict:
    vertices, normals, carriers, triangles = body()
    joints = np.zeros((len(vertices), 4), np.uint8)
    joints[:, 0] = carriers
    weights = np.zeros((len(vertices), 4), np.float32)
    weights[:, 0] = 1
    attributes = {
        "POSITION": builder.add(to_file_axes(vertices).astype(np.float32), "VEC3", bounds=True, target=34962),
        "NORMAL": builder.add(to_file_axes(normals).astype(np.float32), "VEC3", target=34962),
        "JOINTS_0": builder.add(joints, "VEC4", target=34962),
        "WEIGHTS_0": builder.add(weights, "VEC4", target=34962),
    }
    indices = builder.add(triangles.astype(np.uint16), "SCALAR", target=34963)
    return {"name": "performer", "primitives": [{"attributes": attributes, "indices": indices, "material": 0}]}


def _skin(builder: Builder) -> dict:
    inverse = np.broadcast_to(np.eye(4, dtype=np.float32), (len(JOINTS), 4, 4)).copy()
    inverse[:, :3, 3] = -to_file_axes(rest_positions())
    columns = inverse.transpose(0, 2, 1)  # glTF stores matrices column by column
    matrices = builder.add(columns, "MAT4")
    return {"joints": list(range(len(JOINTS))), "skeleton": 0, "inverseBindMatrices": matrices}


def _animation(builder: Builder, clip: MotionClip) -> dict:
    times = builder.add((np.arange(clip.frames) / clip.fps).astype(np.float32), "SCALAR", bounds=True)
    quaternions = local_quaternions(clip)
    tracks = [(0, "translation", to_file_axes(clip.root_translation), "VEC3")]
    for j, angles in enumerate(SKELETON.joint_angles):
        if angles or j == 0:
            turned = np.concatenate((quaternions[:, j, 1:] @ BASIS, quaternions[:, j, :1]), -1)
            tracks.append((j, "rotation", turned, "VEC4"))
    samplers = [
        {"input": times, "interpolation": "LINEAR", "output": builder.add(values.astype(np.float32), kind)}
        for _, _, values, kind in tracks
    ]
    channels = [
        {"sampler": n, "target": {"node": j, "path": path}} for n, (j, path, _, _) in enumerate(tracks)
    ]
    return {"name": clip.name, "samplers": samplers, "channels": channels}


@dataclass(frozen=True, eq=False)
class Extras:
    """What our writer said about the clip; empty for anybody else's file. `angles` is (T, 36) [rad]."""

    name: str = ""
    fps: float | None = None
    meta: dict = field(default_factory=dict)
    angles: np.ndarray | None = None


def extras(document: Document) -> Extras:
    """Our own words in `asset.extras.ritual`, none if they are absent or damaged."""
    try:
        said = document.json["asset"]["extras"]["ritual"]
        if said["format"] != FORMAT or not isinstance(said["meta"], dict) or not 0 < said["fps"] < 1e4:
            return Extras()
        angles = document.array(said["angles"]).reshape(-1, len(SKELETON.angles))
        return Extras(str(said["name"]), float(said["fps"]), said["meta"], angles)
    except (KeyError, TypeError, ValueError):
        return Extras()
