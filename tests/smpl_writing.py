"""Our clips as AIST++, AMASS and HumanML3D would hold them: written here by hand, for none of them may be shipped.

The zero pose is told in degrees, apart from the directions in `ritual.clip.smpl`, so that a slip in either shows.
"""

import pickle

import numpy as np
import torch
from scipy.spatial.transform import Rotation

from ritual.body.kinematics import forward
from ritual.body.skeleton import JOINT_INDEX, SKELETON
from ritual.clip import MotionClip

Z_TO_Y_UP = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])
THEIR_LEGS, OUR_LEGS = 0.81, 0.78  # [m]


def _turn(axis, degrees):
    return Rotation.from_rotvec(np.radians(degrees) * np.eye(3)["xyz".index(axis)]).as_matrix()


def zero_pose():
    """(24, 3, 3) how each of our bones is turned (Z up, facing -Y) when SMPL stands in its zero pose."""
    out = np.broadcast_to(np.eye(3), (24, 3, 3)).copy()
    for side, sign in (("left", 1), ("right", -1)):

        def limb(raised, back=0.0, sign=sign):  # hanging down, raised to its side, then turned to the back
            return _turn("z", sign * back) @ _turn("y", -sign * raised)

        parts = {
            "hip": limb(6.3), "knee": _turn("x", 5.0) @ limb(-2.3), "ankle": _turn("z", sign * 16.8),
            "foot": _turn("z", sign * 16.8), "shoulder": limb(86.5, 5.8), "elbow": limb(92.2, 1.5),
            "wrist": limb(83.7, 8.2), "hand": limb(83.7, 8.2),
        }  # fmt: skip
        for bare, turn in parts.items():
            out[JOINT_INDEX[f"{side}_{bare}"]] = turn
    return out


# degrees by which a bone of the trunk leans forward, and for pairs: degrees up from level, and back
_LEANS = {"spine1": -17.2, "spine2": 11.0, "spine3": 2.9, "neck": -9.0, "head": 29.5}
_PAIRS = {"hip": (-54.4, 14.7), "collar": (54.8, 15.4), "shoulder": (21.2, 6.7)}


def bones():
    """(24, 3) the bones in the zero pose [m], with our lengths; Z up."""
    turns, out = zero_pose(), np.zeros((24, 3))
    for j, joint in enumerate(SKELETON.joints):
        side, _, bare = joint.name.rpartition("_")
        length = np.linalg.norm(joint.offset)
        if bare in _LEANS:
            out[j] = length * _turn("x", _LEANS[bare])[:, 2]
        elif bare in _PAIRS:
            up, back = np.radians(_PAIRS[bare])
            level = np.array((np.cos(up) * np.cos(back), np.cos(up) * np.sin(back), np.sin(up)))
            out[j] = length * level * (1 if side == "left" else -1, 1, 1)
        elif joint.parent >= 0:
            out[j] = turns[joint.parent] @ joint.offset
    return out


def as_smpl(clip, z_up=False):
    """poses (T, 72) and trans (T, 3) [m] of our clip danced by a body with SMPL's mean legs; Y up unless `z_up`."""
    angles, root, quaternion = (torch.from_numpy(x) for x in (clip.angles, clip.root_translation, clip.root_rotation))
    ours = forward(angles, root, quaternion).rotations.numpy()
    theirs = ours @ zero_pose().swapaxes(1, 2)  # Z up to Z up
    theirs = Z_TO_Y_UP @ theirs @ Z_TO_Y_UP.T  # Y up to Y up
    local = theirs.copy()
    for j, parent in enumerate(SKELETON.parents):
        if parent >= 0:
            local[:, j] = theirs[:, parent].swapaxes(1, 2) @ theirs[:, j]
    hips = [JOINT_INDEX["left_hip"], JOINT_INDEX["right_hip"]]  # where they are, both bodies agree
    higher = np.mean([SKELETON.joints[j].offset for j in hips], 0) - bones()[hips].mean(0)
    trans = (clip.root_translation + ours[:, 0] @ higher) @ Z_TO_Y_UP.T
    if z_up:
        local[:, 0], trans = Z_TO_Y_UP.T @ local[:, 0], trans @ Z_TO_Y_UP
    poses = Rotation.from_matrix(local.reshape(-1, 3, 3)).as_rotvec().reshape(len(ours), 72)
    return poses, trans * THEIR_LEGS / OUR_LEGS


def as_joints(clip):
    """(T, 22, 3) where the joints of such a body are, with legs as long as ours; Y up."""
    poses, trans = as_smpl(clip)
    local = Rotation.from_rotvec(poses.reshape(-1, 3)).as_matrix().reshape(-1, 24, 3, 3)
    offsets, world, places = bones() @ Z_TO_Y_UP.T, local.copy(), np.zeros((len(poses), 24, 3))
    places[:, 0] = trans * OUR_LEGS / THEIR_LEGS
    for j, parent in enumerate(SKELETON.parents[1:], 1):
        world[:, j] = world[:, parent] @ local[:, j]
        places[:, j] = places[:, parent] + world[:, parent] @ offsets[j]
    return places[:, :22]


def smooth_clip(seconds=2.0, fps=60.0, reach=0.3, seed=1, turn=0.6):
    """A clip that uses every angle slowly and walks a curve."""
    random, (low, high) = np.random.default_rng(seed), np.array(SKELETON.limits).T
    t = np.arange(round(seconds * fps)) / fps
    wave = np.sin(random.uniform(1.5, 4.0, 36) * t[:, None] + random.uniform(0, 6, 36))
    angles = (low + high) / 2 + reach * (high - low) / 2 * wave
    root = np.stack((0.3 * np.sin(t), -0.4 * t, 0.9 + 0.03 * np.sin(5 * t)), -1)
    rotation = Rotation.from_euler("ZXY", np.stack((turn * t, 0.1 * np.sin(3 * t), 0.1 * np.cos(2 * t)), -1))
    quaternion = np.roll(rotation.as_quat(), 1, axis=1)
    pose = forward(*(torch.from_numpy(x) for x in (angles, root, quaternion)))
    return MotionClip(angles, root, quaternion, pose.positions.numpy(), fps, "waves")


def write_aist(path, clip, protocol=4, scaling=93.77886):
    """A clip as AIST++ holds it: float32, centimetres of its cameras."""
    poses, trans = as_smpl(clip)
    held = {
        "smpl_loss": 1.59, "smpl_poses": poses.astype(np.float32),
        "smpl_scaling": np.array([scaling], np.float32), "smpl_trans": (trans * scaling).astype(np.float32),
    }  # fmt: skip
    path.write_bytes(pickle.dumps(held, protocol=protocol))
    return path


def write_amass(path, clip, rate="mocap_framerate", width=156):
    """A clip as AMASS holds it: Z up, float64, hands of some SMPL, a gender that is a Python object."""
    poses, trans = as_smpl(clip, z_up=True)
    wide = np.zeros((len(poses), width))
    wide[:, :66] = poses[:, :66]
    gender = np.array("female", dtype=object)
    np.savez(path, poses=wide, trans=trans, betas=np.zeros(16), gender=gender, **{rate: np.array(float(clip.fps))})
    return path
