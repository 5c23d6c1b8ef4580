"""The npz contract: what a study or another program reads with numpy alone.

Keys: `angles` (T, 36) [rad], `angle_names` (36,), `root_translation` (T, 3) [m], `root_rotation` (T, 4) w, x, y, z,
`positions` (T, 24, 3) [m], `joint_names` (24,), `fps` (), `name` (), `meta` () a JSON string. Numbers are float64,
texts are unicode arrays; nothing is pickled. The same clip gives the same bytes.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np

from ritual.body.skeleton import ANGLES, JOINTS
from ritual.clip.clip import MotionClip
from ritual.errors import BadMotion

_ARRAYS = ("angles", "root_translation", "root_rotation", "positions")
_THE_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first date that a zip can hold; a clock would change the bytes


def to_bytes(clip: MotionClip) -> bytes:
    """The clip as an npz archive."""
    arrays = {name: np.asarray(getattr(clip, name), np.float64) for name in _ARRAYS}
    arrays |= {
        "angle_names": np.array(ANGLES),
        "joint_names": np.array(JOINTS),
        "fps": np.array(float(clip.fps)),
        "name": np.array(clip.name),
        "meta": np.array(json.dumps(clip.meta, ensure_ascii=False, sort_keys=True)),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for key in sorted(arrays):
            entry = io.BytesIO()
            np.lib.format.write_array(entry, np.asarray(arrays[key], order="C"), allow_pickle=False)
            info = zipfile.ZipInfo(f"{key}.npy", _THE_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, entry.getvalue())
    return out.getvalue()


def read(path: Path | str) -> MotionClip:
    """Read an npz file of the contract; `name` and `meta` may be absent.

    Raises:
        BadMotion: it is no npz, a key is missing, or angles or joints are not this body's.
    """
    path = Path(path)
    try:
        with np.load(path, allow_pickle=False) as archive:
            held = {key: archive[key] for key in archive.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, NotImplementedError, AttributeError):
        raise BadMotion(f"{path} is not an npz file, is damaged, or holds Python objects.") from None
    missing = [key for key in (*_ARRAYS, "fps") if key not in held]
    if missing:
        raise BadMotion(f"{path} lacks {', '.join(missing)}; it holds {', '.join(sorted(held)) or 'nothing'}.")
    for key, ours in (("angle_names", ANGLES), ("joint_names", JOINTS)):
        if key in held and tuple(map(str, held[key].ravel())) != ours:
            raise BadMotion(f"{path}: {key} are not those of this body, in its order.")
    try:
        arrays = {key: held[key].astype(np.float64) for key in _ARRAYS}
        meta = json.loads(str(held.get("meta", "{}")))
        fps = float(held["fps"])
    except (ValueError, TypeError) as error:
        raise BadMotion(f"{path} holds a value of the wrong kind: {error}.") from None
    if not isinstance(meta, dict):
        raise BadMotion(f"{path}: meta is no JSON object.")
    return MotionClip(**arrays, fps=fps, name=str(held.get("name", path.stem)), meta=meta)
