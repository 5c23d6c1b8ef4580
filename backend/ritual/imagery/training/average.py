"""The moving average of the weights that ship: steadier than the last step's, above all of a GAN."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

_STATISTICS = ("running_mean", "running_var")
"""Buffers that are averaged as weights are; others (a power iteration's vector) stay the network's own."""


class Average:
    """Exponential moving average of some networks of a model (Yazici et al., 2019, for GANs).

    It is quicker at the start, so that the first weights, which know nothing, are forgotten.
    """

    def __init__(self, model: nn.Module, kept: Sequence[str], decay: float) -> None:
        """
        Args:
            kept: names of the submodules. decay: 0..1; 0 = the average is the network itself.
        """
        self._decay = decay
        self._live = {
            f"{network}.{name}": tensor.detach() if isinstance(tensor, nn.Parameter) else tensor
            for network in kept
            for name, tensor in _averaged(getattr(model, network))
        }
        self.tensors = {name: tensor.clone() for name, tensor in self._live.items()} if decay else {}

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take the weights after a step in; `step` counts from 1."""
        if self._decay:
            keep = min(self._decay, (1 + step) / (10 + step))
            torch._foreach_lerp_(list(self.tensors.values()), list(self._live.values()), 1 - keep)

    @torch.no_grad()
    def load(self, tensors: dict[str, Tensor]) -> None:
        """Go on from another's `tensors`."""
        for name, tensor in self.tensors.items():
            tensor.copy_(tensors[name])

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Within it the model's networks have the averaged weights; afterwards their own again, bit for bit."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    @torch.no_grad()
    def _swap(self) -> None:
        for name, tensor in self.tensors.items():
            live = self._live[name]
            before = live.clone()
            live.copy_(tensor)
            tensor.copy_(before)


def _averaged(network: nn.Module) -> Iterator[tuple[str, Tensor]]:
    yield from network.named_parameters()
    for name, buffer in network.named_buffers():
        if name.rsplit(".", 1)[-1] in _STATISTICS:
            yield name, buffer
