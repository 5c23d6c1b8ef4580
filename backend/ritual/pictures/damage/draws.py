"""Random numbers of a batch, each picture from its own seed: what a picture gets does not hang on its neighbours."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor


class Draws:
    """Numbers for one kind of damage; another `name` gives independent ones from the same seeds."""

    def __init__(self, seeds: Sequence[int], name: str, device: torch.device | str = "cpu") -> None:
        tag = zlib.crc32(name.encode())
        self._rngs = [np.random.default_rng([abs(int(seed)), int(seed) < 0, tag]) for seed in seeds]
        self.device = torch.device(device)

    def __len__(self) -> int:
        return len(self._rngs)

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """(B, *shape) float32, even over low..high."""
        return low + (high - low) * self._stack([rng.random(shape, np.float32) for rng in self._rngs])

    def normal(self, *shape: int) -> Tensor:
        """(B, *shape) float32, standard normal."""
        return self._stack([rng.standard_normal(shape, np.float32) for rng in self._rngs])

    def whole(self, low: int, high: int, *shape: int) -> Tensor:
        """(B, *shape) int64, low..high - 1."""
        return self._stack([rng.integers(low, high, shape) for rng in self._rngs])

    def _stack(self, rows: list) -> Tensor:
        return torch.from_numpy(np.stack(rows)).to(self.device)
