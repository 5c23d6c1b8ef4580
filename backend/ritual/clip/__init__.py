"""Motion files: one clip, many formats."""

from ritual.clip.clip import MotionClip
from ritual.clip.files import read, write

__all__ = ["MotionClip", "read", "write"]
