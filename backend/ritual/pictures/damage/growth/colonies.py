"""Mould as growth that its food limits: what the generator learns mould from.

Diffusion-limited Eden growth on a grid: a cell beside the colony is taken with a chance that rises with the food that
is left there, food diffuses and is eaten. Little diffusion gives branches, much gives round patches, as in cultured
fungi and bacteria: Matsuura and Miyazima, "Self-affine fractal growth front of Aspergillus oryzae", Physica A 191
(1992) 30-34; the rule is Eden's (1961). How many spores fall, and the numbers below, are ours: no source.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ritual.pictures.damage.growth.size import SIZE

SPORES = (1, 9)  # how many fall at first, least and one past most
SPREAD = (0.0, 0.003)  # chance of a cell of the colony, in a step, to send a spore
THROW = 0.07  # standard deviation of a spore's flight, in shares of the square
DIFFUSION = 0.2  # share of a cell's food that goes to each of its four neighbours in a step
EATEN = 0.3  # share of its food that a taken cell eats in a step
HUNGER = (0.4, 3.0)  # exponent of the food in the chance to be taken: high gives branches
HASTE = 0.25  # chance of a cell beside one taken cell, where no food has been eaten
LONGEST = 500  # steps; a colony that has starved by then stays smaller than asked
_CROSS = torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])[None, None]


def grow_colonies(coverage: np.ndarray, rng: np.random.Generator, size: int = SIZE) -> Tensor:
    """Mould on empty squares.

    Args:
        coverage: (B,) share of each square to be covered, 0..1.
        rng: of everything that is drawn.

    Returns:
        (B, size, size) growth, 0..1, dense inside and thin at the rim.
    """
    count = len(coverage)
    goal = torch.as_tensor(coverage, dtype=torch.float32)
    generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
    spread = torch.as_tensor(rng.uniform(*SPREAD, count), dtype=torch.float32)[:, None, None, None]
    hunger = torch.as_tensor(rng.uniform(*HUNGER, count), dtype=torch.float32)[:, None, None, None]
    colony = torch.zeros(count, 1, size, size)
    for one in range(count):
        rows, columns = rng.integers(0, size, (2, int(rng.integers(*SPORES))))
        colony[one, 0, rows, columns] = 1.0
    food = torch.ones_like(colony)
    for _ in range(LONGEST):
        hungry = colony.mean((1, 2, 3)) < goal
        if not hungry.any():
            break
        around = functional.conv2d(functional.pad(food, (1, 1, 1, 1), mode="replicate"), _CROSS)
        food = (food + DIFFUSION * (around - 4 * food)) * (1 - EATEN * colony)
        beside = functional.conv2d(colony, _CROSS, padding=1) * (1 - colony)
        chance = HASTE * beside * food**hunger
        grown = torch.rand(colony.shape, generator=generator) < chance
        colony = (colony + (grown | _thrown(colony, spread, generator)) * hungry[:, None, None, None]).clamp(max=1)
    return _softened(colony)[:, 0]


def _thrown(colony: Tensor, spread: Tensor, generator: torch.Generator) -> Tensor:
    """(B, 1, S, S) where spores of this step come down; those that fly past the rim are lost."""
    size = colony.shape[-1]
    sent = (torch.rand(colony.shape, generator=generator) < spread * colony).nonzero()
    flight = torch.randn(len(sent), 2, generator=generator) * THROW * size
    down = sent[:, 2:] + flight.round().long()
    kept = ((down >= 0) & (down < size)).all(1)
    landed = torch.zeros(colony.shape, dtype=torch.bool)
    landed[sent[kept, 0], 0, down[kept, 0], down[kept, 1]] = True
    return landed


def _softened(colony: Tensor) -> Tensor:
    """Hyphae are finer than a cell: a light blur (1 2 1)."""
    kernel = torch.tensor([1.0, 2.0, 1.0]) / 4
    kernel = (kernel[:, None] * kernel[None])[None, None]
    return functional.conv2d(functional.pad(colony, (1, 1, 1, 1), mode="replicate"), kernel)
