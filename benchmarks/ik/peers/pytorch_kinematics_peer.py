"""pytorch-kinematics: batched damped least squares on its forward kinematics, angles clamped after each step.

Its own solver knows one serial chain and its Jacobian one end, so the Jacobian of the tree is made from its
transforms. All frames of a call are solved at once, the finished ones left out of the next iteration.
"""

from __future__ import annotations

import numpy as np
import pytorch_kinematics
import torch

from benchmarks.ik.peers.peer import Body

DAMPING = 1e-4  # [m^2]
CHUNK = 512


class Peer:
    PACKAGES = ("pytorch-kinematics", "torch")
    BATCH = True

    def __init__(self, body: Body) -> None:
        torch.set_num_threads(1)
        chain = pytorch_kinematics.build_chain_from_urdf(body.urdf.read_bytes()).to(dtype=torch.float32)
        self.chain = chain
        self.limits = body.lower, body.upper  # single precision may round past them
        self.slots = [chain.get_joint_parameter_names().index(name) for name in body.angles]
        self.frames = [int(chain.get_frame_indices(name)[0]) for name in body.joints]
        holders = {chain.find_joint(name).name: frame for frame, name in _holders(chain)}
        self.hinges = [int(chain.get_frame_indices(holders[name])[0]) for name in chain.get_joint_parameter_names()]
        self.axes = torch.stack([chain.find_joint(name).axis for name in chain.get_joint_parameter_names()]).float()
        above = chain.parents_indices
        on_the_way = [set(above[f].tolist()) for f in self.frames]
        self.below = torch.tensor([[float(h in way) for h in self.hinges] for way in on_the_way])
        self.lower, self.upper = (torch.empty(36) for _ in range(2))
        self.lower[self.slots], self.upper[self.slots] = (torch.from_numpy(x).float() for x in (body.lower, body.upper))

    def positions(self, angles: np.ndarray) -> np.ndarray:
        """In double precision, for the check of the exported body."""
        self.chain.to(dtype=torch.float64)
        placed = self.chain.forward_kinematics_tensor(self._order(torch.from_numpy(angles[None])))
        out = placed[self.frames, 0, :3, 3].numpy()
        self.chain.to(dtype=torch.float32)
        return out

    def solve(
        self, targets: np.ndarray, start: np.ndarray, tolerance: float, limit: int
    ) -> tuple[np.ndarray, np.ndarray]:
        parts = [
            self._chunk(*(torch.from_numpy(x[a : a + CHUNK]).float() for x in (targets, start)), tolerance, limit)
            for a in range(0, len(targets), CHUNK)
        ]
        angles, iterations = (torch.cat(x).numpy() for x in zip(*parts, strict=True))
        return angles.astype(float).clip(*self.limits), iterations

    def _chunk(
        self, targets: torch.Tensor, start: torch.Tensor, tolerance: float, limit: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        q = self._order(start)
        iterations = torch.zeros(len(q), dtype=torch.int64)
        rows = torch.arange(len(q))
        for _ in range(limit + 1):
            placed = self.chain.forward_kinematics_tensor(q[rows])
            points = placed[self.frames, :, :3, 3].transpose(0, 1)
            error = targets[rows] - points
            far = (error**2).sum(-1).amax(-1) > tolerance**2
            if not far.any() or int(iterations.max()) == limit:
                break
            rows, error, points, placed = rows[far], error[far], points[far], placed[:, far]
            jacobian = self._jacobian(placed, points)
            normal = jacobian.mT @ jacobian + DAMPING * torch.eye(36)
            slope = jacobian.mT @ error.flatten(1)[..., None]
            step = torch.cholesky_solve(slope, torch.linalg.cholesky(normal)).squeeze(-1)
            q[rows] = torch.minimum(torch.maximum(q[rows] + step, self.lower), self.upper)
            iterations[rows] += 1
        return q[:, self.slots], iterations

    def _order(self, angles: torch.Tensor) -> torch.Tensor:
        """Our order of angles -> the chain's."""
        out = torch.empty_like(angles)
        out[:, self.slots] = angles
        return out

    def _jacobian(self, placed: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
        """(N, 72, 36) axis x (point - hinge) for every point that a hinge moves."""
        hinges = placed[self.hinges].transpose(0, 1)  # N, 36, 4, 4
        axes = (hinges[..., :3, :3] @ self.axes[..., None]).squeeze(-1)
        arms = points[:, :, None] - hinges[:, None, :, :3, 3]
        columns = torch.linalg.cross(axes[:, None].expand_as(arms), arms) * self.below[..., None]
        return columns.transpose(-1, -2).flatten(1, 2)


def _holders(chain: pytorch_kinematics.Chain) -> list[tuple[str, str]]:
    """(frame, joint that moves it) of every frame."""
    return [(name, chain.find_frame(name).joint.name) for name in chain.get_frame_names(exclude_fixed=True)]
