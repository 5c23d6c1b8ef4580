"""The container of glTF 2.0: chunks, buffers, accessors. No library: what is needed of it is a header and two chunks,
and a damaged file must give one clear sentence, which general libraries leave to the caller.

Source: glTF 2.0 specification (Khronos), §3.6 (accessors), §4.4 (GLB).
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ritual.errors import BadMotion

_MAGIC, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942
_DTYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_CODES = {np.dtype(d): code for code, d in _DTYPES.items()}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


@dataclass
class Builder:
    """Collects arrays into one buffer and describes them as accessors."""

    data: bytearray = field(default_factory=bytearray)
    views: list[dict] = field(default_factory=list)
    accessors: list[dict] = field(default_factory=list)

    def add(self, array: np.ndarray, kind: str, *, bounds: bool = False, target: int | None = None) -> int:
        """Store an array as an accessor of `kind` (SCALAR, VEC3, ...); returns its index."""
        array = np.ascontiguousarray(array)
        self.data += b"\0" * (-len(self.data) % 4)
        view = {"buffer": 0, "byteOffset": len(self.data), "byteLength": array.nbytes}
        self.views.append(view | ({"target": target} if target else {}))
        self.data += array.tobytes()
        count = array.size // _WIDTHS[kind]
        code = _CODES[array.dtype]
        accessor = {"bufferView": len(self.views) - 1, "componentType": code, "count": count, "type": kind}
        if bounds:
            rows = array.reshape(count, -1)
            accessor |= {"min": rows.min(0).tolist(), "max": rows.max(0).tolist()}
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def to_bytes(self, document: dict) -> bytes:
        """The GLB file of a document whose accessors are this builder's."""
        document = document | {
            "bufferViews": self.views, "accessors": self.accessors, "buffers": [{"byteLength": len(self.data)}],
        }  # fmt: skip
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        data = bytes(self.data) + b"\0" * (-len(self.data) % 4)
        body = struct.pack("<II", len(text), _JSON) + text + struct.pack("<II", len(data), _BIN) + data
        return struct.pack("<III", _MAGIC, 2, 12 + len(body)) + body


@dataclass(frozen=True)
class Document:
    """A parsed file: its JSON and its buffers."""

    json: dict
    buffers: list[bytes]
    where: str

    def array(self, index: int) -> np.ndarray:
        """(count, width) float64 values of an accessor; normalised integers become fractions."""
        try:
            accessor = self.json["accessors"][index]
            if "sparse" in accessor or "bufferView" not in accessor:
                raise BadMotion(f"{self.where}: accessor {index} is sparse, which this reader does not know.")
            view = self.json["bufferViews"][accessor["bufferView"]]
            dtype, width = np.dtype(_DTYPES[accessor["componentType"]]), _WIDTHS[accessor["type"]]
            start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
            stride = view.get("byteStride", dtype.itemsize * width)
            raw = np.ndarray(
                (accessor["count"], width), dtype, self.buffers[view["buffer"]], start, (stride, dtype.itemsize)
            )
        except (KeyError, IndexError, TypeError, ValueError):
            raise BadMotion(f"{self.where}: accessor {index} points at data that is not there.") from None
        values = raw.astype(np.float64)
        if accessor.get("normalized"):
            values = np.maximum(values / np.iinfo(dtype).max, -1.0)
        if not np.isfinite(values).all():
            raise BadMotion(f"{self.where}: accessor {index} holds a value that is not a number.")
        return values


def load(path: Path | str) -> Document:
    """Read a .glb or .gltf file.

    Raises:
        BadMotion: it is no glTF 2.0, is cut off, or a buffer is missing.
    """
    path = Path(path)
    data = path.read_bytes()
    binary = None
    if path.suffix.lower() == ".glb":
        text, binary = _chunks(data, str(path))
    else:
        text = data
    try:
        document = json.loads(text.decode("utf-8-sig"))
        version = str(document["asset"]["version"])
        uris = [buffer.get("uri") for buffer in document.get("buffers", [])]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadMotion(f"{path} is not a glTF file: its JSON is damaged or has no asset version.") from None
    if not version.startswith("2"):
        raise BadMotion(f"{path} is glTF {version}; only version 2 can be read.")
    return Document(document, [_buffer(uri, binary, path) for uri in uris], str(path))


def _chunks(data: bytes, where: str) -> tuple[bytes, bytes | None]:
    if len(data) < 20 or struct.unpack_from("<I", data)[0] != _MAGIC:
        raise BadMotion(f"{where} is not a GLB file: it does not begin with 'glTF'.")
    length, size, kind = struct.unpack_from("<III", data, 8)
    if length > len(data) or 20 + size > len(data) or kind != _JSON:
        raise BadMotion(f"{where} is cut off: {len(data)} bytes of {length} are there.")
    text, rest = data[20 : 20 + size], data[20 + size : length]
    if len(rest) < 8:
        return text, None
    size, kind = struct.unpack_from("<II", rest)
    return text, rest[8 : 8 + size] if kind == _BIN else None


def _buffer(uri: str | None, binary: bytes | None, path: Path) -> bytes:
    if uri is None and binary is not None:
        return binary
    try:
        if uri is not None and uri.startswith("data:"):
            return base64.b64decode(uri.split(",", 1)[1])
        near = path.parent / (uri or "")
        if uri is not None and near.resolve().parent == path.parent.resolve():
            return near.read_bytes()
    except (OSError, IndexError, binascii.Error):
        pass
    raise BadMotion(f"{path}: a buffer is missing or lies outside the file's own folder.")
