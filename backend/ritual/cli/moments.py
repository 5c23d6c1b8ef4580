"""Moments and poses as they are written on a command line: `62` is a frame, `2.5s` are seconds, `CLIP@62` is a pose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ritual.errors import BadInput

if TYPE_CHECKING:
    from ritual.motion.key_poses import KeyPose


def frame_of(text: str, fps: float) -> int:
    """The frame that a moment names, the nearest where it is in seconds.

    Raises:
        BadInput: it is neither a frame nor seconds.
    """
    written = text.strip()
    try:
        return round(float(written[:-1]) * fps) if written.endswith("s") else int(written)
    except (ValueError, OverflowError):
        raise BadInput(f"'{text}' is no moment.", hint="Write a frame, such as 62, or seconds, such as 2.5s.") from None


def key_pose(text: str, frame: int) -> KeyPose:
    """The pose of `CLIP@MOMENT` for a frame of the clip that is to be made.

    Raises:
        BadInput: it is not written so, or the motion has no such frame.
        BadMotion: the file cannot be read.
    """
    from ritual import clip as clips
    from ritual.motion.key_poses import KeyPose

    path, sign, moment = text.rpartition("@")
    if not sign or not path:
        raise BadInput(f"'{text}' is not CLIP@FRAME.", hint="Write for example stand.npz@0 or dance.bvh@1.5s.")
    clip = clips.read(Path(path))
    return KeyPose.of_clip(clip, frame_of(moment, clip.fps), frame)


def timed_key(text: str, fps: float) -> KeyPose:
    """The pose of `CLIP@MOMENT=WHEN`, when counted in the clip that is to be made.

    Raises:
        BadInput, BadMotion: as `key_pose`.
    """
    pose, sign, when = text.rpartition("=")
    if not sign:
        raise BadInput(f"'--key {text}' is not CLIP@FRAME=WHEN.", hint="Write for example --key bow.npz@40=2s.")
    return key_pose(pose, frame_of(when, fps))
