"""placo: a quadratic programme per iteration in C++ (eiquadprog), joint limits as its constraints."""

from __future__ import annotations

import numpy as np
import placo

from benchmarks.ik.peers.peer import Body, farthest

REGULARIZATION = 1e-5  # weight of small steps; keeps the programme definite where positions tell nothing


class Peer:
    PACKAGES = ("placo",)

    def __init__(self, body: Body) -> None:
        self.robot = placo.RobotWrapper(str(body.urdf), placo.Flags.ignore_collisions)
        self.solver = placo.KinematicsSolver(self.robot)
        self.solver.mask_fbase(True)
        self.solver.enable_joint_limits(True)
        self.solver.add_regularization_task(REGULARIZATION)
        self.moving = body.joints[1:]
        self.tasks = []
        for name in self.moving:
            task = self.solver.add_position_task(name, np.zeros(3))
            task.configure(name, "soft", 1.0)
            self.tasks.append(task)
        self.slots = np.array([self.robot.get_joint_offset(name) for name in body.angles])

    def positions(self, angles: np.ndarray) -> np.ndarray:
        self._put(angles)
        return self._positions()

    def solve(self, targets: np.ndarray, start: np.ndarray, tolerance: float, limit: int) -> tuple[np.ndarray, int]:
        self._put(start)
        for task, target in zip(self.tasks, targets[1:], strict=True):
            task.target_world = target
        for iteration in range(limit):
            if farthest(self._positions(), targets) <= tolerance:
                return self._angles(), iteration
            try:
                self.solver.solve(True)
            except RuntimeError:  # the programme is infeasible or the solver gave up: what it had stands
                return self._angles(), iteration
            self.robot.update_kinematics()
        return self._angles(), limit

    def _put(self, angles: np.ndarray) -> None:
        q = self.robot.state.q.copy()
        q[self.slots] = angles
        self.robot.state.q = q
        self.robot.update_kinematics()

    def _angles(self) -> np.ndarray:
        return self.robot.state.q[self.slots]

    def _positions(self) -> np.ndarray:
        frames = [self.robot.get_T_world_frame(name)[:3, 3] for name in self.moving]
        return np.array([np.zeros(3), *frames])
