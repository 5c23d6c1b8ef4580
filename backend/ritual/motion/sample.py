"""From a request to proposals: whole clips, smooth, each different, whichever model draws them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from ritual.errors import BadInput, nearest
from ritual.motion.checkpoint import FLOW_NAME, WEIGHTS_NAME, read_weights
from ritual.motion.flow_network import FlowNetwork
from ritual.motion.flow_sampler import FlowSampler
from ritual.motion.heading import ANGLE_COUNT, TILT, positions, tilt_quaternion
from ritual.motion.mixture_sampler import MixtureSampler
from ritual.motion.network import MotionNetwork
from ritual.motion.plan import Plan, VariantPlan
from ritual.motion.proposal import Proposal, Request, Variation
from ritual.motion.sliders import bounded
from ritual.resources import resource

SHIPPED = {"flow": FLOW_NAME, "mixture": WEIGHTS_NAME, "without-culture": "mdn-without-culture.safetensors"}
DEFAULT = "flow"
WITHOUT_CULTURE = "without-culture"  # the mixture trained without eq. 8: what the cultural loss buys is measured on it


def shipped(name: str = DEFAULT) -> Path:
    """The file of weights that ship.

    Raises:
        BadInput: none of that name.
    """
    if name not in SHIPPED:
        raise BadInput(f"No weights '{name}' ship.", hint=nearest(name, SHIPPED))
    return resource("assets") / "motion" / SHIPPED[name]


class Sampler(Protocol):
    """What a model must be able to do: correct the references of a plan.

    Attributes:
        name: of the model.
        text_size: of the sentence vectors it reads.
        variation: how far its variants stray unless a request says otherwise.
    """

    name: str
    text_size: int
    variation: Variation

    def corrections(self, plan: Plan, rows: list[VariantPlan], text: Tensor) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each variant, (N, 39) what is added to its reference on the grid, and (P,) the components chosen."""
        ...


class Generator:
    """A trained model, ready to propose."""

    def __init__(self, sampler: Sampler, facts: dict) -> None:
        self.sampler, self.facts = sampler, facts

    @classmethod
    def load(cls, weights: str | Path | None = None, device: str = "cpu") -> Generator:
        """The model in a weights file.

        Args:
            weights: a file, or the name of weights that ship (`SHIPPED`); None = the default.

        Raises:
            BadInput: no weights there.
        """
        path = shipped(str(weights or DEFAULT)) if weights is None or str(weights) in SHIPPED else Path(weights)
        network, facts = read_weights(path, device)
        return cls(SAMPLERS[type(network)](network, device), facts)

    @property
    def name(self) -> str:
        """Of its model: `flow` or `mixture`."""
        return self.sampler.name

    @property
    def network(self) -> torch.nn.Module:
        return self.sampler.network

    @torch.inference_mode()
    def propose(self, request: Request) -> Proposal:
        """Draw the variants of a request.

        Raises:
            BadInput: a text vector of another encoder's size.
        """
        if tuple(request.text.shape) != (self.sampler.text_size,):
            raise BadInput(
                f"The text vector has shape {tuple(request.text.shape)}; "
                f"these weights read ({self.sampler.text_size},).",
                hint="Use the encoder that the weights were trained with.",
            )
        plan = Plan(request, request.variation or self.sampler.variation)
        rows = plan.variants()
        states, picks = [], []
        for row, (extra, picked) in zip(rows, self.sampler.corrections(plan, rows, request.text), strict=True):
            state = row.at_output.state + plan.at_output(extra)
            states.append(state if request.style == request.energy == 1 else bounded(state))
            picks.append(picked)
        state = torch.from_numpy(np.stack(states))
        return Proposal(
            targets=positions(state).numpy(),
            angles=state[..., :ANGLE_COUNT].numpy(),
            tilt=tilt_quaternion(state[..., TILT]).numpy(),
            heading=np.stack([row.at_output.heading for row in rows]),
            components=_ragged(picks),
            turn=np.array([plan.cycles(n) * row.curve.turn for n, row in enumerate(rows)]),
            tempos=tuple(row.tempo for row in rows),
        )


SAMPLERS: dict[type, Callable[..., Sampler]] = {MotionNetwork: MixtureSampler, FlowNetwork: FlowSampler}


def _ragged(rows: list[np.ndarray]) -> np.ndarray:
    """(V, P) with -1 where a variant has fewer phrases."""
    out = np.full((len(rows), max(map(len, rows))), -1)
    for n, row in enumerate(rows):
        out[n, : len(row)] = row
    return out
