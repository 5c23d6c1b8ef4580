"""From a request to proposals: whole clips, smooth, each different, whichever model draws them."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from ritual.errors import BadInput
from ritual.motion.checkpoint import WEIGHTS_NAME, read_weights
from ritual.motion.heading import ANGLE_COUNT, TILT, positions, tilt_quaternion
from ritual.motion.mixture_sampler import MixtureSampler
from ritual.motion.plan import Plan, VariantPlan
from ritual.motion.proposal import Proposal, Request, Variation
from ritual.motion.sliders import bounded
from ritual.resources import resource


class Sampler(Protocol):
    """What a model must be able to do: correct the references of a plan.

    Attributes:
        text_size: of the sentence vectors it reads.
        variation: how far its variants stray unless a request says otherwise.
    """

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
        """The model in a weights file; None = the one that ships.

        Raises:
            BadInput: no weights there.
        """
        path = resource("assets") / "motion" / WEIGHTS_NAME if weights is None else Path(weights)
        network, facts = read_weights(path, device)
        return cls(MixtureSampler(network, device), facts)

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
        )


def _ragged(rows: list[np.ndarray]) -> np.ndarray:
    """(V, P) with -1 where a variant has fewer phrases."""
    out = np.full((len(rows), max(map(len, rows))), -1)
    for n, row in enumerate(rows):
        out[n, : len(row)] = row
    return out
