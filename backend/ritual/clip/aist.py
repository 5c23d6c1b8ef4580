"""AIST++: a pickle per dance, SMPL poses at 60 frames per second, Y up, path in the cameras' centimetres.

Keys: `smpl_poses` (T, 72) [rad], `smpl_trans` (T, 3) and `smpl_scaling` (1,), by which the path is divided.

Source: Li et al. (2021), "AI choreographer"; loader.py and run_estimate_smpl.py of
google/aistplusplus_api.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ritual.body.hierarchy import HierarchyMotion
from ritual.clip import plain_pickle, smpl
from ritual.errors import BadMotion

FPS = 60.0
_KEYS = ("smpl_poses", "smpl_trans", "smpl_scaling")


def read(path: Path) -> HierarchyMotion:
    """Read a motion of AIST++.

    Raises:
        BadMotion: the pickle is refused or damaged (see `plain_pickle`), or is no motion of AIST++.
    """
    held = plain_pickle.load(path)
    missing = [key for key in _KEYS if key not in held]
    if missing:
        raise BadMotion(
            f"{path} lacks {', '.join(missing)}; it holds {', '.join(sorted(held))[:200] or 'nothing'}.",
            hint="Name the folder `motions` of AIST++; its keypoints and cameras are no motions.",
        )
    try:
        poses, path_taken, scaling = (np.asarray(held[key], np.float64) for key in _KEYS)
        scale = float(scaling.reshape(()) if scaling.size == 1 else np.nan)
    except (ValueError, TypeError):
        raise BadMotion(f"{path}: {', '.join(_KEYS)} are not all numbers.") from None
    if not (np.isfinite(scale) and scale > 0):
        raise BadMotion(f"{path}: smpl_scaling must be one positive number.")
    return smpl.motion(poses.reshape(len(poses), -1) if poses.ndim > 2 else poses, path_taken / scale, FPS, path.stem)
