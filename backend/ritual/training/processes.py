"""Where training runs: this process on the CPU with torch alone, or through Accelerate.

Accelerate carries what torch leaves to its user: the device of each process, bfloat16 around the network's calls, and
the gradients' mean over the processes that `torchrun` or `accelerate launch` has started.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import torch
from torch import nn

from ritual.errors import RitualError


class Placed(Protocol):
    """What a configuration says of where it trains.

    Attributes:
        device: cpu or cuda. precision: float32 or bfloat16.
    """

    device: str
    precision: str


class Processes(Protocol):
    """This process among those that train together.

    Attributes:
        rank: of this process, from 0; the first writes. count: of all.
        device: that this process computes on.
    """

    rank: int
    count: int
    device: torch.device

    def prepared(self, network: nn.Module) -> nn.Module:
        """A network to call in the losses: what comes back is float32, whatever it is computed in."""

    def gathered(self, rows: list[dict]) -> list[dict]:
        """The rows of all processes, in the order of their ranks; the same for each."""

    def any(self, *facts: bool) -> tuple[bool, ...]:
        """Of each fact whether it holds in any process; the same for each."""

    def from_first(self, value: object) -> object:
        """What the first process has, in all of them."""

    def mean_gradients(self, weights: Sequence[nn.Parameter]) -> None:
        """Each gradient becomes the mean over the processes: for networks that are called without `prepared`."""

    @contextmanager
    def first_before_others(self) -> Iterator[None]:
        """The first process runs the block, then the others: what it leaves on disk, they find."""


class Alone:
    """One process on the CPU; a `Processes` that does nothing."""

    rank, count, device = 0, 1, torch.device("cpu")

    def prepared(self, network: nn.Module) -> nn.Module:
        return network

    def gathered(self, rows: list[dict]) -> list[dict]:
        return rows

    def any(self, *facts: bool) -> tuple[bool, ...]:
        return facts

    def from_first(self, value: object) -> object:
        return value

    def mean_gradients(self, weights: Sequence[nn.Parameter]) -> None:
        return

    @contextmanager
    def first_before_others(self) -> Iterator[None]:
        yield


class Together:
    """Through Accelerate: one or more processes, on CPUs (gloo) or CUDA devices (NCCL).

    Raises:
        RitualError: Accelerate is not installed.
    """

    def __init__(self, config: Placed) -> None:
        try:
            from accelerate import Accelerator, DistributedDataParallelKwargs
        except ImportError as error:
            raise RitualError(
                "CUDA, bfloat16 and several processes need Accelerate, which is not installed.",
                hint="Install the extra `train`: pip install 'ritual-motion[train]'.",
            ) from error
        # A loss calls the network twice; buffers broadcast in between would be changed under the first call's gradient.
        ddp = DistributedDataParallelKwargs(broadcast_buffers=False)
        half = "bf16" if config.precision == "bfloat16" else "no"
        self._accelerator = Accelerator(cpu=config.device == "cpu", mixed_precision=half, kwargs_handlers=[ddp])
        self.rank, self.count = self._accelerator.process_index, self._accelerator.num_processes
        self.device = self._accelerator.device

    def prepared(self, network: nn.Module) -> nn.Module:
        with warnings.catch_warnings():  # newer torch has another name for it, which Accelerate does not pass on yet
            warnings.filterwarnings("ignore", "`broadcast_buffers` is deprecated", FutureWarning)
            return self._accelerator.prepare_model(network)

    def gathered(self, rows: list[dict]) -> list[dict]:
        from accelerate.utils import gather_object

        return gather_object(rows)

    def any(self, *facts: bool) -> tuple[bool, ...]:
        if self.count == 1:
            return facts
        total = self._accelerator.reduce(torch.tensor(facts, dtype=torch.float32, device=self.device))
        return tuple(bool(value) for value in total > 0)

    def from_first(self, value: object) -> object:
        from accelerate.utils import broadcast_object_list

        return broadcast_object_list([value])[0]

    def mean_gradients(self, weights: Sequence[nn.Parameter]) -> None:
        if self.count == 1:
            return
        gradients = [w.grad if w.grad is not None else torch.zeros_like(w) for w in weights]
        mean = self._accelerator.reduce(torch.cat([g.flatten() for g in gradients]), "mean")
        for weight, part in zip(weights, mean.split([g.numel() for g in gradients]), strict=True):
            weight.grad = part.view_as(weight)

    @contextmanager
    def first_before_others(self) -> Iterator[None]:
        with self._accelerator.main_process_first():
            yield


def processes_of(config: Placed) -> Processes:
    """Accelerate where a CUDA device, bfloat16 or several processes are asked for, else torch alone."""
    several = int(os.environ.get("WORLD_SIZE", "1")) > 1
    plain = config.device == "cpu" and config.precision == "float32" and not several
    return Alone() if plain else Together(config)
