"""Simulated growth with the strength that was asked: what the GAN learns from and is measured against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ritual.pictures.damage.growth.colonies import grow_colonies
from ritual.pictures.damage.growth.galleries import bore_galleries
from ritual.pictures.damage.growth.size import FULL, KINDS, LEAST

_SIMULATORS = {"insect": bore_galleries, "mould": grow_colonies}
_CHUNK = 64


@dataclass(frozen=True, eq=False)
class Growths:
    """growth (N, S, S) 0..1, kind (N,) index into KINDS, strength (N,) LEAST..1 as it was asked."""

    growth: Tensor
    kind: Tensor
    strength: Tensor

    def of(self, kind: str) -> Growths:
        """Those of one kind."""
        mine = self.kind == KINDS.index(kind)
        return Growths(self.growth[mine], self.kind[mine], self.strength[mine])

    def __len__(self) -> int:
        return len(self.growth)


def simulate(count: int, seed: int) -> Growths:
    """`count` growths of each kind, strengths even over LEAST..1."""
    rng = np.random.default_rng([seed, 0x67726F77])
    growths, kinds, strengths = [], [], []
    for index, name in enumerate(KINDS):
        strength = rng.permutation(np.linspace(LEAST, 1, count))
        for begin in range(0, count, _CHUNK):
            part = strength[begin : begin + _CHUNK]
            growths.append(_SIMULATORS[name](part * FULL[name], rng))
        kinds.append(torch.full((count,), index))
        strengths.append(torch.as_tensor(strength, dtype=torch.float32))
    return Growths(torch.cat(growths), torch.cat(kinds), torch.cat(strengths))
