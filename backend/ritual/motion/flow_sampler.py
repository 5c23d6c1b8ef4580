"""Draws from the rectified flow: smooth noise carried along the learnt lines to a correction."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ritual.motion.chunks import over_chunks
from ritual.motion.flow_network import NOISE_LENGTH, SCALE, FlowNetwork
from ritual.motion.heading import STATE_SIZE
from ritual.motion.plan import Plan, VariantPlan
from ritual.motion.proposal import Variation
from ritual.motion.reference import batch_features
from ritual.motion.sliders import guided

STEPS = 4  # of Euler's method: the lines are nearly straight


class FlowSampler:
    """The flow as a `Sampler`."""

    name = "flow"
    variation = Variation(temperature=0.7)  # validation windows: 0.69 of real jerk, 7.1 cm off; at 1: 0.77, 7.6 cm

    def __init__(self, network: FlowNetwork, device: str = "cpu") -> None:
        self.network, self.device = network.to(device).eval(), device
        self.text_size = network.config.text

    def corrections(self, plan: Plan, rows: list[VariantPlan], text: Tensor) -> list[tuple[np.ndarray, np.ndarray]]:
        """As `Sampler.corrections`; a flow has no components."""
        features, _ = batch_features([row.grid for row in rows], self.device)
        said = text.float().to(self.device).expand(len(rows), -1)
        noise = np.stack([plan.noise(STATE_SIZE, row.generator, NOISE_LENGTH) for row in rows])
        start = torch.from_numpy(plan.variation.temperature * noise).float().to(self.device)
        x = self.draw(said, features, start, plan.request.style)
        extra = (x * x.new_tensor(SCALE)).double().cpu().numpy()
        return [(one, np.zeros(0, int)) for one in extra]

    @torch.inference_mode()
    def draw(self, text: Tensor, features: Tensor, noise: Tensor, style: float = 1.0) -> Tensor:
        """(B, T, 39) a draw per row, in units of `SCALE`, by Euler's method from (B, T, 39) noise.

        Args:
            style: how much of what the text says is meant; 0 = as if nothing were said (`sliders.guided`).
        """
        spoken = [self.network.read(text, features)]
        if style != 1:
            spoken.append(self.network.read(torch.zeros_like(text), features))
        x = noise
        for step in range(STEPS):
            t = x.new_full((len(x),), step / STEPS)

            def end(part: slice, x: Tensor = x, t: Tensor = t) -> Tensor:
                ends = [self.network.end(said, skeleton[:, part], x[:, part], t) for said, skeleton in spoken]
                return ends[0] if style == 1 else guided(*ends, style)

            x = x + (over_chunks(end, x.shape[1]) - x) / (STEPS - step)
        return x
