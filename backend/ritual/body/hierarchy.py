"""A motion on somebody else's skeleton: named joints, rest offsets, rotations relative to that rest."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, eq=False)
class HierarchyMotion:
    """T frames of J named joints, in the file's own units and axes; parents come before children.

    Attributes:
        names: joint names as the file gives them.
        parents: index of each joint's parent; -1 for the root.
        offsets: (J, 3) rest offset from the parent, along the axes of the file's world.
        rotations: (T, J, 3, 3) rotation in the parent's frame; all identity = the rest pose.
        root: (T, 3) world position of joint 0.
        fps: frames per second.
        name: shown to people.
        ends: joint -> offset of its End Site, where the file has one.
        stands: whether the rest pose is known to stand along the world's up, soles flat; else both are judged by the
            motion, which would raise a body that lies all clip long.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: np.ndarray
    rotations: np.ndarray
    root: np.ndarray
    fps: float
    name: str = "clip"
    ends: dict[int, tuple[float, float, float]] = field(default_factory=dict)
    stands: bool = False

    @property
    def frames(self) -> int:
        return len(self.rotations)

    def rest(self) -> np.ndarray:
        """(J, 3) joint positions of the rest pose, root at the origin."""
        out = np.zeros_like(self.offsets)
        for j, parent in enumerate(self.parents):
            if parent >= 0:
                out[j] = out[parent] + self.offsets[j]
        return out

    def world(self) -> tuple[np.ndarray, np.ndarray]:
        """World rotations (T, J, 3, 3) relative to the rest pose and positions (T, J, 3)."""
        rotations = np.empty_like(self.rotations)
        positions = np.empty((*self.rotations.shape[:2], 3))
        for j, parent in enumerate(self.parents):
            if parent < 0:
                rotations[:, j], positions[:, j] = self.rotations[:, j], self.root
                continue
            rotations[:, j] = rotations[:, parent] @ self.rotations[:, j]
            positions[:, j] = positions[:, parent] + rotations[:, parent] @ self.offsets[j]
        return rotations, positions
