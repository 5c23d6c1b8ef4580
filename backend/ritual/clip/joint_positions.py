"""Joint positions alone, as HumanML3D's `new_joints` hold them: (T, 22, 3) [m], SMPL's joints, Y up, 20 fps.

Bones get the lengths and the directions that the positions show. How a bone is turned about itself does not show in
positions: pelvis and chest turn as their three neighbours do, the others with the least twist, and the retargeter then
turns thighs and upper arms so that knees and elbows bend as hinges. How head, hands and forearms are turned about
themselves nobody can know: head and wrists go straight on.

Source: Guo et al. (2022), "Generating diverse and natural 3D human motions from text", and its code.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from ritual.body.hierarchy import HierarchyMotion
from ritual.body.rotations import swing
from ritual.body.skeleton import JOINTS, SKELETON
from ritual.clip.smpl import BODY, DIRECTIONS
from ritual.errors import BadMotion

FPS = 20.0
FEATURES = 263  # numbers a frame of HumanML3D's other files, from which no pose is read here
MOST_BYTES = 256 << 20
_PARENTS = SKELETON.parents[:BODY]
_CHILDREN = [[c for c in range(BODY) if _PARENTS[c] == j] for j in range(BODY)]
_NO_LENGTH = 1e-4  # [m] a shorter bone points nowhere


def read(path: Path, fps: float = FPS) -> HierarchyMotion:
    """Read an .npy of joint positions.

    Raises:
        BadMotion: it is no array, of another shape, holds no finite numbers, or a bone has no length.
    """
    if path.stat().st_size > MOST_BYTES:
        raise BadMotion(f"{path} is larger than {MOST_BYTES >> 20} MiB.")
    try:
        array = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError, MemoryError, zipfile.BadZipFile):
        raise BadMotion(f"{path} is not an npy file, is damaged, or holds Python objects.") from None
    if not isinstance(array, np.ndarray) or array.shape[1:] != (BODY, 3) or not np.issubdtype(array.dtype, np.number):
        shape = getattr(array, "shape", "several arrays")
        features = shape[1:] == (FEATURES,)
        raise BadMotion(
            f"{path} holds {shape}, not (frames, {BODY}, 3) joint positions.",
            hint="These are HumanML3D's features; name its folder `new_joints`." if features else "",
        )
    return motion(array, fps, path.stem)


def motion(positions: np.ndarray, fps: float, name: str) -> HierarchyMotion:
    """(T, 22, 3) positions [m], Y up, as a hierarchy; retarget it with `trust_rotations=False`.

    Raises:
        BadMotion: there are no frames, a number is not finite, or a bone has no length.
    """
    if not len(positions):
        raise BadMotion(f"{name} has no frames.")
    positions = np.asarray(positions, np.float64)
    bad = ~np.isfinite(positions).all((1, 2))
    if bad.any():
        raise BadMotion(f"{name}: a position in frame {int(bad.argmax())} is not a finite number.")
    bones = positions[:, 1:] - positions[:, _PARENTS[1:]]
    lengths = np.linalg.norm(bones, axis=-1)
    if lengths.min() < _NO_LENGTH:
        frame, bone = np.argwhere(lengths < _NO_LENGTH)[0]
        raise BadMotion(f"{name}: the bone to {JOINTS[bone + 1]} has no length in frame {int(frame)}.")
    offsets = DIRECTIONS[:BODY] * np.concatenate(([0.0], lengths.mean(0)))[:, None]
    local = _local(_world(bones / lengths[..., None]))
    return HierarchyMotion(JOINTS[:BODY], _PARENTS, offsets, local, positions[:, 0], fps, name, stands=True)


def _world(bones: np.ndarray) -> np.ndarray:
    """(T, 22, 3, 3) rotations from the zero pose of (T, 21, 3) unit bones."""
    out = np.empty((len(bones), BODY, 3, 3))
    for j, children in enumerate(_CHILDREN):
        above = out[:, _PARENTS[j]] if j else np.broadcast_to(np.eye(3), (len(bones), 3, 3))
        if len(children) > 1:
            out[:, j] = _turn(DIRECTIONS[children], bones[:, [c - 1 for c in children]])
        elif children:
            out[:, j] = swing(above @ DIRECTIONS[children[0]], bones[:, children[0] - 1]) @ above
        else:
            out[:, j] = above
    return out


def _turn(rest: np.ndarray, bones: np.ndarray) -> np.ndarray:
    """(T, 3, 3) rotations that turn (n, 3) rest directions nearest to (T, n, 3) directions (Kabsch 1976)."""
    u, _, vt = np.linalg.svd(bones.swapaxes(1, 2) @ rest)
    u[..., -1] *= np.linalg.det(u @ vt)[:, None]
    return u @ vt


def _local(world: np.ndarray) -> np.ndarray:
    out = world.copy()
    for j, parent in enumerate(_PARENTS[1:], 1):
        out[:, j] = world[:, parent].swapaxes(1, 2) @ world[:, j]
    return out
