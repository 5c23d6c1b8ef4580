"""What every peer offers, so that one loop can run them all. Runs in the peers' environment: no import of ours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np


@dataclass(frozen=True, eq=False)
class Body:
    """The exported body.

    Attributes:
        urdf, mjcf: files; their links, bodies and joints have our names.
        joints: 24 names; angles: 36 names, both in our order.
        lower, upper: (36,) limits [rad].
    """

    urdf: Path
    mjcf: Path
    joints: list[str]
    angles: list[str]
    lower: np.ndarray
    upper: np.ndarray


class Peer(Protocol):
    """One library's solver with its root fixed and the box limits on."""

    def __init__(self, body: Body) -> None: ...

    def positions(self, angles: np.ndarray) -> np.ndarray:
        """(36,) -> (24, 3) the library's own forward kinematics [m]."""

    def solve(
        self, targets: np.ndarray, start: np.ndarray, tolerance: float, limit: int
    ) -> tuple[np.ndarray, int]:
        """Angles for (24, 3) targets from (36,) `start`, and the iterations that it took.

        Stops as soon as no joint is further than `tolerance` [m] from its target, or after `limit` iterations.
        A peer with `BATCH = True` takes and gives a leading axis, and (N,) iterations.
        """


def farthest(positions: np.ndarray, targets: np.ndarray) -> float:
    """Largest distance of a joint from its target [m]; (24, 3) both."""
    return float(np.sqrt(((positions - targets) ** 2).sum(-1).max()))
