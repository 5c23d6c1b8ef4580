"""Retargeted arrays kept on disk under the content of the file they came from."""

from __future__ import annotations

import hashlib
import os
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from ritual.files import write_bytes

CACHE_VERSION = "5"
_KEYS = ("states", "heading", "fps", "beats")
Arrays = dict[str, np.ndarray]


@dataclass
class Cache:
    """A folder of arrays; delete it after a change of the retargeter.

    Attributes:
        folder: where they lie, made when first written to; None keeps nothing.
    """

    folder: Path | None
    _damaged: list[str] = field(default_factory=list)

    def key(self, path: Path) -> str:
        """What the arrays of a file are kept under: its bytes, and what kind of file its suffix says it is."""
        if self.folder is None or not os.access(path, os.R_OK):
            return ""
        return hashlib.sha256(f"{CACHE_VERSION}{path.suffix.lower()}".encode() + path.read_bytes()).hexdigest()[:24]

    def holds(self, key: str) -> bool:
        """Whether there is a file of arrays under a key, sound or not."""
        path = self._path(key)
        return path is not None and path.exists()

    def get(self, key: str) -> Arrays | None:
        """The arrays, or None if they are not there or damaged; the first damaged file is warned of."""
        path = self._path(key)
        if path is None or not path.exists():
            return None
        try:
            arrays = load(path.read_bytes())
            if _sound(arrays):
                return arrays
        except (SafetensorError, OSError, ValueError, KeyError):
            pass
        if not self._damaged:
            warnings.warn(f"{path} is damaged; what it held is read anew, as is any other such file.", stacklevel=2)
        self._damaged.append(key)
        return None

    def put(self, key: str, arrays: Arrays) -> None:
        """Keep arrays."""
        path = self._path(key)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(path, save({name: np.ascontiguousarray(arrays[name]) for name in _KEYS}))

    def _path(self, key: str) -> Path | None:
        return None if self.folder is None or not key else self.folder / f"{key}.safetensors"


def _sound(arrays: Arrays) -> bool:
    frames = len(arrays["states"])
    return (
        set(arrays) == set(_KEYS)
        and arrays["heading"].shape == (frames,)
        and arrays["fps"].shape == (1,)
        and all(np.isfinite(array).all() for array in arrays.values())
    )
