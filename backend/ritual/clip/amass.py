"""AMASS: an npz per motion, poses of the SMPL family, Z up, metres.

Keys: `poses` (T, 156) of SMPL-H, (T, 165) of SMPL-X or (T, 72) of SMPL [rad], `trans` (T, 3) [m], and
`mocap_framerate` or, in the newer SMPL-X files, `mocap_frame_rate`. Nothing else is opened: `gender`, for one, is a
pickled object in some of them, and no pickle is read.

Source: Mahmood et al. (2019), "AMASS: archive of motion capture as surface shapes"; notebooks of nghorbani/amass.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from ritual.body.hierarchy import HierarchyMotion
from ritual.clip import smpl
from ritual.errors import BadMotion

RATES = ("mocap_framerate", "mocap_frame_rate")
MOST_BYTES = 1 << 30  # of one array: two hours of SMPL-X at 120 frames per second
_BROKEN = (
    OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, NotImplementedError, AttributeError, MemoryError,
)  # fmt: skip


def is_amass(path: Path) -> bool:
    """Whether an npz holds `poses` and `trans`, as AMASS' do, and no `angles`, as ours do."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False
    return {"poses.npy", "trans.npy"} <= names and "angles.npy" not in names


def read(path: Path) -> HierarchyMotion:
    """Read a motion of AMASS.

    Raises:
        BadMotion: the archive is damaged, lacks a key, or holds no track of poses.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            rate = next((key for key in RATES if key in archive.files), None)
            if rate is None:
                raise BadMotion(f"{path} does not say its frame rate: it lacks {' and '.join(RATES)}.")
            large = [i.filename for i in archive.zip.infolist() if i.file_size > MOST_BYTES]
            if set(large) & {"poses.npy", "trans.npy", f"{rate}.npy"}:
                raise BadMotion(f"{path}: {large[0]} is larger than {MOST_BYTES >> 30} GiB.")
            poses, trans, fps = (archive[key] for key in ("poses", "trans", rate))
    except _BROKEN:
        raise BadMotion(f"{path} is not an npz file of AMASS, is damaged, or its poses are Python objects.") from None
    if not all(np.issubdtype(array.dtype, np.number) for array in (poses, trans, fps)) or fps.size != 1:
        raise BadMotion(f"{path}: poses, trans and {rate} must be numbers, and one rate.")
    return smpl.motion(poses, trans, float(fps.reshape(())), path.stem, z_up=True)
