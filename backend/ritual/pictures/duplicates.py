"""Pictures that are nearly the same: by their bytes, and by a perceptual hash."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from PIL import Image
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from ritual.pictures.reading import Picture

BITS = 2 * 16 * 16
NEAR = 70
"""So many of the `BITS` bits may differ between two copies of one picture: saved again, resized, faded. Different
motifs of one kind differ in 90 and more (docs/decisions/0026-near-duplicates.md)."""
_BLOCK = 2048


def perceptual_hash(picture: Picture) -> np.ndarray:
    """(BITS,) bool: whether the picture, small and grey on white, grows lighter to the right, and downwards."""
    grey = picture.on() @ np.array([0.299, 0.587, 0.114], np.float32)
    small = np.asarray(Image.fromarray(grey).resize((17, 17), Image.Resampling.BOX))
    return np.concatenate([(np.diff(small[:16], axis=1) > 0).ravel(), (np.diff(small[:, :16], axis=0) > 0).ravel()])


def byte_hash(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def same_family(hashes: np.ndarray, digests: Sequence[str] = ()) -> np.ndarray:
    """(N,) int: pictures with one number are copies of each other, or copies of copies.

    Args:
        hashes: (N, BITS) bool.
        digests: `byte_hash` of each; equal ones are copies whatever they look like.
    """
    signs = np.where(hashes, 1, -1).astype(np.float32)
    pairs: list[np.ndarray] = []
    for begin in range(0, len(signs), _BLOCK):
        apart = (BITS - signs[begin : begin + _BLOCK] @ signs.T) / 2
        pairs.append(np.argwhere(apart <= NEAR) + np.array([begin, 0]))
    if len(digests):
        _, at = np.unique(np.asarray(digests), return_inverse=True)
        first = np.array([np.flatnonzero(at == k)[0] for k in range(at.max() + 1)])
        pairs.append(np.stack([np.arange(len(at)), first[at]], axis=1))
    rows, columns = np.concatenate(pairs).T if pairs else (np.zeros(0, int), np.zeros(0, int))
    links = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(signs), len(signs)))
    return connected_components(links, directed=False)[1]
