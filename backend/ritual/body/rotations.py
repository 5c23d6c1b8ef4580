"""Small rotation helpers in numpy, for motion files and retargeting."""

from __future__ import annotations

import numpy as np


def axis_rotation(axis: int, angles: np.ndarray) -> np.ndarray:
    """(T, 3, 3) right-hand turns by (T,) `angles` [rad] about coordinate axis 0, 1 or 2."""
    out = np.zeros((len(angles), 3, 3))
    i, k = (axis + 1) % 3, (axis + 2) % 3
    c, s = np.cos(angles), np.sin(angles)
    out[:, axis, axis] = 1
    out[:, i, i], out[:, k, k], out[:, i, k], out[:, k, i] = c, c, -s, s
    return out


def about_z(yaw: float) -> np.ndarray:
    """(3, 3) turn by `yaw` [rad] about the vertical."""
    return axis_rotation(2, np.array([yaw]))[0]


def swing(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(..., 3, 3) least rotations that turn unit vectors `a` onto `b`; some half turn where they are opposite."""
    a, b = np.broadcast_arrays(a, b)
    v, c = np.cross(a, b), (a * b).sum(-1)[..., None, None]
    k = np.zeros((*v.shape[:-1], 3, 3))
    k[..., 0, 1], k[..., 0, 2], k[..., 1, 2] = -v[..., 2], v[..., 1], -v[..., 0]
    k[..., 1, 0], k[..., 2, 0], k[..., 2, 1] = v[..., 2], -v[..., 1], v[..., 0]
    least = np.eye(3) + k + k @ k / np.maximum(1 + c, 1e-9)
    across = np.cross(a, np.eye(3)[np.abs(a).argmin(-1)])
    across /= np.linalg.norm(across, axis=-1, keepdims=True)
    half = 2 * across[..., :, None] * across[..., None, :] - np.eye(3)
    return np.where(c < -1 + 1e-9, half, least)


def continuous(quaternions: np.ndarray) -> np.ndarray:
    """(T, ..., 4) the same rotations, each in the hemisphere of the one before, the first with w >= 0."""
    flips = np.empty(quaternions.shape[:-1], bool)
    flips[0] = quaternions[0, ..., 0] < 0
    flips[1:] = (quaternions[1:] * quaternions[:-1]).sum(-1) < 0
    return quaternions * (1.0 - 2.0 * (flips.cumsum(0) % 2))[..., None]


def slerp(a: np.ndarray, b: np.ndarray, share: np.ndarray) -> np.ndarray:
    """(..., 4) shortest way from unit quaternions `a` to `b`; `share` (...) from 0 to 1."""
    dot = (a * b).sum(-1, keepdims=True)
    b, dot = np.where(dot < 0, -b, b), np.clip(np.abs(dot), 0, 1)
    angle, share = np.arccos(dot), share[..., None]
    near = angle < 1e-6
    sine = np.where(near, 1.0, np.sin(angle))
    first = np.where(near, 1 - share, np.sin((1 - share) * angle) / sine)
    second = np.where(near, share, np.sin(share * angle) / sine)
    out = first * a + second * b
    return out / np.linalg.norm(out, axis=-1, keepdims=True)


def quaternion_matrix(q: np.ndarray) -> np.ndarray:
    """(..., 4) w, x, y, z, normalised here -> (..., 3, 3)."""
    w, x, y, z = np.moveaxis(q / np.linalg.norm(q, axis=-1, keepdims=True), -1, 0)
    rows = (
        1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
        2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
        2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
    )  # fmt: skip
    return np.stack(rows, -1).reshape(*q.shape[:-1], 3, 3)
