"""`ritual-clip/1`: the clip as a safetensors file, which a reader with the standard library alone can parse.

Layout:
    8 bytes     n, length of the header, unsigned little-endian (`struct "<Q"`)
    n bytes     JSON object; spaces pad it so that the numbers begin on a multiple of 8
    the rest    numbers, little-endian float32, row by row (`array("f")`)
Each key of the header but `__metadata__` is a tensor: `{"dtype": "F32", "shape": [...], "data_offsets": [a, b]}`, whose
bytes are rest[a:b]. Tensors: `angles` (T, 36) [rad], `root_translation` (T, 3) [m], `root_rotation` (T, 4) w, x, y, z,
`positions` (T, 24, 3) [m]. `__metadata__` maps text to text: `format` = "ritual-clip/1", `fps`, `name`, `skeleton`
(JSON of `Skeleton.to_dict()`) and `meta` (JSON). The same clip gives the same bytes.

Source: the layout is that of https://github.com/huggingface/safetensors.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from ritual.body.skeleton import SKELETON
from ritual.clip.clip import MotionClip
from ritual.errors import BadMotion

FORMAT = "ritual-clip/1"
_ARRAYS = ("angles", "root_translation", "root_rotation", "positions")


def to_bytes(clip: MotionClip) -> bytes:
    """The clip as `ritual-clip/1`."""
    metadata = {
        "format": FORMAT,
        "fps": repr(float(clip.fps)),
        "name": clip.name,
        "skeleton": json.dumps(SKELETON.to_dict(), sort_keys=True),
        "meta": json.dumps(clip.meta, ensure_ascii=False, sort_keys=True),
    }
    arrays = {name: np.ascontiguousarray(getattr(clip, name), np.float32) for name in _ARRAYS}
    return _sorted_header(save(arrays, metadata))


def _sorted_header(data: bytes) -> bytes:
    """The package writes metadata in the order of a hash map, which differs from run to run."""
    header, body = _split(data)
    text = json.dumps(header, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + body


def _split(data: bytes) -> tuple[dict, bytes]:
    (length,) = struct.unpack_from("<Q", data)
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def from_bytes(data: bytes, where: str = "the data") -> MotionClip:
    """Read `ritual-clip/1`; `where` is what error messages call it.

    Raises:
        BadMotion: it is no safetensors file, no clip, of another version, or of another skeleton.
    """
    try:
        arrays = load(data)
        metadata = _split(data)[0].get("__metadata__", {})
    except (SafetensorError, ValueError, struct.error, KeyError):
        raise BadMotion(f"{where} is not a safetensors file, or is cut off.") from None
    if metadata.get("format") != FORMAT:
        raise BadMotion(
            f"{where} is not a motion clip: its format is {metadata.get('format', 'not given')!r}, not {FORMAT!r}."
        )
    missing = [name for name in _ARRAYS if name not in arrays]
    if missing:
        raise BadMotion(f"{where} lacks {', '.join(missing)}; it holds {', '.join(sorted(arrays))}.")
    try:
        skeleton = json.loads(metadata["skeleton"])
        meta = json.loads(metadata.get("meta", "{}"))
        fps = float(metadata["fps"])
    except (ValueError, KeyError) as error:
        raise BadMotion(f"{where}: the metadata is incomplete or damaged ({error}).") from None
    if skeleton != SKELETON.to_dict():
        raise BadMotion(f"{where} was made for another version of the body.", hint="Export it anew, or as BVH.")
    if not isinstance(meta, dict):
        raise BadMotion(f"{where}: meta is no JSON object.")
    return MotionClip(
        **{name: arrays[name].astype(np.float64) for name in _ARRAYS},
        fps=fps, name=metadata.get("name", "clip"), meta=meta,
    )  # fmt: skip


def read(path: Path | str) -> MotionClip:
    """Read a `.safetensors` clip."""
    return from_bytes(Path(path).read_bytes(), str(path))
