"""mink: a quadratic programme per iteration (daqp), frame tasks and configuration limits, on MuJoCo."""

from __future__ import annotations

import mink
import mujoco
import numpy as np

from benchmarks.ik.peers.peer import Body, farthest

DAMPING = 1e-5


class Peer:
    PACKAGES = ("mink", "mujoco", "daqp", "qpsolvers")

    def __init__(self, body: Body) -> None:
        self.model = mujoco.MjModel.from_xml_path(str(body.mjcf))
        self.configuration = mink.Configuration(self.model)
        self.bodies = np.array([self.model.body(name).id for name in body.joints])
        self.slots = np.array([self.model.joint(name).qposadr[0] for name in body.angles])
        self.lower, self.upper = self.model.jnt_range.T
        self.limits = [mink.ConfigurationLimit(self.model, gain=1.0)]
        self.tasks = [mink.FrameTask(name, "body", position_cost=1.0, orientation_cost=0.0) for name in body.joints[1:]]

    def positions(self, angles: np.ndarray) -> np.ndarray:
        self._put(angles)
        return self.configuration.data.xpos[self.bodies].copy()

    def solve(self, targets: np.ndarray, start: np.ndarray, tolerance: float, limit: int) -> tuple[np.ndarray, int]:
        self._put(start)
        for task, target in zip(self.tasks, targets[1:], strict=True):
            task.set_target(mink.SE3.from_translation(target))
        for iteration in range(limit + 1):
            if iteration == limit or farthest(self.configuration.data.xpos[self.bodies], targets) <= tolerance:
                break
            try:
                velocity = mink.solve_ik(
                    self.configuration, self.tasks, 1.0, "daqp", damping=DAMPING, limits=self.limits
                )
            except mink.NoSolutionFound:
                break
            self._update(self.configuration.integrate(velocity, 1.0))
        return self.configuration.q[self.slots], iteration

    def _put(self, angles: np.ndarray) -> None:
        q = np.empty(self.model.nq)
        q[self.slots] = angles
        self._update(q)

    def _update(self, q: np.ndarray) -> None:
        self.configuration.update(np.minimum(np.maximum(q, self.lower), self.upper))  # rounding past a limit warns
