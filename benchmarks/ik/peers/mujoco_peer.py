"""mujoco.minimize: MuJoCo's own box-constrained Levenberg-Marquardt on its kinematics.

It has no tolerance on the targets, so its callback stops it when they are reached.
"""

from __future__ import annotations

import mujoco
import numpy as np
from mujoco import minimize

from benchmarks.ik.peers.peer import Body


class _Reached(Exception):
    pass


class Peer:
    PACKAGES = ("mujoco",)

    def __init__(self, body: Body) -> None:
        self.model = mujoco.MjModel.from_xml_path(str(body.mjcf))
        self.data = mujoco.MjData(self.model)
        self.bodies = np.array([self.model.body(name).id for name in body.joints])
        self.slots = np.array([self.model.joint(name).qposadr[0] for name in body.angles])
        self.bounds = [np.empty(self.model.nq), np.empty(self.model.nq)]
        self.bounds[0][self.slots], self.bounds[1][self.slots] = body.lower, body.upper
        self.jacobian = np.zeros((len(body.joints), 3, self.model.nv))

    def positions(self, angles: np.ndarray) -> np.ndarray:
        q = np.empty(self.model.nq)
        q[self.slots] = angles
        return self._place(q).copy()

    def solve(self, targets: np.ndarray, start: np.ndarray, tolerance: float, limit: int) -> tuple[np.ndarray, int]:
        begin = np.empty(self.model.nq)
        begin[self.slots] = start
        reached = {"iterations": 0, "angles": begin}

        def residual(x: np.ndarray) -> np.ndarray:
            return np.stack([(self._place(column) - targets).ravel() for column in x.T], 1)

        def jacobian(x: np.ndarray, error: np.ndarray) -> np.ndarray:
            # called at each accepted point with its residual, before a step is made: the place to stop
            reached["angles"] = x[:, 0]
            if (error.reshape(-1, 3) ** 2).sum(-1).max() <= tolerance**2:
                raise _Reached
            reached["iterations"] += 1
            self._place(x[:, 0])
            mujoco.mj_comPos(self.model, self.data)
            for row, body in enumerate(self.bodies):
                mujoco.mj_jacBody(self.model, self.data, self.jacobian[row], None, body)
            return self.jacobian.reshape(-1, self.model.nv)

        try:
            found, _ = minimize.least_squares(
                begin, residual, self.bounds, jacobian, max_iter=limit, verbose=minimize.Verbosity.SILENT
            )
        except _Reached:
            found = reached["angles"]
        return found[self.slots], reached["iterations"]

    def _place(self, q: np.ndarray) -> np.ndarray:
        self.data.qpos[:] = q
        mujoco.mj_kinematics(self.model, self.data)
        return self.data.xpos[self.bodies]
