"""pink: a quadratic programme per iteration (daqp), frame tasks and configuration limits, on pinocchio."""

from __future__ import annotations

import numpy as np
import pink
import pinocchio
from pink.limits import ConfigurationLimit
from pink.tasks import FrameTask

from benchmarks.ik.peers.peer import Body, farthest

DAMPING = 1e-5


class Peer:
    PACKAGES = ("pin-pink", "pin", "daqp", "qpsolvers")

    def __init__(self, body: Body) -> None:
        self.model = pinocchio.buildModelFromUrdf(str(body.urdf))
        self.slots = np.array([self.model.joints[self.model.getJointId(name)].idx_q for name in body.angles])
        self.frames = [self.model.getFrameId(name) for name in body.joints]
        self.lower, self.upper = self.model.lowerPositionLimit, self.model.upperPositionLimit
        self.configuration = pink.Configuration(self.model, self.model.createData(), pinocchio.neutral(self.model))
        self.limits = [ConfigurationLimit(self.model, config_limit_gain=1.0)]
        self.tasks = [FrameTask(name, position_cost=1.0, orientation_cost=0.0) for name in body.joints[1:]]

    def positions(self, angles: np.ndarray) -> np.ndarray:
        self._put(angles)
        return self._positions()

    def solve(self, targets: np.ndarray, start: np.ndarray, tolerance: float, limit: int) -> tuple[np.ndarray, int]:
        self._put(start)
        for task, target in zip(self.tasks, targets[1:], strict=True):
            task.set_target(pinocchio.SE3(np.eye(3), target))
        for iteration in range(limit + 1):
            if iteration == limit or farthest(self._positions(), targets) <= tolerance:
                break
            try:
                velocity = pink.solve_ik(
                    self.configuration, self.tasks, 1.0, solver="daqp", damping=DAMPING, limits=self.limits
                )
            except pink.exceptions.PinkError:
                break
            self._update(self.configuration.integrate(velocity, 1.0))
        return self.configuration.q[self.slots], iteration

    def _put(self, angles: np.ndarray) -> None:
        q = np.empty(self.model.nq)
        q[self.slots] = angles
        self._update(q)

    def _update(self, q: np.ndarray) -> None:
        self.configuration.update(np.minimum(np.maximum(q, self.lower), self.upper))  # rounding past a limit warns

    def _positions(self) -> np.ndarray:
        placed = self.configuration.data.oMf
        return np.array([placed[f].translation for f in self.frames])
