"""OpenCV, where it is installed; and pictures as it takes them."""

from __future__ import annotations

from importlib.util import find_spec
from types import ModuleType

import numpy as np
from torch import Tensor

from ritual.errors import RitualError
from ritual.imagery.metrics.pixels import grey


def opencv() -> ModuleType:
    """Raises: RitualError: it is not installed; names the extra."""
    try:
        import cv2
    except ImportError as error:
        raise RitualError("Edges and lines are found by OpenCV, which is not installed.",
                          hint="Install the extra `imagery`.") from error  # fmt: skip
    return cv2


def has_opencv() -> bool:
    return find_spec("cv2") is not None


def greys(x: Tensor) -> list[np.ndarray]:
    """(N, 3, H, W) in -1..1 -> N of (H, W) uint8."""
    return list(grey(x).round().byte()[:, 0].cpu().numpy())
