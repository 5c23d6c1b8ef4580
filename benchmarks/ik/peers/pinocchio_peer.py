"""pinocchio: damped least squares in a Python loop on its kinematics, angles clamped to the limits after each step.

The usual use of pinocchio for this: it gives kinematics and Jacobians in C++, the loop is the user's.
"""

from __future__ import annotations

import numpy as np
import pinocchio

from benchmarks.ik.peers.peer import Body, farthest

DAMPING = 1e-4  # [m^2], on the diagonal of J^T J


class Peer:
    PACKAGES = ("pin",)

    def __init__(self, body: Body) -> None:
        self.model = pinocchio.buildModelFromUrdf(str(body.urdf))
        self.data = self.model.createData()
        joints = [self.model.getJointId(name) for name in body.angles]
        self.slots = np.array([self.model.joints[j].idx_q for j in joints])
        self.lower, self.upper = self.model.lowerPositionLimit, self.model.upperPositionLimit
        self.frames = [self.model.getFrameId(name) for name in body.joints]
        self.below = np.zeros((len(self.frames), 1, self.model.nv))
        for row, frame in enumerate(self.frames):
            for j in list(self.model.supports[self.model.frames[frame].parentJoint])[1:]:
                self.below[row, 0, self.model.joints[j].idx_v] = 1.0

    def positions(self, angles: np.ndarray) -> np.ndarray:
        q = np.empty(self.model.nq)
        q[self.slots] = angles
        pinocchio.framesForwardKinematics(self.model, self.data, q)
        return self._positions()

    def solve(self, targets: np.ndarray, start: np.ndarray, tolerance: float, limit: int) -> tuple[np.ndarray, int]:
        q = np.empty(self.model.nq)
        q[self.slots] = start
        for iteration in range(limit + 1):
            pinocchio.framesForwardKinematics(self.model, self.data, q)
            positions = self._positions()
            if iteration == limit or farthest(positions, targets) <= tolerance:
                return q[self.slots], iteration
            pinocchio.computeJointJacobians(self.model, self.data)
            jacobian = self._jacobian(positions)
            normal = jacobian.T @ jacobian
            normal.flat[:: len(q) + 1] += DAMPING
            step = np.linalg.solve(normal, jacobian.T @ (targets - positions).ravel())
            q = np.minimum(np.maximum(q + step, self.lower), self.upper)
        raise AssertionError

    def _positions(self) -> np.ndarray:
        placed = self.data.oMf
        return np.array([placed[f].translation for f in self.frames])

    def _jacobian(self, points: np.ndarray) -> np.ndarray:
        """(72, 36): the joints' world twists (v, w) at each point, v + w x p, for the joints above it."""
        (vx, vy, vz, wx, wy, wz), (x, y, z) = self.data.J, points.T[:, :, None]
        columns = np.stack((vx + wy * z - wz * y, vy + wz * x - wx * z, vz + wx * y - wy * x), 1)
        return (columns * self.below).reshape(-1, self.model.nv)
