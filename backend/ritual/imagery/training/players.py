"""The turns of a step: each player in order moves its networks while the others' stand still."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ritual.imagery.model import Batch, PictureModel
from ritual.imagery.training.state import Slots
from ritual.imagery.training.train_config import TrainConfig
from ritual.training.processes import Processes


@dataclass(frozen=True)
class NotFinite(Exception):
    """A loss or a gradient is no number: whose, and which part (`gradient` where all parts are numbers)."""

    player: str
    part: str


class Players:
    """A model's players, each with an Adam of its own."""

    def __init__(self, model: PictureModel, config: TrainConfig, processes: Processes) -> None:
        self._model, self._processes, self._rate = model, processes, config.learning_rate
        self._weights: dict[str, list[nn.Parameter]] = {
            player: list(dict.fromkeys(w for name in networks for w in model.get_submodule(name).parameters()))
            for player, networks in model.players.items()
        }
        betas = (config.beta1, config.beta2)
        self._optimisers = {
            player: torch.optim.Adam(weights, lr=config.learning_rate, betas=betas, fused=True)
            for player, weights in self._weights.items()
        }

    def step(self, batch: Batch, share: float) -> dict[str, float]:
        """All players' turns.

        Args:
            share: of the full learning rate.

        Returns:
            `player/part` -> what was paid.

        Raises:
            NotFinite: before the player has moved.
        """
        made: dict[str, Tensor] = {}
        paid: dict[str, float] = {}
        for player, optimiser in self._optimisers.items():
            self._only(player)
            optimiser.zero_grad(set_to_none=True)
            losses = self._model.losses(player, batch, made)
            torch.stack(list(losses.values())).sum().backward()
            paid |= self._seen(player, losses)
            for group in optimiser.param_groups:
                group["lr"] = self._rate * share
            optimiser.step()
        return paid

    def slots(self) -> dict[str, Slots]:
        """player -> its optimiser's tensors."""
        return {player: optimiser.state_dict()["state"] for player, optimiser in self._optimisers.items()}

    def load(self, slots: dict[str, Slots]) -> None:
        """Go on from another's `slots`, in the memory layout of the weights."""
        for player, optimiser in self._optimisers.items():
            groups = optimiser.state_dict()["param_groups"]
            optimiser.load_state_dict({"state": slots.get(player, {}), "param_groups": groups})
            for weight, found in optimiser.state.items():
                for name, slot in found.items():
                    if slot.shape == weight.shape:
                        found[name] = torch.empty_like(weight).copy_(slot)

    def _only(self, player: str) -> None:
        for weight in self._model.parameters():
            weight.requires_grad_(False)
        for weight in self._weights[player]:
            weight.requires_grad_(True)

    def _seen(self, player: str, losses: dict[str, Tensor]) -> dict[str, float]:
        """The parts as numbers, after the gradients' mean over the processes."""
        weights = self._weights[player]
        self._processes.mean_gradients(weights)
        norm = torch.nn.utils.get_total_norm([w.grad for w in weights if w.grad is not None])
        *values, size = torch.stack([*(loss.detach().float() for loss in losses.values()), norm.float()]).tolist()
        paid = {f"{player}/{name}": value for name, value in zip(losses, values, strict=True)}
        broken = [name for name, value in zip((*losses, "gradient"), (*values, size), strict=True)
                  if not math.isfinite(value)]  # fmt: skip
        if self._processes.any(bool(broken))[0]:
            raise NotFinite(player, broken[0] if broken else "a part in another process")
        return paid
