"""Reads a `ritual-clip/1` file (safetensors layout) with the standard library alone.

Layout: 8 bytes little-endian header length, a JSON header, raw little-endian float32 data. Tensors `angles`
(T, 36), `root_translation` (T, 3), `root_rotation` (T, 4), `positions` (T, 24, 3); facts in `__metadata__`.
Nothing here executes what it reads, and every length is checked before it is believed.
"""

from __future__ import annotations

import json
import math
import struct
import sys
from array import array
from dataclasses import dataclass
from pathlib import Path

FORMAT = "ritual-clip/1"
_MAX_HEADER = 64 * 1024 * 1024


@dataclass(frozen=True)
class Clip:
    """One dancer's motion over `frames` frames; arrays are flat, frames first.

    Attributes:
        name: shown to people.
        fps: frames per second.
        frames: number of frames T.
        skeleton: `joints` (name, parent, offset [m]) and `angles` (name, joint, axis, limits).
        meta: facts that travel with the clip (dance, costume, report ...).
        angles: T x 36 [rad].
        root_translation: T x 3, world position of the pelvis [m].
        root_rotation: T x 4, world quaternion w, x, y, z of the pelvis.
        positions: T x 24 x 3, world joint positions [m].
    """

    name: str
    fps: float
    frames: int
    skeleton: dict
    meta: dict
    angles: array
    root_translation: array
    root_rotation: array
    positions: array

    def position(self, frame: int, joint: int) -> tuple[float, float, float]:
        """World position [m] of one joint in one frame (0-based)."""
        start = 3 * (frame * len(self.skeleton["joints"]) + joint)
        return tuple(self.positions[start : start + 3])


def read(path: str | Path) -> Clip:
    """The clip in a file.

    Raises:
        ValueError: the file is missing, cut short, or no clip; one sentence that names the file.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read: {error.strerror}.") from error
    return parse(data, path.name)


def parse(data: bytes, source: str = "The clip") -> Clip:
    """The clip in bytes; `source` names them in messages.

    Raises:
        ValueError: what is wrong with them, in one sentence.
    """
    header, body = _split(data, source)
    facts = header.get("__metadata__")
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise ValueError(f"{source} is not a motion clip of the format {FORMAT}.")
    skeleton = _json_fact(facts, "skeleton", source)
    joints, angles = skeleton.get("joints"), skeleton.get("angles")
    if not isinstance(joints, list) or not isinstance(angles, list) or not joints or not angles:
        raise ValueError(f"{source} names no joints or no angles in its skeleton.")
    frames = _frames(header, source)
    shapes = {
        "angles": [frames, len(angles)],
        "root_translation": [frames, 3],
        "root_rotation": [frames, 4],
        "positions": [frames, len(joints), 3],
    }
    tensors = {name: _tensor(header, body, name, shape, source) for name, shape in shapes.items()}
    return Clip(
        name=str(facts.get("name") or Path(source).stem),
        fps=_fps(facts, source),
        frames=frames,
        skeleton=skeleton,
        meta=_json_fact(facts, "meta", source),
        **tensors,
    )


def _split(data: bytes, source: str) -> tuple[dict, memoryview]:
    if len(data) < 8:
        raise ValueError(f"{source} is cut short: {len(data)} bytes hold no header.")
    (length,) = struct.unpack_from("<Q", data)
    if length > _MAX_HEADER or 8 + length > len(data):
        raise ValueError(f"{source} is no safetensors file, or its header is cut short.")
    try:
        header = json.loads(data[8 : 8 + length].decode("utf-8"))
    except ValueError as error:
        raise ValueError(f"{source} is no safetensors file: its header is not JSON.") from error
    if not isinstance(header, dict):
        raise ValueError(f"{source} is no safetensors file: its header is no table.")
    return header, memoryview(data)[8 + length :]


def _frames(header: dict, source: str) -> int:
    entry = header.get("angles")
    shape = entry.get("shape") if isinstance(entry, dict) else None
    if not isinstance(shape, list) or len(shape) != 2 or not isinstance(shape[0], int) or shape[0] < 1:
        raise ValueError(f"{source} has no frames of angles.")
    return shape[0]


def _fps(facts: dict, source: str) -> float:
    try:
        fps = float(facts["fps"])
    except (KeyError, TypeError, ValueError):
        fps = math.nan
    if not (math.isfinite(fps) and fps > 0):
        raise ValueError(f"{source} has no valid frame rate (fps is {facts.get('fps')!r}).")
    return fps


def _json_fact(facts: dict, key: str, source: str) -> dict:
    try:
        value = json.loads(facts.get(key) or "{}")
    except (TypeError, ValueError) as error:
        raise ValueError(f"{source} holds '{key}' that is not JSON.") from error
    if not isinstance(value, dict):
        raise ValueError(f"{source} holds '{key}' that is no table.")
    return value


def _tensor(header: dict, body: memoryview, name: str, shape: list[int], source: str) -> array:
    entry = header.get(name)
    if not isinstance(entry, dict):
        raise ValueError(f"{source} has no tensor '{name}'.")
    if entry.get("dtype") != "F32" or entry.get("shape") != shape:
        raise ValueError(f"{source}: '{name}' is {entry.get('dtype')} {entry.get('shape')}; expected F32 {shape}.")
    try:
        begin, end = (int(offset) for offset in entry["data_offsets"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{source}: '{name}' does not say where its data lies.") from error
    if not 0 <= begin <= end <= len(body) or end - begin != 4 * math.prod(shape):
        raise ValueError(f"{source} is cut short: the data of '{name}' is incomplete.")
    values = array("f")
    values.frombytes(body[begin:end])
    if sys.byteorder == "big":
        values.byteswap()
    if not all(map(math.isfinite, values)):
        raise ValueError(f"{source}: '{name}' holds a value that is not a number.")
    return values
