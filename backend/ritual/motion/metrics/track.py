"""Position tracks as every measure takes them: checked, mirrored, and at the frame rate of its definition."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

import numpy as np
from scipy.interpolate import CubicSpline

from ritual.body.skeleton import JOINTS
from ritual.errors import BadInput, RitualError

_MIRROR = [JOINTS.index({"left": "right", "right": "left"}.get(side, side) + rest) if rest else JOINTS.index(side)
           for side, rest in ((n.split("_")[0], n[len(n.split("_")[0]):]) for n in JOINTS)]  # fmt: skip


def extra(module: str, name: str = "evaluate") -> ModuleType:
    """A module that comes with an extra of this package.

    Raises:
        RitualError: it is not installed; names the extra.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise RitualError(
            f"'{module.split('.')[0]}' is not installed; measuring motion needs it.",
            hint=f"pip install 'ritual-motion[{name}]'",
            code="missing_extra",
        ) from error


def checked(positions: np.ndarray, fps: float, least: int = 2) -> np.ndarray:
    """(T, 24, 3) float64 of at least `least` frames.

    Raises:
        BadInput: another shape, too short, a value that is not a number, or no frame rate.
    """
    track = np.asarray(positions, float)
    if track.ndim != 3 or track.shape[1:] != (len(JOINTS), 3):
        raise BadInput(f"A motion has shape {track.shape}; measures take (frames, {len(JOINTS)}, 3).")
    if len(track) < least:
        raise BadInput(f"A motion of {len(track)} frames is too short to be measured; at least {least} are needed.")
    if not np.isfinite(track).all():
        raise BadInput(f"Frame {int(np.argwhere(~np.isfinite(track))[0][0])} holds a value that is not a number.")
    if not (np.isfinite(fps) and fps > 0):
        raise BadInput(f"{fps} frames per second is no frame rate.")
    return track


def at_rate(positions: np.ndarray, fps: float, rate: float, least: int = 2) -> np.ndarray:
    """The same motion at another frame rate, through a cubic spline; at its own rate it comes back as it is.

    Args:
        positions: (T, 24, 3) [m]. fps: its frames per second.
        rate: wanted.
        least: frames that the result must have.

    Returns:
        (floor((T - 1) rate / fps) + 1, 24, 3): from the first frame on, never beyond the last.

    Raises:
        BadInput: as `checked`, before or after.
    """
    track = checked(positions, fps)
    if abs(fps - rate) > 1e-9:
        frames = int(np.floor((len(track) - 1) * rate / fps + 1e-9)) + 1
        track = CubicSpline(np.arange(len(track)) / fps, track)(np.arange(frames) / rate)
    return checked(track, rate, least)


def mirrored(positions: np.ndarray) -> np.ndarray:
    """(..., 24, 3) the motion in a mirror: x changes sign, left and right change places."""
    return (np.asarray(positions, float) * (-1.0, 1.0, 1.0))[..., _MIRROR, :]


def bare(positions: np.ndarray) -> np.ndarray:
    """(T, 24, 3) with the pelvis over the origin in every frame: what is left is how the limbs move."""
    out = np.array(positions, float)
    out[..., :2] -= out[..., :1, :2]
    return out
