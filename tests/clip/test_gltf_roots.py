"""A rig exported without its controls falls apart; its parts hang together again where they kept their place."""

import numpy as np
import torch

import ritual.clip
from ritual.body.kinematics import forward
from ritual.body.skeleton import JOINT_INDEX, JOINTS, SKELETON
from ritual.clip import glb, gltf_read

PROP = len(JOINTS)
LOOSE = ("left_hip", "right_hip", "left_collar", "right_shoulder")


def fallen_apart(clip):
    """World matrices of our joints and of a prop that goes its own way, and the tree without some of its ties."""
    tracks = (torch.from_numpy(x) for x in (clip.angles, clip.root_translation, clip.root_rotation))
    world = np.tile(np.eye(4), (PROP + 1, clip.frames, 1, 1))
    world[:PROP, :, :3, :3] = forward(*tracks).rotations.numpy().swapaxes(0, 1)
    world[:PROP, :, :3, 3] = clip.positions.swapaxes(0, 1)
    world[PROP, :, 0, 3] = np.linspace(-3, 3, clip.frames)
    above = {j: -1 if JOINTS[j] in LOOSE else parent for j, parent in enumerate(SKELETON.parents)}
    return world, {**above, PROP: -1}


def test_loose_limbs_hang_where_they_kept_their_place_and_a_prop_stays_loose(make_clip):
    world, above = fallen_apart(make_clip(reach=0.5))
    root, found = gltf_read.one_tree([*range(PROP + 1)], above, world)
    assert JOINTS[root] == "pelvis" and found[PROP] == -1
    for name in LOOSE:
        way, joint = [], JOINT_INDEX[name]
        while (joint := found[joint]) >= 0:
            way.append(JOINTS[joint])
        assert way[-1] == "pelvis" and len(way) < 8, name
        assert ("spine3" in way) == ("hip" not in name)
    for name in ("left_hip", "right_hip"):
        assert found[JOINT_INDEX[name]] == root


def test_a_whole_skeleton_is_left_as_it_is(make_clip, tmp_path):
    clip = make_clip(reach=0.5)
    motion = gltf_read.motion(glb.load(ritual.clip.write(tmp_path / "a.glb", clip)), "a")
    parents = {name: motion.names[p] for name, p in zip(motion.names, motion.parents, strict=True) if p >= 0}
    assert parents == {j: JOINTS[p] for j, p in zip(JOINTS, SKELETON.parents, strict=True) if p >= 0}
